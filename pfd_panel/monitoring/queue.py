"""The queue and whoever runs it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from dask_cluster.identity import surely_dead
from data_catalog import Catalog, jobs, leases
from data_catalog.schema import Job, utc_now

DAY = timedelta(days=1)


@dataclass(frozen=True)
class QueueFacts:
    """Jobs by state, those that failed in 24 hours, and how long the oldest waiting one has waited (s)."""

    queued: int
    running: int
    paused: int
    failed_in_a_day: int
    oldest_wait_s: float


@dataclass(frozen=True)
class CoordinatorFacts:
    """Who holds the lease of the queue, and until when."""

    alive: bool
    host: str = ""
    pid: int | None = None
    started: datetime | None = None
    fence: int = 0
    expires_in_s: float = 0.0


def queue(catalog: Catalog) -> QueueFacts:
    """Count the jobs."""
    now = utc_now()
    with catalog.read() as session:
        states, _ = jobs.counts(session)
        failed = session.scalar(
            select(func.count()).select_from(Job).where(Job.state == "failed", Job.finished_at > now - DAY)
        )
        waiting = Job.state == "queued", Job.requested == "run"
        oldest = session.scalars(select(Job.created_at).where(*waiting).order_by(Job.created_at).limit(1)).first()
    return QueueFacts(
        queued=states.get("queued", 0),
        running=states.get("running", 0),
        paused=states.get("paused", 0),
        failed_in_a_day=failed or 0,
        oldest_wait_s=max(0.0, (now - oldest).total_seconds()) if oldest is not None else 0.0,
    )


def coordinator(catalog: Catalog) -> CoordinatorFacts:
    """Look at the lease."""
    with catalog.read() as session:
        lease = leases.current(session, jobs.COORDINATOR)
    if lease is None or surely_dead(lease.detail):
        return CoordinatorFacts(alive=False)
    told = lease.detail
    started = told.get("started")
    return CoordinatorFacts(
        alive=True,
        host=str(told.get("host", "")),
        pid=told.get("pid"),
        started=datetime.fromtimestamp(started, utc_now().tzinfo) if started else None,
        fence=lease.fence,
        expires_in_s=(lease.expires_at - utc_now()).total_seconds(),
    )
