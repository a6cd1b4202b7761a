"""Waveforms, spectra and envelope spectra of several signals: over one another, stacked, or subtracted."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from bokeh.models import Range1d

from data_catalog.signals import SignalRow
from pfd_panel.components import stack
from pfd_panel.components.background import Background
from pfd_panel.components.plots import Minimap, Series, SeveralLines, array_overview, shared_range
from pfd_panel.components.plots.lines import Buckets
from pfd_panel.components.plots.several import Fetch
from pfd_panel.errors import EXPECTED_ERRORS
from pfd_panel.pages.compare import words
from pfd_panel.pages.compare.style import COMPARE, said
from pfd_panel.pages.signal.cards import CardSlot
from pfd_panel.pages.signal.words import quantity
from pfd_panel.services import comparing
from pfd_panel.services.comparing import Channel, Plot, Problem, Spectra, TwoSignals
from pfd_panel.services.context import Context
from pfd_panel.theme import numbers
from pfd_panel.theme.series import SeriesLook, series_look
from pfd_panel.theme.tokens import TRACE

FIRST_SECONDS, LONG_SECONDS = 1.0, 60.0
ENVELOPE_HZ = 500.0
"""How far envelope spectra are shown at first: fault frequencies of most machines with their harmonics."""

WAVEFORM_HELP = (
    "All signals over one time axis, two values a pixel at any zoom, so that no peak is lost. The strip above shows "
    "the whole records: drag the window over it, pull its edges, or draw a new one. Each signal is drawn at its own "
    "sampling rate; where nothing was recorded the line has a gap."
)
SPECTRUM_HELP = (
    "Averaged amplitude spectra (Welch, Hann) with one resolution. In orders of each signal's own shaft speed, lines "
    "of the shaft fall together where speeds differ, and resonances move apart."
)
ENVELOPE_HELP = (
    "Spectra of the squared envelope of one band, averaged over pieces of one length. A line that one bearing has and "
    "the other has not shows at a fault frequency and its multiples."
)


@dataclass(frozen=True)
class Shown:
    """How signals are shown: the state of the page that pictures depend on."""

    view: str = "overlay"
    axis: str = "hz"
    scale: str = "common"
    offset: float = 0.0
    band: tuple[float, float] | None = None
    window: tuple[float, float] | None = None

    @property
    def stacked(self) -> bool:
        """Whether lines stand under one another."""
        return self.view == "stacked"


@dataclass
class Found:
    """What the thread computed of the signals that are shown."""

    spectra: Spectra
    difference: TwoSignals | None = None
    refusal: Exception | None = field(default=None)


class Pictures:
    """The cards of several signals."""

    def __init__(self, context: Context, background: Background, moved: Any) -> None:
        self.context, self.background, self._moved = context, background, moved
        self.rows: list[SignalRow] = []
        self.shown = Shown()
        self.plots: dict[str, SeveralLines] = {}
        self._found: dict[Plot, Found] = {}
        self._time: TwoSignals | None = None
        self.waveform = CardSlot("Waveform", WAVEFORM_HELP, height=360, style=COMPARE)
        self.spectrum = CardSlot("Spectrum", SPECTRUM_HELP, height=300, style=COMPARE)
        self.envelope = CardSlot("Envelope spectrum", ENVELOPE_HELP, height=300, style=COMPARE)
        self.view = stack(self.waveform.view, self.spectrum.view, self.envelope.view)

    def show(self, rows: Sequence[SignalRow], shown: Shown) -> None:
        """Draw waveforms now, and ask the thread for what has to be computed."""
        self.rows, self.shown = list(rows), shown
        self._found.clear()
        self._time = None
        self._draw_waveforms()
        for plot in comparing.PLOTS:
            self._ask(plot)

    def reshape(self, shown: Shown) -> None:
        """Show the same signals differently; only what depends on the change is computed anew."""
        before, self.shown = self.shown, shown
        if (before.view, before.offset, before.scale) != (shown.view, shown.offset, shown.scale):
            self._draw_waveforms()
        for plot in comparing.PLOTS:
            needs = before.view != shown.view and "difference" in (before.view, shown.view)
            if plot not in self._found or needs or (plot == "envelope" and before.band != shown.band):
                self._ask(plot)
            else:
                self._draw(plot)

    # ---- waveforms -------------------------------------------------------------------------------------------------

    def _draw_waveforms(self) -> None:
        rows, shown = self.rows, self.shown
        seconds = max(row.length / row.rate_hz for row in rows)
        extent = (0.0, seconds)
        window = shown.window or (0.0, min(FIRST_SECONDS if seconds <= LONG_SECONDS else seconds / 10, seconds))
        window = (max(0.0, min(window[0], seconds)), min(window[1], seconds))
        time = shared_range(extent, window if window[0] < window[1] else None)
        units = {row.unit for row in rows}
        plot = SeveralLines(
            "compare waveform",
            self._series(rows),
            self._channels(rows, shown.offset if shown.view == "difference" else 0.0),
            extent,
            x_label="Time (s)",
            y_label=quantity(rows[0].unit) if len(units) == 1 else "Amplitude (units differ)",
            arrangement="stacked" if shown.stacked else "overlay",
            common_scale=shown.scale == "common" and len(units) == 1,
            x_range=time,
        )
        self.plots["waveform"] = plot
        time.on_change("start", self._on_window)
        time.on_change("end", self._on_window)
        content: list[Any] = [Minimap(plot, name=plot.figure.name.replace("waveform", "minimap")), plot]
        notes = []
        if len({row.rate_hz for row in rows}) > 1:
            notes.append("sampling rates differ: each signal is drawn at its own, none is resampled here")
        if len({row.length / row.rate_hz for row in rows}) > 1:
            notes.append("records differ in length: a line ends where its record does")
        if shown.view == "difference" and len(rows) > 1:
            content += self._difference_of_waveforms(time, extent, notes)
        told = f"{len(rows)} signals, {numbers.duration(seconds)}" if len(rows) > 1 else numbers.duration(seconds)
        if plot.stacked and shown.scale == "common" and len(units) == 1:
            told += f", a row is {numbers.with_unit(plot.scale, rows[0].unit, 2)}"
        self.waveform.show(*_remarks(notes), *content, qualifier=told)

    def _difference_of_waveforms(self, time: Range1d, extent: tuple[float, float], notes: list[str]) -> list[Any]:
        try:
            found = comparing.difference(self.context, self.rows[0], self.rows[1], offset_s=self.shown.offset)
        except EXPECTED_ERRORS as failure:
            notes.append(f"no difference: {failure}. {getattr(failure, 'hint', '')}")
            return []
        self._time = found
        share = "" if np.isnan(found.share) else f", its RMS is {numbers.percent(found.share, 0)} of the first signal's"
        notes.append("; ".join(found.notes) + share)
        return [self._one_line("compare difference", found, time, extent, "Time (s)", f"Second − first ({found.unit})")]

    def _channels(self, rows: Sequence[SignalRow], offset: float) -> Fetch:
        """What is seen of every signal in a stretch, one question for all; in a difference the second is moved."""

        def fetch(start: float, stop: float, buckets: int) -> list[Buckets]:
            if not offset or len(rows) < 2:
                return [_buckets(one) for one in comparing.channels(self.context, rows, start, stop, buckets)]
            others = [rows[0], *rows[2:]]
            found = [_buckets(one) for one in comparing.channels(self.context, others, start, stop, buckets)]
            low, high = max(0.0, start - offset), stop - offset
            moved: list[Channel] = comparing.channels(self.context, rows[1:2], low, high, buckets) if high > low else []
            x, *values = _buckets(moved[0]) if moved else _NOTHING
            return [found[0], (x + offset, values[0], values[1]), *found[1:]]

        return fetch

    def _on_window(self, _attribute: str, _old: float, _new: float) -> None:
        time = self.plots["waveform"].x_range
        self._moved((float(time.start), float(time.end)))

    # ---- spectra ---------------------------------------------------------------------------------------------------

    def _slot(self, plot: Plot) -> CardSlot:
        return self.spectrum if plot == "spectrum" else self.envelope

    def _ask(self, plot: Plot) -> None:
        rows, band, pair = list(self.rows), self.shown.band, self.shown.view == "difference" and len(self.rows) > 1
        self._slot(plot).loading()

        def compute() -> Found:
            found = Found(comparing.spectra(self.context, rows, plot, band=band if plot == "envelope" else None))
            if pair:
                try:
                    used = found.spectra.band_hz
                    found.difference = comparing.difference(self.context, rows[0], rows[1], plot, band=used)
                except EXPECTED_ERRORS as failure:
                    found.refusal = failure
            return found

        def keep(found: Found) -> None:
            self._found[plot] = found
            self._draw(plot)

        self.background.do(compute, keep, self._slot(plot).failed)

    def _draw(self, plot: Plot) -> None:
        found, shown = self._found[plot], self.shown
        by_id = {row.signal_id: (number, row) for number, row in enumerate(self.rows)}
        notes = list(found.spectra.notes)
        lines = [one for one in found.spectra.lines if shown.axis != "orders" or one.speed_rpm]
        if len(lines) < len(found.spectra.lines):
            notes.append("signals without a known speed have no orders and are left out")
        slot = self._slot(plot)
        if not lines:
            slot.show(words.remarks(notes, found.spectra.problems), qualifier="no line")
            return
        step = found.spectra.resolution_hz
        per_hz = [_per_hz(shown.axis, one.speed_rpm) for one in lines]
        overviews = [array_overview(one.values, 0.0, step * k) for one, k in zip(lines, per_hz, strict=True)]
        ends = [step * k * (one.values.size - 1) for one, k in zip(lines, per_hz, strict=True)]
        extent = (0.0, max(ends))
        limit = min(extent[1], ENVELOPE_HZ * per_hz[0]) if plot == "envelope" else extent[1]
        axis = shared_range(extent, (0.0, limit))

        def fetch(start: float, stop: float, buckets: int) -> list[Buckets]:
            return [
                overview(start, stop, buckets) if start < end else _NOTHING
                for overview, end in zip(overviews, ends, strict=True)
            ]

        unit = lines[0].unit or "unit not given"
        name = {"hz": "Hz", "cpm": "CPM", "orders": "orders of the shaft"}[shown.axis]
        x_label = f"{'Modulation frequency' if plot == 'envelope' else 'Frequency'} ({name})"
        drawn = SeveralLines(
            f"compare {plot}",
            [self._one(*by_id[one.signal_id]) for one in lines],
            fetch,
            extent,
            x_label=x_label,
            y_label=f"Amplitude ({unit}{'²' if plot == 'envelope' else ' rms'})",
            arrangement="stacked" if shown.stacked else "overlay",
            common_scale=shown.scale == "common",
            x_range=axis,
            from_zero=True,
        )
        self.plots[plot] = drawn
        content: list[Any] = [drawn]
        if found.difference is not None:
            content.append(self._levels(plot, found.difference, per_hz[0], axis, extent, x_label))
            notes += found.difference.notes
        elif found.refusal is not None:
            notes.append(f"no difference: {found.refusal}. {getattr(found.refusal, 'hint', '')}")
        told = f"Welch, Hann, Δf {numbers.number(step, 3)} Hz"
        if found.spectra.band_hz:
            low, high = (numbers.number(edge / 1000, 3) for edge in found.spectra.band_hz)
            told = f"{low}–{high} kHz, squared envelope, Δf {numbers.number(step, 2)} Hz"
        slot.show(*_remarks(notes, found.spectra.problems), *content, qualifier=told)

    def _levels(
        self, plot: Plot, found: TwoSignals, per_hz: float, axis: Range1d, extent: tuple[float, float], x_label: str
    ) -> SeveralLines:
        scaled = TwoSignals(**{**vars(found), "step": found.step * per_hz})
        return self._one_line(f"compare {plot} difference", scaled, axis, extent, x_label, "Second over first (dB)")

    def _one_line(
        self, name: str, found: TwoSignals, axis: Range1d, extent: tuple[float, float], x_label: str, y_label: str
    ) -> SeveralLines:
        overview = array_overview(found.values, found.start, found.step)
        stop = found.start + found.step * (found.values.size - 1)

        def fetch(low: float, high: float, buckets: int) -> list[Buckets]:
            return [overview(low, high, buckets) if low < stop and high > found.start else _NOTHING]

        plot = SeveralLines(
            name, [Series("difference", SeriesLook(TRACE, "solid"))], fetch, extent, x_label=x_label, y_label=y_label,
            x_range=axis, zero_line=True, height=200,
        )  # fmt: skip
        self.plots[name.removeprefix("compare ")] = plot
        return plot

    def _series(self, rows: Sequence[SignalRow]) -> list[Series]:
        return [self._one(number, row) for number, row in enumerate(rows)]

    @staticmethod
    def _one(number: int, row: SignalRow) -> Series:
        return Series(words.row_label(number, row), series_look(number))


_NOTHING: Buckets = (np.empty(0), np.empty(0, np.float32), np.empty(0, np.float32))


def _remarks(notes: Sequence[str], problems: Sequence[Problem] = ()) -> list[Any]:
    told = words.remarks(notes, problems)
    return [said(told)] if told else []


def _per_hz(axis: str, speed_rpm: float | None) -> float:
    return {"hz": 1.0, "cpm": 60.0}.get(axis, 60.0 / speed_rpm if speed_rpm else 1.0)


def _buckets(one: Channel) -> Buckets:
    x = (one.x0 + one.step * np.arange(len(one.low))) / one.rate_hz
    return x, one.low, one.low if one.step == 1 else one.high
