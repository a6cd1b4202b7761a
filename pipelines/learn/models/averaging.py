"""The weighted mean of what several models say."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray


class Averaging:
    """Models fitted on the same windows whose probabilities are averaged with fixed weights."""

    def __init__(self, members: Sequence[Any], weights: Sequence[float]) -> None:
        self.members = list(members)
        self.weights = list(weights)

    @property
    def classes_(self) -> NDArray[np.int64]:
        """The classes met in training, in the order of the probabilities."""
        found: NDArray[np.int64] = self.members[0].classes_
        return found

    def fit(
        self, values: NDArray[np.float64], label: NDArray[np.int64], sample_weight: NDArray[np.float64] | None = None
    ) -> Self:
        """Fit every member on the windows (R, F)."""
        for member in self.members:
            member.fit(values, label, sample_weight=sample_weight)
        return self

    def predict_proba(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the weighted mean of the members' probabilities, shape (R, C)."""
        said = np.stack([member.predict_proba(values) for member in self.members])
        return np.average(said, axis=0, weights=self.weights)
