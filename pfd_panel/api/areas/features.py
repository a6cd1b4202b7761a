"""Features: extract them, read them as a table, see how they lie."""

from typing import Any

import numpy as np
import pandas as pd
from pydantic import Field, ValidationError

from data_catalog.schema import Job
from pfd_panel.api.cursors import FieldError
from pfd_panel.api.operation import operation
from pfd_panel.api.requests import OfDataset, OfSignal, SignalFilter, Word
from pfd_panel.api.wire import Answer, Table
from pfd_panel.services import exploring, extracting
from pfd_panel.services.context import Context
from pfd_panel.services.exploring import Box
from pfd_panel.services.extracting import Coverage
from pipelines.features import FeatureConfig, FeatureDeclaration


class Extraction(OfDataset):
    """Which features to extract."""

    config: FeatureConfig = Field(default_factory=FeatureConfig, description="Domains and windows; all by default.")


class FeatureTable(SignalFilter, OfDataset):
    """Which signals of a dataset, and which of its feature sets."""

    domain: tuple[Word, ...] = Field((), max_length=20, description="Domains of the feature set; all of them.")
    window_s: float = Field(1.0, ge=0, le=1e6, description="Windows of the feature set; 0: whole records only.")
    overlap: float = Field(0.0, ge=0, lt=1)

    def config(self) -> FeatureConfig:
        """The configuration of the feature set."""
        domains = {"domains": self.domain} if self.domain else {}
        try:
            return FeatureConfig.model_validate({**domains, "window_s": self.window_s or None, "overlap": self.overlap})
        except ValidationError as error:
            raise FieldError(
                error.errors()[0]["msg"], "query.domain", hint="See the domains of the features."
            ) from error


class ByTarget(OfDataset):
    """What parts the signals into classes."""

    target: Word = "fault"


class OneFeature(ByTarget):
    """Which feature."""

    feature: Word


class SomeFeatures(ByTarget):
    """Which features."""

    feature: tuple[Word, ...] = Field(min_length=1, max_length=100)


class SignalFeature(Answer):
    """One feature of one signal; `rank` is its place among signals of the same channel, 0 to 1."""

    declared: FeatureDeclaration
    value: float | None
    rank: float | None
    unit: str


def _frame(context: Context, asked: ByTarget, *named: str) -> pd.DataFrame:
    frame = extracting.table(context, asked.dataset)
    for place, column in (("query.target", asked.target), *(("query.feature", one) for one in named)):
        if column not in frame.columns:
            known = ", ".join(map(str, frame.columns)) or "none, extract features first"
            raise FieldError(f"the table has no column {column!r}", place, hint=f"Columns: {known}.")
    return frame


@operation("POST", "/datasets/{dataset}/features", right="work", offers=extracting.start, example={"config": {}})
def extract_features(context: Context, asked: Extraction) -> Job:
    """Queue the extraction of whatever features are missing."""
    return extracting.start(context, asked.dataset, asked.config)


@operation("GET", "/datasets/{dataset}/features", right="read", offers=extracting.table)
def get_features(context: Context, asked: FeatureTable) -> Table:
    """Whole-record features, one row a signal: attributes first, then the features; no columns without any."""
    frame = extracting.table(context, asked.dataset, asked.config(), query=asked.chosen())
    return table_of(frame)


def table_of(frame: pd.DataFrame) -> Table:
    """A frame as columns, its index first."""
    flat = frame.reset_index() if len(frame.columns) else frame
    return Table(data={str(name): _column(flat[name]) for name in flat.columns})


def _column(values: pd.Series) -> np.ndarray:
    if pd.api.types.is_numeric_dtype(values):
        return values.to_numpy(dtype=float)
    plain = [None if one is None or one != one else one for one in values.tolist()]
    return np.array(plain, dtype=object)


@operation("GET", "/datasets/{dataset}/feature-coverage", right="read", offers=extracting.coverage)
def get_coverage(context: Context, asked: OfDataset) -> Coverage:
    """How many signals of the current version have their features."""
    return extracting.coverage(context, asked.dataset)


@operation("GET", "/datasets/{dataset}/signals/{signal}/features", right="read", offers=extracting.of_signal)
def get_signal_features(context: Context, asked: OfSignal) -> list[SignalFeature]:
    """Features of one signal with formula, source and rank; empty without features."""
    found = extracting.of_signal(context, asked.dataset, asked.signal)
    return [SignalFeature.model_validate(one) for one in found]


@operation("GET", "/datasets/{dataset}/feature-boxes", right="read", offers=exploring.boxes, example={"feature": "rms"})
def get_boxes(context: Context, asked: OneFeature) -> list[Box]:
    """One box plot a class, Tukey's whiskers."""
    frame = _frame(context, asked, asked.feature)
    if asked.feature not in exploring.feature_columns(frame):
        raise FieldError(f"{asked.feature!r} is no feature", "query.feature", hint="See the table of features.")
    return exploring.boxes(frame, asked.feature, asked.target)


@operation(
    "GET",
    "/datasets/{dataset}/feature-statistics",
    right="read",
    offers=extracting.by_class,
    example={"feature": ["rms", "kurtosis"]},
)
def get_statistics(context: Context, asked: SomeFeatures) -> list[dict[str, Any]]:
    """Per class the count, and median with the 10 and 90 % quantiles of features."""
    frame = _frame(context, asked, *asked.feature)
    known = exploring.feature_columns(frame)
    for name in asked.feature:
        if name not in known:
            raise FieldError(f"{name!r} is no feature", "query.feature", hint="See the table of features.")
    return [dict(one) for one in extracting.by_class(frame, asked.target, list(asked.feature))]
