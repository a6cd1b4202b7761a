"""The SQL engine: SQLite in WAL mode or PostgreSQL 15+, behind one pair of transactions."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DatabaseError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from data_catalog.errors import CatalogError, ConflictError, StoreError
from data_catalog.fault_points import reach

BUSY_TIMEOUT_S = 30.0
"""How long a SQLite writer waits for another one; writes are short, so longer means that something hangs."""

_EAGER_LOOKS = 1000
"""How often a SQLite writer asks every millisecond, before it leaves waiting to SQLite."""

_WRITES = {"catalog_writes": True}

_SQLITE_WORDS = (
    ("disk is full", "the disk that holds the catalog is full", "free some space, then try again; nothing was changed"),
    (
        "readonly database",
        "the catalog cannot be written: its file or folder is read-only",
        "make the data directory writable for this user, or use another one",
    ),
    (
        "unable to open database file",
        "the catalog's database file cannot be opened or created",
        "check that the data directory exists, is on a local disk and is writable",
    ),
    (
        "disk i/o error",
        "the disk that holds the catalog reports an error",
        "check the disk and its free space; run the doctor afterwards",
    ),
    (
        "database is locked",
        f"another process has been writing to the catalog for over {BUSY_TIMEOUT_S:.0f} s",
        "wait for it or stop it, then try again",
    ),
    (
        "malformed",
        "the catalog's database file is damaged",
        "restore it from a backup; the signals themselves lie in the store and are not affected",
    ),
    ("file is not a database", "the catalog's file is not a SQLite database", "name another data directory"),
)


class Database:
    """One database, with a transaction to read in and one to write in.

    Safe to use from several threads, and from several processes that each open their own. A reader sees one state
    for the whole of its transaction. A writer on SQLite holds the only write lock from its first statement on, so
    what it read cannot change before it commits; on PostgreSQL repositories lock the rows they decide upon.

    Parameters
    ----------
    url
        SQLAlchemy URL of backend ``sqlite`` or ``postgresql``.
    """

    def __init__(self, url: str | URL) -> None:
        self.url = make_url(url)
        self.backend = self.url.get_backend_name()
        if self.backend == "sqlite":
            self.engine = _sqlite_engine(self.url)
            self._reading = self.engine
        elif self.backend == "postgresql":
            self.engine = _postgres_engine(self.url)
            self._reading = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        else:
            raise CatalogError(
                f"no catalog can live in a database of kind {self.backend!r}; known: sqlite, postgresql",
                hint="leave the database URL out for SQLite, or give one that starts with postgresql://",
            )
        self.writing = self.engine.execution_options(**_WRITES)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A short read transaction; whatever it changed is dropped."""
        with translated_errors(), Session(self._reading, expire_on_commit=False) as session:
            yield session
            session.expunge_all()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A short write transaction: commits on leaving, rolls back on an error."""
        with translated_errors(), Session(self.writing, expire_on_commit=False) as session:
            session.connection()  # takes the write lock now, not at the first change
            yield session
            session.flush()
            reach("commit.before")
            session.commit()
            reach("commit.after")

    def use_write_ahead_log(self) -> None:
        """Switch a SQLite file to WAL, for good; other processes may be trying the same."""
        if self.backend != "sqlite":
            return
        give_up = time.monotonic() + BUSY_TIMEOUT_S
        while True:
            try:
                with translated_errors(), self.engine.connect() as connection:
                    driver = connection.connection.driver_connection
                    assert driver is not None
                    driver.execute("PRAGMA journal_mode = WAL")
                return
            except StoreError as error:
                # SQLite does not wait by itself for this lock
                if "another process" not in str(error) or time.monotonic() > give_up:
                    raise
                time.sleep(0.02)

    def fold_write_ahead_log(self) -> None:
        """Fold SQLite's log into the database file, as far as readers let it."""
        if self.backend == "sqlite":
            with translated_errors(), self.engine.connect() as connection:
                driver = connection.connection.driver_connection
                assert driver is not None
                driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Drop every connection."""
        self.engine.dispose()

    def __str__(self) -> str:
        return self.url.render_as_string(hide_password=True)


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # the driver must open no transaction by itself: ours begin below, with the lock they need
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA cache_size = -65536")
        cursor.execute("PRAGMA temp_store = MEMORY")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("catalog_writes", False)
        if not (writes and _took_lock_soon(connection)):
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _took_lock_soon(connection: Connection) -> bool:
    """Begin to write as soon as another writer is through, asking every millisecond for a while.

    SQLite's own waiting sleeps up to a tenth of a second between two looks, and so misses its turn again and again
    while another process commits small things; whoever clicks then waits for all of them.
    """
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        for _ in range(_EAGER_LOOKS):
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as refused:
                if refused.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    return False
                time.sleep(0.001)
            else:
                return True
    finally:
        driver.execute(f"PRAGMA busy_timeout = {round(1000 * BUSY_TIMEOUT_S)}")
    return False


def _postgres_engine(url: URL) -> Engine:
    try:
        return create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    except ModuleNotFoundError as error:
        raise CatalogError(
            "a PostgreSQL catalog needs the driver psycopg 3, which is not installed",
            hint="pip install 'pfd-panel[postgres]'",
        ) from error


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn what a database driver raises into the catalog's own errors, in words."""
    try:
        yield
    except IntegrityError as error:
        raise ConflictError(
            f"the change contradicts what the catalog holds: {error.orig}",
            hint="someone may have changed the same thing at the same moment; look again and repeat",
        ) from error
    except DatabaseError as error:
        # the other kinds of database errors are mistakes of ours and keep their traceback
        if not isinstance(error, OperationalError) and type(error) is not DatabaseError:
            raise
        message, hint = _in_words(error)
        raise StoreError(message, hint=hint) from error


def _in_words(error: DBAPIError) -> tuple[str, str]:
    reason = str(error.orig)
    for part, message, hint in _SQLITE_WORDS:
        if part in reason.lower():
            return message, hint
    return (
        f"the database refused: {reason.strip()}",
        "check that the database server runs, is reachable and has free space",
    )


def lock_name(session: Session, name: str) -> None:
    """Let one transaction at a time decide under `name`; it ends with the transaction.

    SQLite needs nothing: its writers already wait for each other.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})
