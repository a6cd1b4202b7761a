"""The left column: waveform at once, spectra from the thread."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from markupsafe import Markup

from data_catalog.signals import SignalRow
from pfd_panel.components import grid, stack
from pfd_panel.components.background import Background
from pfd_panel.components.live import static
from pfd_panel.components.markup import line_legend, skeleton
from pfd_panel.components.plots import LinePlot
from pfd_panel.pages.signal import plots, tables, words
from pfd_panel.pages.signal.cards import CardSlot
from pfd_panel.pages.signal.cursor_bars import CursorBars
from pfd_panel.pages.signal.plots import Axis
from pfd_panel.server.exchange import Download
from pfd_panel.server.session import page_session
from pfd_panel.services import measuring, viewing
from pfd_panel.services.context import Context
from pfd_panel.services.measuring import Plot
from pfd_panel.theme import numbers
from pfd_panel.theme.tokens import REFERENCE
from pipelines.cursors import Lines
from pipelines.spectra import AmplitudeSpectrum, EnvelopeSpectrum, Spectrogram

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
SPECTRUM_HELP = (
    "Averaged amplitude spectrum (Welch). Imbalance shows at 1X, misalignment at 2X; a defective bearing raises the "
    "resonances, which the envelope spectrum then explains."
)
SPECTROGRAM_HELP = "Level over time and frequency, from short overlapping pieces of the record."


@dataclass(frozen=True)
class Spectra:
    """What the thread computed of one signal."""

    amplitude: AmplitudeSpectrum
    time_frequency: Spectrogram


class PictureCards:
    """Waveform, envelope spectrum, spectrum, spectrogram of the signal that is shown."""

    def __init__(self, context: Context, background: Background, cursors: CursorBars) -> None:
        self.context, self.background, self.cursors = context, background, cursors
        self.row: SignalRow | None = None
        self.axis, self.band, self.marks = "hz", list[float](), list[str]()
        self.shown_band: tuple[float, float] | None = None
        self.plot: LinePlot | None = None
        self._envelope: tuple[EnvelopeSpectrum, np.ndarray] | None = None
        self._spectra: Spectra | None = None
        self.waveform = CardSlot(
            "Waveform", WAVEFORM_HELP, height=230, produce=self.waveform_csv, on={"window": self.on_window}
        )
        self.envelope = CardSlot("Envelope spectrum", ENVELOPE_HELP, height=300, produce=self.envelope_csv)
        self.spectrum = CardSlot("Spectrum", SPECTRUM_HELP, height=260, produce=self.spectrum_csv)
        self.spectrogram = CardSlot("Spectrogram", SPECTROGRAM_HELP, height=260, produce=self.spectrogram_csv)
        self.view = stack(self.waveform.view, static(skeleton(300, 260), css_classes=["p-card"]))
        background.when_painted(self._complete)

    def _complete(self) -> None:
        if self.plot is not None:
            self._draw_waveform(self.plot, *self._bar("waveform"))
        below = grid(self.spectrum.view, self.spectrogram.view)
        self.view[:] = [self.waveform.view, self.envelope.view, below]

    def show(self, row: SignalRow, axis: str, band: Sequence[float], marks: Sequence[str]) -> None:
        """Draw the waveform now and ask the thread for the rest."""
        self.row, self.axis, self.band, self.marks = row, axis, list(band), list(marks)
        self._spectra = self._envelope = None
        if self.plot is None:
            self.plot = plots.waveform(self.context, row)
            self._draw_waveform(self.plot)
        else:
            plots.show_waveform(self.plot, self.context, row)
            self._draw_waveform()
        self.cursors.show_waveform(row, self.plot.figure.name)
        for slot in (self.envelope, self.spectrum, self.spectrogram):
            slot.loading()
        self._ask_envelope()
        self.background.do(
            lambda: Spectra(
                viewing.spectrum(self.context, row),
                viewing.time_frequency(self.context, row, seconds=SPECTROGRAM_SECONDS),
            ),
            self._draw_spectra,
            self._spectra_failed,
        )

    def reshape(self, axis: str, band: Sequence[float], marks: Sequence[str]) -> None:
        """Show the same signal in another unit, band or with other markers; only a band is computed anew."""
        band_changed = list(band) != self.band
        self.axis, self.band, self.marks = axis, list(band), list(marks)
        if band_changed:
            self.envelope.loading()
            self._ask_envelope()
        elif self._envelope is not None:
            self._draw_envelope(self._envelope)
        if self._spectra is not None:
            self._draw_spectra(self._spectra)

    def _ask_envelope(self) -> None:
        row, band = self.row, tuple(self.band)
        assert row is not None

        def compute() -> tuple[EnvelopeSpectrum, np.ndarray]:
            found = viewing.envelope(self.context, row, band=(band[0], band[1]) if len(band) == 2 else None)
            return found, found.power_over_floor(viewing.floor_width_hz(row))

        self.background.do(compute, self._draw_envelope, self.envelope.failed)

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
            told = f"{told}, opens on the first {numbers.fixed(plots.FIRST_SECONDS, 1)} s"
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
        plot = plots.envelope_plot(row, spectrum, power, self.marks, axis)
        lines = Lines(power, spectrum.resolution_hz, "× floor")
        self.cursors.show_spectrum("envelope", plot.figure.name, lines, axis)
        self.envelope.show(
            plot,
            *self._bar("envelope"),
            qualifier=f"{low}–{high} kHz ({how}), squared envelope, Δf {resolution} Hz{part}",
            legend=line_legend(
                [(f"{one.label} {numbers.fixed(one.positions[0], 1)} Hz", one.color, one.dash) for one in families]
            ),
        )

    def _draw_spectra(self, found: Spectra) -> None:
        row = self.row
        assert row is not None
        self._spectra = found
        spectrum, picture = found.amplitude, found.time_frequency
        size = round(row.rate_hz / spectrum.resolution_hz)
        axis = Axis.of(self.axis, row)
        plot = plots.amplitude_plot(row, spectrum, axis)
        values, unit = plots.spectrum_in_unit(row, spectrum)
        lines = replace(measuring.lines_of_spectrum(row, spectrum), values=values, unit=unit)
        self.cursors.show_spectrum("spectrum", plot.figure.name, lines, axis)
        self.spectrum.show(
            plot,
            *self._bar("spectrum"),
            qualifier=f"Welch, Hann {size}, Δf {numbers.number(spectrum.resolution_hz, 3)} Hz",
            legend=line_legend([("1X, 2X, 3X", REFERENCE, "dotted")]) if row.speed_rpm else None,
        )
        self.spectrogram.show(
            plots.spectrogram_plot(picture),
            qualifier=f"first {numbers.number(float(picture.time_s[-1]), 2)} s, STFT, dB re 1 {row.unit or 'unit'}",
        )

    def _spectra_failed(self, failure: BaseException) -> None:
        self.spectrum.failed(failure)
        self.spectrogram.failed(failure)

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
        return tables.csv(row, "envelope_spectrum", columns)

    def spectrum_csv(self) -> Download:
        """The amplitude spectrum in the unit of the signal."""
        row = self.row
        assert row is not None
        if self._spectra is None:
            return tables.csv(row, "spectrum", {"Frequency (Hz)": np.array([])})
        found = self._spectra.amplitude
        name = f"Amplitude ({row.unit or 'unit not given'} rms)"
        return tables.csv(row, "spectrum", {"Frequency (Hz)": found.freq_hz, name: found.amplitude})

    def spectrogram_csv(self) -> Download:
        """The level of each cell."""
        row = self.row
        assert row is not None
        if self._spectra is None:
            return tables.csv(row, "spectrogram", {"Time (s)": np.array([])})
        found = self._spectra.time_frequency
        frequency, time = np.meshgrid(found.freq_hz, found.time_s, indexing="ij")
        columns: dict[str, Any] = {
            "Time (s)": time.ravel(),
            "Frequency (Hz)": frequency.ravel(),
            "Level (dB)": found.level_db.ravel(),
        }
        return tables.csv(row, "spectrogram", columns)
