"""How sure a score is: bootstrap over recordings or groups, and the exact binomial interval."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

from pipelines.learn import metrics

LEVEL = 0.95
FEW_UNITS = 10
"""Below this many resampled units a percentile bootstrap interval is known to be too narrow."""

MOST_WEIGHTS = 4_000_000


@dataclass(frozen=True)
class Interval:
    """A score with its 95 % interval."""

    value: float
    low: float
    high: float


def exact_binomial(right: int, tested: int) -> Interval:
    """Return the Clopper-Pearson 95 % interval of a share (C. Clopper, E. Pearson, Biometrika 26 (1934) 404)."""
    tail = (1.0 - LEVEL) / 2.0
    low = float(beta.ppf(tail, right, tested - right + 1)) if right > 0 else 0.0
    high = float(beta.ppf(1.0 - tail, right + 1, tested - right)) if right < tested else 1.0
    return Interval(right / tested, low, high)


def bootstrap(
    probabilities: NDArray[np.float64],
    label: NDArray[np.int64],
    unit: NDArray[np.int64],
    draws: int,
    rng: np.random.Generator,
) -> dict[str, Interval]:
    """Return percentile bootstrap intervals of the scores, resampling whole units with replacement.

    Parameters
    ----------
    probabilities : ndarray, shape (n, C)
        Predictions of recordings or of windows.
    label, unit : ndarray, shape (n,), int
        True class, and the recording or group that is drawn as a whole (B. Efron, R. Tibshirani, An Introduction to
        the Bootstrap, 1993, chapter 8).
    draws : int

    Returns
    -------
    dict
        Interval by score name: accuracy, balanced_accuracy, macro_f1, log_loss.
    """
    classes = probabilities.shape[1]
    units, owner = np.unique(unit, return_inverse=True)
    per_unit = np.zeros((len(units), classes * classes))
    np.add.at(per_unit, (owner, label * classes + probabilities.argmax(axis=1)), 1.0)
    losses = np.bincount(owner, weights=metrics.log_losses(probabilities, label))
    sums = np.column_stack([per_unit, losses, np.bincount(owner)])

    once = sums.sum(axis=0, keepdims=True)
    drawn = _resampled(sums, draws, rng)
    intervals = {}
    for name, measure in (
        ("accuracy", metrics.accuracy),
        ("balanced_accuracy", metrics.balanced_accuracy),
        ("macro_f1", metrics.macro_f1),
    ):
        value, spread = (measure(s[:, :-2].reshape(-1, classes, classes)) for s in (once, drawn))
        intervals[name] = _percentiles(value[0], spread)
    value, spread = (s[:, -2] / s[:, -1] for s in (once, drawn))
    intervals["log_loss"] = _percentiles(value[0], spread)
    return intervals


def resample_rows(unit: NDArray[np.int64], draws: int, rng: np.random.Generator) -> Iterator[NDArray[np.float64]]:
    """Yield how often each row is in each bootstrap draw of whole units: blocks of shape (some draws, n).

    Parameters
    ----------
    unit : ndarray, shape (n,), int
        The recording or group of each row.
    """
    units, owner = np.unique(unit, return_inverse=True)
    equal = np.full(len(units), 1.0 / len(units))
    block = max(1, MOST_WEIGHTS // len(unit))
    for begin in range(0, draws, block):
        yield rng.multinomial(len(units), equal, size=min(block, draws - begin))[:, owner].astype(np.float64)


def resample_sums(
    columns: NDArray[np.float64], unit: NDArray[np.int64], draws: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return the column sums over whole units drawn with replacement, shape (draws, k).

    Parameters
    ----------
    columns : ndarray, shape (n, k)
    unit : ndarray, shape (n,), int
        The recording or group of each row.
    """
    units, owner = np.unique(unit, return_inverse=True)
    per_unit = np.zeros((len(units), columns.shape[1]))
    np.add.at(per_unit, owner, columns)
    return _resampled(per_unit, draws, rng)


def percentiles(value: float, spread: NDArray[np.float64]) -> Interval:
    """Return a value with the 95 % percentile interval of its bootstrap draws; NaN bounds without a draw."""
    return _percentiles(value, spread) if len(spread) else Interval(value, float("nan"), float("nan"))


def _resampled(sums: NDArray[np.float64], draws: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the sums over units drawn with replacement, shape (draws, columns), in blocks of bounded memory."""
    units = len(sums)
    block = max(1, MOST_WEIGHTS // units)
    equal = np.full(units, 1.0 / units)
    sizes = [min(block, draws - begin) for begin in range(0, draws, block)]
    return np.concatenate([rng.multinomial(units, equal, size=size) @ sums for size in sizes])


def _percentiles(value: float, spread: NDArray[np.float64]) -> Interval:
    tail = 100.0 * (1.0 - LEVEL) / 2.0
    low, high = np.percentile(spread, [tail, 100.0 - tail])
    return Interval(float(value), float(low), float(high))
