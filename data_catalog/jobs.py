"""Jobs as rows: doors insert them and set what is requested, the one coordinator does the rest under its fence."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from data_catalog import audit, experiment_states, leases
from data_catalog.batches import changed
from data_catalog.errors import CatalogError, ConflictError, NotFoundError
from data_catalog.schema import Dataset, Job, JobEvent, JobStep, utc_now

COORDINATOR = "coordinator"
"""Name of the lease whose fencing number every coordinator write must carry."""

STATES = ("queued", "running", "paused", "done", "failed", "cancelled")
FINISHED = frozenset({"done", "failed", "cancelled"})
REQUESTS = ("run", "pause", "cancel")


class JobPage(NamedTuple):
    """One slice of the jobs asked for, newest first; `total` counts all of them."""

    rows: list[Job]
    total: int


def insert(session: Session, kind: str, title: str, params: Mapping[str, Any], owner: str, unit: str) -> Job:
    """Queue a job."""
    dataset, model = (str(params.get(name) or "") for name in ("dataset", "model"))
    model = model or " ".join(map(str, params.get("models") or ()))
    living = select(Dataset.id).where(Dataset.deleted_at.is_(None), or_(Dataset.id == dataset, Dataset.name == dataset))
    job = Job(
        kind=kind,
        title=title,
        params=dict(params),
        dataset_id=session.scalar(living.limit(1)),
        dataset_name=dataset,
        model_name=model,
        owner=owner,
        unit=unit,
    )
    session.add(job)
    session.flush()
    audit.record(session, owner, "submit", "job", job.id, {"kind": kind, "title": title})
    session.flush()
    return job


def get(session: Session, job_id: str) -> Job:
    """One job.

    Raises
    ------
    NotFoundError
        No job has that id.
    """
    job = session.get(Job, job_id, populate_existing=True)
    if job is None:
        raise NotFoundError(f"no job has the id {job_id!r}", hint="see the list of jobs")
    return job


def find(session: Session, beginning: str) -> Job:
    """One job by its id, or by the first characters of it, as lists show them.

    Raises
    ------
    NotFoundError
        No id begins so, or several do.
    """
    here = session.scalars(select(Job).where(Job.id.startswith(beginning, autoescape=True)).limit(2)).all()
    if len(here) != 1 or not beginning:
        found = "several jobs have an id" if len(here) > 1 else "no job has an id"
        raise NotFoundError(f"{found} that begins with {beginning!r}", hint="see the list of jobs")
    return here[0]


def page(
    session: Session,
    states: Sequence[str] = (),
    kinds: Sequence[str] = (),
    offset: int = 0,
    limit: int = 50,
) -> JobPage:
    """Jobs in these states and of these kinds (all, if none is named), newest first."""
    conditions = [column.in_(values) for column, values in ((Job.state, states), (Job.kind, kinds)) if values]
    total = session.scalar(select(func.count()).select_from(Job).where(*conditions)) or 0
    rows = session.scalars(
        select(Job).where(*conditions).order_by(Job.created_at.desc(), Job.id).offset(offset).limit(limit)
    )
    return JobPage(list(rows), total)


def about_model(session: Session, kind: str, model_id: str, *, limit: int) -> list[Job]:
    """Jobs of a kind whose parameters name a model by its id, alone or among others, newest first."""
    named = Job.model_name.contains(model_id, autoescape=True)
    newest = select(Job).where(Job.kind == kind, named).order_by(Job.created_at.desc(), Job.id).limit(limit)
    return list(session.scalars(newest))


def counts(session: Session) -> tuple[dict[str, int], dict[str, int]]:
    """How many jobs there are of each state, and of each kind."""

    def by(column: InstrumentedAttribute[str]) -> dict[str, int]:
        return {value: number for value, number in session.execute(select(column, func.count()).group_by(column))}  # noqa: C416 - a row is not a pair to mypy

    return by(Job.state), by(Job.kind)


def stamp(session: Session) -> str:
    """A text that differs whenever a job was added, moved, steered or ended."""
    total, beat, ended = session.execute(
        select(func.count(), func.max(Job.heartbeat_at), func.max(Job.finished_at)).select_from(Job)
    ).one()
    open_jobs = session.execute(
        select(Job.id, Job.state, Job.requested, Job.done_units).where(Job.state.not_in(FINISHED)).order_by(Job.id)
    )
    return f"{total} {beat} {ended} {[tuple(row) for row in open_jobs]}"


def set_requested(session: Session, job_id: str, requested: str, *, owner: str) -> Job:
    """Ask for a job to run, pause or stop; the coordinator obeys at its next look.

    Raises
    ------
    NotFoundError, ConflictError
        No such job; it has finished already.
    """
    if requested not in REQUESTS:
        raise CatalogError(f"a job cannot be asked to {requested!r}; known: {', '.join(REQUESTS)}")
    job = _locked(session, job_id)
    if job.state in FINISHED:
        raise ConflictError(f"job {job.title!r} is {job.state} already", hint="retry it, or submit it again")
    job.requested = requested
    audit.record(session, owner, requested, "job", job.id)
    session.flush()
    return job


def requeue(session: Session, job_id: str, *, owner: str) -> Job:
    """Queue a job again that failed or was cancelled; its committed steps stay and are not done twice.

    Raises
    ------
    NotFoundError, ConflictError
        No such job; it did not fail and was not cancelled.
    """
    job = _locked(session, job_id)
    if job.state not in {"failed", "cancelled"}:
        raise ConflictError(f"job {job.title!r} is {job.state}; only a failed or cancelled job can be retried")
    job.state, job.requested, job.error, job.finished_at, job.message = "queued", "run", None, None, ""
    audit.record(session, owner, "retry", "job", job.id)
    session.flush()
    experiment_states.follow(session, job.id)
    return job


def claim_next(session: Session, fence: int) -> Job | None:
    """Start the next job: one that an earlier coordinator left running first, then the oldest that may run.

    Requests to cancel or pause a job that is not running are carried out here, because nothing has to stop for them.

    Raises
    ------
    FencedError
        Another coordinator has taken over.
    """
    leases.require(session, COORDINATOR, fence)
    _settle(session, fence)
    left_running = and_(Job.state == "running", Job.fence != fence)
    may_run = and_(Job.state.in_(("queued", "paused")), Job.requested == "run")
    job = session.scalars(
        select(Job)
        .where(or_(left_running, may_run))
        .order_by((Job.state == "running").desc(), Job.created_at, Job.id)
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if job is None:
        return None
    now = utc_now()
    job.state, job.fence, job.attempt, job.heartbeat_at = "running", fence, job.attempt + 1, now
    job.started_at = job.started_at or now
    session.flush()
    experiment_states.follow(session, job.id)
    return job


def set_state(
    session: Session,
    job_id: str,
    state: str,
    *,
    fence: int,
    message: str | None = None,
    result: Mapping[str, Any] | None = None,
    error: Mapping[str, Any] | None = None,
) -> Job:
    """Change the state of a job; a finished one gets its time and no ETA.

    Raises
    ------
    FencedError, NotFoundError
        Another coordinator has taken over; no such job.
    """
    if state not in STATES:
        raise CatalogError(f"a job has no state {state!r}; known: {', '.join(STATES)}")
    leases.require(session, COORDINATOR, fence)
    job = _locked(session, job_id)
    job.state, job.fence, job.heartbeat_at = state, fence, utc_now()
    if message is not None:
        job.message = message
    if result is not None:
        job.result = dict(result)
    if error is not None or state == "done":
        job.error = dict(error) if error is not None else None
    if state in FINISHED:
        job.finished_at, job.eta_s = utc_now(), None
    session.flush()
    experiment_states.follow(session, job_id)
    return job


def add_progress(
    session: Session, job_id: str, done: int, total: int, message: str, eta: float | None, fence: int
) -> None:
    """Say how far a job has come: `done` of `total` units, and the seconds it may still take.

    Raises
    ------
    FencedError
        Another coordinator has taken over.
    """
    leases.require(session, COORDINATOR, fence)
    changed(
        session,
        update(Job)
        .where(Job.id == job_id)
        .values(done_units=done, total_units=total, message=message, eta_s=eta, heartbeat_at=utc_now()),
    )


def steps_done(session: Session, job_id: str) -> set[str]:
    """Keys of the steps whose effect is committed."""
    return set(session.scalars(select(JobStep.key).where(JobStep.job_id == job_id)))


def step_results(session: Session, job_id: str) -> dict[str, dict[str, Any]]:
    """What each committed step returned, by its key, in the order they were committed."""
    rows = session.execute(
        select(JobStep.key, JobStep.result).where(JobStep.job_id == job_id).order_by(JobStep.created_at, JobStep.key)
    )
    return {key: result for key, result in rows}  # noqa: C416 - a row is not a pair to mypy


def add_step(session: Session, job_id: str, key: str, units: int, result: Mapping[str, Any], fence: int) -> None:
    """Note a step as done, in the transaction of its effect.

    Raises
    ------
    FencedError
        Another coordinator has taken over.
    ConflictError
        The step was committed before, so its effect must not be committed again.
    """
    leases.require(session, COORDINATOR, fence)
    if session.get(JobStep, (job_id, key)) is not None:
        raise ConflictError(f"step {key!r} of job {job_id!r} is committed already")
    session.add(JobStep(job_id=job_id, key=key, units=units, result=dict(result)))
    session.flush()


def log(session: Session, job_id: str, level: str, text: str) -> None:
    """Add a line to a job's log; `level` as in `logging`, in small letters."""
    session.add(JobEvent(job_id=job_id, level=level, text=text))
    session.flush()


def events(session: Session, job_id: str, after_id: int = 0, limit: int = 500) -> list[JobEvent]:
    """Lines of a job's log after the line `after_id`, oldest first."""
    rows = session.scalars(
        select(JobEvent).where(JobEvent.job_id == job_id, JobEvent.id > after_id).order_by(JobEvent.id).limit(limit)
    )
    return list(rows)


def _settle(session: Session, fence: int) -> None:
    now = utc_now()
    waiting = Job.state.in_(("queued", "paused"))
    for condition, values in (
        (and_(waiting, Job.requested == "cancel"), {"state": "cancelled", "finished_at": now, "eta_s": None}),
        (and_(Job.state == "queued", Job.requested == "pause"), {"state": "paused"}),
    ):
        if changed(session, update(Job).where(condition).values(fence=fence, heartbeat_at=now, **values)):
            experiment_states.follow(session)


def _locked(session: Session, job_id: str) -> Job:
    job = session.scalars(
        select(Job).where(Job.id == job_id).with_for_update().execution_options(populate_existing=True)
    ).first()
    return job if job is not None else get(session, job_id)
