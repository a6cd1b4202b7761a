"""How the parts of the system are doing, measured when asked."""

import shutil
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from sqlalchemy import func, select, text

from dask_cluster.devices import gpu_count
from data_catalog import leases
from data_catalog.schema import Dataset, Job, ModelVersion, Segment, utc_now
from pfd_panel.services.context import Context

DAY = timedelta(days=1)
State = Literal["healthy", "watch", "alarm", "unknown"]


@dataclass(frozen=True)
class Part:
    """One part of the system: what was measured, and how to read it."""

    name: str
    value: str
    state: State
    word: str


def parts(context: Context) -> list[Part]:
    """Coordinator, workers, catalog, store, disk and GPU."""
    context.require("read")
    before = time.perf_counter()
    with context.catalog.read() as session:
        session.execute(text("SELECT 1"))
        delay = (time.perf_counter() - before) * 1000
        lease = leases.current(session, "coordinator")
        stored = session.scalar(select(func.coalesce(func.sum(Segment.bytes), 0))) or 0
        segments = session.scalar(select(func.count()).select_from(Segment)) or 0
        queued = session.scalar(select(func.count()).select_from(Job).where(Job.state == "queued")) or 0
        failed = session.scalar(
            select(func.count()).select_from(Job).where(Job.state == "failed", Job.finished_at > utc_now() - DAY)
        )
        dialect = session.get_bind().dialect.name
    alive = lease is not None and lease.expires_at > utc_now()
    workers = lease.detail.get("workers") if lease and alive else None
    usage = shutil.disk_usage(context.catalog.home)
    free = usage.free / usage.total
    gpus = gpu_count()
    kind = "SQLite WAL" if dialect == "sqlite" else "PostgreSQL"
    return [
        Part("Coordinator", f"{queued} queued" if alive else "not running", *good(alive, "Not running", "unknown")),
        Part(
            "Workers",
            f"{workers} on this machine" if workers else "start with the coordinator",
            *good(bool(workers), "Waiting", "unknown"),
        ),
        Part("Catalog", f"{kind} · {delay:.1f} ms", *good(delay < 100, "Slow", "watch")),
        Part("Signal store", f"{size_words(stored)} in {segments} segments", "healthy", "Healthy"),
        Part("Failed jobs", f"{failed} in 24 h", *good(not failed, "Look", "watch")),
        Part("Disk", f"{free:.0%} free of {size_words(usage.total)}", *good(free > 0.1, "Nearly full", "alarm")),
        Part("GPU", f"{gpus} found" if gpus else "none on this machine", *good(bool(gpus), "Not used", "unknown")),
    ]


def good(fine: bool, word: str, state: State) -> tuple[State, str]:
    """Healthy, or the given state and word."""
    return ("healthy", "Healthy") if fine else (state, word)


def size_words(count: float) -> str:
    """Bytes as people write them."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" or count >= 10 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


@dataclass(frozen=True)
class Counts:
    """How much there is."""

    datasets: int
    models: int
    running: int


def counts(context: Context) -> Counts:
    """Living datasets and models, and jobs that run or wait."""
    context.require("read")
    with context.catalog.read() as session:
        return Counts(
            session.scalar(select(func.count()).select_from(Dataset).where(Dataset.deleted_at.is_(None))) or 0,
            session.scalar(select(func.count()).select_from(ModelVersion).where(ModelVersion.deleted_at.is_(None)))
            or 0,
            session.scalar(select(func.count()).select_from(Job).where(Job.state.in_(["queued", "running"]))) or 0,
        )
