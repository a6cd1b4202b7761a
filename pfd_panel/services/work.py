"""Submit, watch and control jobs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal

from sqlalchemy.orm import Session

from dask_cluster.ensure import ensure_coordinator
from dask_cluster.jobs import get_kind, kind_names, load_job_file, request, retry, submit, wait
from data_catalog import glimpse, jobs, privacy
from data_catalog.schema import Job, JobEvent
from pfd_panel.errors import RequestError
from pfd_panel.limits.quotas import require_room
from pfd_panel.services import reach
from pfd_panel.services.context import Context

TRAINING = "train_model"
REQUESTS: Final[Mapping[str, Literal["pause", "run", "cancel"]]] = {"pause": "pause", "run": "run", "cancel": "cancel"}


def start(context: Context, kind: str, params: Mapping[str, Any]) -> Job:
    """Queue a job of `kind` and return its row at once.

    Raises
    ------
    NotAllowedError
        The parameters name a path that the user may not have read.
    QuotaError
        The user has as many trainings under way as one may have.
    """
    context.require("work")
    if "path" in params:
        params = {**params, "path": str(reach.readable(context, str(params["path"])))}
    with context.read() as session:
        privacy.require_nameable(session, params)
    return submit(context.catalog, kind, params, owner=context.user.name, first=_room(context, kind, context.user.name))


def start_file(context: Context, path: Path) -> Job:
    """Queue the job that a YAML file describes."""
    kind, params = load_job_file(reach.readable(context, path))
    return start(context, kind, params)


def run(
    context: Context, kind: str, params: Mapping[str, Any], *, on_progress: Callable[[Job], None] | None = None
) -> Job:
    """Queue a job and wait until it has ended, starting a coordinator for that long if none runs."""
    job = start(context, kind, params)
    return finish(context, job.id, on_progress=on_progress)


def finish(
    context: Context, job_id: str, *, timeout_s: float | None = None, on_progress: Callable[[Job], None] | None = None
) -> Job:
    """Wait for a job, starting a coordinator for that long if none runs."""
    get(context, job_id)
    with ensure_coordinator(context.catalog, context.cluster):
        return wait(context.catalog, job_id, timeout=timeout_s, on_progress=on_progress)


def get(context: Context, job_id: str) -> Job:
    """One job by id, or by the beginning of its id if only one begins so."""
    context.require("read")
    with context.read() as session:
        job = jobs.find(session, job_id)
    return glimpse.brought_up_to_date(context.catalog.home, job)


def news(context: Context, job_id: str) -> Callable[[], object]:
    """A function whose answer changes with every report of the job while it runs; asking it costs next to nothing."""
    return partial(glimpse.mark, context.catalog.home, get(context, job_id).id)


def page(
    context: Context,
    *,
    states: tuple[str, ...] = (),
    kinds: tuple[str, ...] = (),
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[Job], int]:
    """Jobs, newest first, and how many there are in all."""
    context.require("read")
    with context.read() as session:
        return jobs.page(session, states=states, kinds=kinds, offset=offset, limit=limit)


def events(context: Context, job_id: str, *, after_id: int = 0, limit: int = 500) -> list[JobEvent]:
    """The lines of a job's log after `after_id`."""
    context.require("read")
    with context.read() as session:
        return jobs.events(session, job_id, after_id=after_id, limit=limit)


def whole_log(context: Context, job_id: str) -> list[JobEvent]:
    """Every line of a job's log."""
    found: list[JobEvent] = []
    while more := events(context, job_id, after_id=found[-1].id if found else 0):
        found.extend(more)
    return found


def control(context: Context, job_id: str, what: str) -> Job:
    """Ask for ``pause``, ``run`` (resume) or ``cancel``; the coordinator acts on it within a second."""
    context.require("work")
    if what not in REQUESTS:
        raise RequestError(f"a job cannot be asked to {what!r}", hint=f"It can be asked to {', '.join(REQUESTS)}.")
    request(context.catalog, get(context, job_id).id, REQUESTS[what], owner=context.user.name)
    return get(context, job_id)


def again(context: Context, job_id: str) -> Job:
    """Queue a failed or cancelled job once more; committed steps are not repeated.

    Raises
    ------
    QuotaError
        The owner of the job has as many trainings under way as one may have.
    """
    context.require("work")
    job = get(context, job_id)
    return retry(context.catalog, job.id, owner=context.user.name, first=_room(context, job.kind, job.owner))


def _room(context: Context, kind: str, owner: str) -> Callable[[Session], None]:
    """Asks, in the transaction that queues a job, whether its owner may have another."""

    def ask(session: Session) -> None:
        if kind == TRAINING:
            require_room(session, owner, TRAINING, context.cluster.trainings_per_user)

    return ask


@dataclass(frozen=True)
class Counts:
    """How many jobs there are of each state and of each kind."""

    states: dict[str, int]
    kinds: dict[str, int]


def counts(context: Context) -> Counts:
    """How many jobs there are, by state and by kind."""
    context.require("read")
    with context.read() as session:
        return Counts(*jobs.counts(session))


def stamp(context: Context) -> str:
    """Changes whenever a job does: a cheap question to ask twice a second."""
    context.require("read")
    with context.read() as session:
        return jobs.stamp(session)


def kinds() -> dict[str, str]:
    """Titles of the kinds of job, by name."""
    return {name: get_kind(name).title for name in kind_names()}
