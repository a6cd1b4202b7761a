"""How the parts of the system are doing, measured when asked."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import func, select

from data_catalog import samples
from data_catalog.alerts import rules
from data_catalog.errors import NotFoundError
from data_catalog.schema import Dataset, Job, ModelVersion, utc_now
from pfd_panel.errors import RequestError
from pfd_panel.monitoring import logs, machine, queue, storage
from pfd_panel.monitoring.logs import LogLine
from pfd_panel.monitoring.machine import Machine
from pfd_panel.monitoring.queue import CoordinatorFacts, QueueFacts
from pfd_panel.monitoring.storage import DatabaseFacts, StoreFacts
from pfd_panel.services.context import Context
from pfd_panel.theme import numbers

if TYPE_CHECKING:
    pass

State = Literal["healthy", "watch", "alarm", "unknown"]

FRESH = timedelta(seconds=30)
"""A sample of the coordinator that is older than this says nothing about now."""

BUSY_PERCENT, FULL_PERCENT, DISK_PERCENT = 90.0, 85.0, 90.0
SLOW_MS = 100.0


@dataclass(frozen=True)
class Part:
    """One part of the system: what was measured, how to read it, and what to do if it is not fine."""

    name: str
    value: str
    state: State
    word: str
    fix: str = ""


@dataclass(frozen=True)
class Report:
    """Everything that is measured.

    `cluster` is what the coordinator wrote down of the workers lately (see `dask_cluster.cluster_facts`), None without;
    `firing` counts the alert rules that fire; `has_dashboard` says whether Dask's own can be seen on ``/dask/``.
    """

    measured_at: datetime
    machine: Machine
    database: DatabaseFacts
    store: StoreFacts
    queue: QueueFacts
    coordinator: CoordinatorFacts
    cluster: dict[str, Any] | None
    firing: int
    has_dashboard: bool = False

    @property
    def parts(self) -> list[Part]:
        """Every part, judged."""
        return [
            _coordinator(self.coordinator, self.queue),
            _workers(self.cluster, self.coordinator),
            _database(self.database),
            _store(self.store),
            _failed(self.queue),
            *([_cpu(self.machine)] if self.machine.cpu_percent is not None else []),
            _memory(self.machine),
            _disk(self.machine),
            _gpu(self.machine),
        ]


@dataclass(frozen=True)
class History:
    """What the coordinator sampled: moments, and of each the measures by name (see `monitoring.metrics`)."""

    at: list[datetime]
    values: list[dict[str, Any]]

    def of(self, name: str) -> list[float | None]:
        """One measure over time."""
        return [one.get(name) for one in self.values]


def report(context: Context, *, with_cpu: bool = True) -> Report:
    """Look at everything, in a few milliseconds.

    How busy the cores are comes from the coordinator's last sample, which covers five seconds; without a fresh one they
    are looked at for a tenth of a second, unless `with_cpu` is false.
    """
    context.require("read")
    catalog = context.catalog
    with catalog.read() as session:
        sample = samples.latest(session)
        firing = rules.firing(session)
    now = utc_now()
    content = sample.content if sample is not None and now - sample.at < FRESH else {}
    busy = content.get("cpu_percent")
    looked = machine.measure(catalog.home, machine.CpuMeter() if with_cpu and busy is None else None)
    if busy is not None:
        looked = replace(looked, cpu_percent=busy)
    return Report(
        measured_at=now,
        machine=looked,
        database=storage.database(catalog),
        store=storage.store(catalog, looked.disk_free_bytes),
        queue=queue.queue(catalog),
        coordinator=queue.coordinator(catalog),
        cluster=_told(content.get("cluster")),
        firing=firing,
        has_dashboard=bool((content.get("cluster") or {}).get("dashboard")),
    )


def dashboard(context: Context) -> str:
    """Where Dask's own dashboard listens, as ``http://host:port``; it tells of everyone's work.

    Raises
    ------
    NotFoundError
        No cluster runs, or it has none.
    """
    context.require("administer")
    with context.catalog.read() as session:
        sample = samples.latest(session)
    fresh = sample is not None and utc_now() - sample.at < FRESH
    found = (sample.content.get("cluster") or {}).get("dashboard") if sample is not None and fresh else ""
    if not found:
        raise NotFoundError("there is no dashboard of Dask", hint="PFD_DASHBOARD=true switches it on.")
    return str(found)


def _told(cluster: dict[str, Any] | None) -> dict[str, Any] | None:
    """What everyone is told of the cluster, which is no address."""
    return None if cluster is None else {name: value for name, value in cluster.items() if name != "dashboard"}


def parts(context: Context) -> list[Part]:
    """The parts of the system, judged, without waiting for a look at the CPU."""
    return report(context, with_cpu=False).parts


def history(context: Context, *, minutes: float = 60.0, most: int = 240) -> History:
    """What was sampled lately, oldest first, at most `most` samples of it."""
    context.require("read")
    with context.catalog.read() as session:
        rows = samples.since(session, utc_now() - timedelta(minutes=minutes), most=most)
    return History([row.at for row in rows], [row.content for row in rows])


def log_lines(context: Context, *, least: str = "info", words: str = "", limit: int = 200) -> list[LogLine]:
    """The newest lines of the logs, oldest first; they may hold names and paths, so an administrator reads them.

    Raises
    ------
    RequestError
        There is no such level.
    """
    context.require("administer")
    if least not in logs.LEVELS:
        raise RequestError(f"there is no level {least!r}", hint=f"Levels are {', '.join(logs.LEVELS)}.")
    return logs.newest(context.catalog.home / "logs", least=least, words=words, limit=limit)


def good(fine: bool, word: str, state: State) -> tuple[State, str]:
    """Healthy, or the given state and word."""
    return ("healthy", "Healthy") if fine else (state, word)


def _judged(name: str, value: str, fine: bool, word: str, state: State, fix: str) -> Part:
    return Part(name, value, *good(fine, word, state), "" if fine else fix)


def _coordinator(found: CoordinatorFacts, waiting: QueueFacts) -> Part:
    value = f"{waiting.queued} queued" if found.alive else "not running"
    return _judged(
        "Coordinator", value, found.alive, "Not running", "unknown", "Start it with pfd serve; jobs wait until then."
    )


def _workers(cluster: dict[str, Any] | None, coordinator: CoordinatorFacts) -> Part:
    if cluster is None or not cluster["workers"]:
        value = "start with the coordinator" if not coordinator.alive else "none yet"
        return Part("Workers", value, "unknown", "Waiting", "They start with the first job, or when pfd serve runs.")
    tasks = cluster["executing"]
    value = f"{cluster['workers']} · {tasks} task{'' if tasks == 1 else 's'}"
    return Part("Workers", value, "healthy", "Healthy")


def _database(found: DatabaseFacts) -> Part:
    if not found.current:
        said = f"schema {found.revision or 'missing'}, needed {found.head}"
        return Part(
            "Catalog", said, "alarm", "Outdated", "Stop all older versions of the program, then start this one."
        )
    kind = "SQLite WAL" if found.kind == "SQLite" else found.kind
    fix = "Look for programs that keep the disk busy, or move the catalog to PostgreSQL."
    value = f"{kind} · {found.latency_ms:.1f} ms"
    return _judged("Catalog", value, found.latency_ms < SLOW_MS, "Slow", "watch", fix)


def _store(found: StoreFacts) -> Part:
    return Part("Signal store", f"{size_words(found.signal_bytes)} in {found.segments} segments", "healthy", "Healthy")


def _failed(found: QueueFacts) -> Part:
    fix = "The job's page says why and can try again."
    return _judged("Failed jobs", f"{found.failed_in_a_day} in 24 h", not found.failed_in_a_day, "Look", "watch", fix)


def _cpu(found: Machine) -> Part:
    busy = found.cpu_percent or 0.0
    value = f"{busy:.0f} % of {found.cores} cores"
    return _judged(
        "CPU", value, busy <= BUSY_PERCENT, "Busy", "watch", "Pause jobs, or give fewer workers (PFD_WORKERS)."
    )


def _memory(found: Machine) -> Part:
    value = f"{found.memory_percent:.0f} % of {size_words(found.memory_total_bytes)}"
    fix = "Give fewer workers, or a lower PFD_MEMORY_LIMIT."
    return _judged("Memory", value, found.memory_percent <= FULL_PERCENT, "Nearly full", "watch", fix)


def _disk(found: Machine) -> Part:
    share = 1 - found.disk_percent / 100
    fix = "Delete datasets that are not needed, or move the data directory to a larger disk."
    value = f"{numbers.percent(share, 0)} free of {size_words(found.disk_total_bytes)}"
    return _judged("Disk", value, found.disk_percent < DISK_PERCENT, "Nearly full", "alarm", fix)


def _gpu(found: Machine) -> Part:
    if not found.gpus:
        return Part("GPU", "none on this machine", "unknown", "Not used")
    return Part("GPU", f"{len(found.gpus)} found", "healthy", "Healthy")


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
    """Living datasets and models, and jobs that run or wait, of those that the user sees."""
    context.require("read")
    with context.read() as session:
        return Counts(
            session.scalar(select(func.count()).select_from(Dataset).where(Dataset.deleted_at.is_(None))) or 0,
            session.scalar(select(func.count()).select_from(ModelVersion).where(ModelVersion.deleted_at.is_(None)))
            or 0,
            session.scalar(select(func.count()).select_from(Job).where(Job.state.in_(["queued", "running"]))) or 0,
        )
