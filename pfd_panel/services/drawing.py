"""Figures for reports: a view of a signal as PNG or SVG, with its axes, units, annotations and cursors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, get_args

from data_catalog.annotations import AnnotationQuery, AnnotationRow
from data_catalog.signals import SignalRow
from pfd_panel.errors import RequestError
from pfd_panel.services import annotating, passing_files, stretches, viewing
from pfd_panel.services.context import Context
from pfd_panel.services.figure_ground import Ground, Range, Scale
from pfd_panel.services.measuring import PLOTS
from pfd_panel.services.passing_files import MadeFile
from pipelines.analyses import ANALYSES
from pipelines.figures import Mark, as_png, as_svg, compose

Form = Literal["png", "svg"]
FORMS: tuple[Form, ...] = get_args(Form)
MEDIA: dict[Form, str] = {"png": "image/png", "svg": "image/svg+xml"}
DRAWN: tuple[str, ...] = (*PLOTS, *(name for name in ANALYSES if name not in PLOTS))
"""What a figure can show: the plots of every signal, and each analysis by its name."""

MOST_NOTES = 40
"""Annotations on one plot; more could not be read."""

NOTED, POINTED, NAMED = "#8A5A00", "#B42318", "#565E68"
"""Colours of annotations, cursors and frequencies of the machine; their strokes differ too, for grey print."""


@dataclass(frozen=True)
class FigureMark:
    """A line that is drawn on a plot, or with `until` a stretch: s over time, Hz on spectra, else in the axis' unit."""

    plot: str
    at: float
    until: float | None = None
    label: str = ""


def figure(
    context: Context,
    row: SignalRow,
    form: Form = "png",
    *,
    plots: Sequence[str] = ("waveform", "envelope"),
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    start_s: float = 0.0,
    stop_s: float | None = None,
    of_stretch: bool = False,
    band: Range | None = None,
    axis: str = "hz",
    limits: Mapping[str, Range] | None = None,
    palette: str = "viridis",
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
    plots : sequence of str
        Any of `DRAWN`: waveform, spectrum and envelope come first, then analyses as they are named.
    settings : mapping of mappings, optional
        What is set on an analysis, by its name: ``{"cepstrum": {"window": "hann"}}``.
    start_s, stop_s : float
        The stretch that is shown over time; the whole record without.
    of_stretch : bool
        Whether spectrum and envelope are those of the stretch instead of the record's; analyses have settings for it.
    band : (low, high), optional
        Band of the envelope, Hz; without one, that of the kurtogram.
    axis : {"hz", "cpm", "orders"}
        Unit of the frequency axes.
    limits : mapping, optional
        Lowest and highest frequency that a spectrum shows, Hz, by plot; of other curves in the unit of their axis.
    palette : str
        Colours of images: viridis, inferno, cividis or greys.
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
        outside of it; settings of what is not drawn.
    InputError
        A band outside 0 to half the sampling rate, an analysis that is not possible, or more marks than can be told
        apart.
    UnknownNameError
        There are no such colours.
    """
    context.require("read")
    context.require_seen(row.dataset_id)
    if form not in FORMS:
        raise RequestError(f"figures are not drawn as {form!r}", hint=f"There are: {', '.join(FORMS)}.")
    chosen: list[str] = [plot for plot in PLOTS if plot in plots]
    chosen += [plot for plot in dict.fromkeys(plots) if plot in ANALYSES and plot not in chosen]
    strange = [plot for plot in (*plots, *(mark.plot for mark in marks), *(settings or {})) if plot not in chosen]
    if strange or not chosen:
        raise RequestError(
            f"there is no plot {strange[0]!r} in this figure" if strange else "a figure shows at least one plot",
            hint=f"Plots are: {', '.join(DRAWN)}.",
        )
    ground = Ground(context, row, start_s, stop_s, of_stretch, band, axis, limits or {}, settings or {}, palette)
    noted = _noted(context, row) if annotations else []
    left_out: list[str] = []

    def marked(plot: str, scale: Scale, extent: Range) -> list[Mark]:
        inside = _within(scale, noted, extent)
        if len(inside) > MOST_NOTES:
            left_out.append(f"{MOST_NOTES} of {len(inside):,} annotations are drawn")
        return [
            *_named(row, plot, markers, scale, extent),
            *_written(inside[:MOST_NOTES], scale),
            *_pointed(plot, marks, scale),
        ]

    panels = [ground.panel(plot, partial(marked, plot)) for plot in chosen]
    last = row.recording.rpartition("/")[2]
    where = row.dataset if last == row.recording else f"{row.dataset}, {row.recording}"
    said = " · ".join(part for part in (where, _speed(row), *left_out[:1]) if part)
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


def parse_limits(entries: Sequence[str]) -> dict[str, Range]:
    """Turn ``['spectrum:0:2000']`` into limits.

    Raises
    ------
    RequestError
        An entry is not of this form.
    """
    out: dict[str, Range] = {}
    for entry in entries:
        try:
            plot, low, high = entry.split(":")
            out[_plot(plot)] = (float(low), float(high))
        except ValueError:
            raise RequestError(f"{entry!r} names no limits", hint="Write PLOT:LOW:HIGH, as spectrum:0:2000.") from None
    return out


def parse_settings(entries: Sequence[str], plots: Sequence[str]) -> dict[str, dict[str, str]]:
    """Turn ``['cepstrum.window:flat top']`` into settings of plots.

    Raises
    ------
    RequestError
        An entry is not of this form, or sets something of no plot of the figure.
    """
    out: dict[str, dict[str, str]] = {}
    for entry in entries:
        where, colon, value = entry.partition(":")
        plot, dot, setting = where.partition(".")
        if not colon or not dot or plot not in plots:
            raise RequestError(
                f"{entry!r} sets nothing of {', '.join(plots)}",
                hint="Write PLOT.SETTING:VALUE, as cepstrum.kind:power.",
            )
        out.setdefault(plot, {})[setting] = value
    return out


def _plot(name: str) -> str:
    if name not in DRAWN:
        raise RequestError(f"there is no plot {name!r}", hint=f"There are: {', '.join(DRAWN)}.")
    return name


def _named(row: SignalRow, plot: str, markers: Sequence[str], scale: Scale, extent: Range) -> list[Mark]:
    """Frequencies of the machine; those of the bearing stand in spectra of the vibration and its envelope only."""
    if scale.unit != "Hz" or plot not in PLOTS:
        return []
    found = []
    for one in viewing.markers(row):
        if one.name in markers and extent[0] <= one.frequency_hz <= extent[1]:
            label = one.name if one.multiple == 1 else f"{one.multiple}× {one.name}"
            found.append(Mark(one.frequency_hz * scale.worth, None, label, NAMED, (1.5, 2.5)))
    return found


def _written(noted: Sequence[AnnotationRow], scale: Scale) -> list[Mark]:
    found = []
    for row in noted:
        words = row.label or row.text.partition("\n")[0]
        if row.frequency_hz is None:
            found.append(Mark(row.start_s or 0.0, row.stop_s, words, NOTED))
        elif scale.unit == "Hz":
            found.append(Mark(row.frequency_hz * scale.worth, None, words, NOTED))
        else:
            found.append(Mark(row.frequency_hz * (scale.y_per_hz or 1.0), None, words, NOTED, flat=True))
    return found


def _pointed(plot: str, marks: Sequence[FigureMark], scale: Scale) -> list[Mark]:
    return [
        Mark(
            mark.at * scale.worth,
            None if mark.until is None else mark.until * scale.worth,
            mark.label,
            POINTED,
            (5.0, 3.0),
        )
        for mark in marks
        if mark.plot == plot
    ]


def _noted(context: Context, row: SignalRow) -> list[AnnotationRow]:
    query = AnnotationQuery(dataset_id=row.dataset_id, signal_id=row.signal_id, sort="place", limit=10_000)
    return annotating.page(context, query).rows


def _within(scale: Scale, noted: Sequence[AnnotationRow], extent: Range) -> list[AnnotationRow]:
    """The annotations that a plot can show: moments over time, frequencies over or up a frequency axis."""
    low, high = extent
    found = []
    for row in noted:
        if row.frequency_hz is not None:
            over = scale.unit == "Hz" and low <= row.frequency_hz <= high
            if over or scale.y_per_hz is not None:
                found.append(row)
        elif scale.unit == "s" and row.start_s is not None:
            until = row.start_s if row.stop_s is None else row.stop_s
            if until >= low and row.start_s <= high:
                found.append(row)
    return found


def _speed(row: SignalRow) -> str:
    return f"{row.speed_rpm:,.6g} rpm" if row.speed_rpm else ""
