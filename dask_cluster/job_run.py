"""One running job: planned, computed on the cluster, committed step by step, stopped when asked."""

import logging
import queue
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dask.utils import format_bytes
from distributed import CancelledError, Future, KilledWorker
from distributed.client import ClosedClientError

from dask_cluster import logs
from dask_cluster.cluster import ClusterHandle
from dask_cluster.cluster_link import ClusterLink, raise_flag
from dask_cluster.errors import ClusterError, JobFailedError
from dask_cluster.jobs.kind import JobContext, JobKind, Plan, Step
from dask_cluster.jobs.registry import get_kind
from dask_cluster.jobs.worker import Cancelled, Interrupted, Outcome, Paused, StepOrder, run_step
from dask_cluster.ledger import Ledger
from dask_cluster.progress import Rate, Throttle
from dask_cluster.step_window import StepWindow
from data_catalog import jobs
from data_catalog.errors import CatalogError, FencedError
from data_catalog.schema import Job
from pipelines.errors import PipelineError

logger = logging.getLogger(__name__)

RETRIES = 2
PROGRESS_WRITE_S = 0.5
TICK_S = 0.25
STOP_WAIT_S = 0.6
LOG_EVERY_S = 5.0

_LOST = (OSError, TimeoutError, ClosedClientError, CancelledError)
"""What fetching a result raises when scheduler, worker or client went away meanwhile."""

Ask = Literal["pause", "cancel", "hand_back", "abandon"]


@dataclass(frozen=True)
class _Arrival:
    """A future that ended, and the cluster it ran on."""

    step: Step
    future: Future
    handle: ClusterHandle


class JobRun:
    """Runs one job in a thread of its own until it ends, is asked to stop, or the fence is gone.

    Parameters
    ----------
    ledger : Ledger
        All writes go through it and carry the coordinator's fence.
    link : ClusterLink
        The cluster.
    job : Job
        A claimed row, state ``running``.
    share : callable
        How many steps this job may have on the cluster now.
    """

    def __init__(self, ledger: Ledger, link: ClusterLink, job: Job, *, share: Callable[[], int]) -> None:
        self.job_id = job.id
        self._job = job
        self._ledger = ledger
        self._link = link
        self._share = share
        self._inbox: queue.SimpleQueue[_Arrival | dict[str, Any] | None] = queue.SimpleQueue()
        self._futures: dict[str, _Arrival] = {}
        self._asked: Ask | None = None
        self._stop_name = f"pfd-stop-{job.id}-{uuid.uuid4().hex[:8]}"
        self._window: StepWindow | None = None
        self._message = ""
        self._shown_units = 0.0
        self._told: tuple[int, int, float | None, str] | None = None
        self._rate = Rate()
        self._throttle = Throttle(PROGRESS_WRITE_S)
        self._thread = threading.Thread(target=self._guarded, name=f"job-{job.id[:8]}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    @property
    def ended(self) -> bool:
        """Whether the thread is through; the row then says how."""
        return not self._thread.is_alive()

    def join(self, timeout: float) -> None:
        """Wait for the thread."""
        self._thread.join(timeout)

    def ask(self, what: Ask) -> None:
        """Ask the job to stop; a stronger wish replaces a weaker one, and asking twice changes nothing."""
        if self._asked != what:
            self._asked = what
            self._inbox.put(None)

    def tell(self, event: dict[str, Any]) -> None:
        """Hand over an event that one of this job's steps sent."""
        self._inbox.put(event)

    # -- the thread ------------------------------------------------------------------------------------------------

    def _guarded(self) -> None:
        logs.job_id.set(self.job_id)
        try:
            self._execute()
        except FencedError:
            logger.warning("job %s: another coordinator has taken over, nothing more is written", self.job_id)
            self._stop_steps()
        except Interrupted:
            self._end_interrupted()
        except Exception as error:
            logger.exception("job %s failed", self.job_id)
            self._stop_steps()
            self._end_failed(error)
        finally:
            self._ledger.end_glimpse(self.job_id)

    def _execute(self) -> None:
        kind = get_kind(self._job.kind)
        context = JobContext(
            catalog=self._ledger.catalog,
            job_id=self.job_id,
            owner=self._job.owner,
            params=kind.Params.model_validate(self._job.params),
            log=lambda level, text: self._ledger.log(self.job_id, level, text),
            step_results=lambda session: jobs.step_results(session, self.job_id),
            check=self._check,
        )
        plan = kind.plan(context)
        self._check()
        window = self._window = StepWindow(plan, self._ledger.committed_steps(self.job_id))
        self._shown_units = window.committed_units
        self._ledger.begin(self.job_id, total_units=plan.units, done_units=window.committed_units)
        if window.committed_units:
            context.log("info", f"continues after {window.committed_units} of {plan.units} {kind.unit}s")
        else:
            context.log("info", f"{plan.units} {kind.unit}s planned in {len(plan.steps)} steps")
        told_at = time.monotonic()
        while not window.done:
            self._check()
            self._fill(window, plan)
            self._absorb(window, kind, context)
            self._commit(window, kind, context)
            self._publish(window)
            if time.monotonic() - told_at >= LOG_EVERY_S:
                told_at = time.monotonic()
                context.log("info", f"{window.committed_units} of {plan.units} {kind.unit}s stored")
        context.log("info", f"all {plan.units} {kind.unit}s stored")
        self._ledger.finish(self.job_id, plan.units, lambda session: kind.finish(session, context))

    def _check(self) -> None:
        if self._asked is not None:
            raise Cancelled if self._asked == "cancel" else Paused

    def _fill(self, window: StepWindow, plan: Plan) -> None:
        while window.in_flight < self._share() and (step := window.take()) is not None:
            handle = self._link.handle()
            resources = _askable(step, handle)
            _refuse_impossible(step, resources, handle)
            order = StepOrder(
                get_kind(self._job.kind).run, step.payload, self._ledger.catalog.home, self.job_id, step.key,
                self._stop_name,
            )  # fmt: skip
            future = handle.client.submit(
                run_step,
                order,
                key=f"{self._job.kind}-{step.key}-{uuid.uuid4().hex}",
                pure=False,
                retries=RETRIES,
                resources=resources or None,
            )
            arrival = _Arrival(step, future, handle)
            self._futures[step.key] = arrival
            future.add_done_callback(lambda _, arrival=arrival: self._inbox.put(arrival))

    def _absorb(self, window: StepWindow, kind: JobKind, context: JobContext) -> None:
        """Take in everything that has happened, waiting a moment when nothing has."""
        arrivals, told = [], []
        for item in self._drain():
            if isinstance(item, _Arrival):
                arrivals.append(item)
            elif item is not None and "told" in item:
                told.append((item["step"], item["told"]))
            elif item is not None:
                self._hear(window, item)
        if told:
            self._ledger.hear(kind, context, told)
        for arrival in arrivals:
            if self._futures.get(arrival.step.key) is arrival:
                self._take_in(window, arrival)

    def _drain(self) -> list[_Arrival | dict[str, Any] | None]:
        try:
            items = [self._inbox.get(timeout=TICK_S)]
        except queue.Empty:
            return []
        while not self._inbox.empty():
            items.append(self._inbox.get_nowait())
        return items

    def _hear(self, window: StepWindow, event: dict[str, Any]) -> None:
        if "text" in event:
            self._ledger.log(self.job_id, event["level"], event["text"])
        else:
            window.report(event["step"], event["units_done"])
            self._message = event["message"] or self._message

    def _take_in(self, window: StepWindow, arrival: _Arrival) -> None:
        del self._futures[arrival.step.key]
        key, future = arrival.step.key, arrival.future
        if future.status == "finished":
            try:
                outcome: Outcome = future.result(timeout=30)
            except _LOST as error:
                logger.info("step %s: its result was lost on the way: %s", key, error)
                self._link.lost(arrival.handle)
                window.put_back(key)
                return
            self._link.worked()
            self._weigh(window, arrival.step, outcome)
        elif future.status == "error":
            raise _explained(key, future)
        else:  # cancelled or lost: not by us, so its scheduler is gone
            self._link.lost(arrival.handle)
            window.put_back(key)

    def _weigh(self, window: StepWindow, step: Step, outcome: Outcome) -> None:
        if outcome.status == "done":
            window.finish(step.key, outcome.result)
        elif outcome.status == "interrupted":
            window.put_back(step.key)
        else:
            self._ledger.log(self.job_id, "debug", outcome.details)
            raise JobFailedError(outcome.message, hint=outcome.hint)

    def _commit(self, window: StepWindow, kind: JobKind, context: JobContext) -> None:
        ready = window.ready()
        if ready:
            self._ledger.commit_steps(kind, context, ready)
        for step, _ in ready:
            window.commit(step.key)

    def _publish(self, window: StepWindow) -> None:
        self._shown_units = max(self._shown_units, window.done_units)
        self._rate.add(self._shown_units)
        told = (int(self._shown_units), window.total_units, self._rate.remaining_s(window.total_units), self._message)
        if told != self._told:
            self._told = told
            self._ledger.glimpse(self.job_id, *told)
        if self._throttle.ready():
            self._ledger.progress(self.job_id, *told)

    # -- the ends --------------------------------------------------------------------------------------------------

    def _stop_steps(self) -> None:
        """Tell the running steps to stop, and wait a moment for those that listen."""
        running = [arrival for arrival in self._futures.values() if not arrival.future.done()]
        if not running:
            return
        handle = running[0].handle
        if self._asked == "cancel":
            raise_flag(handle, f"{self._stop_name}-cancel")
        raise_flag(handle, self._stop_name)
        until = time.monotonic() + STOP_WAIT_S
        while time.monotonic() < until and not all(arrival.future.done() for arrival in running):
            time.sleep(0.01)
        if handle.alive:
            handle.client.cancel([arrival.future for arrival in running])
        self._futures.clear()

    def _end_interrupted(self) -> None:
        self._stop_steps()
        states = {"pause": "paused", "cancel": "cancelled", "hand_back": "queued"}
        if self._asked in states:
            self._write_end(lambda: self._ledger.stop(self.job_id, states[str(self._asked)]))

    def _end_failed(self, error: Exception) -> None:
        details = "".join(traceback.format_exception(error))
        if isinstance(error, (CatalogError, PipelineError, ClusterError)):
            message, hint = str(error), error.hint
        else:
            message = f"the job stopped at an unexpected {type(error).__name__}: {error}"
            hint = "the job's log has the traceback; when the cause is gone, retry the job: finished steps are kept"
        self._write_end(lambda: self._ledger.fail(self.job_id, message, hint, details))

    def _write_end(self, write: Callable[[], None]) -> None:
        """Write the last state, again and again while the disk refuses: a job must not end without a word."""
        while self._asked != "abandon":
            try:
                write()
            except FencedError:
                return
            except Exception:
                logger.exception("job %s: its end could not be written, trying again", self.job_id)
                time.sleep(2.0)
            else:
                return


def _askable(step: Step, handle: ClusterHandle) -> dict[str, float]:
    """What to ask of a worker: memory only where workers say how much they have, or the step would wait for ever."""
    known = handle.offers or {}
    return {name: amount for name, amount in step.resources.items() if name != "MEMORY" or name in known}


def _refuse_impossible(step: Step, resources: Mapping[str, float], handle: ClusterHandle) -> None:
    """A step that no worker can take would wait for ever."""
    if handle.offers is None:
        return
    for name, amount in resources.items():
        offered = handle.offers.get(name, 0.0)
        if amount <= offered:
            continue
        if name == "MEMORY":
            raise JobFailedError(
                f"step {step.key!r} needs about {format_bytes(amount)} of memory, and the largest worker has "
                f"{format_bytes(offered)}",
                hint="allow each worker more (PFD_MEMORY_LIMIT), or run fewer of them (PFD_WORKERS), "
                "then retry the job: finished steps are kept",
            )
        raise JobFailedError(
            f"step {step.key!r} needs {amount:g} {name}, and no worker offers more than {offered:g}",
            hint="run it on a cluster that has it (PFD_SCHEDULER), or choose a setting that needs less",
        )


def _explained(key: str, future: Future) -> Exception:
    error = future.exception()
    if isinstance(error, KilledWorker):
        return JobFailedError(
            f"the worker process died each time it ran step {key!r}, most often because memory ran out",
            hint="use fewer workers (PFD_WORKERS) or allow each more memory (PFD_MEMORY_LIMIT), then retry the job",
        )
    failure = JobFailedError(
        f"step {key!r} failed {RETRIES + 1} times: {type(error).__name__}: {error}",
        hint="the job's log has the traceback; when the cause is gone, retry the job: finished steps are kept",
    )
    failure.__cause__ = error
    return failure
