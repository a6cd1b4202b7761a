"""Where the middle of many curves runs, and between which values most of them lie."""

import numba as nb
import numpy as np
from numpy.typing import NDArray

QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
"""Four fifths of the curves, half of them, and the median."""

Columns = NDArray[np.float32]


def bands(low: Columns, high: Columns) -> Columns:
    """`QUANTILES` over the curves in each column, (5, C); NaN where no curve is.

    Where a curve has a lowest and a highest value in a column (waveforms), the lower quantiles are those of the lowest,
    the upper those of the highest, and the median is that of the middle between both.

    Parameters
    ----------
    low, high : (N, C) float32
        As for `density`.
    """
    levels = np.array(QUANTILES)
    if low is high:
        return _quantiles(np.ascontiguousarray(low.T), levels)
    below = _quantiles(np.ascontiguousarray(low.T), levels)
    above = _quantiles(np.ascontiguousarray(high.T), levels)
    middle = _quantiles(np.ascontiguousarray(((low + high) / 2).T), levels)
    return np.concatenate([below[:2], middle[2:3], above[3:]])


@nb.njit(cache=True, nogil=True)
def _quantiles(values: Columns, levels: NDArray[np.float64]) -> Columns:
    """Linear between ordered values, as numpy's default."""
    found = np.full((levels.size, values.shape[0]), np.nan, dtype=np.float32)
    for j in range(values.shape[0]):
        known = values[j][~np.isnan(values[j])]
        if known.size == 0:
            continue
        known.sort()
        for k in range(levels.size):
            place = levels[k] * (known.size - 1)
            below = int(place)
            above = min(below + 1, known.size - 1)
            found[k, j] = known[below] + (known[above] - known[below]) * (place - below)
    return found
