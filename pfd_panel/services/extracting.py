"""Features of datasets: extract them as a job, read them back as tables."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from dask_cluster.feature_tables import feature_table
from data_catalog import datasets, features, signals
from data_catalog.schema import Job
from data_catalog.signals import SignalQuery
from pfd_panel.services import querying, work
from pfd_panel.services.context import Context
from pipelines.features import FeatureConfig, FeatureDeclaration, declaration


@dataclass(frozen=True)
class Coverage:
    """How far the features of a dataset are: `present` of `signals` have them."""

    present: int
    signals: int
    feature_set_id: str | None


class SignalFeature(NamedTuple):
    """One feature of one signal: its declaration, value, unit, and rank among the same channel (0 to 1)."""

    declared: FeatureDeclaration
    value: float
    rank: float | None
    unit: str = ""


def start(context: Context, dataset: str, config: FeatureConfig | None = None) -> Job:
    """Queue the extraction of whatever is missing."""
    with context.read() as session:
        name = datasets.get(session, dataset).name
    chosen = config or FeatureConfig()
    return work.start(context, "extract_features", {"dataset": name, "config": chosen.model_dump(mode="json")})


def _current(context: Context, dataset: str, config: FeatureConfig) -> tuple[pd.DataFrame, int, str | None]:
    """The features of the current version, how many signals that has, and the id of the feature set."""
    with context.read() as session:
        found = datasets.get(session, dataset)
        count = datasets.version(session, found.id).signal_count if found.current_version else 0
        stored = features.find(session, found.id, config.key())
    if stored is None or not count:
        return pd.DataFrame(), count, None
    return (
        feature_table(context.catalog, found.id, found.current_version, stored.id, stored.updated_at),
        count,
        stored.id,
    )


def coverage(context: Context, dataset: str, config: FeatureConfig | None = None) -> Coverage:
    """How many signals of the current version have their features."""
    context.require("read")
    frame, count, feature_set_id = _current(context, dataset, config or FeatureConfig())
    return Coverage(len(frame), count, feature_set_id)


def table(
    context: Context, dataset: str, config: FeatureConfig | None = None, *, query: SignalQuery | None = None
) -> pd.DataFrame:
    """Whole-record features of a dataset, one row a signal, indexed by signal id.

    Returns
    -------
    DataFrame
        Attributes first (recording, channel, fault, …), then the features as float64; empty when none are extracted.
    """
    context.require("read")
    frame, *_ = _current(context, dataset, config or FeatureConfig())
    if query is None or frame.empty:
        return frame.copy(deep=False)
    with context.read() as session:
        found = datasets.get(session, dataset)
    asked = querying.prepared(context, replace(query, dataset_id=found.id))
    with context.read() as session:
        chosen = signals.ids(session, asked)
    return frame.loc[[signal_id for signal_id in chosen if signal_id in frame.index]]


def of_signal(
    context: Context, dataset: str, signal_id: str, config: FeatureConfig | None = None
) -> list[SignalFeature]:
    """Features of one signal, with their rank among the dataset's signals of that channel; empty without features."""
    frame = table(context, dataset, config)
    if signal_id not in frame.index:
        return []
    peers = frame[frame["channel"] == frame.loc[signal_id, "channel"]]
    out = []
    for name in frame.columns[9:]:
        value = float(frame[name].loc[signal_id])
        known = peers[name].dropna()
        rank = float((known <= value).mean()) if len(known) > 1 and np.isfinite(value) else None
        declared = declaration(name)
        unit = declared.unit.replace("{unit}", str(frame.loc[signal_id, "unit"]) or "(unit)")
        out.append(SignalFeature(declared, value, rank, unit))
    return out


def by_class(frame: pd.DataFrame, target: str, names: list[str]) -> list[Mapping[str, Any]]:
    """Per-class count, and median with the 10 and 90 % quantiles of the named features."""
    out: list[Mapping[str, Any]] = []
    for label, rows in frame.groupby(frame[target].fillna("not given"), sort=True):
        entry: dict[str, Any] = {"label": str(label), "signals": len(rows)}
        for name in names:
            low, middle, high = rows[name].quantile([0.1, 0.5, 0.9]).tolist()
            entry[name] = {"low": low, "median": middle, "high": high}
        out.append(entry)
    return out
