"""Calibration by one number: a temperature that makes the confidence of recordings mean a frequency."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from pipelines.learn.pooling import mean_by

LOG_FLOOR = 1e-4
"""Probabilities below this are taken as this before the logarithm: a vote of 200 trees cannot say less."""
LOG_TEMPERATURE_BOUNDS = (np.log(0.1), np.log(10.0))


def log_scores(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return logarithms of probabilities, floored, as scores for `soften`."""
    return np.log(np.maximum(probabilities, LOG_FLOOR))


def soften(scores: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    """Return softmax(scores / temperature) along the last axis."""
    scaled = scores / temperature
    raised = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def fit_temperature(scores: NDArray[np.float64], owner: NDArray[np.int64], label: NDArray[np.int64]) -> float:
    """Find the temperature with the least log-loss of recording-level probabilities.

    Temperature scaling: C. Guo et al., On Calibration of Modern Neural Networks, ICML 2017. The targets are smoothed as
    in J. Platt, Probabilistic Outputs for SVMs (1999): with n recordings of a class, (n + 1) / (n + 2) instead of 1, or
    a handful of recordings, all right, would claim certainty.

    Parameters
    ----------
    scores : ndarray, shape (R, C)
        Scores of held-out windows.
    owner : ndarray, shape (R,), int
        Recording of each window, 0 to n - 1.
    label : ndarray, shape (n,), int
        Class of each recording.
    """
    classes = scores.shape[1]
    count = np.bincount(label, minlength=classes)[label]
    right = (count + 1.0) / (count + 2.0)
    targets = np.repeat(((1.0 - right) / (classes - 1))[:, None], classes, axis=1)
    targets[np.arange(len(label)), label] = right

    def loss(log_temperature: float) -> float:
        pooled = mean_by(soften(scores, float(np.exp(log_temperature))), owner, len(label))
        return -float((targets * np.log(np.maximum(pooled, 1e-12))).sum(axis=1).mean())

    found = minimize_scalar(loss, bounds=LOG_TEMPERATURE_BOUNDS, method="bounded", options={"xatol": 1e-3})
    return float(np.exp(found.x))
