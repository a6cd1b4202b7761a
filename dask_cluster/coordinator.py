"""The one process that runs the queue: it alone changes the state of jobs, under a lease with a fencing number."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from dask_cluster.chores import Chores, Duty
from dask_cluster.cluster import ClusterHandle
from dask_cluster.cluster_link import ClusterLink
from dask_cluster.housekeeping import Housekeeping
from dask_cluster.identity import holder_name, own_identity
from dask_cluster.job_run import Ask, JobRun
from dask_cluster.ledger import Ledger
from dask_cluster.term import Term, take_lease
from data_catalog import Catalog
from data_catalog.errors import CatalogError, FencedError
from data_catalog.schema import Job

logger = logging.getLogger(__name__)

POLL_S = 0.1
HAND_BACK_S = 3.0
MOST_DEATHS = 3
TASKS_PER_SLOT = 2

_ASKS: dict[str, Ask] = {"pause": "pause", "cancel": "cancel"}


class Coordinator:
    """Runs the queue of one catalog whenever it holds the lease, and stands by while another does.

    Parameters
    ----------
    catalog : Catalog
        Where the queue is.
    cluster_factory : callable
        Starts or joins the cluster; called when the lease is held, and again after the scheduler was lost.
    holder : str, optional
        Name in the lease; by default host, process and start time.
    lease_s : float
        A coordinator silent for this long is replaced.
    parallel_jobs : int
        Jobs that run at the same time; they share the cluster evenly.
    chores : sequence of str
        Further work of whoever holds the lease; see `dask_cluster.chores`.
    idle_exit_s : float, optional
        End `run` when the queue has been empty for so long; None stays for ever.
    """

    def __init__(
        self,
        catalog: Catalog,
        cluster_factory: Callable[[], ClusterHandle],
        *,
        holder: str | None = None,
        lease_s: float = 10.0,
        parallel_jobs: int = 4,
        chores: Sequence[str] = (),
        idle_exit_s: float | None = None,
    ) -> None:
        self._catalog = catalog
        self._identity = own_identity()
        self._holder = holder or holder_name(self._identity)
        self._lease_s = lease_s
        self._parallel_jobs = parallel_jobs
        self._chores = tuple(chores)
        self._idle_exit_s = idle_exit_s
        self._runs: dict[str, JobRun] = {}
        self._link = ClusterLink(cluster_factory, self._deliver)
        self._slots = 1

    def run(self, stop: threading.Event) -> None:
        """Take the lease, run the queue, and stand by again when it is lost, until `stop` is set or nothing is left."""
        try:
            while not stop.is_set():
                fence = take_lease(self._catalog, self._holder, self._identity, self._lease_s)
                if fence is None:
                    stop.wait(min(1.0, self._lease_s / 5))
                    continue
                duty = Duty(self._catalog, fence, self._link.facts)
                with Term(self._catalog, self._holder, fence, self._lease_s) as term, Chores(self._chores, duty):
                    if self._lead(term, stop):
                        return
        finally:
            self._link.close()

    def _lead(self, term: Term, stop: threading.Event) -> bool:
        """Run the queue for one term; True when there is nothing left to stay for."""
        ledger = Ledger(self._catalog, term.fence)
        keeping = Housekeeping(self._catalog)
        busy_at = time.monotonic()
        threading.Thread(target=self._warm_up, name="cluster-start", daemon=True).start()
        try:
            self._judge_left_running(ledger)
            while not stop.is_set() and not term.lost.is_set():
                if self._tick(ledger):
                    busy_at = time.monotonic()
                elif self._idle_exit_s is not None and time.monotonic() - busy_at > self._idle_exit_s:
                    return True
                keeping.turn()
                stop.wait(POLL_S)
        except FencedError:
            logger.warning("another coordinator has taken over; standing by")
            term.lost.set()
        finally:
            self._end_runs("abandon" if term.lost.is_set() else "hand_back")
        return False

    def _tick(self, ledger: Ledger) -> bool:
        """Look once at what was asked for; return whether any job is open."""
        for job_id in [job_id for job_id, run in self._runs.items() if run.ended]:
            del self._runs[job_id]
        try:
            open_jobs = ledger.open_jobs()
            for job in open_jobs:
                self._obey(ledger, job)
            if len(self._runs) < self._parallel_jobs and any(map(_may_start, open_jobs)):
                claimed = ledger.claim()
                if claimed is not None:
                    self._start(ledger, claimed)
        except FencedError:
            raise
        except CatalogError as error:
            logger.error("the queue could not be read or written: %s %s", error, error.hint)
            return True
        return bool(open_jobs) or bool(self._runs)

    def _obey(self, ledger: Ledger, job: Job) -> None:
        run = self._runs.get(job.id)
        if run is not None:
            if job.requested in _ASKS:
                run.ask(_ASKS[job.requested])
        elif job.requested == "cancel" and job.state != "running":
            ledger.stop(job.id, "cancelled")
        elif job.requested == "pause" and job.state == "queued":
            ledger.stop(job.id, "paused")

    def _start(self, ledger: Ledger, job: Job) -> None:
        self._runs[job.id] = run = JobRun(ledger, self._link, job, share=self._share)
        run.start()

    def _share(self) -> int:
        """Steps one job may have on the cluster: enough to keep it busy, divided evenly between the running jobs."""
        return max(1, -(-TASKS_PER_SLOT * self._slots // max(1, len(self._runs))))

    def _judge_left_running(self, ledger: Ledger) -> None:
        """Jobs that a dead coordinator left running go on, unless they are what keeps killing it."""
        for job in ledger.open_jobs():
            if job.state != "running":
                continue
            deaths = ledger.note_taken_over(job.id)
            if deaths >= MOST_DEATHS:
                ledger.fail(
                    job.id,
                    f"the coordinator died {deaths} times while it ran this job, and no step was finished in between",
                    "look at the memory of the machine and at the job's log; then retry the job",
                    "",
                )

    def _end_runs(self, ask: Ask) -> None:
        for run in self._runs.values():
            run.ask(ask)
        until = time.monotonic() + HAND_BACK_S
        for run in self._runs.values():
            run.join(max(0.0, until - time.monotonic()))
        self._runs.clear()

    def _warm_up(self) -> None:
        """Start the cluster while the first job is still being planned; a failure is told to the job that needs it."""
        try:
            self._slots = max(1, self._link.handle().slots)
        except Exception as error:
            logger.error("the cluster did not start: %s", error, exc_info=True)

    def _deliver(self, event: dict[str, Any]) -> None:
        run = self._runs.get(event["job"])
        if run is not None:
            run.tell(event)


def _may_start(job: Job) -> bool:
    return job.state == "running" or (job.requested == "run" and job.state in {"queued", "paused"})
