"""How large a difference is, whatever its p value."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError
from pipelines.learn.intervals import exact_binomial


@dataclass(frozen=True)
class Effect:
    """An effect size with its usual word; `low` and `high` are a 95 % interval where one is exact, else NaN."""

    name: str
    title: str
    value: float
    size: str
    low: float = float("nan")
    high: float = float("nan")


def cohens_d(differences: ArrayLike) -> Effect:
    """Return the mean of paired differences over their standard deviation.

    J. Cohen, Statistical Power Analysis for the Behavioral Sciences, 1988, d_z in section 2.3.5; small from 0.2, medium
    from 0.5, large from 0.8. Infinite where all differences are equal and not zero.
    """
    values = _finite(differences)
    mean, spread = float(values.mean()), float(values.std(ddof=1)) if len(values) > 1 else 0.0
    if spread <= 1e-12 * float(np.abs(values).max(initial=0.0)):
        value = 0.0 if mean == 0.0 else float(np.copysign(np.inf, mean))
    else:
        value = mean / spread
    return Effect("cohens_d", "Cohen's d", value, _word(abs(value), (0.2, 0.5, 0.8)))


def cliffs_delta(a: ArrayLike, b: ArrayLike) -> Effect:
    """Return how much more often a score of `a` exceeds one of `b` than the reverse, over all pairs of scores: -1 to 1.

    N. Cliff, Psychological Bulletin 114 (1993) 494; small from 0.147, medium from 0.33, large from 0.474 (J. Romano et
    al., Annual Meeting of the Florida Association of Institutional Research, 2006).
    """
    first, second = _finite(a), np.sort(_finite(b))
    below, not_above = (np.searchsorted(second, first, side=side).sum() for side in ("left", "right"))
    above = len(first) * len(second) - not_above
    value = float(below - above) / (len(first) * len(second))
    return Effect("cliffs_delta", "Cliff's delta", value, _word(abs(value), (0.147, 0.33, 0.474)))


def odds_ratio(only_a: int, only_b: int) -> Effect:
    """Return the odds that a record only one of two models got right is the first one's.

    The conditional estimate of the matched odds ratio, only_a / only_b, with the interval that follows from Clopper and
    Pearson's for the share only_a / (only_a + only_b) (M. Fagerland, S. Lydersen, P. Laake, Statistics in Medicine 33
    (2014) 2850). Words: an odds ratio of 1.68, 3.47 and 6.71 is about Cohen's 0.2, 0.5 and 0.8 (H. Chen, P. Cohen, S.
    Chen, Communications in Statistics 39 (2010) 860). Infinite where `only_b` is 0, NaN where both are.
    """
    if only_a + only_b == 0:
        return Effect("odds_ratio", "Odds ratio", float("nan"), "none")
    share = exact_binomial(only_a, only_a + only_b)
    low, high = (limit / (1.0 - limit) if limit < 1.0 else float("inf") for limit in (share.low, share.high))
    value = only_a / only_b if only_b else float("inf")
    either_way = max(value, 1.0 / value if value else float("inf"))
    return Effect("odds_ratio", "Odds ratio", value, _word(either_way, (1.68, 3.47, 6.71)), low, high)


def _word(size: float, limits: tuple[float, float, float]) -> str:
    return ("negligible", "small", "medium", "large")[int(np.searchsorted(limits, size, side="right"))]


def _finite(values: ArrayLike) -> NDArray[np.float64]:
    found: NDArray[np.float64] = np.asarray(values, dtype=np.float64)
    if found.ndim != 1 or not len(found) or not np.isfinite(found).all():
        raise InputError(f"an effect size needs a list of finite scores, given shape {found.shape}")
    return found
