"""Smallest and largest samples of blocks of blocks of blocks, so that any stretch can be drawn from few numbers.

Level 0 has one pair for every `block` samples, each further level one for four pairs below it. The levels of one
signal lie one behind the other; where each begins follows from the length of the signal alone.
"""

import numpy as np

from data_catalog.store.kernels import bucket_bounds

FACTOR = 4
SHORT_BLOCK = 64
LONG_BLOCK = 256
_TOP = 8
"""The coarsest level has at most this many pairs; a smaller one would save nothing."""


def level_sizes(length: int, block: int) -> list[int]:
    """Pairs of each level of a signal of `length` samples, the finest first."""
    sizes = [-(-length // block)]
    while sizes[-1] > _TOP:
        sizes.append(-(-sizes[-1] // FACTOR))
    return sizes


def build(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """All levels from the bounds of level 0.

    Parameters
    ----------
    low, high : float32 (N,)
        Bounds of each block; NaN for a block without a finite sample.

    Returns
    -------
    float32 (2, sum of the level sizes)
        Low in the first row, high in the second.
    """
    levels = [(low, high)]
    while levels[-1][0].size > _TOP:
        finer_low, finer_high = levels[-1]
        edges = np.append(np.arange(0, finer_low.size, FACTOR), finer_low.size)
        levels.append(bucket_bounds(finer_low, finer_high, edges))
    return np.stack([np.concatenate([level[side] for level in levels]) for side in (0, 1)])
