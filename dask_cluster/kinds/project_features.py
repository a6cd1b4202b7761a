"""Project: a picture of the features of chosen signals, in which near signals are alike."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pydantic import Field
from sqlalchemy.orm import Session

from dask_cluster import step_memory
from dask_cluster.jobs import JobContext, JobKind, JobParams, Plan, Step, WorkerContext, register
from dask_cluster.kinds.extract_features import input_key
from data_catalog import datasets, derived, features, models, signals
from data_catalog.errors import NotFoundError
from data_catalog.schema import Member, ModelVersion
from data_catalog.signals import SignalQuery
from pipelines.errors import InputError
from pipelines.features import FeatureConfig
from pipelines.projections import METHODS, ProjectionConfig


class ProjectParams(JobParams):
    """Which signals of a dataset, by a filter as lists of signals take it, and how to project them."""

    dataset: str = Field(min_length=1, description="Name of the dataset.")
    version: int | None = Field(None, ge=1, description="Version of the dataset; the current one without.")
    text: str = Field("", description="Words that the signals have.")
    query: str = Field("", description="A condition, as fault:inner and rms > 0.3.")
    where: dict[str, list[Any]] = Field(default_factory=dict, description="Column to the wanted values.")
    ranges: dict[str, tuple[float | str | None, float | str | None]] = Field(default_factory=dict)
    tags: list[str] = Field(default_factory=list, description="Tags that the signals carry, all of them.")
    only: list[str] | None = Field(None, description="Ids of signals; nothing else is kept.")
    projection: ProjectionConfig = Field(default_factory=ProjectionConfig)
    model: str | None = Field(
        None, description="Version of a network whose embedding is projected instead of features."
    )

    def chosen(self, dataset_id: str, version: int) -> SignalQuery:
        """The filter."""
        told = self.model_dump(include={"text", "query", "where", "ranges", "tags", "only"})
        return SignalQuery(dataset_id=dataset_id, version=version, **told)


@register
class ProjectFeatures(JobKind):
    """One step: the whole table is needed at once."""

    name = "project_features"
    title = "Project features"
    unit = "step"
    Params = ProjectParams

    def describe(self, params: ProjectParams) -> str:
        what = f"{params.dataset} as {params.model} hears it" if params.model else params.dataset
        return f"Project {what} by {METHODS[params.projection.method].title}"

    def plan(self, context: JobContext) -> Plan:
        from dask_cluster.feature_numbers import feature_numbers

        params: ProjectParams = context.params
        with context.catalog.read() as session:
            dataset = datasets.get(session, params.dataset)
            version = params.version or dataset.current_version
            stored = features.find(session, dataset.id, FeatureConfig().key())
        if stored is None:
            raise NotFoundError(
                f"the features of {params.dataset} have not been extracted",
                hint=f"Extract them first: pfd features {params.dataset!r}",
            )
        numbers = feature_numbers(context.catalog, dataset.id, version, stored.id, stored.updated_at)
        asked = replace(params.chosen(dataset.id, version), features=numbers)
        with context.catalog.read() as session:
            wanted = sorted(signals.ids(session, asked))
            manifest = {one.signal_id: one for one in datasets.manifest(session, dataset.id, version)}
            members = {name: input_key(one) for name, one in manifest.items()}
            located = features.locate(session, stored.id, [(one, members[one]) for one in wanted])
            if params.model:
                having = [manifest[one] for one in wanted if (one, members[one]) in located]
                return hearing(session, params, having)
        places = [(one, located[one, members[one]]) for one in wanted if (one, members[one]) in located]
        payload = {
            "signals": [signal_id for signal_id, _ in places],
            "places": [(place.part_id, place.first_row) for _, place in places],
            "names": list(stored.names),
            "projection": params.projection.model_dump(mode="json"),
        }
        config = params.projection
        neighbours = max(config.neighbours, 3 * config.perplexity)
        memory = step_memory.asked(step_memory.projecting(len(places), len(stored.names), neighbours))
        return Plan([Step(key="projection", payload=payload, units=100, resources=memory)])

    @staticmethod
    def run(payload: dict[str, Any], worker: WorkerContext) -> dict[str, Any]:
        from dask_cluster.projection_store import key_of, packed
        from pipelines.projections import project

        if "artifact" in payload:
            from dask_cluster.embedding_projection import project_embedding

            return project_embedding(payload, worker)
        config = ProjectionConfig.model_validate(payload["projection"])
        values = read_values(worker, payload["places"], len(payload["names"]))

        def watch(share: float) -> None:
            worker.check()
            worker.progress(100 * share)

        layout = project(values, payload["names"], config, watch)
        # named by what was read here, so that a picture can belong to no other table
        key = key_of(config, payload["signals"], payload["names"], values)
        return {"key": key, "layout": packed(layout), "signals": len(values)}

    def commit(self, session: Session, context: JobContext, step: Step, result: dict[str, Any]) -> dict[str, Any]:
        from dask_cluster.projection_store import BUDGET_BYTES, OPERATION

        derived.put(session, result["key"], OPERATION, result["layout"], budget_bytes=BUDGET_BYTES)
        return {
            "key": result["key"],
            "signals": result["signals"],
            "features": len(result["layout"]["features"]),
            "trustworthiness": result["layout"]["trustworthiness"],
        }

    def finish(self, session: Session, context: JobContext) -> dict[str, Any]:
        params: ProjectParams = context.params
        told = context.step_results(session)["projection"]
        return {"dataset": params.dataset, "projection": params.projection.relevant(), **told}


def hearing(session: Session, params: ProjectParams, members: Sequence[Member]) -> Plan:
    """The plan of a projection of what a network makes of these signals.

    Raises
    ------
    NotFoundError
        There is no such model.
    InputError
        The model is no network, and has no embedding.
    """
    assert params.model
    version = models.get(session, params.model)
    require_network(version)
    places = signals.places(session, [one.signal_id for one in members])
    payload = {
        "artifact": version.artifact_id,
        "heard": [(one.signal_id, one.rate_hz, one.speed_rpm) for one in members],
        "samples": [places[one.signal_id] for one in members],
        "projection": params.projection.model_dump(mode="json"),
    }
    longest = max((one.length for one in members), default=0)
    memory = step_memory.asked(step_memory.hearing(len(members), longest))
    return Plan([Step(key="projection", payload=payload, units=100, resources=memory)])


def is_network(version: ModelVersion) -> bool:
    """Whether a model version hears samples, and so has an embedding."""
    from pipelines.training.declaring import TRAINABLE

    return version.model in TRAINABLE.names and TRAINABLE.network(version.model) is not None


def require_network(version: ModelVersion) -> None:
    """Refuse a model that hears no samples.

    Raises
    ------
    InputError
        It is a model on features.
    """
    if not is_network(version):
        raise InputError(
            f"{version.name}:{version.number} has no embedding: it learns from features, not from samples",
            hint="Choose a network, or project the features.",
        )


def read_values(worker: WorkerContext, places: Sequence[tuple[str, int]], columns: int) -> Any:
    """Features (N, `columns`) of signals whose rows lie at `places`, in their order."""
    import numpy as np

    by_part: dict[str, list[int]] = defaultdict(list)
    for index, (part_id, _) in enumerate(places):
        by_part[part_id].append(index)
    values = np.full((len(places), columns), np.nan)
    for part_id, chosen in by_part.items():
        worker.check()
        ranges = [(places[index][1], places[index][1] + 1) for index in chosen]
        values[chosen] = worker.feature_store.read_rows(part_id, ranges)
    return values
