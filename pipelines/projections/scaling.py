"""Features on one scale, without those that say nothing."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


def usable(values: Matrix) -> NDArray[np.bool_]:
    """Features (F,) that are known for every signal and are not the same for all; `values` is (N, F)."""
    if len(values) < 2:
        return np.zeros(values.shape[1], dtype=bool)
    known = np.isfinite(values).all(axis=0)
    spread = np.ptp(np.where(known, values, 0.0), axis=0)
    return known & (spread > 0)


def standard(values: Matrix) -> Matrix:
    """Mean 0 and deviation 1, (N, F); a column that does not vary stays 0."""
    spread = values.std(axis=0)
    return (values - values.mean(axis=0)) / np.where(spread > 0, spread, 1.0)


def log(values: Matrix) -> Matrix:
    """Energies and ratios span decades: compressed before scaling, so that one burst does not flatten everyone else."""
    middle = np.median(np.abs(values), axis=0)
    return standard(np.sign(values) * np.log1p(np.abs(values) / (middle + 1e-30)))


def robust(values: Matrix) -> Matrix:
    """Median 0 and middle half 1; features whose middle half does not vary are standardised."""
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75], axis=0)
    width = high - low
    return np.where(width > 0, (values - middle) / np.where(width > 0, width, 1.0), standard(values))


SCALINGS: dict[str, Callable[[Matrix], Matrix]] = {"log": log, "standard": standard, "robust": robust}
"""Scalings by name."""
