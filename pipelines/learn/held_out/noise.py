"""The same held-out recordings with noise: where does the model begin to fail?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InputError
from pipelines.learn.intervals import Interval, exact_binomial, percentiles, resample_sums
from pipelines.learn.metrics import balanced_accuracy, confusion_counts

CLEAN = float("inf")
"""Signal-to-noise ratio of a recording as it is."""


@dataclass(frozen=True)
class NoiseLevel:
    """Scores of held-out recordings at one ratio of signal to added noise (dB); `CLEAN`: as recorded."""

    snr_db: float
    tested: int
    right: int
    accuracy: Interval
    balanced_accuracy: float


def add_noise(samples: NDArray[np.floating], snr_db: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Add white Gaussian noise to a signal.

    Its variance is that of the signal (about its mean, samples that are no number left out) divided by
    10^(`snr_db` / 10).

    Parameters
    ----------
    samples : ndarray, shape (L,)
    snr_db : float
        `CLEAN` returns the samples as they are.
    """
    x = np.asarray(samples, dtype=np.float64)
    if snr_db == CLEAN:
        return x.astype(np.float32)
    if not np.isfinite(snr_db):
        raise InputError(f"a signal-to-noise ratio of {snr_db} dB was asked for, expected a finite number")
    spread = float(np.nanstd(x)) * 10.0 ** (-snr_db / 20.0)
    noisy: NDArray[np.float32] = (x + spread * rng.standard_normal(x.size)).astype(np.float32)
    return noisy


def judge_noise(
    probabilities: Mapping[float, NDArray[np.float64]],
    label: NDArray[np.int64],
    unit: NDArray[np.int64],
    *,
    draws: int = 1000,
    seed: int = 0,
) -> tuple[NoiseLevel, ...]:
    """Score every level, the cleanest first.

    Parameters
    ----------
    probabilities : mapping of float to ndarray, shape (n, C)
        Answers for the same recordings by signal-to-noise ratio (dB).
    label, unit : ndarray, shape (n,), int
        Intervals are exact where every unit is one recording, else bootstraps over units.
    """
    single = len(np.unique(unit)) == len(unit)
    levels = []
    for snr_db in sorted(probabilities, reverse=True):
        told = probabilities[snr_db].argmax(axis=1)
        good = told == label
        accuracy = exact_binomial(int(good.sum()), len(good))
        if not single:
            drawn = resample_sums(
                np.column_stack([good, np.ones(len(good))]).astype(np.float64),
                unit,
                draws,
                np.random.default_rng(seed),
            )
            accuracy = percentiles(float(good.mean()), drawn[:, 0] / drawn[:, 1])
        counts = confusion_counts(label, told, probabilities[snr_db].shape[1]).astype(np.float64)
        levels.append(NoiseLevel(snr_db, len(good), int(good.sum()), accuracy, float(balanced_accuracy(counts))))
    return tuple(levels)


def noise_words(levels: Sequence[NoiseLevel]) -> str:
    """Say down to which level the score is not told from that of the recordings as they are."""
    if len(levels) < 2:
        return "No noise was added: there is nothing to compare."
    clean, *noisy = levels
    holds = None
    for level in noisy:
        if level.accuracy.high < clean.accuracy.value:
            return (
                f"At {level.snr_db:g} dB {level.right} of {level.tested} are right, beyond chance below the "
                f"{clean.right} without added noise"
                + (f"; down to {holds:g} dB its interval does not tell the difference." if holds is not None else ".")
            )
        holds = level.snr_db
    return f"Down to {noisy[-1].snr_db:g} dB the interval does not tell the score from the one without added noise."
