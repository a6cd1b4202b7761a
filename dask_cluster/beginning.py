"""The model that a training begins with: where its weights are, and what it and those before it had learned from."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from data_catalog import models
from data_catalog.schema import Member, ModelVersion

if TYPE_CHECKING:
    from dask_cluster.jobs import WorkerContext
    from pipelines.training.starting import Start


def beginning(session: Session, reference: str, members: Sequence[Member]) -> dict[str, Any]:
    """What a step needs to know of the model called `reference`, as plain values.

    A model that began with another one has seen what that had seen. Signals are the same in every dataset, so they are
    looked for among the `members` of the dataset that is to be learned from; with a signal its whole recording counts
    as seen, whatever the channel.
    """
    first = models.get(session, reference)
    seen: set[str] = set()
    untold: list[str] = []
    before: ModelVersion | None = first
    while before is not None:
        split = before.metrics["split"]
        seen |= {one for one, unit in zip(split["signal_ids"], split["unit"], strict=True) if unit >= 0}
        earlier = before.config.get("start_from")
        before = None if earlier is None else session.get(ModelVersion, earlier["model_id"])
        if earlier is not None and before is None:
            untold.append(earlier["reference"])
    return {
        "model_id": first.id,
        "reference": f"{first.name}:{first.number}",
        "artifact": first.artifact_id,
        "signals": sorted({member.signal_id for member in members} & seen),
        "recordings": sorted({member.recording for member in members if member.signal_id in seen}),
        "untold": untold,
    }


def kept_of(start: dict[str, Any] | None) -> dict[str, Any]:
    """What a model version keeps of where it came from: an entry for its configuration, empty for a fresh start."""
    return {} if start is None else {"start_from": {name: start[name] for name in ("model_id", "reference")}}


def start_of(start: dict[str, Any] | None, worker: "WorkerContext") -> "Start | None":
    """The model itself, on a worker."""
    if start is None:
        return None
    from pipelines.errors import InputError
    from pipelines.training.network_model import NetworkModel
    from pipelines.training.reading import load_any
    from pipelines.training.starting import Line, Start

    model = load_any(worker.artifacts.read(start["artifact"]))
    if not isinstance(model, NetworkModel):
        raise InputError(
            f"{start['reference']} is no network: it has no weights to begin with", hint="Begin with a network."
        )
    line = Line(start["reference"], frozenset(start["signals"]), frozenset(start["recordings"]), tuple(start["untold"]))
    return Start(line, model)
