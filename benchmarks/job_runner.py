"""Real jobs on a real cluster: a catalog of its own, a coordinator, worker processes, and what they cost."""

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from distributed import Client

from dask_cluster import cluster
from dask_cluster.cluster import start
from dask_cluster.coordinator import Coordinator
from dask_cluster.jobs import submit, wait
from dask_cluster.settings import ClusterSettings
from data_catalog import Catalog
from data_catalog.schema import Job


@dataclass(frozen=True)
class Cost:
    """What one job took.

    Attributes
    ----------
    wall_s : float
        From before it was submitted until its row said done.
    running_s : float
        From when the coordinator took it: what waiting for the queue to be looked at leaves.
    cpu_s : float
        User and system time of everything: this process (coordinator, scheduler) and the workers.
    workers_cpu_s : float
        The workers alone.
    """

    job: Job
    wall_s: float
    running_s: float
    cpu_s: float
    workers_cpu_s: float


class Runner:
    """A warm cluster that runs jobs one by one and says what each took."""

    def __init__(self, catalog: Catalog, client: Client, processes: list[psutil.Process]) -> None:
        self.catalog = catalog
        self._client = client
        self._workers = processes

    def on_every_worker(self, call: Callable[[], None]) -> None:
        """Call something on each worker, so that the clock finds it warm."""
        self._client.run(call)

    def run(self, kind: str, params: Mapping[str, Any]) -> Cost:
        """Submit a job, wait for it, and refuse to go on if it did not end well."""
        asked_at, ours, theirs = time.time(), time.process_time(), cpu_seconds(self._workers)
        job = wait(self.catalog, submit(self.catalog, kind, params, owner="bench").id)
        theirs, ours = cpu_seconds(self._workers) - theirs, time.process_time() - ours
        if job.state != "done" or job.finished_at is None or job.started_at is None:
            raise RuntimeError(f"{kind} is {job.state}: {job.error}")
        running = (job.finished_at - job.started_at).total_seconds()
        return Cost(job, job.finished_at.timestamp() - asked_at, running, ours + theirs, theirs)

    def worker_megabytes(self) -> float:
        """Mean resident memory of a worker."""
        return sum(process.memory_info().rss for process in self._workers) / len(self._workers) / 1e6


def cpu_seconds(processes: list[psutil.Process]) -> float:
    """User and system time of all of them."""
    return sum(sum(process.cpu_times()[:2]) for process in processes)


@contextmanager
def running(
    workers: int, *, home: Path | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[Runner]:
    """A coordinator and `workers` worker processes on a catalog (by default a new one), all of them up.

    `environment` is added to that of the workers.
    """
    ours = cluster.worker_environment
    cluster.worker_environment = lambda: ours() | dict(environment or {})
    stop = threading.Event()
    try:
        with tempfile.TemporaryDirectory() as folder, Catalog.open(home or Path(folder)) as catalog:
            handle = start(ClusterSettings(home=home or Path(folder), workers=workers))
            handle.client.wait_for_workers(workers, timeout=60)
            processes = [psutil.Process(pid) for pid in handle.client.run(os.getpid).values()]
            thread = threading.Thread(target=Coordinator(catalog, lambda: handle).run, args=(stop,))
            thread.start()
            try:
                yield Runner(catalog, handle.client, processes)
            finally:
                stop.set()
                thread.join()
    finally:
        cluster.worker_environment = ours
        for name in environment or {}:
            os.environ.pop(name, None)
