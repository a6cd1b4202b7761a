"""Does a confidence of 80 % come true in 80 % of cases? Reliability bins and the expected calibration error."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 10


@dataclass(frozen=True)
class ReliabilityBin:
    """Predictions whose confidence lies in (low, high]: how confident and how often right they were on average."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class Reliability:
    """Non-empty bins and the expected calibration error (ECE)."""

    bins: tuple[ReliabilityBin, ...]
    ece: float


def reliability(probabilities: NDArray[np.float64], label: NDArray[np.int64]) -> Reliability:
    """Compare the probability of the predicted class with how often it is right, in ten equal bins.

    ECE is the mean gap between both, weighted by bin size (M. Naeini et al., AAAI 2015; C. Guo et al., ICML 2017).

    Parameters
    ----------
    probabilities : ndarray, shape (n, C)
    label : ndarray, shape (n,), int
    """
    confidence = probabilities.max(axis=1)
    right = (probabilities.argmax(axis=1) == label).astype(np.float64)
    edges = np.linspace(0.0, 1.0, BINS + 1)
    which = np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, BINS - 1)
    bins = tuple(
        ReliabilityBin(
            float(edges[b]),
            float(edges[b + 1]),
            int((which == b).sum()),
            float(confidence[which == b].mean()),
            float(right[which == b].mean()),
        )
        for b in np.unique(which)
    )
    ece = sum(b.count * abs(b.confidence - b.accuracy) for b in bins) / len(label)
    return Reliability(bins, float(ece))
