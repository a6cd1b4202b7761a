"""Who may act under a name until when, with a number that grows at every change of holder."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_catalog.batches import insert_new
from data_catalog.errors import FencedError
from data_catalog.schema import Lease, utc_now


def acquire(
    session: Session, name: str, holder: str, ttl: float, *, detail: Mapping[str, Any] | None = None
) -> int | None:
    """Take a lease that is free, has expired or is the holder's own.

    Parameters
    ----------
    name, holder
        What is leased, and to whom; a holder's name must be its own.
    ttl
        Seconds until it expires unless renewed.
    detail
        What others may want to know of the holder, such as its process id and address.

    Returns
    -------
    int or None
        The fencing number, greater than every earlier one of this name; None while someone else holds it.
    """
    now = utc_now()
    while (lease := _locked(session, name)) is None:
        # again, because another transaction may forget the row between these two statements
        insert_new(session, Lease, [{"name": name, "holder": "", "fence": 0, "expires_at": now, "detail": {}}])
    if lease.expires_at > now and lease.holder != holder:
        return None
    lease.holder, lease.fence, lease.expires_at = holder, lease.fence + 1, now + timedelta(seconds=ttl)
    lease.detail = dict(detail or {})
    session.flush()
    return lease.fence


def renew(session: Session, name: str, holder: str, fence: int, ttl: float) -> bool:
    """Hold on for another `ttl` seconds; False if someone else has taken over since."""
    lease = _locked(session, name)
    if lease is None or (lease.holder, lease.fence) != (holder, fence):
        return False
    lease.expires_at = utc_now() + timedelta(seconds=ttl)
    session.flush()
    return True


def release(session: Session, name: str, holder: str, fence: int) -> None:
    """Let go at once; the row stays, because its number must go on growing. Nothing happens if it is not held."""
    lease = _locked(session, name)
    if lease is not None and (lease.holder, lease.fence) == (holder, fence):
        lease.expires_at = utc_now()
        session.flush()


def drop(session: Session, name: str, holder: str, fence: int) -> None:
    """Let go and forget the row: for names that are used once, whose numbers need not go on growing."""
    lease = _locked(session, name)
    if lease is not None and (lease.holder, lease.fence) == (holder, fence):
        session.delete(lease)
        session.flush()


def current(session: Session, name: str) -> Lease | None:
    """The lease that is held now, if any."""
    lease = session.get(Lease, name, populate_existing=True)
    return lease if lease is not None and lease.expires_at > utc_now() else None


def require(session: Session, name: str, fence: int) -> None:
    """Let the transaction go on only if `fence` is still the number of the lease.

    Raises
    ------
    FencedError
        Another holder has taken the lease since.
    """
    lease = _locked(session, name)
    held = lease.fence if lease is not None else 0
    if held != fence:
        raise FencedError(
            f"the lease {name!r} has passed on: this process has number {fence}, the lease has {held}",
            hint="stop this process; the one that took over carries on",
        )


def _locked(session: Session, name: str) -> Lease | None:
    return session.scalars(
        select(Lease).where(Lease.name == name).with_for_update().execution_options(populate_existing=True)
    ).first()
