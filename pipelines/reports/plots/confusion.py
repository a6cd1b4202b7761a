"""What was taken for what."""

from collections.abc import Sequence

from pipelines.figures.drawing import INK, RULE, SOFT, Area, Drawing, Item, Words, rule
from pipelines.reports.plots.paper import LETTER, RIGHT, SIZE, SMALL, WIDTH, WRONG, shortened

MOST_CLASSES = 24
"""With more the counts could not be read."""

_MOST_NAMES, _MOST_ABOVE, _TOTALS = 104.0, 76.0, 60.0
_LARGEST, _STRONGEST = 34.0, 0.6


def confusion_figure(classes: Sequence[str], counts: Sequence[Sequence[int]], counted: str) -> Drawing:
    """A row a class, a column an answer; the stronger a cell, the larger its share of the row.

    Parameters
    ----------
    classes : sequence of str
    counts : sequence of rows
        ``counts[i][j]`` of class i were taken for class j.
    counted : str
        What is counted: ``recordings``.
    """
    longest = max(map(len, classes))
    names = min(_MOST_NAMES, 24 + LETTER * SIZE * longest)
    above = 24 + min(_MOST_ABOVE, 8 + LETTER * SMALL * longest)
    cell = min(_LARGEST, (WIDTH - names - _TOTALS) / len(classes))
    size = min(SIZE, max(5.5, 0.42 * cell))
    left, top = names, above
    right, bottom = left + cell * len(classes), top + cell * len(classes)
    items: list[Item] = [
        Words(left, 12, f"Taken for ({counted})", SMALL, SOFT),
        Words(left - 8, top - 8, "Was", SMALL, SOFT, "end"),
        Words(right + 8, top - 8, "in all", SMALL, SOFT),
    ]
    for i, (name, row) in enumerate(zip(classes, counts, strict=True)):
        y = top + i * cell
        total = sum(row)
        items.append(
            Words(left + (i + 0.5) * cell + 3, top - 6, shortened(name, above - 22, SMALL), SMALL, INK, turned=True)
        )
        items.append(Words(left - 8, y + cell / 2 + 3, shortened(name, names - 10), SIZE, INK, "end"))
        items.append(Words(right + 8, y + cell / 2 + 3, f"{total:,}", SIZE, SOFT))
        for j, count in enumerate(row):
            if not count:
                continue
            share = count / total
            color = RIGHT if i == j else WRONG
            items.append(Area(left + j * cell, y, cell, cell, color, round(0.08 + (_STRONGEST - 0.08) * share, 3)))
            middle = left + (j + 0.5) * cell
            items.append(Words(middle, y + cell / 2 + 0.36 * size, f"{count:,}", size, INK, "middle", bold=i == j))
    for i in range(len(classes) + 1):
        items.append(rule(left, top + i * cell, right, top + i * cell, RULE, 0.6))
        items.append(rule(left + i * cell, top, left + i * cell, bottom, RULE, 0.6))
    return Drawing(WIDTH, bottom + 6, tuple(items), f"Confusion matrix of {counted}")
