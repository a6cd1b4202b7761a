"""The fixed kernels of MiniRocket and how they are spread over dilations."""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

TAPS = 9
TRIPLES = np.array(list(combinations(range(TAPS), 3)), dtype=np.int64)
"""Positions of the three weights 2 among the nine of a kernel; the other six are -1. Shape (84, 3)."""
KERNELS = len(TRIPLES)
MOST_DILATIONS = 32
GOLDEN = (np.sqrt(5.0) + 1.0) / 2.0


def dilations_for(length: int, per_kernel: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return dilations, spread evenly on a logarithmic scale, and how many features of a kernel each of them gets.

    The largest dilation stretches a kernel over the whole series.

    Parameters
    ----------
    length : int
        Samples of a series, at least 9.
    per_kernel : int
        Features of each kernel over all dilations.
    """
    different = min(per_kernel, MOST_DILATIONS)
    largest = np.log2((length - 1) / (TAPS - 1))
    drawn = np.logspace(0.0, largest, different, base=2.0).astype(np.int64)
    dilations, times = np.unique(drawn, return_counts=True)
    features = times * per_kernel // different
    missing = per_kernel - int(features.sum())
    # what rounding left over goes to the smallest dilations, one each, round after round
    features += missing // len(features) + (np.arange(len(features)) < missing % len(features))
    return dilations, features


def quantiles(count: int) -> NDArray[np.float64]:
    """Return a low-discrepancy sequence of quantiles in (0, 1): multiples of the golden ratio, shape (count,)."""
    return np.arange(1, count + 1) * GOLDEN % 1.0
