"""Nearest neighbours whose votes carry the weight of their window."""

from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from pipelines.errors import InputError

BLOCK = 512
"""Windows compared with all training windows at a time."""


class WeightedNeighbours:
    """k-nearest-neighbour votes, each worth the sample weight of the neighbour and, if wanted, its nearness.

    scikit-learn's classifier takes no sample weights, so a recording with many windows, or a frequent class, would
    outvote the rest.
    """

    def __init__(self, neighbours: int, by_distance: bool) -> None:
        self.neighbours = neighbours
        self.by_distance = by_distance
        self.values: NDArray[np.float64] = np.empty((0, 0))
        self.votes: NDArray[np.float64] = np.empty((0, 0))
        self.classes_: NDArray[np.int64] = np.empty(0, dtype=np.int64)

    def fit(
        self, values: NDArray[np.float64], label: NDArray[np.int64], sample_weight: NDArray[np.float64] | None = None
    ) -> Self:
        """Keep the training windows (R, F) with their class and weight."""
        if not len(values):
            raise InputError("nearest neighbours need at least one window to learn from")
        self.classes_, which = np.unique(label, return_inverse=True)
        weight = np.ones(len(label)) if sample_weight is None else sample_weight
        self.values = np.ascontiguousarray(values, dtype=np.float64)
        self.votes = np.zeros((len(label), len(self.classes_)))
        self.votes[np.arange(len(label)), which] = weight
        return self

    def predict_proba(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the share of votes of each class among the nearest windows, shape (R, C)."""
        nearest = min(self.neighbours, len(self.values))
        shares = np.empty((len(values), len(self.classes_)))
        for begin in range(0, len(values), BLOCK):
            squared = cdist(values[begin : begin + BLOCK], self.values, "sqeuclidean")
            found = np.argpartition(squared, nearest - 1, axis=1)[:, :nearest]
            votes = self.votes[found]
            if self.by_distance:
                distance = np.sqrt(np.take_along_axis(squared, found, axis=1))
                # a window met in training decides alone, as the limit of 1 / distance does, without dividing by zero
                votes = votes / np.maximum(distance, 1e-9)[:, :, None]
            total = votes.sum(axis=1)
            shares[begin : begin + BLOCK] = total / total.sum(axis=1, keepdims=True)
        return shares
