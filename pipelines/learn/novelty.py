"""Saying "unlike the training data": a distance gate calibrated on the training recordings themselves."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from pipelines.learn.pooling import mean_by

NEIGHBOURS = 5
MOST_REFERENCES = 2000
HALF = 0.5
FALSE_ALARMS = 0.01
"""Wished share of recordings like the training data that are still refused."""


@dataclass(frozen=True)
class NoveltyGate:
    """Distances to the nearest training windows, and the largest one that still counts as familiar.

    `reference` holds prepared training windows, shape (M, F), a seeded even draw from every recording. A recording's
    novelty is the median over its windows of the RMS distance per feature to the 5th nearest reference window.
    `most_missing` is the largest share of missing features (0 to 1) that is still familiar: what is imputed looks
    like the training data whatever it was.
    """

    reference: NDArray[np.float32]
    threshold: float
    most_missing: float

    def novelty(self, prepared: NDArray[np.float64], owner: NDArray[np.int64], owners: int) -> NDArray[np.float64]:
        """Return each recording's distance over the threshold, shape (owners,): above 1 is unlike the training data."""
        distance = _distance(prepared, self.reference.astype(np.float64))
        typical = pd.Series(distance).groupby(owner).median().reindex(range(owners))
        return np.asarray(typical, dtype=np.float64) / self.threshold


def fit_gate(
    prepared: NDArray[np.float64], missing: NDArray[np.float64], owner: NDArray[np.int64], rng: np.random.Generator
) -> NoveltyGate:
    """Calibrate the gate: how far is each training recording from all the others?

    The threshold is the split-conformal quantile (V. Vovk et al., Algorithmic Learning in a Random World, 2005) for 1 %
    false alarms where there are recordings enough (99), else the largest distance met, which a further recording of the
    same kind exceeds with probability 1 / (n + 1).

    Parameters
    ----------
    prepared : ndarray, shape (R, F)
        Imputed and scaled training windows.
    missing : ndarray, shape (R,)
        Share of each window's features that were imputed.
    owner : ndarray, shape (R,), int
        Recording of each window, 0 to n - 1.
    """
    present = int(owner.max()) + 1
    chosen = np.sort(rng.permutation(present)[:MOST_REFERENCES])
    quota = max(1, MOST_REFERENCES // len(chosen))
    drawn = [_draw(np.flatnonzero(owner == recording), quota, rng) for recording in chosen]
    # rounded first, so that the distances met in calibration are those met in use
    reference = prepared[np.concatenate(drawn)].astype(np.float32)
    exact = reference.astype(np.float64)
    source = np.repeat(np.arange(len(chosen)), [len(rows) for rows in drawn])
    met = [np.median(_distance(exact[source == r], exact[source != r])) for r in range(len(chosen))]
    missing_by_recording = mean_by(missing[:, None], owner, present)[:, 0]
    rank_needed = math.ceil((len(met) + 1) * (1.0 - FALSE_ALARMS))
    threshold = float(np.sort(met)[min(rank_needed, len(met)) - 1])
    return NoveltyGate(
        reference, max(threshold, float(np.finfo(np.float32).eps)), max(HALF, float(missing_by_recording.max()))
    )


def _draw(rows: NDArray[np.int64], most: int, rng: np.random.Generator) -> NDArray[np.int64]:
    return rows if len(rows) <= most else np.sort(rng.choice(rows, most, replace=False))


def _distance(windows: NDArray[np.float64], reference: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the RMS distance per feature of each window to its 5th nearest reference (or the last there is)."""
    nearest = min(NEIGHBOURS, len(reference)) - 1
    features = max(windows.shape[1], 1)
    distances = np.empty(len(windows))
    for begin in range(0, len(windows), 1024):
        squared = cdist(windows[begin : begin + 1024], reference, "sqeuclidean")
        distances[begin : begin + 1024] = np.partition(squared, nearest, axis=1)[:, nearest]
    return np.sqrt(distances / features)
