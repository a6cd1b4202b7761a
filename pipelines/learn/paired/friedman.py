"""Friedman's test for three models or more, and Nemenyi's for which of them differ."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2, rankdata, studentized_range
from scipy.stats import f as fisher

from pipelines.errors import InputError, NotEnoughDataError
from pipelines.learn.intervals import LEVEL


@dataclass(frozen=True)
class Friedman:
    """Mean rank of each model (1 is best), chi squared and Iman and Davenport's F with their p values."""

    mean_ranks: tuple[float, ...]
    blocks: int
    chi_squared: float
    p_chi_squared: float
    f: float
    p: float


@dataclass(frozen=True)
class Nemenyi:
    """Least difference of mean ranks that is beyond chance at 5 % for the family, and the p value of each pair."""

    critical_difference: float
    p: NDArray[np.float64]


def friedman(scores: ArrayLike) -> Friedman:
    """Test whether k models rank alike over N blocks (data sets, or records).

    M. Friedman, JASA 32 (1937) 675, with the correction for ties, in which form it is Cochran's Q test where scores are
    right or wrong. `p` is that of F_F (R. Iman, J. Davenport, Communications in Statistics A9 (1980) 571), which chi
    squared falls short of (J. Demsar, JMLR 7 (2006) 1-30).

    Parameters
    ----------
    scores : array_like, shape (N, k)
        Larger is better.

    Raises
    ------
    NotEnoughDataError
        With fewer than two blocks or three models.
    InputError
        When a score is not finite.
    """
    table: NDArray[np.float64] = np.asarray(scores, dtype=np.float64)
    if table.ndim != 2 or not np.isfinite(table).all():
        raise InputError(f"expected finite scores of shape (blocks, models), given shape {table.shape}")
    blocks, models = table.shape
    if blocks < 2 or models < 3:
        raise NotEnoughDataError(f"Friedman's test needs two blocks and three models, given {blocks} and {models}")
    ranks = rankdata(-np.round(table, 12), axis=1)
    mean_ranks = ranks.mean(axis=0)
    within = float(((ranks - (models + 1) / 2.0) ** 2).sum())
    means = tuple(float(rank) for rank in mean_ranks)
    if within == 0.0:
        return Friedman(means, blocks, 0.0, 1.0, 0.0, 1.0)
    between = blocks**2 * float(((mean_ranks - (models + 1) / 2.0) ** 2).sum())
    statistic = (models - 1) * between / within
    most = blocks * (models - 1)
    if statistic >= most * (1.0 - 1e-12):
        # every block ranks the models alike
        return Friedman(means, blocks, most, float(chi2.sf(most, models - 1)), float("inf"), 0.0)
    f = (blocks - 1) * statistic / (most - statistic)
    p = float(fisher.sf(f, models - 1, (models - 1) * (blocks - 1)))
    return Friedman(means, blocks, statistic, float(chi2.sf(statistic, models - 1)), f, p)


def nemenyi(found: Friedman) -> Nemenyi:
    """Compare every pair of models after `friedman`; the studentised range keeps the error of the whole family.

    P. Nemenyi, Distribution-free Multiple Comparisons, Princeton 1963; critical difference q sqrt(k (k + 1) / 6N) with
    q the studentised range over sqrt(2) (J. Demsar, JMLR 7 (2006) 1-30, table 5).
    """
    ranks = np.array(found.mean_ranks)
    models = len(ranks)
    error = np.sqrt(models * (models + 1) / (6.0 * found.blocks))
    distance = np.abs(ranks[:, None] - ranks[None, :]) / error
    p = studentized_range.sf(distance * np.sqrt(2.0), models, np.inf)
    critical = float(studentized_range.ppf(LEVEL, models, np.inf) / np.sqrt(2.0) * error)
    return Nemenyi(critical, np.clip(np.asarray(p, dtype=np.float64), 0.0, 1.0))
