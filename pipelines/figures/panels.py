"""A figure: panels under one another below a title, and the panel that shows lines over an axis with its marks."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError
from pipelines.figures.axes import Axis, axis_over
from pipelines.figures.drawing import INK, PAPER, RULE, SOFT, Area, Cells, Dash, Drawing, Item, Line, Words, rule

WIDTH, PANEL_HEIGHT = 960.0, 240.0
LEFT, RIGHT, BETWEEN = 72.0, 20.0, 22.0
TITLE_SIZE, WORD_SIZE, SMALL = 17.0, 12.0, 11.0
ROW = 14.0
"""Height of a row of marks above a panel."""

MOST_ROWS = 6
MOST_MARKS = 200
TRACE = "#2F5FD0"
OTHERS = ("#D64C13", "#0F936D", "#875FDC", "#8A5A00")
"""Colours of further lines; their names stand in ink beside a sample."""

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
    flat : bool
        Whether `at` is on the y axis.
    """

    at: float
    until: float | None = None
    label: str = ""
    color: str = SOFT
    dash: Dash = None
    flat: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a panel stands on the page, and its axes."""

    left: float
    top: float
    width: float
    height: float
    across: Axis
    upright: Axis

    def x(self, values: NDArray[np.floating] | float) -> NDArray[np.float64]:
        """Places of the x axis on the page."""
        return self.left + self.width * self.across.share(values)

    def y(self, values: NDArray[np.floating] | float) -> NDArray[np.float64]:
        """Places of the y axis on the page, where down is more."""
        return self.top + self.height * (1 - self.upright.share(values))


@dataclass(frozen=True)
class Framed(ABC):
    """What every panel has.

    Attributes
    ----------
    title, note : str
        What it shows, and how it was computed.
    x_label, y_label : str
        Name and unit of each axis, ``Time (s)``.
    facts : str
        Numbers that belong to it, below its axis.
    marks : sequence of Mark
        Those outside the axes are not drawn.
    """

    title: str
    x_label: str
    y_label: str
    note: str = field(default="", kw_only=True)
    facts: str = field(default="", kw_only=True)
    marks: Sequence[Mark] = field(default_factory=tuple, kw_only=True)

    height: ClassVar[float] = PANEL_HEIGHT
    beside: ClassVar[float] = 0.0
    """Room that it takes on the right of its frame."""

    @abstractmethod
    def across(self) -> Axis:
        """The x axis."""

    @abstractmethod
    def upright(self) -> Axis:
        """The y axis."""

    @abstractmethod
    def content(self, frame: Frame) -> list[Item]:
        """What is drawn within the frame, and beside it."""


@dataclass(frozen=True)
class Trace:
    """A further line of a panel: its name, and as `Panel` has them its places, lowest and highest values."""

    name: str
    x: NDArray[np.float64]
    low: NDArray[np.floating]
    high: NDArray[np.floating]


@dataclass(frozen=True)
class Panel(Framed):
    """A line over an axis.

    Attributes
    ----------
    x : (N,) float64
        Ascending.
    low, high : (N,) float
        Lowest and highest value at each x, the same array for a plain line; NaN in gaps.
    extent : (float, float)
        Ends of the x axis.
    from_zero : bool
        Whether the y axis begins at zero (amplitudes).
    others : sequence of Trace
        Lines that explain the first, named in the frame; those without a name look like it.
    bars : bool
        Whether each value counts what lies within its step, from half a step before to half a step after it.
    """

    x: NDArray[np.float64]
    low: NDArray[np.floating]
    high: NDArray[np.floating]
    extent: tuple[float, float]
    from_zero: bool = False
    others: Sequence[Trace] = field(default_factory=tuple, kw_only=True)
    bars: bool = field(default=False, kw_only=True)

    def across(self) -> Axis:
        """The x axis over the extent."""
        return axis_over(*self.extent, 10)

    def upright(self) -> Axis:
        """The y axis over what is seen of all lines."""
        lines: list[Panel | Trace] = [self, *self.others]
        seen = [
            side[(one.x >= self.extent[0]) & (one.x <= self.extent[1]) & np.isfinite(side)]
            for one in lines
            for side in (one.low, one.high)
        ]
        values = np.concatenate(seen)
        if not values.size:
            return axis_over(0.0, 1.0, 5)
        if self.from_zero or self.bars:
            return axis_over(0.0, float(values.max()) * 1.05, 5)
        return axis_over(float(values.min()), float(values.max()), 5, pad=0.05)

    def content(self, frame: Frame) -> list[Item]:
        """The lines, and the names of those that have one."""
        items: list[Item] = []
        if self.bars:
            items += _bars(self, frame)
        else:
            items.append(Line(_line(self, frame), TRACE, 1.0))
        named = 0
        for number, other in enumerate(self.others):
            color = OTHERS[number % len(OTHERS)] if other.name else TRACE
            items.append(Line(_line(other, frame), color, 1.2 if other.name else 0.8))
            if other.name:
                right, y = frame.left + frame.width - 8, frame.top + 14 + 15 * named
                length = len(other.name) * SMALL * _WIDE + 30
                items += [
                    Area(right - length, y - 11, length + 4, 15, PAPER, 0.85),
                    rule(right - length + 4, y - 4, right - length + 24, y - 4, color, 2.0),
                    Words(right, y, other.name, SMALL, INK, "end"),
                ]
                named += 1
        return items


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


def compose(panels: Sequence[Framed], *, title: str, note: str = "", width: float = WIDTH) -> Drawing:
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


def _panel(items: list[Item], panel: Framed, top: float, width: float) -> float:
    """Draw one panel; answers where it ends."""
    inner = width - LEFT - RIGHT - panel.beside
    items.append(Words(LEFT, top, panel.title, 13, INK, bold=True))
    room = width - LEFT - RIGHT - 20 - len(panel.title) * 13 * _WIDE
    items.append(Words(width - RIGHT, top, _fitting(panel.note, room, SMALL), SMALL, SOFT, "end"))
    across, upright = panel.across(), panel.upright()
    marks = [one for one in panel.marks if not one.flat and _within(one, across)]
    rows = _rows(marks, across, inner)
    y0 = top + 8 + ROW * (1 + max(rows, default=-1))
    frame = Frame(LEFT, y0, inner, panel.height, across, upright)
    y1 = y0 + panel.height
    right = LEFT + inner
    for tick, word in zip(upright.ticks, upright.words, strict=True):
        y = float(frame.y(tick))
        items += [rule(LEFT, y, right, y, RULE), Words(LEFT - 8, y + 4, word, SMALL, SOFT, "end")]
    baselines = [y0 - 5 - ROW * row for row in rows]
    drawn = panel.content(frame)
    behind = [one for one in drawn if isinstance(one, Cells)]
    items += behind
    for mark, baseline in zip(marks, baselines, strict=True):
        _mark(items, mark, across, (y0, y1), baseline, inner)
    for mark, baseline in zip(marks, baselines, strict=True):
        _label(items, mark, across, baseline, inner)
    items += [one for one in drawn if not isinstance(one, Cells)]
    for mark in panel.marks:
        if mark.flat and _within(mark, upright):
            _flat(items, mark, frame)
    items += [rule(LEFT, y1, right, y1), rule(LEFT, y0, LEFT, y1)]
    for tick, word in zip(across.ticks, across.words, strict=True):
        place = float(frame.x(tick))
        items += [rule(place, y1, place, y1 + 4), Words(place, y1 + 17, word, SMALL, SOFT, "middle")]
    items.append(Words(LEFT + inner / 2, y1 + 35, panel.x_label, WORD_SIZE, INK, "middle"))
    items.append(Words(18, (y0 + y1) / 2, panel.y_label, WORD_SIZE, INK, "middle", turned=True))
    if panel.facts:
        items.append(Words(LEFT, y1 + 54, _fitting(panel.facts, width - LEFT - RIGHT, SMALL), SMALL, SOFT))
        return y1 + 58
    return y1 + 40


def _line(one: "Panel | Trace", frame: Frame) -> NDArray[np.float64]:
    shown = (one.x >= frame.across.low) & (one.x <= frame.across.high)
    x, low = frame.x(one.x[shown]), frame.y(one.low[shown])
    if one.low is one.high:
        return np.column_stack([x, low])
    both = np.empty(2 * x.size)
    both[0::2], both[1::2] = low, frame.y(one.high[shown])
    return np.column_stack([np.repeat(x, 2), both])


def _bars(panel: "Panel", frame: Frame) -> list[Item]:
    half = (panel.x[1] - panel.x[0]) / 2 if panel.x.size > 1 else 0.5
    left, right = (frame.x(np.clip(panel.x + way * half, *panel.extent)) for way in (-1, 1))
    top, bottom = frame.y(panel.high), float(frame.y(0.0))
    return [
        Area(float(x0), float(y), float(max(x1 - x0 - 0.4, 0.4)), float(bottom - y), TRACE, 0.6)
        for x0, x1, y in zip(left, right, top, strict=True)
        if np.isfinite(y) and y < bottom
    ]


def _flat(items: list[Item], mark: Mark, frame: Frame) -> None:
    """A mark on the y axis, named within the frame on its right."""
    y = float(frame.y(mark.at))
    right = frame.left + frame.width
    items.append(rule(frame.left, y, right, y, mark.color, 1.2, mark.dash))
    if mark.label:
        words = _fitting(mark.label, frame.width / 2, SMALL)
        length = len(words) * SMALL * _WIDE + 6
        items += [
            Area(right - length - 4, y - SMALL - 3, length, SMALL + 3, PAPER, 0.85),
            Words(right - 6, y - 4, words, SMALL, INK, "end"),
        ]


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


def _within(mark: Mark, across: Axis) -> bool:
    until = mark.at if mark.until is None else mark.until
    return until >= across.low and mark.at <= across.high


def _fitting(text: str, room: float, size: float) -> str:
    """Words cut to what there is room for."""
    most = max(1, int(room / (size * _WIDE)))
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
