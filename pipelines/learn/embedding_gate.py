"""Saying "I don't know" from a network's own features: distance to what it has met, calibrated on recordings held out.

`pipelines.learn.novelty` does this for models on features and calibrates on the training recordings left out one by
one. A network has bent its embedding around its training recordings, so here the threshold comes from others.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial.distance import cdist
from sklearn.covariance import ledoit_wolf

from pipelines.errors import InputError, NotEnoughDataError

Distance = Literal["mahalanobis", "nearest"]
NEIGHBOURS = 10
MOST_REFERENCES = 5000
BLOCK = 1024


@dataclass(frozen=True)
class EmbeddingGate:
    """Distances of embeddings, and the largest that still counts as familiar.

    ``mahalanobis`` measures to the nearest class centre in units of the spread within classes, ``nearest`` to the 10th
    nearest training window after scaling to length 1. `reference` (M, D) holds the centres or windows, already in the
    space in which plain distances are taken; `whitening` (D, D) leads there.
    """

    distance: Distance
    reference: NDArray[np.float64]
    whitening: NDArray[np.float64]
    threshold: float
    false_alarms: float
    calibrated_on: int

    def novelty(self, embedding: NDArray[np.floating], owner: NDArray[np.int64], owners: int) -> NDArray[np.float64]:
        """Return each recording's distance over the threshold, shape (owners,): above 1 is unlike the training data.

        Parameters
        ----------
        embedding : ndarray, shape (R, D)
            Embeddings of windows.
        owner : ndarray, shape (R,), int
            Recording of each, 0 to owners - 1; the median over its windows counts, NaN without any.
        """
        return _by_owner(self._distance(embedding), owner, owners) / self.threshold

    def reasons(self, novelty: NDArray[np.float64]) -> tuple[str, ...]:
        """Say "I don't know" where a recording is unlike the training data; empty where it is familiar."""
        return tuple(_reason(value) for value in novelty.tolist())

    def statement(self) -> str:
        """Say how often a familiar recording is refused, and how well that is known."""
        if self.calibrated_on < _needed(self.false_alarms):
            return (
                f"The farthest of {self.calibrated_on} recordings held out is still familiar; about 1 in "
                f"{self.calibrated_on + 1} further ones like them is refused."
            )
        return (
            f"At most {self.false_alarms:.0%} of recordings like the {self.calibrated_on} held out for calibration are "
            "refused."
        )

    def _distance(self, embedding: NDArray[np.floating]) -> NDArray[np.float64]:
        rows = np.asarray(embedding, dtype=np.float64)
        if rows.ndim != 2 or rows.shape[1] != self.whitening.shape[0]:
            raise InputError(f"embeddings have shape {rows.shape}, expected (windows, {self.whitening.shape[0]})")
        return _measure(self.distance, rows, self.reference, self.whitening)


def fit_embedding_gate(
    embedding: NDArray[np.floating],
    label: NDArray[np.int64],
    held_out: NDArray[np.floating],
    held_out_owner: NDArray[np.int64],
    *,
    distance: Distance = "mahalanobis",
    false_alarms: float = 0.05,
    seed: int = 0,
) -> EmbeddingGate:
    """Learn where the training data lie and calibrate the threshold on recordings held out.

    ``mahalanobis``: K. Lee et al., A Simple Unified Framework for Detecting Out-of-Distribution Samples and Adversarial
    Attacks, NeurIPS 2018, with the covariance shrunk as in O. Ledoit, M. Wolf, J. Multivariate Analysis 88 (2004) 365.
    ``nearest``: Y. Sun et al., Out-of-Distribution Detection with Deep Nearest Neighbors, ICML 2022. The threshold is
    the split-conformal quantile of the recordings' distances, or the largest met where they are too few.

    Parameters
    ----------
    embedding : ndarray, shape (R, D)
        Embeddings of training windows.
    label : ndarray, shape (R,), int
    held_out : ndarray, shape (H, D)
        Embeddings of windows of recordings that the network did not learn from.
    held_out_owner : ndarray, shape (H,), int
        Recording of each, 0 to n - 1.
    false_alarms : float
        Wished share of familiar recordings that are refused.
    seed : int
        Of the draw of at most 5,000 training windows for ``nearest``.

    Raises
    ------
    NotEnoughDataError
        Without a training window of each class or a held-out recording.
    InputError
        When shapes disagree or an embedding is not finite.
    """
    rows, held = (np.asarray(values, dtype=np.float64) for values in (embedding, held_out))
    if rows.ndim != 2 or held.ndim != 2 or rows.shape[1] != held.shape[1]:
        raise InputError(f"embeddings of shapes {rows.shape} and {held.shape} do not fit together")
    if not (np.isfinite(rows).all() and np.isfinite(held).all()):
        raise InputError("embeddings are not finite", hint="the network has diverged; train it again")
    if not 0.0 < false_alarms < 0.5:
        raise InputError(
            f"a share of false alarms of {false_alarms} was asked for, expected more than 0, less than 0.5"
        )
    if len(rows) < 2 or not len(held):
        raise NotEnoughDataError("a gate needs training windows, and recordings held out from training")
    if distance == "mahalanobis":
        reference, whitening = _centres(rows, label)
    else:
        drawn = np.random.default_rng(seed).permutation(len(rows))[:MOST_REFERENCES]
        reference, whitening = _to_length_one(rows[np.sort(drawn)]), np.eye(rows.shape[1])
    present = int(held_out_owner.max()) + 1
    met = np.sort(_by_owner(_measure(distance, held, reference, whitening), held_out_owner, present))
    rank = math.ceil((present + 1) * (1.0 - false_alarms) - 1e-12)
    threshold = max(float(met[min(rank, present) - 1]), float(np.finfo(np.float32).eps))
    return EmbeddingGate(distance, reference, whitening, threshold, false_alarms, present)


def _needed(false_alarms: float) -> int:
    return math.ceil((1.0 - false_alarms) / false_alarms - 1e-12)


def _centres(rows: NDArray[np.float64], label: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    _, which = np.unique(label, return_inverse=True)
    centres = np.stack([rows[which == c].mean(axis=0) for c in range(which.max() + 1)])
    covariance, _ = ledoit_wolf(rows - centres[which], assume_centered=True)
    power, vectors = np.linalg.eigh(covariance)
    # units that never fire have no spread; they must not make every new firing infinitely far, only very far
    whitening = vectors / np.sqrt(np.maximum(power, power[-1] * 1e-6 or 1.0))
    return centres @ whitening, whitening


def _measure(
    distance: Distance, rows: NDArray[np.float64], reference: NDArray[np.float64], whitening: NDArray[np.float64]
) -> NDArray[np.float64]:
    seen = rows @ whitening if distance == "mahalanobis" else _to_length_one(rows)
    place = 0 if distance == "mahalanobis" else min(NEIGHBOURS, len(reference)) - 1
    found = np.empty(len(rows))
    for begin in range(0, len(rows), BLOCK):
        distances = cdist(seen[begin : begin + BLOCK], reference)
        found[begin : begin + BLOCK] = np.partition(distances, place, axis=1)[:, place]
    return found


def _to_length_one(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(length > 0.0, length, 1.0)


def _by_owner(distance: NDArray[np.float64], owner: NDArray[np.int64], owners: int) -> NDArray[np.float64]:
    typical = pd.Series(distance).groupby(owner).median().reindex(range(owners))
    return np.asarray(typical, dtype=np.float64)


def _reason(novelty: float) -> str:
    if math.isnan(novelty):
        return "I don't know: there is no window to look at."
    if novelty <= 1.0:
        return ""
    return f"I don't know: unlike the training data, {novelty:.1f} times as far from it as familiar recordings may be."
