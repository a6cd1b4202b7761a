"""A training on samples as a step on a worker: signals from the store, state in the job's folder, epochs one by one.

Imported on workers only: it loads torch.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dask_cluster.beginning import start_of
from dask_cluster.checkpoints import folder_of
from dask_cluster.jobs import WorkerContext
from dask_cluster.jobs.worker import CHECK_INTERVAL_S
from pipelines.learn import ExperimentResult, FeatureTable, TrainConfig
from pipelines.training.experiment import run_waveform_experiment
from pipelines.training.watching import Watcher
from pipelines.training.windows import Source

_LEARNING = threading.Lock()
"""Torch has one generator a process: two seeds that draw from it by turns would both find what neither finds alone."""


def learn_network(
    table: FeatureTable, payload: dict[str, Any], worker: WorkerContext
) -> tuple[ExperimentResult, bytes, dict[str, Any]]:
    """Run the experiment that `payload` of a training describes; its result, the model's bytes, and what is told of it.

    A step that was paused, or whose worker died, goes on from the state in the job's folder.
    """
    readers = {segment: worker.store.open(segment) for segment in {segment for segment, _ in payload["samples"]}}
    places = [(readers[segment], row) for segment, row in payload["samples"]]

    def read(signal: int) -> NDArray[np.floating]:
        reader, row = places[signal]
        samples: NDArray[np.floating] = reader.read(row, 0, reader.length(row))
        return samples

    sources = [
        Source(reader.length(row), float(record["rate_hz"]), record["speed_rpm"])
        for (reader, row), record in zip(places, payload["records"], strict=True)
    ]
    folds = payload["folds"]
    watcher = Watcher(
        progress=lambda share, text: worker.progress(share * folds, text),
        log=worker.log,
        measure=worker.measure,
        poll=worker.check,
    )
    with alone(worker):
        found = run_waveform_experiment(
            table,
            sources,
            read,
            TrainConfig.model_validate(payload["config"]),
            folder=folder_of(worker.home, worker.job_id) / worker.step if worker.job_id else None,
            data=payload["about"]["manifest_hash"],
            start=start_of(payload.get("start"), worker),
            watcher=watcher,
        )
    return found.result, found.model.to_bytes(), found.to_json()


@contextmanager
def alone(worker: WorkerContext) -> Iterator[None]:
    """Wait until no other thread of this process learns, and listen meanwhile."""
    while not _LEARNING.acquire(timeout=CHECK_INTERVAL_S):
        worker.check()
    try:
        yield
    finally:
        _LEARNING.release()
