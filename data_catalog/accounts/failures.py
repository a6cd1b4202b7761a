"""Failed attempts to sign in, counted by name before the password is looked at."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from data_catalog.batches import changed
from data_catalog.database import lock_name
from data_catalog.schema import SignInFailure, utc_now

FORGOTTEN = timedelta(days=1)
"""After this long without an attempt, failures are forgotten."""

Wait = Callable[[int], timedelta]
"""How long nobody may try after so many failures."""


def seconds_locked(session: Session, name: str, address: str) -> float:
    """How long attempts are still refused; 0 if one may be made."""
    found = session.get(SignInFailure, (name, address))
    if found is None or found.locked_until is None:
        return 0.0
    return max(0.0, (found.locked_until - utc_now()).total_seconds())


def count(session: Session, name: str, address: str, wait: Wait) -> SignInFailure:
    """Count an attempt as failed until `clear` or `take_back` says otherwise, so that none slips past in parallel.

    The caller has asked `seconds_locked` in the same transaction, under `lock`.
    """
    now = utc_now()
    changed(session, delete(SignInFailure).where(SignInFailure.at < now - FORGOTTEN))
    found = session.get(SignInFailure, (name, address), populate_existing=True)
    if found is None:
        found = SignInFailure(name=name, address=address, failed=0)
        session.add(found)
    found.failed, found.at = found.failed + 1, now
    length = wait(found.failed)
    found.locked_until = now + length if length else None
    session.flush()
    return found


def take_back(session: Session, name: str, address: str) -> None:
    """The attempt counted last was none: it is neither a failure nor a reason to forget earlier ones."""
    found = session.get(SignInFailure, (name, address), populate_existing=True)
    if found is not None and found.failed:
        found.failed -= 1
        found.locked_until = None
        session.flush()


def clear(session: Session, name: str, address: str | None = None) -> None:
    """Forget the failures under a name, from one address or from everywhere."""
    here = [SignInFailure.name == name] + ([] if address is None else [SignInFailure.address == address])
    changed(session, delete(SignInFailure).where(*here))


def lock(session: Session, name: str) -> None:
    """Let one transaction at a time decide about a name."""
    lock_name(session, f"sign-in:{name}")
