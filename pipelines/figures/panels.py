"""A figure: panels under one another, each a line over an axis with its marks, below a title."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError
from pipelines.figures.axes import Axis, axis_over
from pipelines.figures.drawing import INK, PAPER, RULE, SOFT, Area, Dash, Drawing, Item, Line, Words, rule

WIDTH, PANEL_HEIGHT = 960.0, 240.0
LEFT, RIGHT, BETWEEN = 72.0, 20.0, 22.0
TITLE_SIZE, WORD_SIZE, SMALL = 17.0, 12.0, 11.0
ROW = 14.0
"""Height of a row of marks above a panel."""

MOST_ROWS = 6
MOST_MARKS = 200
TRACE = "#2F5FD0"

_WIDE = 0.56
"""Of the size of letters, what one takes on average: enough to keep words apart."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A line, or with `until` a stretch, that stands for something: what an annotation or a cursor points at.

    Attributes
    ----------
    at, until : float
        In the unit of the x axis.
    label : str
        Written above the panel.
    color : str
    dash : (float, float), optional
        Lengths of stroke and gap.
    """

    at: float
    until: float | None = None
    label: str = ""
    color: str = SOFT
    dash: Dash = None


@dataclass(frozen=True)
class Panel:
    """One plot.

    Attributes
    ----------
    title, note : str
        What it shows, and how it was computed.
    x_label, y_label : str
        Name and unit of each axis, ``Time (s)``.
    x : (N,) float64
        Ascending.
    low, high : (N,) float
        Lowest and highest value at each x, the same array for a plain line; NaN in gaps.
    extent : (float, float)
        Ends of the x axis.
    from_zero : bool
        Whether the y axis begins at zero (amplitudes).
    marks : sequence of Mark
        Those outside the extent are not drawn.
    """

    title: str
    x_label: str
    y_label: str
    x: NDArray[np.float64]
    low: NDArray[np.floating]
    high: NDArray[np.floating]
    extent: tuple[float, float]
    from_zero: bool = False
    note: str = ""
    marks: Sequence[Mark] = field(default_factory=tuple)


def curve(
    values: ArrayLike, x0: float, step: float, columns: int = 1700
) -> tuple[NDArray[np.float64], NDArray[np.floating], NDArray[np.floating]]:
    """Values sampled every `step` from `x0` as x, lowest and highest of at most `columns` pieces: no peak is lost.

    A piece in which nothing is finite is a gap.
    """
    samples = np.asarray(values)
    if samples.ndim != 1 or not samples.size:
        raise InputError(f"values of shape {samples.shape} are no line", hint="Give one dimension.")
    if samples.size <= columns:
        return x0 + step * np.arange(samples.size, dtype=np.float64), samples, samples
    edges = np.linspace(0, samples.size, columns, endpoint=False).astype(np.intp)
    x = x0 + step * edges.astype(np.float64)
    # fmin and fmax leave out NaN unless there is nothing else
    return x, np.fmin.reduceat(samples, edges), np.fmax.reduceat(samples, edges)


def compose(panels: Sequence[Panel], *, title: str, note: str = "", width: float = WIDTH) -> Drawing:
    """Lay panels out under one another.

    Parameters
    ----------
    title, note : str
        Above all panels.
    width : float
        Points.

    Raises
    ------
    InputError
        No panel, or more marks on one than can be told apart.
    """
    if not panels:
        raise InputError("a figure without a panel", hint="Name at least one plot.")
    crowded = max(len(panel.marks) for panel in panels)
    if crowded > MOST_MARKS:
        raise InputError(f"{crowded} marks on one panel", hint=f"Choose at most {MOST_MARKS}.")
    items: list[Item] = [Words(LEFT, 30, _fitting(title, width - LEFT - RIGHT, TITLE_SIZE), TITLE_SIZE, bold=True)]
    top = 40.0
    if note:
        items.append(Words(LEFT, 50, _fitting(note, width - LEFT - RIGHT, WORD_SIZE), WORD_SIZE, SOFT))
        top = 58.0
    for panel in panels:
        top = _panel(items, panel, top + BETWEEN, width)
    height = top + 12
    return Drawing(width, height, (Area(0, 0, width, height, PAPER), *items), title)


def _panel(items: list[Item], panel: Panel, top: float, width: float) -> float:
    """Draw one panel; answers where it ends."""
    inner = width - LEFT - RIGHT
    items.append(Words(LEFT, top, panel.title, 13, INK, bold=True))
    items.append(Words(width - RIGHT, top, _fitting(panel.note, inner - 160, SMALL), SMALL, SOFT, "end"))
    across = axis_over(*panel.extent, 10)
    marks = [one for one in panel.marks if _within(one, across)]
    rows = _rows(marks, across, inner)
    y0 = top + 8 + ROW * (1 + max(rows, default=-1))
    y1 = y0 + PANEL_HEIGHT
    upright = _upright(panel)
    shown = (panel.x >= across.low) & (panel.x <= across.high)
    x = LEFT + inner * across.share(panel.x[shown])
    low = panel.low[shown]
    high = low if panel.high is panel.low else panel.high[shown]
    for tick, word in zip(upright.ticks, upright.words, strict=True):
        y = y1 - PANEL_HEIGHT * float(upright.share(tick))
        items += [rule(LEFT, y, width - RIGHT, y, RULE), Words(LEFT - 8, y + 4, word, SMALL, SOFT, "end")]
    baselines = [y0 - 5 - ROW * row for row in rows]
    for mark, baseline in zip(marks, baselines, strict=True):
        _mark(items, mark, across, (y0, y1), baseline, inner)
    for mark, baseline in zip(marks, baselines, strict=True):
        _label(items, mark, across, baseline, inner)
    items.append(Line(_line(x, low, high, upright, y1), TRACE, 1.0))
    items += [rule(LEFT, y1, width - RIGHT, y1), rule(LEFT, y0, LEFT, y1)]
    for tick, word in zip(across.ticks, across.words, strict=True):
        place = LEFT + inner * float(across.share(tick))
        items += [rule(place, y1, place, y1 + 4), Words(place, y1 + 17, word, SMALL, SOFT, "middle")]
    items.append(Words(LEFT + inner / 2, y1 + 35, panel.x_label, WORD_SIZE, INK, "middle"))
    items.append(Words(18, (y0 + y1) / 2, panel.y_label, WORD_SIZE, INK, "middle", turned=True))
    return y1 + 40


def _line(
    x: NDArray[np.float64], low: NDArray[np.floating], high: NDArray[np.floating], upright: Axis, bottom: float
) -> NDArray[np.float64]:
    if low is high:
        return np.column_stack([x, bottom - PANEL_HEIGHT * upright.share(low)])
    both = np.empty(2 * x.size)
    both[0::2], both[1::2] = upright.share(low), upright.share(high)
    return np.column_stack([np.repeat(x, 2), bottom - PANEL_HEIGHT * both])


def _mark(
    items: list[Item], mark: Mark, across: Axis, frame: tuple[float, float], baseline: float, inner: float
) -> None:
    top, bottom = frame
    begin = LEFT + inner * float(across.share(max(mark.at, across.low)))
    if mark.until is not None:
        end = LEFT + inner * float(across.share(min(mark.until, across.high)))
        items.append(Area(begin, top, max(end - begin, 1.0), bottom - top, mark.color, 0.18))
    items.append(rule(begin, baseline + 2 if mark.label else top, begin, bottom, mark.color, 1.2, mark.dash))


def _label(items: list[Item], mark: Mark, across: Axis, baseline: float, inner: float) -> None:
    """The name of a mark, on a ground that covers the lines of others."""
    if not mark.label:
        return
    begin, length = _span(mark, across, inner)
    late = _is_late(mark, across)
    items.append(Area(LEFT + begin + 3, baseline - SMALL + 1, max(length - 9, 1), SMALL + 2, PAPER, 0.9))
    words = _fitting(mark.label, inner / 2, SMALL)
    place = LEFT + begin + (length - 4 if late else 4)
    items.append(Words(place, baseline, words, SMALL, INK, "end" if late else "start"))


def _span(mark: Mark, across: Axis, inner: float) -> tuple[float, float]:
    """Where the name of a mark begins, from the left of the frame, and how long it is."""
    place = inner * float(across.share(max(mark.at, across.low)))
    length = min(len(mark.label) * SMALL * _WIDE, inner / 2) + 10 if mark.label else 0.0
    return (place - length if _is_late(mark, across) else place), length


def _is_late(mark: Mark, across: Axis) -> bool:
    """Whether its name stands before it, because there is no room behind."""
    return float(across.share(max(mark.at, across.low))) > 0.8


def _rows(marks: Sequence[Mark], across: Axis, inner: float) -> list[int]:
    """In which row above the panel each mark is named, so that no two names lie on one another."""
    taken: list[list[tuple[float, float]]] = []
    out = []
    for mark in marks:
        begin, length = _span(mark, across, inner)
        span = begin, begin + length
        free = (n for n, row in enumerate(taken) if all(span[1] <= a or span[0] >= b for a, b in row))
        row = next(free, len(taken))
        if row >= MOST_ROWS:
            row = MOST_ROWS - 1
        if row == len(taken):
            taken.append([])
        taken[row].append(span)
        out.append(row)
    return out


def _upright(panel: Panel) -> Axis:
    seen = (panel.x >= panel.extent[0]) & (panel.x <= panel.extent[1])
    low, high = (side[seen & np.isfinite(side)] for side in (panel.low, panel.high))
    if not low.size:
        return axis_over(0.0, 1.0, 5)
    if panel.from_zero:
        return axis_over(0.0, float(high.max()) * 1.05, 5)
    return axis_over(float(low.min()), float(high.max()), 5, pad=0.05)


def _within(mark: Mark, across: Axis) -> bool:
    until = mark.at if mark.until is None else mark.until
    return until >= across.low and mark.at <= across.high


def _fitting(text: str, room: float, size: float) -> str:
    """Words cut to what there is room for."""
    most = max(1, int(room / (size * _WIDE)))
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
