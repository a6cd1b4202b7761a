"""How many of many curves pass each cell of an image."""

import numba as nb
import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InputError

Columns = NDArray[np.float32]
_FAINTEST = 40
_BLOCK = 64


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
    """Two entries a curve and column instead of one a cell, summed up from the lowest row to the highest."""
    curves, columns = low.shape
    changes = np.zeros((columns, height + 1), dtype=np.int32)
    floor, factor, top = np.float32(bottom), np.float32(scale), np.float32(height)
    for i in range(curves):
        before_low = before_high = np.float32(np.nan)
        for j in range(columns):
            least, most = low[i, j], high[i, j]
            from_value, to_value = least, most
            # what is not a number compares as neither, draws nothing and begins a curve anew
            if before_high < least:
                from_value = before_high
            elif before_low > most:
                to_value = before_low
            before_low, before_high = least, most
            first, last = (from_value - floor) * factor, (to_value - floor) * factor
            if last >= 0 and first < top:
                changes[j, int(first) if first > 0 else 0] += 1
                changes[j, (int(last) if last < top - 1 else height - 1) + 1] -= 1
    found = np.empty((height, columns), dtype=np.int32)
    running = np.zeros(columns, dtype=np.int32)
    # some columns at a time: both arrays are walked across
    for begin in range(0, columns, _BLOCK):
        for row in range(height):
            for j in range(begin, min(begin + _BLOCK, columns)):
                running[j] += changes[j, row]
                found[row, j] = running[j]
    return found
