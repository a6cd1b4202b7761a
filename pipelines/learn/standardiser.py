"""Imputing and scaling, learned from training windows only."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Standardiser:
    """Median imputation and standard scaling of the features that training windows have.

    `kept` (F,) marks features with at least one value in training; `median`, `mean`, `scale` belong to the kept ones.
    """

    kept: NDArray[np.bool_]
    median: NDArray[np.float64]
    mean: NDArray[np.float64]
    scale: NDArray[np.float64]

    @classmethod
    def fit(cls, values: NDArray[np.float64]) -> "Standardiser":
        """Learn from training windows, shape (R, F); features without any value are dropped, constant ones kept."""
        kept = ~np.isnan(values).all(axis=0)
        present = values[:, kept]
        median = np.nanmedian(present, axis=0)
        filled = np.where(np.isnan(present), median, present)
        spread = filled.std(axis=0)
        # a spread that is rounding noise of the mean is a constant feature; dividing by it would blow the noise up
        constant = spread <= 1e-12 * np.abs(filled).max(axis=0, initial=0.0)
        return cls(kept, median, filled.mean(axis=0), np.where(constant, 1.0, spread))

    def missing(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the share of each window's kept features that `transform` has to impute, shape (R,)."""
        return np.isnan(values[:, self.kept]).mean(axis=1)

    def transform(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the kept features in units of their training spread, without NaN."""
        present = values[:, self.kept]
        return (np.where(np.isnan(present), self.median, present) - self.mean) / self.scale
