"""How many of many curves pass each cell of an image."""

import numba as nb
import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InputError

Columns = NDArray[np.float32]
_FAINTEST = 40
_BLOCK = 512


def density(low: Columns, high: Columns, y_range: tuple[float, float], height: int) -> NDArray[np.int32]:
    """Count the curves in each cell, (height, C); row 0 is the lowest y.

    A curve fills its column from its lowest to its highest value, and reaches to where it was in the column before: the
    picture is that of its lines drawn one by one, each counted once a cell. What lies outside `y_range` is left out.

    Parameters
    ----------
    low, high : (N, C) float32
        Of each of N curves in each of C columns; NaN where it has none.
    y_range : (float, float)
        Values of the lower and the upper edge.
    height : int
        Rows.

    Raises
    ------
    InputError
        The range has no height.
    """
    bottom, top = y_range
    if not (np.isfinite(bottom) and np.isfinite(top) and bottom < top):
        raise InputError(f"a range of values from {bottom:g} to {top:g}", hint="It must have a height.")
    return _counted(low, high, bottom, height / (top - bottom), height)


def shaded(counts: NDArray[np.int32], most: int | None = None) -> NDArray[np.uint8]:
    """Counts as 0 (nobody) to 255 (`most`, by default the largest), growing with their logarithm."""
    largest = max(int(most if most is not None else counts.max(initial=0)), 1)
    # few counts, many cells: one table instead of a logarithm a cell
    table = np.full(largest + 1, 255, dtype=np.uint8)
    table[0] = 0
    if largest > 1:
        table[1:] = np.round(_FAINTEST + (255 - _FAINTEST) * np.log(np.arange(1, largest + 1)) / np.log(largest))
    return np.take(table, counts if most is None else np.minimum(counts, largest))


@nb.njit(cache=True, nogil=True)
def _counted(low: Columns, high: Columns, bottom: float, scale: float, height: int) -> NDArray[np.int32]:
    """Two entries a curve and column instead of one a cell, summed up from the lowest row to the highest.

    Some columns at a time, so that their entries stay in the nearest cache; where a curve begins and ends is told for
    all of them before it is entered, which the processor does for several columns at once.
    """
    curves, columns = low.shape
    floor, factor, top = np.float32(bottom), np.float32(scale), np.float32(height)
    found = np.empty((height, columns), dtype=np.int32)
    # what is not drawn is entered beyond the highest row, and taken away there
    changes = np.empty((height + 1, _BLOCK), dtype=np.int32)
    first, end = np.empty(_BLOCK, dtype=np.int32), np.empty(_BLOCK, dtype=np.int32)
    running = np.empty(_BLOCK, dtype=np.int32)
    for begin in range(0, columns, _BLOCK):
        width = min(_BLOCK, columns - begin)
        changes[:] = 0
        for i in range(curves):
            least, most = low[i, begin : begin + width], high[i, begin : begin + width]
            none = np.float32(np.nan)
            before_low, before_high = (low[i, begin - 1], high[i, begin - 1]) if begin else (none, none)
            first[0], end[0] = _reach(least[0], most[0], before_low, before_high, floor, factor, top)
            for j in range(1, width):
                first[j], end[j] = _reach(least[j], most[j], least[j - 1], most[j - 1], floor, factor, top)
            for j in range(width):
                changes[first[j], j] += 1
                changes[end[j], j] -= 1
        running[:] = 0
        for row in range(height):
            for j in range(width):
                running[j] += changes[row, j]
                found[row, begin + j] = running[j]
    return found


@nb.njit(inline="always")
def _reach(
    least: np.float32,
    most: np.float32,
    before_low: np.float32,
    before_high: np.float32,
    floor: np.float32,
    factor: np.float32,
    top: np.float32,
) -> tuple[np.int32, np.int32]:
    """The rows of a curve in one column: its first, and the one after its last; both `top` where it is not seen.

    What is not a number compares as neither, draws nothing and begins a curve anew. No branches: see `_counted`.
    """
    lowest = before_high if before_high < least else least
    highest = before_low if before_low > most else most
    first, last = (lowest - floor) * factor, (highest - floor) * factor
    seen = (last >= 0) & (first < top)
    first = first if first > 0 else np.float32(0)
    last = last if last < top - 1 else top - 1
    return (np.int32(first) if seen else np.int32(top)), (np.int32(last) + np.int32(1) if seen else np.int32(top))
