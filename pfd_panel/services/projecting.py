"""Pictures of features in two dimensions: PCA at once, t-SNE and UMAP as jobs, each kept by what it was made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dask_cluster import projection_store
from dask_cluster.kinds.project_features import ProjectParams, is_network, require_network
from data_catalog import datasets, derived, models
from data_catalog.schema import Job
from data_catalog.signals import SignalQuery
from pfd_panel.errors import RequestError
from pfd_panel.services import extracting, work
from pfd_panel.services.context import Context
from pfd_panel.services.exploring import feature_columns
from pipelines.projections import IMMEDIATE, Layout, ProjectionConfig, project

UNLABELLED = "not given"
MOST_MODELS = 200


@dataclass(frozen=True)
class Projection:
    """A picture of signals.

    Attributes
    ----------
    points : (N, 2) float32
    signal_ids, recordings, channels, labels : tuple of str
        The signal of each point, what it is called, and its class.
    config : ProjectionConfig
    trustworthiness : float
        How far its neighbours are neighbours, 0 to 1; see `pipelines.projections.trustworthiness`.
    explained : (float, float) or None
        Shares of variance of the axes of a PCA.
    features, left_out : tuple of str
        What it is made of, and what was unknown for some signal or the same for all.
    """

    points: np.ndarray
    signal_ids: tuple[str, ...]
    recordings: tuple[str, ...]
    channels: tuple[str, ...]
    labels: tuple[str, ...]
    config: ProjectionConfig
    trustworthiness: float
    explained: tuple[float, float] | None
    features: tuple[str, ...]
    left_out: tuple[str, ...]


def find(
    context: Context,
    dataset: str,
    config: ProjectionConfig | None = None,
    *,
    query: SignalQuery | None = None,
    target: str = "fault",
    model: str | None = None,
) -> Projection | None:
    """The projection of what a filter finds; None while what takes long has not been computed for it.

    Parameters
    ----------
    query : SignalQuery, optional
    target : str
        Column of the classes.
    model : str, optional
        Version of a network: its embedding is projected instead of the features. That is always a job.

    Raises
    ------
    NotEnoughDataError
        Fewer than three signals with features, or fewer than two features that differ.
    InputError
        More neighbours are asked for than there are signals.
    RequestError
        There is no such column to tell classes by.
    NotFoundError
        There is no such model.
    """
    context.require("read")
    chosen = config or ProjectionConfig()
    frame = _table(context, dataset, query)
    names = feature_columns(frame)
    if target not in frame.columns or target in names:
        raise RequestError(f"the table has no column {target!r} of classes", hint="fault is one.")
    if model:
        found, absent = _heard_layout(context, chosen, frame, model)
        frame = frame.drop(index=absent)
    else:
        values = frame[names].to_numpy(dtype=float)
        found = _layout(context, chosen, [str(one) for one in frame.index], names, values)
    if found is None:
        return None
    return Projection(
        points=found.points,
        signal_ids=tuple(str(one) for one in frame.index),
        recordings=tuple(frame["recording"].astype(str)),
        channels=tuple(frame["channel"].astype(str)),
        labels=tuple(frame[target].fillna(UNLABELLED).astype(str)),
        config=chosen,
        trustworthiness=found.trustworthiness,
        explained=found.explained,
        features=found.features,
        left_out=found.left_out,
    )


def start(
    context: Context,
    dataset: str,
    config: ProjectionConfig | None = None,
    *,
    query: SignalQuery | None = None,
    model: str | None = None,
) -> Job:
    """Queue the computation of a projection of what a filter finds; `find` has it afterwards.

    Raises
    ------
    RequestError
        The filter finds nothing that has features.
    InputError
        More neighbours are asked for than there are signals; the model is no network.
    """
    context.require("work")
    chosen, asked = config or ProjectionConfig(), query or SignalQuery()
    chosen.require_enough(len(_table(context, dataset, query)))
    with context.read() as session:
        name = datasets.get(session, dataset).name
        version = models.get(session, model) if model else None
        if version is not None:
            require_network(version)
    params = ProjectParams(
        dataset=name,
        version=asked.version,
        text=asked.text,
        query=asked.query,
        where={column: list(values) for column, values in asked.where.items()},
        ranges=dict(asked.ranges),
        tags=list(asked.tags),
        only=None if asked.only is None else list(asked.only),
        projection=chosen,
        # by number: under the same name there may be a newer one that this user may not see
        model=None if version is None else f"{version.name}:{version.number}",
    )
    return work.start(context, "project_features", params.model_dump(mode="json"))


def config_of(settings: Mapping[str, Any]) -> ProjectionConfig:
    """The configuration that plain settings tell.

    Raises
    ------
    RequestError
        There is no such setting, or its value is out of range.
    """
    from pydantic import ValidationError

    try:
        return ProjectionConfig.model_validate(dict(settings))
    except ValidationError as error:
        (first, *_) = error.errors()
        name = ".".join(map(str, first["loc"]))
        raise RequestError(
            f"{name}: {first['msg']}", hint=f"Settings are {', '.join(ProjectionConfig.model_fields)}."
        ) from error


def _table(context: Context, dataset: str, query: SignalQuery | None) -> pd.DataFrame:
    """Features of what a filter finds, in the order of the ids: how a table is sorted must not change the picture."""
    frame = extracting.table(context, dataset, query=query)
    if frame.empty:
        raise RequestError("no signal of this filter has features", hint="Extract features, or widen the filter.")
    return frame.sort_index()


def heard_by(context: Context, dataset: str) -> list[str]:
    """The networks that learned from a dataset, newest first, as ``name:number``; their embeddings can be projected."""
    context.require("read")
    with context.read() as session:
        found = models.page(session, dataset_id=datasets.get(session, dataset).id, limit=MOST_MODELS)
        return [f"{one.name}:{one.number}" for one in found.rows if is_network(one)]


def _heard_layout(
    context: Context, config: ProjectionConfig, frame: pd.DataFrame, model: str
) -> tuple[Layout | None, list[str]]:
    """The picture of what a network makes of these signals, if it was computed, and the signals it cannot hear."""
    with context.read() as session:
        version = models.get(session, model)
        require_network(version)
        heard = [
            (str(signal_id), float(rate_hz), None if pd.isna(speed_rpm) else float(speed_rpm))
            for signal_id, rate_hz, speed_rpm in zip(frame.index, frame["rate_hz"], frame["speed_rpm"], strict=True)
        ]
        stored = derived.get(session, projection_store.key_of_embedding(config, version.artifact_id, heard))
    return (projection_store.unpacked(stored), list(stored["absent"])) if stored is not None else (None, [])


def _layout(
    context: Context, config: ProjectionConfig, signal_ids: list[str], names: list[str], values: np.ndarray
) -> Layout | None:
    if config.method in IMMEDIATE:
        return project(values, names, config)
    with context.read() as session:
        stored = derived.get(session, projection_store.key_of(config, signal_ids, names, values))
    return projection_store.unpacked(stored) if stored is not None else None
