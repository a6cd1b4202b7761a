"""Histogram boosting on bins that are found once for all features together."""

from typing import Self

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

BINS = 255
"""Most bins of a feature: what the booster itself takes, one byte less the mark of a missing value."""


class BinnedBoosting:
    """A booster that is given the number of the quantile bin of each value instead of the value.

    Given values and sample weights, scikit-learn 1.9 looks up each of the 254 weighted quantiles of each feature by
    itself, which costs more than all the trees of a small table. Trees depend on the order of values only, so bins of
    equal count found here give the same kind of model; the weights still weigh every gradient.
    """

    def __init__(self, booster: HistGradientBoostingClassifier) -> None:
        self.booster = booster
        self.edges: list[NDArray[np.float64]] = []

    @property
    def classes_(self) -> NDArray[np.int64]:
        """The classes met in training, in the order of the probabilities."""
        found: NDArray[np.int64] = self.booster.classes_
        return found

    def fit(
        self, values: NDArray[np.float64], label: NDArray[np.int64], sample_weight: NDArray[np.float64] | None = None
    ) -> Self:
        """Find the bins of the finite training values (R, F), then boost on them."""
        self.edges = [_edges(column) for column in values.T]
        self.booster.fit(self._binned(values), label, sample_weight=sample_weight)
        return self

    def predict_proba(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return class probabilities of windows, shape (R, C)."""
        found: NDArray[np.float64] = self.booster.predict_proba(self._binned(values))
        return found

    def _binned(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        columns = [np.searchsorted(edges, column) for edges, column in zip(self.edges, values.T, strict=True)]
        return np.stack(columns, axis=1).astype(np.float64)


def _edges(column: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the upper bounds of all bins but the last: between distinct values, or quantiles where those are many."""
    distinct = np.unique(column)
    if len(distinct) <= BINS:
        middle: NDArray[np.float64] = (distinct[:-1] + distinct[1:]) / 2
        return middle
    percent = np.linspace(0.0, 100.0, BINS + 1)[1:-1]
    return np.unique(np.percentile(column, percent, method="averaged_inverted_cdf"))
