"""Results that can always be computed again, kept while there is room for them."""

import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from data_catalog import leases
from data_catalog.batches import batches, changed
from data_catalog.canonical import digest
from data_catalog.database import Database
from data_catalog.schema import Derived, Setting, utc_now

BUDGET_BYTES = 256 << 20
"""Room for all results together."""

_COUNTS = "derived.counts"
_LEASE_S = 60.0
_LOOK_AGAIN_S = 0.05


@dataclass(frozen=True)
class CacheState:
    """What the cache holds and how often it helped."""

    entries: int
    bytes: int
    hits: int
    misses: int


def key(operation: str, version: int, parameters: Mapping[str, Any], inputs: Any) -> str:
    """The key of a result: what was done, how, and to what.

    `inputs` must name everything the result depends on besides the parameters: signal ids and their attributes.
    """
    return digest([operation, version, parameters, inputs])


def get(session: Session, key: str) -> dict[str, Any] | None:
    """A stored result, or None; does not count and does not touch."""
    return session.scalar(select(Derived.value).where(Derived.key == key))


def put(session: Session, key: str, operation: str, value: Mapping[str, Any], *, budget_bytes: int) -> None:
    """Store a result, then drop the least recently used ones until all fit into `budget_bytes`."""
    size = len(json.dumps(value))
    now = utc_now()
    if session.get(Derived, key) is not None:
        session.execute(delete(Derived).where(Derived.key == key))
    session.add(Derived(key=key, operation=operation, value=dict(value), bytes=size, used_at=now))
    session.flush()
    evict(session, budget_bytes)


def evict(session: Session, budget_bytes: int) -> int:
    """Drop the least recently used results until the rest fits; how many were dropped."""
    kept = func.sum(Derived.bytes).over(order_by=(Derived.used_at.desc(), Derived.key))
    ranked = select(Derived.key, kept.label("kept")).subquery()
    keys = session.scalars(select(ranked.c.key).where(ranked.c.kept > budget_bytes)).all()
    for chunk in batches(keys, 500):
        changed(session, delete(Derived).where(Derived.key.in_(chunk)))
    return len(keys)


def state(session: Session) -> CacheState:
    """Size of the cache, and its hits and misses since the data directory was made."""
    entries, size = session.execute(select(func.count(), func.coalesce(func.sum(Derived.bytes), 0))).one()
    setting = session.get(Setting, _COUNTS)
    counts = setting.value if setting is not None else {}
    return CacheState(entries, int(size), counts.get("hits", 0), counts.get("misses", 0))


class DerivedCache:
    """Computes a result once, whichever process asks first; the others wait for it.

    Parameters
    ----------
    database
        Where results are kept.
    budget_bytes
        How much room they may take.
    """

    def __init__(self, database: Database, *, budget_bytes: int = BUDGET_BYTES) -> None:
        self._database = database
        self._budget = budget_bytes
        self._holder = uuid.uuid4().hex
        self._used: set[str] = set()
        self._hits = 0
        self._misses = 0

    def get_or_compute(self, key: str, operation: str, compute: Callable[[], Mapping[str, Any]]) -> dict[str, Any]:
        """The result under `key`, computed by this call only if nobody has it and nobody is at it."""
        name = f"derived:{key}"
        while True:
            with self._database.read() as session:
                found = get(session, key)
            if found is not None:
                self._hits += 1
                self._used.add(key)
                if len(self._used) >= 64:
                    self.flush()
                return found
            # a holder of its own for each call, because two threads of a process must not share a lease either
            holder = f"{self._holder}:{uuid.uuid4().hex}"
            with self._database.write() as session:
                fence = leases.acquire(session, name, holder, _LEASE_S) if get(session, key) is None else None
            if fence is not None:
                return self._compute(key, operation, compute, name, holder, fence)
            time.sleep(_LOOK_AGAIN_S)

    def flush(self) -> None:
        """Write down what was used and how often the cache helped; called by itself every now and then."""
        with self._database.write() as session:
            self._note(session)

    def _compute(
        self, key: str, operation: str, compute: Callable[[], Mapping[str, Any]], name: str, holder: str, fence: int
    ) -> dict[str, Any]:
        try:
            value = dict(compute())
        except BaseException:
            with self._database.write() as session:
                leases.drop(session, name, holder, fence)
            raise
        self._misses += 1
        with self._database.write() as session:
            self._note(session)
            put(session, key, operation, value, budget_bytes=self._budget)
            leases.drop(session, name, holder, fence)
        return value

    def _note(self, session: Session) -> None:
        used, self._used = self._used, set()
        hits, misses, self._hits, self._misses = self._hits, self._misses, 0, 0
        for chunk in batches(sorted(used), 500):
            changed(session, update(Derived).where(Derived.key.in_(chunk)).values(used_at=utc_now()))
        setting = session.get(Setting, _COUNTS, with_for_update=True)
        if setting is None:
            session.add(Setting(key=_COUNTS, value={"hits": hits, "misses": misses}))
            return
        before = setting.value
        setting.value = {"hits": before["hits"] + hits, "misses": before["misses"] + misses}
