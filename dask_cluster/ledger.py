"""Everything the coordinator writes about jobs, each write under its fence."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dask_cluster.jobs.kind import JobContext, JobKind, Step
from dask_cluster.jobs.queue import RETRIED
from data_catalog import Catalog, glimpse, jobs, leases
from data_catalog.glimpse import Glimpse
from data_catalog.schema import Job, JobEvent, JobStep

logger = logging.getLogger(__name__)

TAKEN_OVER = "the coordinator that ran this job ended without a word; another one goes on"


@dataclass(frozen=True)
class Ledger:
    """Writes for one term of one coordinator; raises `FencedError` once another has taken over."""

    catalog: Catalog
    fence: int

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A write transaction that only the holder of the lease gets."""
        with self.catalog.write() as session:
            leases.require(session, jobs.COORDINATOR, self.fence)
            yield session

    def open_jobs(self) -> list[Job]:
        """Every job that has not ended."""
        with self.catalog.read() as session:
            return jobs.page(session, states=("queued", "running", "paused"), limit=10_000).rows

    def claim(self) -> Job | None:
        """Take the next job that may run, or carry out what was asked of waiting ones."""
        with self.write() as session:
            return jobs.claim_next(session, self.fence)

    def begin(self, job_id: str, *, total_units: int, done_units: int) -> None:
        """The plan is known."""
        with self.write() as session:
            jobs.add_progress(session, job_id, done_units, total_units, "", None, self.fence)

    def progress(self, job_id: str, done_units: int, total_units: int, eta_s: float | None, message: str) -> None:
        """How far the job is."""
        with self.write() as session:
            jobs.add_progress(session, job_id, done_units, total_units, message, eta_s, self.fence)

    def glimpse(self, job_id: str, done_units: int, total_units: int, eta_s: float | None, message: str) -> None:
        """How far the job is, for whoever watches now; nobody waits for the disk."""
        try:
            glimpse.show(self.catalog.home, job_id, Glimpse(self.fence, done_units, total_units, eta_s, message))
        except OSError as error:
            logger.warning("job %s: its progress is told more slowly: %s", job_id, error)

    def end_glimpse(self, job_id: str) -> None:
        """The job does not run any more, or not here."""
        glimpse.end(self.catalog.home, job_id)

    def committed_steps(self, job_id: str) -> set[str]:
        """Keys of the steps that need not be done again."""
        with self.catalog.read() as session:
            return jobs.steps_done(session, job_id)

    def commit_steps(self, kind: JobKind, context: JobContext, ready: Sequence[tuple[Step, dict[str, Any]]]) -> None:
        """Make the effects of steps durable together with the note that they are done."""
        with self.write() as session:
            for step, result in ready:
                kept = kind.commit(session, context, step, result)
                jobs.add_step(session, context.job_id, step.key, step.units, kept or {}, self.fence)

    def hear(self, kind: JobKind, context: JobContext, told: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        """Keep what steps told while they run, each with the step's key."""
        by_step: dict[str, list[Mapping[str, Any]]] = {}
        for step, one in told:
            by_step.setdefault(step, []).append(one)
        with self.write() as session:
            for step, every in by_step.items():
                kind.hear(session, context, step, every)

    def finish(self, job_id: str, total_units: int, finish: Callable[[Session], dict[str, Any]]) -> None:
        """Seal what the steps made and end the job as done."""
        with self.write() as session:
            result = finish(session)
            jobs.add_progress(session, job_id, total_units, total_units, "", None, self.fence)
            jobs.set_state(session, job_id, "done", fence=self.fence, result=result)

    def stop(self, job_id: str, state: str) -> None:
        """The job was stopped on request: ``paused``, ``cancelled``, or ``queued`` for the next coordinator."""
        with self.write() as session:
            jobs.set_state(session, job_id, state, fence=self.fence)

    def fail(self, job_id: str, message: str, hint: str, details: str) -> None:
        """End the job with words for people; the details go to its log."""
        with self.write() as session:
            jobs.log(session, job_id, "error", message)
            if details:
                jobs.log(session, job_id, "debug", details)
            jobs.set_state(session, job_id, "failed", fence=self.fence, error={"message": message, "hint": hint})

    def log(self, job_id: str, level: str, text: str) -> None:
        """Append a line to the job's log."""
        with self.write() as session:
            jobs.log(session, job_id, level, text)

    def note_taken_over(self, job_id: str) -> int:
        """Note that a coordinator died while it ran the job; return how often since a step was last committed."""
        with self.write() as session:
            jobs.log(session, job_id, "warning", TAKEN_OVER)
            since = max(filter(None, self._marks(session, job_id)), default=None)
            deaths = select(func.count()).where(JobEvent.job_id == job_id, JobEvent.text == TAKEN_OVER)
            return session.scalar(deaths if since is None else deaths.where(JobEvent.at > since)) or 0

    def _marks(self, session: Session, job_id: str) -> tuple[datetime | None, datetime | None]:
        """When the job last got on: its newest committed step, and when it was last retried."""
        step = session.scalar(select(func.max(JobStep.created_at)).where(JobStep.job_id == job_id))
        retried = session.scalar(
            select(func.max(JobEvent.at)).where(JobEvent.job_id == job_id, JobEvent.text == RETRIED)
        )
        return step, retried
