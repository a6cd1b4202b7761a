"""Figures for reports: a view of a signal as PNG or SVG, with its axes, units, annotations and cursors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from data_catalog.annotations import AnnotationQuery, AnnotationRow
from data_catalog.signals import SignalRow
from pfd_panel.errors import RequestError
from pfd_panel.services import annotating, passing_files, stretches, viewing
from pfd_panel.services.context import Context
from pfd_panel.services.measuring import PLOTS, Plot
from pfd_panel.services.passing_files import MadeFile
from pfd_panel.services.reproducing import AXES
from pipelines.figures import Mark, Panel, as_png, as_svg, compose, curve
from pipelines.spectra import amplitude_spectrum, envelope_spectrum

Form = Literal["png", "svg"]
FORMS: tuple[Form, ...] = get_args(Form)
MEDIA: dict[Form, str] = {"png": "image/png", "svg": "image/svg+xml"}
COLUMNS = 1700
"""Pieces of a line: two to a pixel of a picture."""

MOST_NOTES = 40
"""Annotations on one plot; more could not be read."""

NOTED, POINTED, NAMED = "#8A5A00", "#B42318", "#565E68"
"""Colours of annotations, cursors and frequencies of the machine; their strokes differ too, for grey print."""

Range = tuple[float, float]


@dataclass(frozen=True)
class FigureMark:
    """A line that is drawn on a plot, or with `until` a stretch: s on a waveform, Hz on spectra."""

    plot: Plot
    at: float
    until: float | None = None
    label: str = ""


def figure(
    context: Context,
    row: SignalRow,
    form: Form = "png",
    *,
    plots: Sequence[Plot] = ("waveform", "envelope"),
    start_s: float = 0.0,
    stop_s: float | None = None,
    of_stretch: bool = False,
    band: Range | None = None,
    axis: str = "hz",
    limits: Mapping[Plot, Range] | None = None,
    marks: Sequence[FigureMark] = (),
    markers: Sequence[str] = (),
    annotations: bool = True,
    title: str = "",
) -> MadeFile:
    """Draw plots of a signal under one another.

    Parameters
    ----------
    form : {"png", "svg"}
        A picture of 1920 pixels across, or lines and words that can be scaled.
    plots : sequence of {"waveform", "spectrum", "envelope"}
    start_s, stop_s : float
        The stretch that the waveform shows; the whole record without.
    of_stretch : bool
        Whether spectra are those of the stretch instead of the record's.
    band : (low, high), optional
        Band of the envelope, Hz; without one, that of the kurtogram.
    axis : {"hz", "cpm", "orders"}
        Unit of the frequency axes.
    limits : mapping, optional
        Lowest and highest frequency that a spectrum shows, Hz, by plot.
    marks : sequence of FigureMark
        Cursors and whatever else shall be pointed at.
    markers : sequence of str
        Families of shaft and fault frequencies, ``BPFI``, ``1X``.
    annotations : bool
        Whether what was written on the signal is drawn.
    title : str
        Name of recording and channel without.

    Raises
    ------
    RequestError
        No such form, plot, axis or stretch; orders without a speed; a mark on a plot that is not drawn, or limits
        outside of it.
    InputError
        A band outside 0 to half the sampling rate, or more marks than can be told apart.
    """
    context.require("read")
    context.require_seen(row.dataset_id)
    if form not in FORMS:
        raise RequestError(f"figures are not drawn as {form!r}", hint=f"There are: {', '.join(FORMS)}.")
    chosen = [plot for plot in PLOTS if plot in plots]
    strange = [plot for plot in (*plots, *(mark.plot for mark in marks)) if plot not in chosen]
    if strange or not chosen:
        raise RequestError(
            f"there is no plot {strange[0]!r} in this figure" if strange else "a figure shows at least one plot",
            hint=f"Plots are: {', '.join(PLOTS)}.",
        )
    ground = _Ground(context, row, start_s, stop_s, of_stretch, band, axis, dict(limits or {}))
    noted = _noted(context, row) if annotations else []
    panels = [ground.panel(plot, _marks(ground, plot, marks, markers, noted)) for plot in chosen]
    last = row.recording.rpartition("/")[2]
    where = row.dataset if last == row.recording else f"{row.dataset}, {row.recording}"
    said = " · ".join(part for part in (where, _speed(row), _left_out(noted, ground, chosen)) if part)
    drawn = compose(panels, title=" ".join(title.split()) or f"{last} / {row.channel}", note=said)
    start, stop = ground.window
    target = passing_files.place(stretches.folder(context), f"{stretches.stem(row, start, stop)}-figure.{form}")
    if form == "svg":
        target.write_text(as_svg(drawn), encoding="utf-8")
    else:
        target.write_bytes(as_png(drawn))
    return MadeFile(target, MEDIA[form], ", ".join(chosen))


def parse_marks(entries: Sequence[str]) -> list[FigureMark]:
    """Turn ``['envelope:107.4:BPFO', 'waveform:0.2..0.4:burst']`` into marks.

    Raises
    ------
    RequestError
        An entry is not of this form.
    """
    out = []
    for entry in entries:
        plot, _, rest = entry.partition(":")
        place, _, label = rest.partition(":")
        first, spans, last = place.partition("..")
        try:
            made = FigureMark(_plot(plot), float(first), float(last) if spans else None, label.strip()[:100])
        except ValueError:
            raise RequestError(
                f"{entry!r} is no mark", hint="Write PLOT:PLACE:LABEL, for example envelope:107.4:BPFO."
            ) from None
        out.append(made)
    return out


def parse_limits(entries: Sequence[str]) -> dict[Plot, Range]:
    """Turn ``['spectrum:0:2000']`` into limits.

    Raises
    ------
    RequestError
        An entry is not of this form.
    """
    out: dict[Plot, Range] = {}
    for entry in entries:
        try:
            plot, low, high = entry.split(":")
            out[_plot(plot)] = (float(low), float(high))
        except ValueError:
            raise RequestError(f"{entry!r} names no limits", hint="Write PLOT:LOW:HIGH, as spectrum:0:2000.") from None
    return out


def _plot(name: str) -> Plot:
    for plot in PLOTS:
        if plot == name:
            return plot
    raise RequestError(f"there is no plot {name!r}", hint=f"There are: {', '.join(PLOTS)}.")


class _Ground:
    """What the plots of one figure are made of."""

    def __init__(
        self,
        context: Context,
        row: SignalRow,
        start_s: float,
        stop_s: float | None,
        of_stretch: bool,
        band: Range | None,
        axis: str,
        limits: dict[Plot, Range],
    ) -> None:
        self.context, self.row, self.band, self.limits = context, row, band, limits
        self.window = stretches.bounds(row, start_s, stop_s)
        self.start_s, self.stop_s = (edge / row.rate_hz for edge in self.window)
        self._of_stretch = of_stretch
        self.per_hz, self.unit = _frequency_unit(row, axis)
        self._heard: NDArray[np.float32] | None = None

    def panel(self, plot: Plot, marks: list[Mark]) -> Panel:
        """One plot with what is marked on it."""
        return {"waveform": self._waveform, "spectrum": self._spectrum, "envelope": self._envelope}[plot](marks)

    def extent(self, plot: Plot) -> Range:
        """From where to where a plot goes, s or Hz."""
        if plot == "waveform":
            return self.start_s, self.stop_s
        nyquist = self.row.rate_hz / 2
        low, high = self.limits.get(plot, (0.0, self._furthest() if plot == "envelope" else nyquist))
        if not 0 <= low < high <= nyquist * (1 + 1e-9):
            raise RequestError(
                f"the {plot} cannot show {low:g} to {high:g} Hz", hint=f"Give 0 ≤ low < high ≤ {nyquist:g} Hz."
            )
        return low, high

    def _furthest(self) -> float:
        """As far as an envelope spectrum is looked at: past the harmonics of its fault frequencies."""
        named = [one.frequency_hz for one in viewing.markers(self.row)]
        return min(self.row.rate_hz / 2, max([1.1 * one for one in named], default=1000.0))

    def _samples(self) -> NDArray[np.float32]:
        if self._heard is None:
            if self._of_stretch:
                self._heard = stretches.analysed(self.context, self.row, self.start_s, self.stop_s)
            else:
                self._heard = viewing.analysed(self.context, self.row)
        return self._heard

    def _source(self) -> str:
        if self._of_stretch:
            return f"of {self.start_s:g} to {self.stop_s:g} s, "
        analysed = min(self.row.length, viewing.ANALYSED_SAMPLES)
        return "" if analysed == self.row.length else f"of the first {analysed / self.row.rate_hz:.4g} s, "

    def _waveform(self, marks: list[Mark]) -> Panel:
        row = self.row
        seen = viewing.overview(self.context, row, self.start_s, self.stop_s, COLUMNS)
        x = (seen.x0 + seen.step * np.arange(len(seen.low))) / row.rate_hz
        high = seen.low if seen.step == 1 else seen.high
        note = f"{row.rate_hz:,.6g} Hz" + ("" if seen.step == 1 else ", lowest and highest of each piece")
        unit = f"Amplitude ({row.unit or 'unit not given'})"
        return Panel("Waveform", "Time (s)", unit, x, seen.low, high, self.extent("waveform"), note=note, marks=marks)

    def _spectrum(self, marks: list[Mark]) -> Panel:
        x = self._samples()
        found = amplitude_spectrum(x, self.row.rate_hz, segment=min(8192, len(x)), scale="rms")
        scale, unit = (1000.0, "mg") if self.row.unit == "g" else (1.0, self.row.unit or "unit not given")
        note = f"{self._source()}{found.method}"
        label = f"Amplitude ({unit} rms)"
        return self._over_frequency(
            "spectrum", "Spectrum", label, scale * found.amplitude, found.resolution_hz, note, marks
        )

    def _envelope(self, marks: list[Mark]) -> Panel:
        x, rate = self._samples(), self.row.rate_hz
        band = self.band or viewing.suggested_band(x, rate)
        found = envelope_spectrum(x, rate, band=band, max_hz=band[1] - band[0])
        low, high = found.band_hz
        note = f"{self._source()}band {low:,.0f} to {high:,.0f} Hz, {found.resolution_hz:.3g} Hz a line"
        values = found.power_over_floor(viewing.floor_width_hz(self.row))
        return self._over_frequency(
            "envelope", "Envelope spectrum", "Power over floor (×)", values, found.resolution_hz, note, marks
        )

    def _over_frequency(
        self,
        plot: Plot,
        title: str,
        label: str,
        values: NDArray[np.floating],
        step: float,
        note: str,
        marks: list[Mark],
    ) -> Panel:
        low, high = self.extent(plot)
        first, last = max(0, int(low / step)), min(len(values), int(np.ceil(high / step)) + 1)
        if last - first < 2:
            raise RequestError(
                f"the {plot} has no lines between {low:g} and {high:g} Hz",
                hint=f"It goes to {step * (len(values) - 1):.5g} Hz.",
            )
        x, lowest, highest = curve(values[first:last], first * step * self.per_hz, step * self.per_hz, COLUMNS)
        name = "Modulation frequency" if plot == "envelope" else "Frequency"
        extent = (low * self.per_hz, high * self.per_hz)
        return Panel(title, f"{name} ({self.unit})", label, x, lowest, highest, extent, True, note, marks)


def _frequency_unit(row: SignalRow, axis: str) -> tuple[float, str]:
    """What a hertz is worth on the frequency axes, and their unit."""
    if axis not in AXES:
        raise RequestError(f"there is no frequency axis {axis!r}", hint=f"There are: {', '.join(AXES)}.")
    if axis == "orders" and not row.speed_rpm:
        raise RequestError("orders need a shaft speed, which this signal has not", hint="Correct it, or choose Hz.")
    worth = {"hz": 1.0, "cpm": 60.0, "orders": 60.0 / row.speed_rpm if row.speed_rpm else 1.0}
    return worth[axis], AXES[axis]


def _marks(
    ground: _Ground, plot: Plot, marks: Sequence[FigureMark], markers: Sequence[str], noted: Sequence[AnnotationRow]
) -> list[Mark]:
    per_unit = 1.0 if plot == "waveform" else ground.per_hz
    low, high = ground.extent(plot)
    found = []
    if plot != "waveform":
        for one in viewing.markers(ground.row):
            if one.name in markers and low <= one.frequency_hz <= high:
                label = one.name if one.multiple == 1 else f"{one.multiple}× {one.name}"
                found.append(Mark(one.frequency_hz * per_unit, None, label, NAMED, (1.5, 2.5)))
    for row in _on(plot, noted, (low, high)):
        at, until = (row.start_s, row.stop_s) if plot == "waveform" else (row.frequency_hz, None)
        words = row.label or row.text.partition("\n")[0]
        assert at is not None
        found.append(Mark(at * per_unit, None if until is None else until * per_unit, words, NOTED))
    for mark in marks:
        if mark.plot == plot:
            until = None if mark.until is None else mark.until * per_unit
            found.append(Mark(mark.at * per_unit, until, mark.label, POINTED, (5.0, 3.0)))
    return found


def _noted(context: Context, row: SignalRow) -> list[AnnotationRow]:
    query = AnnotationQuery(dataset_id=row.dataset_id, signal_id=row.signal_id, sort="place", limit=10_000)
    return annotating.page(context, query).rows


def _on(plot: Plot, noted: Sequence[AnnotationRow], extent: Range) -> list[AnnotationRow]:
    """The annotations that are drawn on a plot."""
    return _within(plot, noted, extent)[:MOST_NOTES]


def _within(plot: Plot, noted: Sequence[AnnotationRow], extent: Range) -> list[AnnotationRow]:
    low, high = extent
    found = []
    for row in noted:
        at = row.start_s if plot == "waveform" else row.frequency_hz
        until = row.stop_s if plot == "waveform" and row.stop_s is not None else at
        if at is not None and until is not None and until >= low and at <= high:
            found.append(row)
    return found


def _left_out(noted: Sequence[AnnotationRow], ground: _Ground, plots: Sequence[Plot]) -> str:
    """That not all annotations are drawn, if so: a figure must not look complete when it is not."""
    for plot in plots:
        inside = len(_within(plot, noted, ground.extent(plot)))
        if inside > MOST_NOTES:
            return f"{MOST_NOTES} of {inside:,} annotations are drawn"
    return ""


def _speed(row: SignalRow) -> str:
    return f"{row.speed_rpm:,.6g} rpm" if row.speed_rpm else ""
