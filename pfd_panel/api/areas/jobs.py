"""Jobs: long work that goes on by itself; list, watch and control it."""

from typing import Any, Literal

from pydantic import Field

from data_catalog.schema import Job, JobEvent
from pfd_panel.api.cursors import newest_first
from pfd_panel.api.operation import operation
from pfd_panel.api.requests import Asked, Count, Limit, Name, Nothing, Paged, Word
from pfd_panel.api.wire import Page
from pfd_panel.services import work
from pfd_panel.services.context import Context
from pfd_panel.services.work import Counts

State = Literal["queued", "running", "paused", "done", "failed", "cancelled"]


class JobList(Paged):
    """Which jobs."""

    state: tuple[State, ...] = Field((), max_length=6, description="Only jobs in these states.")
    kind: tuple[Word, ...] = Field((), max_length=20, description="Only jobs of these kinds.")


class OfJob(Asked):
    """Which job."""

    job: Name = Field(description="Id of a job, or the beginning of one.")


class LogRequest(OfJob):
    """Which lines."""

    after: Count = Field(0, description="Id of the last line that is known.")
    limit: Limit = 500


class Submission(Asked):
    """A job of any kind."""

    kind: Word
    params: dict[str, Any] = Field(default={}, max_length=100)


@operation("GET", "/jobs", right="read", offers=work.page)
def list_jobs(context: Context, asked: JobList) -> Page[Job]:
    """Jobs, newest first."""

    def fetch(offset: int, limit: int) -> tuple[list[Job], int]:
        return work.page(context, states=asked.state, kinds=asked.kind, offset=offset, limit=limit)

    return newest_first(asked.cursor, asked.limit, asked.about(), fetch)


@operation("GET", "/jobs/{job}", right="read", offers=work.get)
def get_job(context: Context, asked: OfJob) -> Job:
    """One job: its state, how far it is, its result or error."""
    return work.get(context, asked.job)


@operation("GET", "/jobs/{job}/log", right="read", offers=work.events)
def get_log(context: Context, asked: LogRequest) -> list[JobEvent]:
    """The lines of a job's log after one that is known."""
    return work.events(context, work.get(context, asked.job).id, after_id=asked.after, limit=asked.limit)


@operation("POST", "/jobs/{job}/cancel", right="work", offers=work.control)
def cancel_job(context: Context, asked: OfJob) -> Job:
    """Ask a job to stop for good; it does within a second or so."""
    return work.control(context, work.get(context, asked.job).id, "cancel")


@operation("POST", "/jobs/{job}/pause", right="work", offers=work.control)
def pause_job(context: Context, asked: OfJob) -> Job:
    """Ask a job to pause."""
    return work.control(context, work.get(context, asked.job).id, "pause")


@operation("POST", "/jobs/{job}/resume", right="work", offers=work.control)
def resume_job(context: Context, asked: OfJob) -> Job:
    """Ask a paused job to go on."""
    return work.control(context, work.get(context, asked.job).id, "run")


@operation("POST", "/jobs/{job}/retry", right="work", offers=work.again)
def retry_job(context: Context, asked: OfJob) -> Job:
    """Queue a failed or cancelled job once more; committed steps are not repeated."""
    return work.again(context, work.get(context, asked.job).id)


@operation("POST", "/jobs", right="administer", offers=work.start, example={"kind": "selftest", "params": {}})
def submit_job(context: Context, asked: Submission) -> Job:
    """Queue a job of any kind; its parameters may name files of the server, so only administrators may."""
    return work.start(context, asked.kind, asked.params)


@operation("GET", "/job-counts", right="read", offers=work.counts)
def count_jobs(context: Context, asked: Nothing) -> Counts:
    """How many jobs there are, by state and by kind."""
    return work.counts(context)


@operation("GET", "/job-kinds", right="read", offers=work.kinds)
def list_job_kinds(context: Context, asked: Nothing) -> dict[str, str]:
    """Titles of the kinds of job, by name."""
    return work.kinds()
