"""What a door does with jobs: put one in the queue, ask something of it, wait for it."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ValidationError
from sqlalchemy.orm import Session

from dask_cluster.errors import NoCoordinatorError, ParamsError, WaitTimeoutError
from dask_cluster.jobs.registry import get_kind
from data_catalog import Catalog, jobs, leases
from data_catalog.schema import Job

POLL_S = 0.1
NOBODY_FOR_S = 45.0
RETRIED = "retried; the steps it had finished are kept"

Requested = Literal["run", "pause", "cancel"]


def _nothing(_: Session) -> None:
    """What is done first where nothing is."""


def submit(
    catalog: Catalog,
    kind: str,
    params: Mapping[str, Any] | BaseModel,
    *,
    owner: str,
    first: Callable[[Session], object] = _nothing,
) -> Job:
    """Check the parameters and queue a job: one row, whoever runs the queue takes it from there.

    Parameters
    ----------
    first : callable
        Called in the same transaction before the job is added; what it raises keeps the job out.

    Raises
    ------
    UnknownKindError, ParamsError
        No such kind; a parameter is missing, unknown or out of range.
    """
    spec = get_kind(kind)
    checked = parse_params(kind, params)
    with catalog.write() as session:
        first(session)
        job = jobs.insert(session, kind, spec.describe(checked), checked.model_dump(mode="json"), owner, spec.unit)
        spec.submitted(session, job, checked)
        return job


def parse_params(kind: str, params: Mapping[str, Any] | BaseModel) -> BaseModel:
    """Return the validated parameters of a job of this kind, or raise `ParamsError` naming each that does not fit."""
    given = params.model_dump() if isinstance(params, BaseModel) else dict(params)
    model = get_kind(kind).Params
    try:
        return model.model_validate(given)
    except ValidationError as error:
        complaints = "; ".join(
            f"{'.'.join(map(str, item['loc'])) or 'parameters'}: {item['msg']}" for item in error.errors()
        )
        raise ParamsError(
            f"the parameters do not fit a job of kind {kind!r}: {complaints}",
            hint=f"its parameters are: {', '.join(model.model_fields)}",
        ) from error


def request(catalog: Catalog, job_id: str, requested: Requested, *, owner: str = "") -> Job:
    """Ask a job to pause, to run again after a pause, or to stop; the coordinator obeys within a second.

    Raises
    ------
    NotFoundError, ConflictError
        No such job; it has ended already.
    """
    with catalog.write() as session:
        return jobs.set_requested(session, job_id, requested, owner=owner or jobs.get(session, job_id).owner)


def retry(catalog: Catalog, job_id: str, *, owner: str = "", first: Callable[[Session], object] = _nothing) -> Job:
    """Queue a failed or cancelled job again; the steps it finished are kept. `first` as in `submit`.

    Raises
    ------
    NotFoundError, ConflictError
        No such job; it neither failed nor was cancelled.
    """
    with catalog.write() as session:
        first(session)
        job = jobs.requeue(session, job_id, owner=owner or jobs.get(session, job_id).owner)
        jobs.log(session, job_id, "info", RETRIED)
        return job


def wait(
    catalog: Catalog,
    job_id: str,
    timeout: float | None = None,
    on_progress: Callable[[Job], None] | None = None,
) -> Job:
    """Return the job when it is done, failed or cancelled.

    Parameters
    ----------
    timeout
        Seconds; None waits as long as someone runs the queue.
    on_progress
        Called with the row whenever it has changed.

    Raises
    ------
    WaitTimeoutError
        `timeout` passed; the job goes on.
    NoCoordinatorError
        Nobody has run the queue for 45 s, longer than any restart takes.
    """
    until = None if timeout is None else time.monotonic() + timeout
    someone_at = time.monotonic()
    shown: tuple[Any, ...] = ()
    while True:
        with catalog.read() as session:
            job = jobs.get(session, job_id)
            someone = leases.current(session, jobs.COORDINATOR) is not None
        seen = (job.state, job.done_units, job.total_units, job.message, job.eta_s)
        if on_progress is not None and seen != shown:
            on_progress(job)
            shown = seen
        if job.state in jobs.FINISHED:
            return job
        now = time.monotonic()
        someone_at = now if someone else someone_at
        if now - someone_at > NOBODY_FOR_S:
            raise NoCoordinatorError(
                f"job {job.title!r} is {job.state}, and nobody runs the queue of this data directory",
                hint="start 'pfd serve', or wait with 'pfd jobs wait', which runs it itself",
            )
        if until is not None and now >= until:
            raise WaitTimeoutError(
                f"job {job.title!r} is still {job.state} after {timeout:g} s ({job.done_units} of {job.total_units})",
                hint=f"it goes on; wait again with 'pfd jobs wait {job.id}'",
            )
        time.sleep(POLL_S)
