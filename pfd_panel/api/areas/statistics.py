"""Statistics: how features are distributed by class, hang together, tell classes apart, and drift."""

import pandas as pd
from pydantic import Field

from data_catalog.rate_checks import RateReport
from pfd_panel.api.operation import operation
from pfd_panel.api.requests import OfDataset, SignalFilter, Word
from pfd_panel.api.wire import Answer
from pfd_panel.services import checking, extracting, statistics
from pfd_panel.services.context import Context
from pfd_panel.services.statistics import Correlations, Distribution, VersionDrift
from pipelines.statistics import Method
from pipelines.statistics.correlation import Kind


class SomeSignals(SignalFilter, OfDataset):
    """Which signals of a dataset, and what parts them into classes."""

    target: Word = "fault"


class OneDistribution(SomeSignals):
    """Which feature, and on which axis."""

    feature: Word
    log: bool = Field(False, description="Bins and densities on a logarithmic axis; only values above zero.")


class SomeCorrelations(SignalFilter, OfDataset):
    """Which features, and which correlation."""

    feature: tuple[Word, ...] = Field((), max_length=200, description="Names of features; all of them.")
    kind: Kind = Field("pearson", description="`pearson`: a straight line; `spearman`: any rising or falling curve.")


class OneRanking(SomeSignals):
    """By what features are ranked."""

    method: Method = Field(
        "anova",
        description="`anova`: F, one feature at a time; `mutual_information`: relations of any shape; `mrmr`: a set of "
        "features that do not repeat one another.",
    )
    seed: int = Field(0, ge=0, le=2**31 - 1, description="Of what is drawn at random.")


class TwoVersions(OfDataset):
    """Which versions of a dataset."""

    before: int = Field(ge=1, le=2**31 - 1, json_schema_extra={"example": 1})
    after: int = Field(ge=1, le=2**31 - 1, json_schema_extra={"example": 2})


class RateChecks(OfDataset):
    """Which dataset, and how many signals at once."""

    most: int = Field(checking.CHECKED_AT_ONCE, ge=1, le=2000, description="Most signals that are checked now.")


class Ranked(Answer):
    """A feature and its score between the classes."""

    feature: str
    score: float


def _frame(context: Context, asked: SignalFilter, dataset: str) -> pd.DataFrame:
    return extracting.table(context, dataset, query=asked.chosen())


@operation("GET", "/datasets/{dataset}/feature-ranking", right="read", offers=statistics.ranked)
def rank_features(context: Context, asked: OneRanking) -> list[Ranked]:
    """Features by how well they tell the classes apart, best first."""
    frame = _frame(context, asked, asked.dataset)
    found = statistics.ranked(frame, asked.target, method=asked.method, seed=asked.seed)
    return [Ranked(feature=name, score=score) for name, score in found.features]


@operation(
    "GET",
    "/datasets/{dataset}/feature-distribution",
    right="read",
    offers=statistics.distribution,
    example={"feature": "rms"},
)
def get_distribution(context: Context, asked: OneDistribution) -> Distribution:
    """Histogram with common bins, kernel density and distribution function of a feature in each class."""
    frame = _frame(context, asked, asked.dataset)
    return statistics.distribution(frame, asked.feature, asked.target, log=asked.log)


@operation("GET", "/datasets/{dataset}/feature-correlation", right="read", offers=statistics.correlations)
def get_correlation(context: Context, asked: SomeCorrelations) -> Correlations:
    """Correlation matrix of features, with the order that puts similar ones together."""
    frame = _frame(context, asked, asked.dataset)
    return statistics.correlations(frame, asked.feature, kind=asked.kind)


@operation(
    "GET",
    "/datasets/{dataset}/drift",
    right="read",
    offers=statistics.drift,
    example={"before": 1, "after": 2},
)
def get_drift(context: Context, asked: TwoVersions) -> VersionDrift:
    """What changed between two versions: signals, classes, and how features are distributed."""
    return statistics.drift(context, asked.dataset, asked.before, asked.after)


@operation("GET", "/datasets/{dataset}/rate-checks", right="read", offers=checking.rates)
def get_rate_checks(context: Context, asked: OfDataset) -> RateReport:
    """Signals whose spectra speak against their sampling rates, and why, of those that were checked."""
    return checking.rates(context, asked.dataset)


@operation("POST", "/datasets/{dataset}/rate-checks", right="work", offers=checking.check_rates, example={"most": 100})
def check_rates(context: Context, asked: RateChecks) -> RateReport:
    """Check the sampling rates of signals that were not yet, and answer with all that is known."""
    return checking.check_rates(context, asked.dataset, most=asked.most)
