"""Quotients of columns of statistics."""

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float64]


def ratios(numerator: Column, denominator: Column) -> Column:
    """Return numerator / denominator, NaN where the denominator is not positive."""
    out = np.full(len(numerator), np.nan)
    return np.divide(numerator, denominator, out=out, where=denominator > 0)


def central_moments(sums: NDArray[np.float64], count: float) -> tuple[Column, Column, Column]:
    """Return the central moments m2, m3, m4 from the sums of the powers 1 to 4, (B, 4), of `count` values."""
    e1, e2, e3, e4 = (sums / count).T
    m2 = np.maximum(e2 - e1**2, 0)
    m3 = e3 - 3 * e1 * e2 + 2 * e1**3
    m4 = e4 - 4 * e1 * e3 + 6 * e1**2 * e2 - 3 * e1**4
    return m2, m3, m4
