"""Shares with their intervals, one under the other."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.figures.drawing import INK, RULE, SOFT, Drawing, Item, Words, rule
from pipelines.reports.plots.paper import LETTER, OTHER, RIGHT, SIZE, SMALL, WIDTH, marker, percent_axis, shortened

_MOST_NAMES, _NOTES, _ROW, _TOP = 132.0, 84.0, 17.0, 24.0


@dataclass(frozen=True)
class Whisker:
    """A share from 0 to 1 with the ends of its interval, NaN where there is none, and what stands beside it."""

    name: str
    value: float
    low: float
    high: float
    note: str = ""
    beside: bool = False
    """Whether it is what the others are held against."""


def whisker_figure(title: str, rows: Sequence[Whisker], *, reference: float | None = None, called: str = "") -> Drawing:
    """A line a share; `reference` is a dashed line through all, named by `called`."""
    axis = percent_axis()
    names = min(_MOST_NAMES, 20 + SIZE * LETTER * max(len(row.name) for row in rows))
    left, width = names, WIDTH - names - _NOTES
    top = _TOP if reference is not None else 6.0
    bottom = top + _ROW * len(rows) + 4

    def x(share: float) -> float:
        return left + width * float(axis.share(100 * share))

    items: list[Item] = []
    for tick, word in zip(axis.ticks.tolist(), axis.words, strict=True):
        items.append(rule(x(tick / 100), top, x(tick / 100), bottom, RULE, 0.6))
        items.append(Words(x(tick / 100), bottom + 11, word, SMALL, SOFT, "middle"))
    items.append(Words(left + width / 2, bottom + 22, title, SMALL, SOFT, "middle"))
    if reference is not None:
        items.append(rule(x(reference), top - 4, x(reference), bottom, OTHER, 1.0, (4.0, 3.0)))
        items.append(Words(x(reference), top - 8, called, SMALL, SOFT, "middle"))
    for number, row in enumerate(rows):
        y = top + _ROW * (number + 0.5) + 2
        color = OTHER if row.beside else RIGHT
        items.append(Words(left - 8, y + 3, shortened(row.name, names - 10), SIZE, INK, "end"))
        items.append(Words(left + width + 8, y + 3, shortened(row.note, _NOTES - 8, SMALL), SMALL, SOFT))
        if row.high > row.low:  # not where either is NaN, or nothing is between them
            items.append(rule(x(row.low), y, x(row.high), y, color, 1.6))
            items += [rule(x(end), y - 3.5, x(end), y + 3.5, color, 1.6) for end in (row.low, row.high)]
        if row.value == row.value:
            items.append(marker(x(row.value), y, color, 6.5))
    return Drawing(WIDTH, bottom + 28, tuple(items), title)
