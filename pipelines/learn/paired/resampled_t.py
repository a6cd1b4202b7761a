"""The corrected resampled t test: scores of many splits of the same data are not independent of each other."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student

from pipelines.errors import InputError, NotEnoughDataError
from pipelines.learn.intervals import LEVEL, Interval


@dataclass(frozen=True)
class ResampledT:
    """Mean difference with its 95 % interval, t, degrees of freedom and the two-sided p value."""

    difference: Interval
    statistic: float
    degrees: int
    p: float


def corrected_resampled_t(differences: ArrayLike, test_share: float) -> ResampledT:
    """Test the mean of paired score differences over J splits of one data set.

    Training sides overlap, so the plain variance s^2 / J is far too small; it becomes ``(1 / J + n2 / n1) s^2`` with
    n1 records trained on and n2 tested (C. Nadeau, Y. Bengio, Inference for the Generalization Error, Machine Learning
    52 (2003) 239-281). With repeated k-fold cross-validation n2 / n1 = 1 / (k - 1) (R. Bouckaert, E. Frank, PAKDD
    2004).

    Parameters
    ----------
    differences : array_like, shape (J,)
        Score of the first model less that of the second, one a split.
    test_share : float
        n2 / n1, records tested over records trained on; 0 gives the plain paired t test.

    Raises
    ------
    NotEnoughDataError
        With fewer than two differences.
    InputError
        When a difference is not finite or the share is negative.
    """
    values: NDArray[np.float64] = np.asarray(differences, dtype=np.float64)
    if values.ndim != 1 or not np.isfinite(values).all():
        raise InputError(f"expected a list of finite differences, shape (J,), given shape {values.shape}")
    if not (np.isfinite(test_share) and test_share >= 0.0):
        raise InputError(f"records tested over records trained on must be 0 or more, given {test_share}")
    if len(values) < 2:
        raise NotEnoughDataError(f"a t test needs at least two splits, given {len(values)}")
    mean, degrees = float(values.mean()), len(values) - 1
    # differences that are equal but for rounding have no spread
    spread = float(values.std(ddof=1))
    spread = 0.0 if spread <= 1e-12 * float(np.abs(values).max()) else spread
    error = float(np.sqrt(1.0 / len(values) + test_share) * spread)
    half = float(student.ppf((1.0 + LEVEL) / 2.0, degrees)) * error
    interval = Interval(mean, mean - half, mean + half)
    if error == 0.0:
        return ResampledT(interval, float(np.sign(mean) * np.inf) if mean else 0.0, degrees, 0.0 if mean else 1.0)
    statistic = mean / error
    return ResampledT(interval, statistic, degrees, float(2.0 * student.sf(abs(statistic), degrees)))
