"""Distribution of one feature: histogram with common bins, kernel density, empirical distribution function."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError

MOST_BINS = 80
GRID = 1024
"""Cells that values are counted into before they are smoothed; a cell is far narrower than the kernel."""


@dataclass(frozen=True, slots=True)
class Density:
    """Kernel density of values.

    Attributes
    ----------
    x : (P,) float64
        Where it is told, in the unit of the values.
    y : (P,) float64
        Per unit of the values; its integral over all numbers is 1.
    bandwidth : float
        Standard deviation of the kernel, in the unit of the values.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    bandwidth: float


@dataclass(frozen=True, slots=True)
class Steps:
    """Empirical distribution function: the share `y` of the values is at most `x`, both (P,) float64."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]


def known(values: ArrayLike) -> NDArray[np.float64]:
    """The finite ones of values, float64 (N,)."""
    given = np.asarray(values, dtype=np.float64).ravel()
    return given[np.isfinite(given)]


def histogram_edges(groups: Sequence[ArrayLike], *, bins: int | None = None) -> NDArray[np.float64]:
    """Edges of equal bins that are common to several groups, float64 (B + 1,).

    Parameters
    ----------
    groups : sequence of (N,) array_like
        Values of each group; those that are not finite are left out.
    bins : int, optional
        2 to 1000; by the rule of Freedman and Diaconis (Z. Wahrscheinlichkeitstheorie 57 (1981) 453) over all values,
        between 5 and `MOST_BINS`, if omitted.

    Raises
    ------
    InputError
        No finite value, or an unusable number of bins.
    """
    if bins is not None and not 2 <= bins <= 1000:
        raise InputError(f"{bins} bins, expected 2 to 1000", hint="30 suits.")
    values = np.concatenate([known(group) for group in groups]) if groups else np.empty(0)
    if not values.size:
        raise InputError("no finite value to count", hint="Choose a feature that some signal has.")
    low, high = float(values.min()), float(values.max())
    if low == high:
        apart = abs(low) * 0.5 or 0.5
        low, high = low - apart, high + apart
    if bins is None:
        quarter, three_quarters = np.quantile(values, [0.25, 0.75])
        width = 2 * float(three_quarters - quarter) / values.size ** (1 / 3)
        bins = MOST_BINS if width <= (high - low) / MOST_BINS else max(5, round((high - low) / width))
    return np.linspace(low, high, bins + 1)


def shares(values: ArrayLike, edges: ArrayLike) -> NDArray[np.float64]:
    """Share of the values in each bin, 0 to 1, float64 (B,); their sum is 1 if the bins hold every value.

    Shares let classes of different size be compared; counts would draw the largest class only.
    """
    given = known(values)
    counts, _ = np.histogram(given, bins=np.asarray(edges, dtype=float))
    return counts / max(given.size, 1)


def density(values: ArrayLike, *, points: int = 128, reach: float = 3.0) -> Density:
    """Gaussian kernel density with the bandwidth of Scott (Multivariate Density Estimation, 1992): s · N^(−1/5).

    Values are first counted into a fine grid, each shared between its two neighbouring cells, so that the cost does
    not grow with their number.

    Parameters
    ----------
    values : (N,) array_like
        Those that are not finite are left out.
    points : int
        Where the density is told: evenly from `reach` bandwidths below the least to as far above the greatest value.

    Raises
    ------
    InputError
        Fewer than two values, or all the same.
    """
    given = known(values)
    spread = float(given.std(ddof=1)) if given.size > 1 else 0.0
    # equal values have a standard deviation of rounding errors only
    if not spread > 1e-12 * float(np.abs(given).max(initial=0.0)):
        raise InputError("a density takes two values that differ", hint="Look at the histogram instead.")
    bandwidth = spread * given.size ** (-1 / 5)
    low, high = float(given.min()) - reach * bandwidth, float(given.max()) + reach * bandwidth
    cell = (high - low) / (GRID - 1)
    place = (given - low) / cell
    below = np.floor(place).astype(np.int64)
    part = place - below
    weights = np.bincount(below, 1 - part, GRID + 1)[:GRID] + np.bincount(below + 1, part, GRID + 1)[:GRID]
    x = np.linspace(low, high, points)
    filled = np.flatnonzero(weights)
    apart = (x[:, None] - (low + cell * filled)[None, :]) / bandwidth
    y = np.exp(-0.5 * apart**2) @ weights[filled] / (given.size * bandwidth * np.sqrt(2 * np.pi))
    return Density(x, y, bandwidth)


def steps(values: ArrayLike, *, points: int = 400) -> Steps:
    """Empirical distribution function, exact at no more than `points` of its values (all of them if there are fewer).

    Raises
    ------
    InputError
        No finite value.
    """
    given = np.sort(known(values))
    if not given.size:
        raise InputError("no finite value to count", hint="Choose a feature that some signal has.")
    x = np.unique(given)
    if x.size > points:
        chosen = np.unique(np.linspace(0, given.size - 1, points).round().astype(np.int64))
        x = np.unique(given[chosen])
    return Steps(x, np.searchsorted(given, x, side="right") / given.size)
