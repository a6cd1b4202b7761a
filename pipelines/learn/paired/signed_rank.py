"""Wilcoxon's signed rank test: do the larger differences all point the same way?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm, rankdata

from pipelines.errors import InputError

MOST_EXACT = 200
"""Up to this many differences the p value is counted exactly, ties included; beyond, the normal curve is as good."""


@dataclass(frozen=True)
class SignedRank:
    """Sums of the ranks of positive and of negative differences, differences that are not zero, two-sided p value."""

    positive: float
    negative: float
    counted: int
    p: float
    exact: bool


def wilcoxon_signed_rank(differences: ArrayLike) -> SignedRank:
    """Test whether paired differences lie symmetrically about zero.

    F. Wilcoxon, Biometrics Bulletin 1 (1945) 80. Differences of zero are left out; equal ones share the mean of their
    ranks. The p value is conditional on the ranks met: every choice of signs is counted (shift algorithm of B.
    Streitberg, J. Roehmel, 1986), so ties, which shares of right answers are full of, do not spoil it.

    Parameters
    ----------
    differences : array_like, shape (n,)

    Raises
    ------
    InputError
        When a difference is not finite.
    """
    values: NDArray[np.float64] = np.asarray(differences, dtype=np.float64)
    if values.ndim != 1 or not np.isfinite(values).all():
        raise InputError(f"expected a list of finite differences, shape (n,), given shape {values.shape}")
    # differences of shares that are equal in exact arithmetic must be equal here, or their ranks would be invented
    values = np.round(values, 12)
    values = values[values != 0.0]
    if not len(values):
        return SignedRank(0.0, 0.0, 0, 1.0, True)
    ranks = rankdata(np.abs(values))
    positive, negative = float(ranks[values > 0].sum()), float(ranks[values < 0].sum())
    exact = len(values) <= MOST_EXACT
    p = _exact(ranks, min(positive, negative)) if exact else _normal(ranks, min(positive, negative))
    return SignedRank(positive, negative, len(values), p, exact)


def _exact(ranks: NDArray[np.float64], smaller: float) -> float:
    """Return twice the share of sign choices whose positive ranks sum to `smaller` or less, at most 1."""
    doubled = np.rint(2.0 * ranks).astype(np.int64)
    share = np.zeros(int(doubled.sum()) + 1)
    share[0] = 1.0
    reach = 0
    for rank in doubled:
        shifted = share[: reach + 1] / 2.0
        share[: reach + 1] = shifted
        share[rank : rank + reach + 1] += shifted
        reach += int(rank)
    return float(min(1.0, 2.0 * share[: round(2.0 * smaller) + 1].sum()))


def _normal(ranks: NDArray[np.float64], smaller: float) -> float:
    return float(min(1.0, 2.0 * norm.cdf((smaller - ranks.sum() / 2.0) / np.sqrt((ranks**2).sum() / 4.0))))
