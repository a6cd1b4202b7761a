"""The part of the notebook's door that tells how features are distributed."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from data_catalog.rate_checks import RateReport
from data_catalog.signals import SignalQuery
from pfd_panel.services import checking, extracting, statistics
from pfd_panel.services.context import Context
from pfd_panel.services.statistics import Correlations, Distribution, VersionDrift
from pipelines.statistics import Method
from pipelines.statistics.correlation import Kind


class LocalStatistics:
    """Statistics of features, in a data directory; query fields are those of `SignalQuery`."""

    context: Context

    def feature_distribution(
        self, dataset: str, feature: str, *, target: str = "fault", log: bool = False, **query: Any
    ) -> Distribution:
        """Histogram with common bins, density and distribution function of a feature in each class."""
        return statistics.distribution(self._features_of(dataset, query), feature, target, log=log)

    def feature_correlation(
        self, dataset: str, features: Sequence[str] = (), *, kind: Kind = "pearson", **query: Any
    ) -> Correlations:
        """Correlation matrix of features, with the order that puts similar ones together."""
        return statistics.correlations(self._features_of(dataset, query), features, kind=kind)

    def rank_features(
        self, dataset: str, *, method: Method = "anova", target: str = "fault", seed: int = 0, **query: Any
    ) -> list[tuple[str, float]]:
        """Features by how well they tell the classes apart, best first: ``anova``, ``mutual_information``, ``mrmr``."""
        return statistics.ranked(self._features_of(dataset, query), target, method=method, seed=seed).features

    def compare_versions(self, dataset: str, before: int, after: int) -> VersionDrift:
        """What changed between two versions: signals, classes, and how features are distributed."""
        return statistics.drift(self.context, dataset, before, after)

    def check_rates(self, dataset: str, *, most: int = checking.CHECKED_AT_ONCE) -> RateReport:
        """Check the sampling rates of at most so many signals that were not yet; all that is known of the version."""
        return checking.check_rates(self.context, dataset, most=most)

    def _features_of(self, dataset: str, query: dict[str, Any]) -> pd.DataFrame:
        return extracting.table(self.context, dataset, query=SignalQuery(**query))
