"""Sign-ins as rows: opened, looked up, ended, listed."""

from datetime import datetime, timedelta

from sqlalchemy import and_, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from data_catalog.batches import changed
from data_catalog.schema import LoginSession, utc_now

KEPT = timedelta(days=90)
"""How long a sign-in that is over is remembered, as history and as an address that is known."""

COMMIT_MARGIN = timedelta(seconds=2)
"""An end is stamped a little before the transaction that stamps it is seen by others."""

AGENT_LENGTH = 200


def open_one(
    session: Session, user: str, sha256: str, *, address: str, agent: str, lifetime: timedelta
) -> LoginSession:
    """Add a sign-in and forget those that were over long ago."""
    now = utc_now()
    changed(session, delete(LoginSession).where(LoginSession.expires_at < now - KEPT))
    made = LoginSession(
        user=user, sha256=sha256, address=address, agent=agent[:AGENT_LENGTH], expires_at=now + lifetime
    )
    session.add(made)
    session.flush()
    return made


def find(session: Session, session_id: str) -> LoginSession | None:
    """A sign-in by id, over or not."""
    return session.get(LoginSession, session_id)


def is_open(one: LoginSession, now: datetime) -> bool:
    """Whether a sign-in holds at a moment."""
    return one.ended_at is None and one.expires_at > now


def touch(session: Session, session_id: str) -> None:
    """Note that a sign-in was used now."""
    changed(session, update(LoginSession).where(LoginSession.id == session_id).values(seen_at=utc_now()))


def of_user(session: Session, user: str) -> list[LoginSession]:
    """The sign-ins of someone that hold, the last used first."""
    held = (LoginSession.user == user, LoginSession.ended_at.is_(None), LoginSession.expires_at > utc_now())
    return list(session.scalars(select(LoginSession).where(*held).order_by(LoginSession.seen_at.desc())))


def end(session: Session, session_id: str) -> bool:
    """End a sign-in; False if it was over already."""
    held = (LoginSession.id == session_id, LoginSession.ended_at.is_(None))
    return changed(session, update(LoginSession).where(*held).values(ended_at=utc_now())) > 0


def end_of_user(session: Session, user: str, *, keep: str = "") -> int:
    """End every sign-in of someone but `keep`; how many there were."""
    held = (LoginSession.user == user, LoginSession.ended_at.is_(None), LoginSession.id != keep)
    return changed(session, update(LoginSession).where(*held).values(ended_at=utc_now()))


def ended_since(session: Session, moment: datetime) -> list[str]:
    """Ids of sign-ins that ended or expired since `moment`, and of some that did shortly before."""
    since = moment - COMMIT_MARGIN
    expired = and_(LoginSession.expires_at >= since, LoginSession.expires_at <= utc_now())
    return list(session.scalars(select(LoginSession.id).where(or_(LoginSession.ended_at >= since, expired))))


def knows_address(session: Session, user: str, address: str) -> bool:
    """Whether someone signed in from an address within the time that is remembered."""
    known = exists().where(LoginSession.user == user, LoginSession.address == address)
    return bool(address) and bool(session.scalar(select(known)))
