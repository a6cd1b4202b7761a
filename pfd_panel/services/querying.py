"""What a query can name, and the features of a dataset that it names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import pandas as pd

from dask_cluster.feature_numbers import feature_numbers
from dask_cluster.feature_tables import feature_table
from data_catalog import datasets, features, models, rate_checks, signals
from data_catalog.marks import MARKED, Marks, marks_of, newest_model
from data_catalog.packed_numbers import PackedNumbers
from data_catalog.query_conditions import NAMES, condition
from data_catalog.query_text import QueryError, named, parse
from data_catalog.schema import FeatureSet, ModelVersion
from data_catalog.signals import DATES, SORTS, SignalQuery
from pfd_panel.errors import RequestError
from pfd_panel.services.context import Context
from pipelines.features import FEATURES, FeatureConfig

EXTRACT = "Extract the features of the dataset first."


@dataclass(frozen=True)
class QueryName:
    """A name that a query can compare.

    Attributes
    ----------
    name : str
        As it is written.
    kind : str
        ``word``, ``number`` or ``date`` of what is known of a signal, or ``feature``.
    meaning : str
        What it is, with its unit; for a feature its title.
    """

    name: str
    kind: str
    meaning: str


def names(context: Context, dataset: str) -> list[QueryName]:
    """What a query on a dataset can name: what is known of its signals, then the features they have."""
    context.require("read")
    with context.read() as session:
        dataset_id = datasets.get(session, dataset).id
    numbers = _features(context, dataset_id, None)
    known = [QueryName(name, one.kind, one.meaning) for name, one in NAMES.items()]
    computed = [QueryName(name, "feature", _title(name)) for name in numbers if name not in NAMES]
    return known + computed


def prepared(context: Context, query: SignalQuery, *, counting: Sequence[str] = ()) -> SignalQuery:
    """The query with the features that it filters or sorts by, and the marks that it or a facet asks for.

    Parameters
    ----------
    counting
        Facets that will be counted under it.

    Raises
    ------
    QueryError
        The text of the query is none, or names what nobody knows or a feature that the dataset does not have yet.
    RequestError
        A range or the order names such a feature, or the model belongs to another dataset.
    NotFoundError
        There is no such model.
    """
    context.require("read")
    tree = parse(query.query)
    asked = list(named(tree))
    outside = [name for name in (*query.ranges, query.sort) if name not in SORTS and name not in DATES]
    inside = [one for one in asked if one.name not in NAMES]
    numbers: Mapping[str, PackedNumbers] = query.features
    if (outside or inside) and not numbers and query.dataset_id is not None:
        numbers = _features(context, query.dataset_id, query.version)
        query = replace(query, features=numbers)
    for one in inside:
        if one.name in FEATURES and one.name not in numbers:
            raise QueryError(_lacking(query, one.name), one.at, hint=EXTRACT)
    for name in outside:
        if name in FEATURES and name not in numbers:
            raise RequestError(_lacking(query, name), hint=EXTRACT)
    marked = {*counting, *query.where, *(one.name for one in asked)} & set(MARKED)
    if marked and query.marks is None and query.dataset_id is not None:
        query = replace(query, marks=_marks(context, query.dataset_id, query.version, query.model))
    if tree is not None:
        condition(tree, query.features, query.marks)  # a name that nobody knows is refused before anything is asked
    return query


def values(
    context: Context, dataset: str, signal_ids: Sequence[str], wanted: Sequence[str], *, version: int | None = None
) -> dict[str, dict[str, float]]:
    """Features of signals by id and name; what a signal does not have is left out."""
    context.require("read")
    with context.read() as session:
        dataset_id = datasets.get(session, dataset).id
    frame = _table(context, dataset_id, version)
    present = [name for name in wanted if name in frame.columns]
    rows = frame.loc[[one for one in signal_ids if one in frame.index], present]
    return {
        str(signal_id): {name: value for name, value in zip(present, row, strict=True) if value == value}
        for signal_id, row in zip(rows.index, rows.to_numpy(dtype=float).tolist(), strict=True)
    }


def spread(
    context: Context, dataset: str, wanted: Sequence[str]
) -> dict[str, tuple[float | datetime | None, float | datetime | None]]:
    """The least and the greatest value in a dataset of each number, date or feature; None where none is known."""
    context.require("read")
    with context.read() as session:
        asked = SignalQuery(datasets.get(session, dataset).id)
        found = signals.spans(session, asked, [name for name in wanted if name in SORTS or name in DATES])
    frame = _table(context, str(asked.dataset_id), None)
    for name in wanted:
        if name not in found and name in frame.columns:
            known = frame[name].to_numpy(dtype=float)
            known = known[np.isfinite(known)]
            found[name] = (float(known.min()), float(known.max())) if len(known) else (None, None)
    return found


def features_of_version(context: Context, dataset: str, version: int | None = None) -> pd.DataFrame:
    """Attributes and whole-record features of the signals of a version (the current one), by id; empty without any.

    The table is shared: it is not to be changed.
    """
    context.require("read")
    with context.read() as session:
        dataset_id = datasets.get(session, dataset).id
    return _table(context, dataset_id, version)


def _lacking(query: SignalQuery, name: str) -> str:
    if query.dataset_id is None:
        return f"{name} is a feature, and features are asked of one dataset"
    return f"{name} is a feature that this dataset does not have yet"


def _title(name: str) -> str:
    return FEATURES[name].title if name in FEATURES else name


def _stored(context: Context, dataset_id: str, version: int | None) -> tuple[int, FeatureSet] | None:
    """The version that is meant, and the feature set of the default configuration."""
    with context.read() as session:
        found = datasets.get(session, dataset_id)
        stored = features.find(session, found.id, FeatureConfig().key())
        number = version or found.current_version
        if stored is None or not number:
            return None
        datasets.version(session, found.id, number)
    return number, stored


def _features(context: Context, dataset_id: str, version: int | None) -> Mapping[str, PackedNumbers]:
    found = _stored(context, dataset_id, version)
    if found is None:
        return {}
    number, stored = found
    return feature_numbers(context.catalog, dataset_id, number, stored.id, stored.updated_at)


def model_asked(context: Context, dataset: str, model: str | None = None) -> ModelVersion | None:
    """The model whose agreement with the labels is told: the one that is named, or the newest tested on the dataset.

    Raises
    ------
    NotFoundError
        No such dataset or model.
    RequestError
        The model belongs to another dataset.
    """
    context.require("read")
    with context.read() as session:
        dataset_id = datasets.get(session, dataset).id
        wanted = model or newest_model(session, dataset_id)
        found = models.get(session, wanted) if wanted else None
    if found is not None and found.dataset_id != dataset_id:
        raise RequestError(f"model {found.name!r} was trained on another dataset", hint="Choose one of this dataset.")
    return found


def _marks(context: Context, dataset_id: str, version: int | None, model: str | None) -> Marks | None:
    said = model_asked(context, dataset_id, model)
    with context.read() as session:
        found = datasets.get(session, dataset_id)
        number = version or found.current_version
        if not number:
            return None
        doubted = frozenset(rate_checks.known(session, found.id, number).doubted)
    return marks_of(context.catalog, found.id, number, said.id if said else None, doubted)


def _table(context: Context, dataset_id: str, version: int | None) -> pd.DataFrame:
    found = _stored(context, dataset_id, version)
    if found is None:
        return pd.DataFrame()
    number, stored = found
    return feature_table(context.catalog, dataset_id, number, stored.id, stored.updated_at)
