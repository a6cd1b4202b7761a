"""What a kind of job must say about itself, and what the coordinator hands it."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from dask_cluster.jobs.worker import WorkerContext
    from data_catalog import Catalog
    from data_catalog.schema import Job


class JobParams(BaseModel):
    """Base of the parameters of a kind: an unknown name is an error, not silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class Step:
    """The unit of durability: done and committed as a whole, or done again.

    Attributes
    ----------
    key : str
        Unique in the plan and the same whenever the plan is computed.
    payload : dict
        What `JobKind.run` gets; small (the worker reads signals from the store itself).
    units : int
        How much of the job this step is, in units of `JobKind.unit`.
    resources : mapping
        What a worker must have free, as ``{"GPU": 1}`` or ``{"MEMORY": 2e9}`` in bytes; nothing means any worker.
    """

    key: str
    payload: dict[str, Any]
    units: int = 1
    resources: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """The steps of a job, in the order in which they are committed.

    Parallel steps run side by side and still commit in this order, so that what a job leaves behind does not depend on
    which worker was faster. `parallel=False` runs one after the other.
    """

    steps: Sequence[Step]
    parallel: bool = True

    def __post_init__(self) -> None:
        repeated = [key for key, count in Counter(step.key for step in self.steps).items() if count > 1]
        if repeated:
            raise ValueError(f"step keys must be unique in a plan; {repeated[0]!r} appears more than once")

    @property
    def units(self) -> int:
        """Units of the whole job."""
        return sum(step.units for step in self.steps)


@dataclass(frozen=True)
class JobContext:
    """What a kind may use on the coordinator.

    Attributes
    ----------
    catalog : Catalog
        The open catalog; use the session given to `commit` and `finish` inside those.
    job_id, owner : str
        The row and who submitted it.
    params : JobParams
        Parsed and validated, an instance of the kind's `Params`.
    log : callable
        ``log(level, text)`` appends a line to the job's log.
    step_results : callable
        ``step_results(session)`` returns what `commit` returned for each committed step, by key, in the
        order of commit.
    check : callable
        Raises `Interrupted` when the job was asked to stop; call it in a plan that takes long.
    """

    catalog: "Catalog"
    job_id: str
    owner: str
    params: Any
    log: Callable[[str, str], None]
    step_results: Callable[[Session], dict[str, dict[str, Any]]]
    check: Callable[[], None] = lambda: None


class JobKind(ABC):
    """One kind of long work: one module of `dask_cluster.kinds`, named as the kind, registered by `register`.

    Keep the module's own imports light (a door imports it to submit); import what computes inside `run`.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    unit: ClassVar[str] = "step"
    Params: ClassVar[type[BaseModel]]

    def submitted(self, session: Session, job: "Job", params: Any) -> None:  # noqa: B027 - most kinds have nothing to add
        """Add what belongs to a job from its beginning, in the transaction that queues it."""

    @abstractmethod
    def plan(self, context: JobContext) -> Plan:
        """Return the steps; called again after a crash or a pause, so equal inputs must give equal keys."""

    @staticmethod
    @abstractmethod
    def run(payload: dict[str, Any], worker: "WorkerContext") -> dict[str, Any]:
        """Do one step on a worker: read the store, compute, write segments; no SQL; call `worker.check` per batch."""

    @abstractmethod
    def commit(
        self, session: Session, context: JobContext, step: Step, result: dict[str, Any]
    ) -> dict[str, Any] | None:
        """Record the effect of a step, in the transaction that also records the step.

        What is returned (small, JSON) is kept with the step and handed to `finish`.
        """

    def hear(  # noqa: B027 - most kinds measure nothing
        self, session: Session, context: JobContext, step: str, told: Sequence[Mapping[str, Any]]
    ) -> None:
        """Record what a step told by `worker.begin` and `measure`, in order; it may be told again after a death."""

    def finish(self, session: Session, context: JobContext) -> dict[str, Any]:
        """Seal what the steps made, in the transaction that ends the job; the return value is the job's result."""
        return {}

    def describe(self, params: Any) -> str:
        """Return the job's title for people, as "Import 12 files into CWRU"."""
        return self.title
