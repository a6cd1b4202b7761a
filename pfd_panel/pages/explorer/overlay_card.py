"""The card of the overlay: what is overlaid and how, how far the reading is, and the picture."""

import time
from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from data_catalog.signals import SignalQuery
from pfd_panel.components.background import in_background
from pfd_panel.components.live import Live
from pfd_panel.components.markup import button, empty, error, legend
from pfd_panel.components.plots.overlay import IMAGE_ROWS, OverlayAxes, band_plot, density_panels
from pfd_panel.components.spreadsheet import csv_file
from pfd_panel.components.tabs import TAB_STYLE, switch
from pfd_panel.errors import in_words
from pfd_panel.pages.explorer.charts import appearance, look_of
from pfd_panel.pages.signal.cards import CardSlot
from pfd_panel.pages.signal.style import CONTROLS
from pfd_panel.server.exchange import Download
from pfd_panel.server.session import page_session
from pfd_panel.services import overlaying
from pfd_panel.services.context import Context
from pfd_panel.services.overlaying import Overlay, OverlayOptions, What
from pfd_panel.theme import numbers
from pipelines.overlays import QUANTILES

HELP = (
    "Every signal that the filter and the lasso leave lies over the others. Density: the more curves pass a place, the "
    "stronger its colour (logarithmic). Median and bands: the line is the median of a class at each place, the inner "
    "band holds half of its curves, the outer four fifths."
)
WHATS: tuple[tuple[What, str], ...] = (
    ("waveform", "Waveform"),
    ("spectrum", "Spectrum"),
    ("envelope", "Envelope"),
)
FORMS = (("density", "Density"), ("bands", "Median and bands"))
X_LABELS = {"waveform": "Time (s)", "spectrum": "Frequency (Hz)", "envelope": "Modulation frequency (Hz)"}
TOLD_EVERY_S = 0.15
READ_AT_ONCE = 2000
"""So many signals are read again by themselves when the selection changes under an overlay."""

WRONG = ".wrong { color: var(--p-alarm); font-size: 12px; line-height: 16px; }"


class _StoppedError(Exception):
    """Nobody waits for this overlay any more."""


class OverlayCard:
    """Shows all signals of the selection at once, when that is asked for.

    Parameters
    ----------
    context : Context
        Whose catalog.
    """

    def __init__(self, context: Context) -> None:
        self.context = context
        self.what: What = "waveform"
        self.form = "density"
        self.found: Overlay | None = None
        self._dataset, self._query, self._total = "", SignalQuery(), 0
        self._fields: dict[str, str] = {"from": "", "to": "", "low": "", "high": ""}
        self._wrong: dict[str, str] = {}
        self._turn, self._reading = 0, False
        self._share = (0, 0)
        self.slot = CardSlot(
            "Overlay of the selection",
            HELP,
            height=120,
            produce=self.csv,
            on={
                "what": self.show_what,
                "form": self.show_form,
                "overlay": lambda _: self.draw(),
                "stop-overlay": lambda _: self.stop(),
            },
            style=CONTROLS + TAB_STYLE,
        )
        self.options = Live(
            on={name: self._setter(name) for name in self._fields}
            | {"apply-range": lambda _: self.draw(), "whole-range": lambda _: self.whole()},
            stylesheets=[CONTROLS, WRONG],
            margin=0,
        )
        self._session = page_session()
        self._session.on_close(self._forget)

    def ask(self, dataset: str, query: SignalQuery, total: int) -> None:
        """Another selection: read at once if the one before was, else when that is asked for."""
        drawn = self.found is not None or self._reading
        self._forget()
        self._dataset, self._query, self._total, self.found = dataset, query, total, None
        if drawn and 0 < total <= READ_AT_ONCE:
            self.draw()
        else:
            self._offer()

    def show_what(self, what: str) -> None:
        """Waveforms, spectra or envelope spectra."""
        if what == self.what or what not in overlaying.WHATS:
            return
        drawn = self.found is not None or self._reading
        self.what = next(name for name, _ in WHATS if name == what)
        # places of one axis say nothing on another
        self._fields |= {"from": "", "to": ""}
        self._wrong = {}
        self._forget()
        self.found = None
        if drawn:
            self.draw()
        else:
            self._offer()

    def show_form(self, form: str) -> None:
        """Density images, or median and bands."""
        self.form = form
        if self.found is not None:
            self._draw(self.found)
        elif self._reading:
            self._draw_progress()
        elif not self._wrong:
            self._offer()

    def whole(self) -> None:
        """The whole axis again."""
        self._fields = dict.fromkeys(self._fields, "")
        self.draw()

    def stop(self) -> None:
        """Read no more."""
        self._forget()
        self._offer()

    def draw(self) -> None:
        """Read the signals and draw them."""
        if self._total == 0:
            return
        chosen = self._chosen()
        if chosen is None:
            self._draw_options()
            if self.found is None:
                self._show(self.options)
            return
        self._read(chosen)

    def _read(self, chosen: OverlayOptions) -> None:
        self._forget()
        turn, self._reading = self._turn, True
        self._share = (0, self._total)
        self._draw_progress()
        told = self._session.live(self._draw_progress)
        dataset, query, last = self._dataset, self._query, time.monotonic()

        def progress(done: int, total: int) -> None:
            nonlocal last
            if turn != self._turn:
                raise _StoppedError
            if time.monotonic() - last > TOLD_EVERY_S:
                last, self._share = time.monotonic(), (done, total)
                told()

        def work() -> Overlay | None:
            try:
                return overlaying.overlay(self.context, dataset, chosen, query=query, progress=progress)
            except _StoppedError:
                return None

        def show(found: Overlay | None) -> None:
            if found is not None and turn == self._turn:
                self._reading, self.found = False, found
                self._draw(found)

        def fail(failure: Exception) -> None:
            if turn == self._turn:
                self._fail(failure)

        in_background(work, show, fail)

    def _fail(self, failure: Exception) -> None:
        self._reading, self.found = False, None
        words = in_words(failure)
        self._draw_options()
        self._show(error("Not drawn", words["message"], words["hint"]), self.options)

    def csv(self) -> Download:
        """Quantiles of each class at each place."""
        found = self.found
        rows: list[list[object]] = []
        if found is not None:
            for one in overlaying.by_class(found):
                for place, *values in zip(found.axis.centres.tolist(), *one.quantiles.tolist(), strict=True):
                    rows.append([one.label, one.signals, place, *values])
        names = [f"q{round(100 * level)}" for level in QUANTILES]
        return csv_file(
            f"{self._dataset}_{self.what}_overlay.csv", ["class", "signals", X_LABELS[self.what], *names], rows
        )

    # ---- drawing ---------------------------------------------------------------------------------------------------

    def _draw(self, found: Overlay) -> None:
        classes = found.classes
        known = appearance(classes)
        axes = OverlayAxes(
            (found.axis.start, found.axis.stop),
            found.value_range(),
            X_LABELS[found.what],
            f"Amplitude ({found.unit})" if found.what != "envelope" else "Modulation depth (dB)",
        )
        if self.form == "density":
            shades = overlaying.pictures(found, IMAGE_ROWS, axes.y)
            counts = {label: len(found.curves(label)[0]) for label in classes}
            body = density_panels([(look_of(known, one), counts[one], shades[one]) for one in classes], axes)
            shown = None
        else:
            quantiles = [(look_of(known, one.label), one.quantiles) for one in overlaying.by_class(found)]
            body = band_plot(quantiles, found.axis.centres, axes)
            shown = legend([look_of(known, one) for one in classes])
        self._draw_options()
        self._show(self.options, body, qualifier=f"{numbers.integer(len(found.labels))} signals", legend=shown)

    def _offer(self) -> None:
        self._reading = False
        if self._total == 0:
            self._show(empty("Nothing to overlay", "No signal matches."))
            return
        count = f"{numbers.integer(self._total)} signal{'s' if self._total != 1 else ''}"
        title = {"envelope": "envelope spectrum"}.get(self.what, self.what)
        self._show(
            empty(
                f"Every {title} in one picture",
                "All signals of the filter and the lasso are read once: about a second for 500.",
                button(f"Overlay {count}", icon_name="stacked_line_chart", send="overlay", kind="primary"),
            )
        )

    def _draw_progress(self) -> None:
        if not self._reading:
            return
        done, total = self._share
        share = 100 * done / total if total else 0
        words = Markup(
            '<div class="job"><div class="line"><span><b>{} of {} signals read</b></span></div>'
            '<div class="bar" role="progressbar" aria-valuenow="{:.0f}" aria-valuemin="0" aria-valuemax="100" '
            'aria-label="Reading signals"><i style="width:{:.1f}%"></i></div><div class="row">{}</div></div>'
        ).format(
            numbers.integer(done),
            numbers.integer(total),
            share,
            share,
            button("Stop", icon_name="close", send="stop-overlay"),
        )
        self._show(words)

    def _draw_options(self) -> None:
        unit = "s" if self.what == "waveform" else "Hz"
        parts = [self._pair("From", "from", "to", unit)]
        if self.what == "envelope":
            parts.append(self._pair("Band from", "low", "high", "Hz"))
        parts.append(button("Read this range", icon_name="zoom_in", send="apply-range"))
        if any(self._fields.values()):
            parts.append(button("Whole range", icon_name="zoom_out_map", send="whole-range"))
        wrong = Markup("").join(
            Markup('<div class="wrong" role="alert">{}</div>').format(words) for words in self._wrong.values()
        )
        notes = Markup("").join(
            Markup('<div class="note">{}.</div>').format(note[:1].upper() + note[1:])
            for note in (self.found.notes if self.found else ())
        )
        self.options.html = str(
            Markup('<div class="controls plain">{}</div><div style="padding:4px 0 12px">{}{}</div>').format(
                Markup("").join(parts), wrong, notes
            )
        )

    def _pair(self, words: str, first: str, second: str, unit: str) -> Markup:
        def ends(name: str, label: str) -> Markup:
            return Markup(
                '<input type="text" inputmode="decimal" data-send="{}" value="{}" placeholder="all" aria-label="{}" '
                'autocomplete="off"{}>'
            ).format(name, self._fields[name], label, Markup(' aria-invalid="true"') if name in self._wrong else "")

        low, high = ends(first, f"{words} ({unit})"), ends(second, f"{words.removesuffix('from').strip()} to ({unit})")
        return Markup('<span class="pair">{} {} to {} {}</span>').format(words, low, high, unit)

    def _show(self, *content: Any, qualifier: str = "", legend: Markup | None = None) -> None:
        right = Markup('<span class="controls plain">{}{}</span>').format(
            switch("what", WHATS, self.what, "What is overlaid"), switch("form", FORMS, self.form, "How it is drawn")
        )
        self.slot.show(*content, qualifier=qualifier, legend=legend, legend_below=True, right=right)

    # ---- what is asked ---------------------------------------------------------------------------------------------

    def _setter(self, name: str) -> Callable[[str], None]:
        def change(text: str) -> None:
            self._fields[name] = text.strip()

        return change

    def _chosen(self) -> OverlayOptions | None:
        """What the fields ask for; None where one of them cannot be read."""
        self._wrong = {}
        read: dict[str, float | None] = {}
        for name, text in self._fields.items():
            try:
                read[name] = float(text.replace(numbers.MINUS, "-")) if text else None
            except ValueError:
                self._wrong[name] = f"{text!r} is no number."
        band = None
        if self.what == "envelope" and not self._wrong and (read["low"] is not None or read["high"] is not None):
            if read["low"] is None or read["high"] is None:
                self._wrong["low" if read["low"] is None else "high"] = "A band has two ends."
            else:
                band = (read["low"], read["high"])
        return None if self._wrong else OverlayOptions(self.what, read["from"], read["to"], band)

    def _forget(self) -> None:
        """What is still being read is for nobody."""
        self._turn += 1
        self._reading = False
