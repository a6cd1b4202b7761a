"""What a step sees on a worker, and the task that runs one there."""

import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from data_catalog.errors import CatalogError
from pipelines.errors import PipelineError

if TYPE_CHECKING:
    from data_catalog.store import ArtifactStore, FeatureStore, SignalStore

PROGRESS_TOPIC = "pfd-progress"
CHECK_INTERVAL_S = 0.1
PROGRESS_INTERVAL_S = 0.1

Request = Literal["pause", "cancel"]


class Interrupted(BaseException):
    """The job was asked to stop; raised by `WorkerContext.check`."""


class Paused(Interrupted):
    """Stop now, to be done again later."""


class Cancelled(Interrupted):
    """Stop now, for good."""


@dataclass
class WorkerContext:
    """What `JobKind.run` may use: the store, a question "shall I stop?", and ways to report.

    Made without Dask in the tests of a kind: ``WorkerContext(home=tmp_path)``.
    """

    home: Path
    job_id: str = ""
    step: str = ""
    ask: Callable[[], Request | None] = lambda: None
    emit: Callable[[dict[str, Any]], None] = lambda event: None
    _asked_at: float = field(default_factory=time.monotonic, repr=False)
    _told_at: float = field(default=0.0, repr=False)

    @cached_property
    def store(self) -> "SignalStore":
        """The signal store of the data directory."""
        from data_catalog.store import SignalStore

        return SignalStore(self.home / "store")

    @cached_property
    def feature_store(self) -> "FeatureStore":
        """The feature store of the data directory."""
        from data_catalog.store import FeatureStore

        return FeatureStore(self.home / "store" / "features")

    @cached_property
    def artifacts(self) -> "ArtifactStore":
        """The artifact store of the data directory."""
        from data_catalog.store import ArtifactStore

        return ArtifactStore(self.home / "artifacts")

    def check(self) -> None:
        """Raise `Paused` or `Cancelled` when the job was asked to stop; call it once per batch.

        Costs a clock reading most of the time: the scheduler is asked at most every 0.1 s.
        """
        now = time.monotonic()
        if now - self._asked_at < CHECK_INTERVAL_S:
            return
        self._asked_at = now
        request = self.ask()
        if request is not None:
            raise Cancelled if request == "cancel" else Paused

    def progress(self, units_done: float, message: str = "") -> None:
        """Report how many of the step's units are done; calls closer than 0.1 s are dropped."""
        now = time.monotonic()
        if now - self._told_at < PROGRESS_INTERVAL_S:
            return
        self._told_at = now
        self._send(units_done=float(units_done), message=message)

    def begin(self) -> None:
        """Say that the step is under way; for kinds that show their steps one by one."""
        self._send(told={})

    def measure(self, part: str, epoch: int, numbers: Mapping[str, float | None]) -> None:
        """Tell what was measured in an epoch of a part of the step; told again it replaces itself."""
        self._send(told={"part": part, "epoch": epoch, "numbers": dict(numbers)})

    def log(self, level: str, text: str) -> None:
        """Append a line to the job's log."""
        self._send(level=level, text=text)

    def _send(self, **event: Any) -> None:
        self.emit({"job": self.job_id, "step": self.step, "at": time.time(), **event})


@dataclass(frozen=True)
class Outcome:
    """How a step ended: its result, or why there is none."""

    status: Literal["done", "interrupted", "refused"]
    result: dict[str, Any] = field(default_factory=dict)
    message: str = ""
    hint: str = ""
    details: str = ""


@dataclass(frozen=True)
class StepOrder:
    """One step as it travels to a worker; `kind` carries the code by reference, so nothing need be registered there."""

    run: Callable[[dict[str, Any], WorkerContext], dict[str, Any]]
    payload: dict[str, Any]
    home: Path
    job_id: str
    step: str
    stop_name: str


def run_step(order: StepOrder) -> Outcome:
    """Run one step as a Dask task.

    An error that our own packages raise on purpose comes back as `refused`: trying again would not help. Anything else
    is raised, and Dask tries again.
    """
    from distributed import Event, get_client, get_worker

    def ask() -> Request | None:
        client = get_client()
        if not Event(order.stop_name, client=client).is_set():
            return None
        return "cancel" if Event(f"{order.stop_name}-cancel", client=client).is_set() else "pause"

    emit = get_worker().log_event
    context = WorkerContext(order.home, order.job_id, order.step, ask, lambda event: emit(PROGRESS_TOPIC, event))
    try:
        return Outcome("done", order.run(order.payload, context))
    except Interrupted:
        return Outcome("interrupted")
    except (CatalogError, PipelineError) as error:
        return Outcome("refused", message=str(error), hint=error.hint, details=traceback.format_exc())
