"""Waveform at once, envelope spectrum from the thread."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from bokeh.models import ColumnDataSource
from markupsafe import Markup

from data_catalog.signals import SignalRow
from pfd_panel.components.background import Background
from pfd_panel.components.markup import line_legend
from pfd_panel.components.plots import LinePlot
from pfd_panel.pages.signal import plots, tables, words
from pfd_panel.pages.signal.cards import CardSlot
from pfd_panel.pages.signal.cursor_bars import CursorBars
from pfd_panel.pages.signal.plots import Axis
from pfd_panel.pages.signal.setting_fields import FIELDS, row_of
from pfd_panel.pages.signal.style import MENU
from pfd_panel.pages.signal.usual import Usual
from pfd_panel.server.exchange import Download
from pfd_panel.server.session import page_session
from pfd_panel.services import measuring, viewing
from pfd_panel.services.context import Context
from pfd_panel.services.measuring import Plot
from pfd_panel.theme import numbers
from pipelines.cursors import Lines
from pipelines.diagnose import Diagnosis
from pipelines.spectra import EnvelopeSpectrum

SPECTROGRAM_SECONDS = 1.0
CSV_SAMPLES = 2**21

WAVEFORM_HELP = (
    "Acceleration over time, two values a pixel at every zoom: no peak is lost. Drag to zoom in; All shows the whole "
    "record. The download holds the samples that are in view."
)
ENVELOPE_HELP = (
    "A defect excites a resonance each time it is hit. Band-passing around the resonance and transforming the squared "
    "envelope shows how often: lines at a fault frequency and its multiples. Power is over the running median around "
    "each line, so 1 is the floor. The kurtogram suggests the band in which the envelope is most impulsive."
)


class PictureCards:
    """Waveform and envelope spectrum of the signal that is shown: what no analysis by name is."""

    def __init__(self, context: Context, background: Background, cursors: CursorBars) -> None:
        self.context, self.background, self.cursors = context, background, cursors
        self.row: SignalRow | None = None
        self.axis, self.band, self.marks = "hz", list[float](), list[str]()
        self.shown_band: tuple[float, float] | None = None
        self.plot: LinePlot | None = None
        self._envelope: tuple[EnvelopeSpectrum, np.ndarray] | None = None
        self._asked = self._at_cursor = self._painted = False
        self._diagnosis: Diagnosis | None = None
        self._counted = ColumnDataSource({"x": [], "y": [], "color": []})
        self.waveform = CardSlot(
            "Waveform",
            WAVEFORM_HELP,
            height=230,
            produce=self.waveform_csv,
            on={"window": self.on_window},
            style=FIELDS + MENU,
        )
        self.envelope = CardSlot(
            "Envelope spectrum",
            ENVELOPE_HELP,
            height=300,
            produce=self.envelope_csv,
            on={"settings": lambda _: self.toggle()},
            style=FIELDS + MENU,
        )
        self.usual = Usual(context, background, "envelope", partial(self.toggle, True))
        self.open = False

    def complete(self) -> None:
        """The browser has painted the waveform: its cursors may follow."""
        self._painted = True
        if self.plot is not None:
            self._show_cursors()
            self._draw_waveform(self.plot, *self._bar("waveform"))

    def show(self, row: SignalRow, axis: str, band: Sequence[float], marks: Sequence[str]) -> None:
        """Draw the waveform of a signal now; its envelope spectrum when it is asked for."""
        self.row, self.axis, self.band, self.marks = row, axis, list(band), list(marks)
        self.usual.show(row, self.usual.chosen)
        self._draw_settings()
        self._envelope, self._asked, self._diagnosis = None, False, None
        if self.plot is None:
            told = self.cursors.state.get("waveform", {})
            window = plots.opening(row, measuring.reach(told["kind"], told["at"], told["count"]) if told else ())
            self._at_cursor = window != plots.first_window(row)
            self.plot = plots.waveform(self.context, row, window)
            self._draw_waveform(self.plot)
        else:
            self._at_cursor = False
            plots.show_waveform(self.plot, self.context, row)
            self._draw_waveform()
        if self._painted:
            self._show_cursors()
        self.envelope.loading()

    def toggle(self, wanted: bool | None = None) -> None:
        """Show or hide what can be set on the envelope spectrum."""
        self.open = not self.open if wanted is None else wanted
        self._draw_settings()
        self.envelope.draw()

    def compare_with(self, chosen: str) -> None:
        """Draw the reference, a class or nothing in the envelope spectrum."""
        assert self.row is not None
        self.usual.show(self.row, chosen)
        self._draw_settings()
        if self._envelope is not None:
            self._draw_envelope(self._envelope)
        else:
            self.envelope.draw()

    def _draw_settings(self) -> None:
        self.envelope.bar = row_of("Envelope spectrum", self.usual.field()) if self.open else Markup("")

    def _show_cursors(self) -> None:
        assert self.row is not None
        assert self.plot is not None
        self.cursors.show_waveform(self.row, self.plot.figure.name)

    def want_envelope(self) -> None:
        """Ask the thread for the envelope spectrum, once a signal and band."""
        if not self._asked:
            self._ask_envelope()

    def reshape(self, axis: str, band: Sequence[float], marks: Sequence[str]) -> None:
        """Show the same signal in another unit, band or with other markers; only a band is computed anew."""
        band_changed = list(band) != self.band
        self.axis, self.band, self.marks = axis, list(band), list(marks)
        if not self._asked:
            return
        if band_changed:
            self.envelope.loading()
            self._ask_envelope()
        elif self._envelope is not None:
            self._draw_envelope(self._envelope)

    def _ask_envelope(self) -> None:
        row, band = self.row, tuple(self.band)
        assert row is not None
        self._asked = True

        def compute() -> tuple[EnvelopeSpectrum, np.ndarray]:
            found = viewing.envelope(self.context, row, band=(band[0], band[1]) if len(band) == 2 else None)
            return found, found.power_over_floor(viewing.floor_width_hz(row))

        self.background.do(compute, self._draw_envelope, self.envelope.failed)

    def diagnosed(self, found: Diagnosis) -> None:
        """Show in the envelope spectrum what a diagnosis counted."""
        self._diagnosis = found
        self._count()

    def _count(self) -> None:
        if self._envelope is None or self.row is None:
            return
        spectrum, power = self._envelope
        shown = self._diagnosis if "counted" in self.marks else None
        self._counted.data = plots.counted_places(shown, spectrum, power, Axis.of(self.axis, self.row))

    def _bar(self, plot: Plot) -> list[Any]:
        """The cursors below a plot; a page that is shown to others has none."""
        return [] if page_session().bare else [self.cursors.tools[plot]]

    # ---- drawing ---------------------------------------------------------------------------------------------------

    def on_window(self, value: str) -> None:
        """Show the first second or the whole record."""
        assert self.row is not None
        assert self.plot is not None
        plots.look_at(self.plot, *(plots.extent(self.row) if value == "all" else plots.first_window(self.row)))

    def _draw_waveform(self, *content: Any) -> None:
        row = self.row
        assert row is not None
        seconds = row.length / row.rate_hz
        window: Markup | str = ""
        told = f"{numbers.fixed(seconds, 2)} s"
        if seconds > plots.FIRST_SECONDS:
            where = "at the cursor" if self._at_cursor else f"on the first {numbers.fixed(plots.FIRST_SECONDS, 1)} s"
            told = f"{told}, opens {where}"
            window = Markup(
                '<button type="button" class="link" data-send="window" data-value="first" '
                'aria-label="First second">1 s</button>'
                '<button type="button" class="link" data-send="window" data-value="all" '
                'aria-label="Whole record">All</button>'
            )
        level = f"RMS {numbers.with_unit(row.rms, row.unit, 3)} · peak {numbers.with_unit(row.peak, row.unit, 3)}"
        shown = content or tuple(self.waveform.content)
        self.waveform.show(*shown, qualifier=told, right=Markup("<span>{}</span>{}").format(level, window))

    def _draw_envelope(self, found: tuple[EnvelopeSpectrum, np.ndarray]) -> None:
        row = self.row
        assert row is not None
        self._envelope = found
        spectrum, power = found
        self.shown_band = spectrum.band_hz
        low, high = (numbers.number(edge / 1000, 3) for edge in spectrum.band_hz)
        resolution = numbers.number(spectrum.resolution_hz, 2)
        how = "by hand" if len(self.band) == 2 else "kurtogram"
        part = "" if row.length <= viewing.ANALYSED_SAMPLES else ", first part of the record"
        limit = plots.envelope_limit(row, float(spectrum.freq_hz[-1]))
        families = plots.marker_families(row, self.marks, Axis.of("hz", row), limit)
        axis = Axis.of(self.axis, row)
        # finer lines stand higher over the floor than those of a reference: only ratios show both
        plot = plots.envelope_plot(row, spectrum, power, self.marks, axis, y_log=bool(self.usual.chosen))
        # circles belong to the figure from its beginning: what is added while it is laid out is not drawn
        self._counted = ColumnDataSource({"x": [], "y": [], "color": []})
        plot.figure.scatter(
            "x", "y", source=self._counted, size=9, line_color="color", fill_color=None, line_width=2, marker="circle"
        )
        self._count()
        lines = Lines(power, spectrum.resolution_hz, "× floor")
        self.cursors.show_spectrum("envelope", plot.figure.name, lines, axis)
        self.envelope.show(
            plot,
            *self._bar("envelope"),
            *self.usual.draw(plot, axis.per_hz, spectrum.resolution_hz, plots.over_least, spectrum.band_hz),
            qualifier=f"{low}–{high} kHz ({how}), squared envelope, Δf {resolution} Hz{part}",
            legend=line_legend(
                [(f"{one.label} {numbers.fixed(one.positions[0], 1)} Hz", one.color, one.dash) for one in families]
            ),
        )

    # ---- data of the plots -----------------------------------------------------------------------------------------

    def waveform_csv(self) -> Download:
        """The samples in view."""
        row, plot = self.row, self.plot
        assert row is not None
        assert plot is not None
        start = max(0, int(plot.figure.x_range.start * row.rate_hz))
        stop = min(row.length, int(plot.figure.x_range.end * row.rate_hz) + 1, start + CSV_SAMPLES)
        values = viewing.samples(self.context, row, start, stop)
        times = np.arange(start, stop) / row.rate_hz
        return tables.csv(row, "waveform", {"Time (s)": times, words.quantity(row.unit): values})

    def envelope_csv(self) -> Download:
        """The envelope spectrum of the band that is shown."""
        row = self.row
        assert row is not None
        found, power = self._envelope or (None, None)
        if found is None or power is None:
            return tables.csv(row, "envelope_spectrum", {"Modulation frequency (Hz)": np.array([])})
        columns: dict[str, Any] = {
            "Modulation frequency (Hz)": found.freq_hz,
            "Amplitude": found.amplitude,
            "Power over floor": power,
        }
        return tables.csv(row, "envelope_spectrum", columns | self.usual.columns())
