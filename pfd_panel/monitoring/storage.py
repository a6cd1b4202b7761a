"""The database and the signal store: how large, how fast, and whether they are what this version expects."""

import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.pool import QueuePool

from data_catalog import Catalog
from data_catalog.catalog import DATABASE_FILE
from data_catalog.migrations import HEAD
from data_catalog.migrations.runner import stamped_revision
from data_catalog.schema import Artifact, FeaturePart, Segment, Signal
from data_catalog.store.layout import FORMAT

KINDS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True)
class DatabaseFacts:
    """One look at the database.

    Attributes
    ----------
    kind, version : str
        ``SQLite``, ``3.46.1``.
    latency_ms : float
        Time of one small question, on an open connection.
    size_bytes : int
        Of the file with its write-ahead log, or of the PostgreSQL database.
    pool_size, pool_used, pool_overflow : int
        Connections this process keeps, uses now, and opened beyond.
    revision, head : str
        Schema version of the tables, and the one this program needs.
    """

    kind: str
    version: str
    latency_ms: float
    size_bytes: int
    pool_size: int
    pool_used: int
    pool_overflow: int
    revision: str
    head: str

    @property
    def current(self) -> bool:
        """Whether every migration has been applied."""
        return self.revision == self.head


@dataclass(frozen=True)
class StoreFacts:
    """What is stored, in bytes, as the catalog knows it; `format` is the number of the segments' layout."""

    signals: int
    signal_bytes: int
    segments: int
    feature_bytes: int
    artifact_bytes: int
    free_bytes: int
    format: int

    @property
    def total_bytes(self) -> int:
        """Everything together."""
        return self.signal_bytes + self.feature_bytes + self.artifact_bytes


def database(catalog: Catalog) -> DatabaseFacts:
    """Look at the database."""
    backend, engine = catalog.database.backend, catalog.database.engine
    with catalog.read() as session:
        connection = session.connection()
        before = time.perf_counter()
        connection.execute(text("SELECT 1"))
        latency_ms = 1000 * (time.perf_counter() - before)
        revision = stamped_revision(connection) or ""
        if backend == "sqlite":
            version = str(connection.execute(text("SELECT sqlite_version()")).scalar())
            size = _file_bytes(catalog.home)
        else:
            version = str(connection.execute(text("SHOW server_version")).scalar()).split()[0]
            size = int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar() or 0)
    pool = engine.pool
    sizes = (pool.size(), pool.checkedout(), max(0, pool.overflow())) if isinstance(pool, QueuePool) else (0, 0, 0)
    return DatabaseFacts(KINDS[backend], version, latency_ms, size, *sizes, revision=revision, head=HEAD)


def latency_ms(catalog: Catalog) -> float:
    """Time of one small question to the database, with its transaction."""
    before = time.perf_counter()
    with catalog.read() as session:
        session.execute(text("SELECT 1"))
    return 1000 * (time.perf_counter() - before)


def store(catalog: Catalog, free_bytes: int) -> StoreFacts:
    """What the catalog knows to be stored."""

    def total(column: object) -> int:
        return int(session.scalar(select(func.coalesce(func.sum(column), 0))) or 0)

    with catalog.read() as session:
        return StoreFacts(
            signals=session.scalar(select(func.count()).select_from(Signal)) or 0,
            signal_bytes=total(Segment.bytes),
            segments=session.scalar(select(func.count()).select_from(Segment)) or 0,
            feature_bytes=total(FeaturePart.bytes),
            artifact_bytes=total(Artifact.bytes),
            free_bytes=free_bytes,
            format=FORMAT,
        )


def _file_bytes(home: Path) -> int:
    files = (home / DATABASE_FILE, home / f"{DATABASE_FILE}-wal")
    return sum(file.stat().st_size for file in files if file.exists())
