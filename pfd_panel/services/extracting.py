"""Features of datasets: extract them as a job, read them back as tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from dask_cluster.kinds.extract_features import input_key
from data_catalog import datasets, features, signals
from data_catalog.features import FeaturePlace
from data_catalog.schema import Job, Member
from data_catalog.signals import SignalQuery
from pfd_panel.services import work
from pfd_panel.services.context import Context
from pipelines.features import FeatureConfig, FeatureDeclaration, declaration

ATTRIBUTES = [
    "signal_id",
    "recording",
    "channel",
    "fault",
    "fault_size",
    "load",
    "severity",
    "rate_hz",
    "speed_rpm",
    "unit",
]


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


def _located(
    context: Context, dataset: str, config: FeatureConfig
) -> tuple[list[Member], dict[tuple[str, str], FeaturePlace], str | None, list[str]]:
    with context.read() as session:
        found = datasets.get(session, dataset)
        members = datasets.manifest(session, found.id)
        stored = features.find(session, found.id, config.key())
        if stored is None:
            return members, {}, None, []
        pairs = [(member.signal_id, input_key(member)) for member in members]
        return members, features.locate(session, stored.id, pairs), stored.id, list(stored.names)


def coverage(context: Context, dataset: str, config: FeatureConfig | None = None) -> Coverage:
    """How many signals of the current version have their features."""
    context.require("read")
    members, places, set_id, _ = _located(context, dataset, config or FeatureConfig())
    return Coverage(len(places), len(members), set_id)


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
    from dataclasses import replace

    _, places, set_id, names = _located(context, dataset, config or FeatureConfig())
    if set_id is None:
        return pd.DataFrame()
    with context.read() as session:
        found = datasets.get(session, dataset)
        asked = replace(query or SignalQuery(), dataset_id=found.id, offset=0, limit=1_000_000)
        rows = signals.page(session, asked).rows
    by_signal = {signal_id: place for (signal_id, _), place in places.items()}
    rows = [row for row in rows if row.signal_id in by_signal]
    where = [by_signal[row.signal_id] for row in rows]
    values = np.full((len(rows), len(names)), np.nan)
    for part_id in dict.fromkeys(place.part_id for place in where):
        chosen = [index for index, place in enumerate(where) if place.part_id == part_id]
        ranges = [(where[index].first_row, where[index].first_row + 1) for index in chosen]
        values[chosen] = context.catalog.feature_store.read_rows(part_id, ranges)
    attributes = pd.DataFrame([{name: getattr(row, name) for name in ATTRIBUTES} for row in rows], columns=ATTRIBUTES)
    return pd.concat([attributes, pd.DataFrame(values, columns=names)], axis=1).set_index("signal_id")


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
