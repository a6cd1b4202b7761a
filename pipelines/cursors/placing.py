"""Where a cursor may begin: at what stands out of the part of a plot that is seen."""

import numpy as np

from pipelines.cursors.lines import Lines
from pipelines.spectra.floor import running_floor

_FLOOR_LINES = 101
_CANDIDATES = 12
_FAMILY = 5


def highest_lines(lines: Lines, low: float, high: float, number: int) -> list[float]:
    """Places of the highest local maxima between `low` and `high`, from left to right; fewer where there are fewer."""
    first = lines.index(low)
    part = lines.between(low, high)
    if len(part) < 3:
        return [lines.start + lines.step * first]
    inner = (part[1:-1] >= part[:-2]) & (part[1:-1] > part[2:])
    tops = np.flatnonzero(inner) + 1
    if not len(tops):
        tops = np.array([int(np.argmax(part))])
    chosen = tops[np.argsort(part[tops])[::-1][:number]]
    return sorted(lines.summit("", lines.start + lines.step * (first + int(k)), within=0).found for k in chosen)


def best_family(lines: Lines, low: float, high: float) -> float:
    """Base between `low` and `high` whose first multiples stand highest over the floor.

    Candidates are the highest lines over the running median and their halves and thirds; the score of one is the sum of
    the logarithms of its first five multiples over the floor, so that one strong line does not make a family.
    """
    floor = running_floor(np.asarray(lines.values, dtype=np.float64), _FLOOR_LINES)
    tiny = max(float(floor.max()) * 1e-9, np.finfo(np.float64).tiny)
    over = Lines(np.maximum(np.asarray(lines.values) / np.maximum(floor, tiny), 1e-3), lines.step, "", lines.start)
    places = highest_lines(over, max(low, lines.start + 3 * lines.step), high, _CANDIDATES)
    candidates = [place / divisor for place in places for divisor in (1, 2, 3)]
    inside = [base for base in candidates if max(low, 3 * lines.step) <= base <= high] or places

    def score(base: float) -> float:
        multiples = [k * base for k in range(1, _FAMILY + 1) if k * base <= lines.stop]
        return sum(float(np.log(over.summit("", place).value)) for place in multiples)

    return max(inside, key=score)
