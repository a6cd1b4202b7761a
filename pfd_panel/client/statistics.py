"""Statistics of features on a server, with the methods of the local workbench."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from data_catalog.rate_checks import RateReport
from pfd_panel.client.api import Api
from pfd_panel.client.selecting import filter_of
from pfd_panel.services.checking import CHECKED_AT_ONCE
from pfd_panel.services.statistics import Correlations, Distribution, VersionDrift
from pipelines.statistics import Method
from pipelines.statistics.correlation import Kind


class RemoteStatistics:
    """The part of `RemoteWorkbench` that tells how features are distributed."""

    api: Api

    if TYPE_CHECKING:

        def _dataset(self, name: str) -> str: ...

    def feature_distribution(
        self, dataset: str, feature: str, *, target: str = "fault", log: bool = False, **query: Any
    ) -> Distribution:
        """Histogram with common bins, density and distribution function of a feature in each class."""
        asked = {"feature": feature, "target": target, "log": log, **filter_of(query)}
        found: Distribution = self.api.get_distribution(dataset=self._dataset(dataset), **asked)
        return found

    def feature_correlation(
        self, dataset: str, features: Sequence[str] = (), *, kind: Kind = "pearson", **query: Any
    ) -> Correlations:
        """Correlation matrix of features, with the order that puts similar ones together."""
        asked = {"feature": list(features), "kind": kind, **filter_of(query)}
        found: Correlations = self.api.get_correlation(dataset=self._dataset(dataset), **asked)
        return found

    def rank_features(
        self, dataset: str, *, method: Method = "anova", target: str = "fault", seed: int = 0, **query: Any
    ) -> list[tuple[str, float]]:
        """Features by how well they tell the classes apart, best first: ``anova``, ``mutual_information``, ``mrmr``."""
        asked = {"method": method, "target": target, "seed": seed, **filter_of(query)}
        found = self.api.rank_features(dataset=self._dataset(dataset), **asked)
        return [(one.feature, one.score) for one in found]

    def check_rates(self, dataset: str, *, most: int = CHECKED_AT_ONCE) -> RateReport:
        """Check the sampling rates of at most so many signals that were not yet; all that is known of the version."""
        found: RateReport = self.api.check_rates(dataset=self._dataset(dataset), most=most)
        return found

    def compare_versions(self, dataset: str, before: int, after: int) -> VersionDrift:
        """What changed between two versions: signals, classes, and how features are distributed."""
        found: VersionDrift = self.api.get_drift(dataset=self._dataset(dataset), before=before, after=after)
        return found
