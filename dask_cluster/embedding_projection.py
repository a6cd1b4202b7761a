"""A projection of what a network makes of signals, as a step on a worker.

Imported on workers only: it loads torch.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dask_cluster.jobs import WorkerContext
from dask_cluster.projection_store import key_of_embedding, packed
from pipelines.errors import InputError
from pipelines.projections import ProjectionConfig, project
from pipelines.training.network_model import NetworkModel
from pipelines.training.reading import load_any

HEARING = 0.7
"""Share of the work that is hearing; what follows is the projection."""


def project_embedding(payload: dict[str, Any], worker: WorkerContext) -> dict[str, Any]:
    """Hear every signal, project the embeddings; a signal that the network cannot be shown has no place.

    Raises
    ------
    InputError, NotEnoughDataError
        The model is no network; too few signals can be shown to it.
    """
    config = ProjectionConfig.model_validate(payload["projection"])
    model = load_any(worker.artifacts.read(payload["artifact"]))
    if not isinstance(model, NetworkModel):
        raise InputError("this model has no embedding: it learns from features", hint="Choose a network.")
    values, absent = embeddings(model, payload, worker)

    def watch(share: float) -> None:
        worker.check()
        worker.progress(100 * (HEARING + (1 - HEARING) * share))

    layout = project(values, [f"e{column + 1}" for column in range(values.shape[1])], config, watch)
    heard = [(signal_id, rate_hz, speed_rpm) for signal_id, rate_hz, speed_rpm in payload["heard"]]
    return {
        "key": key_of_embedding(config, payload["artifact"], heard),
        "layout": packed(layout) | {"absent": absent},
        "signals": len(values),
    }


def embeddings(
    model: NetworkModel, payload: dict[str, Any], worker: WorkerContext
) -> tuple[NDArray[np.float64], list[str]]:
    """Embeddings (N, D) of the signals that can be heard, and the ids of the others."""
    readers = {segment: worker.store.open(segment) for segment in {segment for segment, _ in payload["samples"]}}
    rows: list[NDArray[np.float64]] = []
    absent: list[str] = []
    total = len(payload["heard"])
    signals = zip(payload["heard"], payload["samples"], strict=True)
    for done, ((signal_id, rate_hz, speed_rpm), (segment, row)) in enumerate(signals):
        worker.check()
        worker.progress(100 * HEARING * done / total, f"{done} of {total} signals heard")
        reader = readers[segment]
        try:
            rows.append(model.embed(reader.read(row, 0, reader.length(row)), rate_hz, speed_rpm))
        except InputError as refused:
            absent.append(signal_id)
            if len(absent) == 1:
                worker.log("warning", f"a signal was left out: {refused}")
    if not rows:
        raise InputError(
            "the network can hear none of these signals", hint="Choose signals like those it learned from."
        )
    return np.stack(rows), absent
