"""Counters in a database, so that several processes count together."""

import time
from math import floor
from pathlib import Path
from typing import Any

from limits.storage import Storage
from limits.storage.base import SlidingWindowCounterSupport, TimestampedSlidingWindow
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import SQLAlchemyError

WAIT_S = 1.0
"""How long one question may wait for another; a limit is not worth a longer wait."""

_CLEAN_EVERY = 500

_TABLE = """
CREATE {kind} IF NOT EXISTS rate_windows
(key VARCHAR PRIMARY KEY, count BIGINT NOT NULL, expires_at DOUBLE PRECISION NOT NULL)
"""

_ADD = text("""
INSERT INTO rate_windows (key, count, expires_at) VALUES (:key, :amount, :expires_at)
ON CONFLICT (key) DO UPDATE SET
  count = CASE WHEN rate_windows.expires_at <= :now THEN excluded.count ELSE rate_windows.count + excluded.count END,
  expires_at = CASE WHEN rate_windows.expires_at <= :now THEN excluded.expires_at ELSE rate_windows.expires_at END
RETURNING count
""")
_COUNT = text("SELECT count FROM rate_windows WHERE key = :key AND expires_at > :now")
_EXPIRY = text("SELECT expires_at FROM rate_windows WHERE key = :key AND expires_at > :now")


class SqlStorage(Storage, SlidingWindowCounterSupport, TimestampedSlidingWindow):
    """A storage of `limits` on SQLite or PostgreSQL.

    Exact with any number of threads and processes: a hit is counted and judged in one transaction, which holds the
    counter's row. The counters are no part of the catalog and need not survive a crash, so that they cost no sync of
    the disk: SQLite writes them without waiting, PostgreSQL keeps them in an unlogged table.

    Parameters
    ----------
    where : Path or str
        A SQLite file of its own, or a ``postgresql://`` URL.
    """

    STORAGE_SCHEME = None

    def __init__(self, where: Path | str) -> None:
        super().__init__(wrap_exceptions=True)
        self._engine = _engine(where)
        self._hits = 0
        self._made = False

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        """What a failing database raises."""
        return SQLAlchemyError

    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count `amount` hits if the weighted count of this and the last window stays within `limit`."""
        if amount > limit:
            return False
        now = time.time()
        previous_key, current_key = self.sliding_window_keys(key, expiry, now)
        with self._connect() as connection:
            current = _add(connection, current_key, amount, now, 2 * expiry)
            weighted = current + self._weight(_count(connection, previous_key, now), expiry, now)
            if floor(weighted) > limit:
                connection.rollback()
                return False
            self._clean(connection, now)
            connection.commit()
        return True

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """Count and remaining seconds of the last window, then of this one."""
        now = time.time()
        previous_key, current_key = self.sliding_window_keys(key, expiry, now)
        left = (1 - (now / expiry) % 1) * expiry
        with self._connect() as connection:
            previous = _count(connection, previous_key, now)
            current = _count(connection, current_key, now)
        return previous, left if previous else 0.0, current, left + expiry

    def clear_sliding_window(self, key: str, expiry: int) -> None:
        """Forget both windows of a key."""
        for one in self.sliding_window_keys(key, expiry, time.time()):
            self.clear(one)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add to a counter that ends `expiry` seconds after its first hit."""
        now = time.time()
        with self._connect() as connection:
            count = _add(connection, key, amount, now, expiry)
            connection.commit()
        return count

    def get(self, key: str) -> int:
        """The value of a counter."""
        with self._connect() as connection:
            return _count(connection, key, time.time())

    def get_expiry(self, key: str) -> float:
        """When a counter ends, in seconds since 1970."""
        now = time.time()
        with self._connect() as connection:
            found = connection.execute(_EXPIRY, {"key": key, "now": now}).scalar()
        return now if found is None else float(found)

    def check(self) -> bool:
        """Whether the database answers."""
        try:
            self.get("")
        except self.base_exceptions:
            return False
        return True

    def reset(self) -> int | None:
        """Forget every counter; how many there were."""
        with self._connect() as connection:
            gone = connection.execute(text("DELETE FROM rate_windows")).rowcount
            connection.commit()
        return gone

    def clear(self, key: str) -> None:
        """Forget one counter."""
        with self._connect() as connection:
            connection.execute(text("DELETE FROM rate_windows WHERE key = :key"), {"key": key})
            connection.commit()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @staticmethod
    def _weight(previous: int, expiry: int, now: float) -> float:
        return previous * (1 - (now / expiry) % 1)

    def _connect(self) -> Connection:
        if not self._made:
            with self._engine.begin() as connection:
                _make_table(connection)
            self._made = True
        return self._engine.connect()

    def _clean(self, connection: Connection, now: float) -> None:
        self._hits += 1
        if self._hits % _CLEAN_EVERY == 0:
            connection.execute(text("DELETE FROM rate_windows WHERE expires_at <= :now"), {"now": now})


def _add(connection: Connection, key: str, amount: int, now: float, expiry: int) -> int:
    values = {"key": key, "amount": amount, "now": now, "expires_at": now + expiry}
    return int(connection.execute(_ADD, values).scalar_one())


def _count(connection: Connection, key: str, now: float) -> int:
    return int(connection.execute(_COUNT, {"key": key, "now": now}).scalar() or 0)


def _make_table(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        # two processes that start together must not both find that there is no table
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('rate_windows', 0))"))
        connection.execute(text(_TABLE.format(kind="UNLOGGED TABLE")))
    else:
        connection.execute(text(_TABLE.format(kind="TABLE")))


def _engine(where: Path | str) -> Engine:
    if isinstance(where, str) and where.startswith("postgresql"):
        url = make_url(where).set(drivername="postgresql+psycopg")
        return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": max(2, round(WAIT_S))})
    engine = create_engine(URL.create("sqlite", database=str(where)), connect_args={"timeout": WAIT_S})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = OFF")
        cursor.close()

    return engine
