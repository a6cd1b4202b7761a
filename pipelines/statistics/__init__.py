"""Statistics of features over many signals: distributions by class, relations, what tells classes apart, drift."""

from pipelines.statistics.correlation import Correlation, correlation
from pipelines.statistics.distributions import (
    Density,
    Steps,
    density,
    histogram_edges,
    shares,
    steps,
)
from pipelines.statistics.drift import Drift, FeatureDrift, feature_drift, stability_index, verdict
from pipelines.statistics.separability import METHODS, Method, Ranking, ranking

__all__ = [
    "METHODS",
    "Correlation",
    "Density",
    "Drift",
    "FeatureDrift",
    "Method",
    "Ranking",
    "Steps",
    "correlation",
    "density",
    "feature_drift",
    "histogram_edges",
    "ranking",
    "shares",
    "stability_index",
    "steps",
    "verdict",
]
