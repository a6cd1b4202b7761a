"""By whom someone is known elsewhere: a subject of another sign-in service stands for one user of ours."""

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from data_catalog import audit
from data_catalog.batches import changed
from data_catalog.database import lock_name
from data_catalog.errors import ConflictError
from data_catalog.schema import ExternalIdentity, utc_now


def user_of(session: Session, issuer: str, subject: str) -> str | None:
    """The name of the user that a subject stands for; the account itself may be gone."""
    lock_name(session, "people")
    found = session.get(ExternalIdentity, (issuer, subject))
    return found.user if found else None


def add(session: Session, issuer: str, subject: str, user: str, *, owner: str) -> None:
    """Let a subject stand for a user from now on.

    Raises
    ------
    ConflictError
        It stands for someone already.
    """
    taken = user_of(session, issuer, subject)
    if taken is not None:
        raise ConflictError(f"this identity belongs to {taken} already", hint="unlink it there first")
    session.add(ExternalIdentity(issuer=issuer, subject=subject, user=user))
    audit.record(session, owner, "link", "user", user, {"issuer": issuer, "subject": subject})
    session.flush()


def is_known_elsewhere(session: Session, user: str) -> bool:
    """Whether someone can sign in by another service."""
    return bool(session.scalar(select(exists().where(ExternalIdentity.user == user))))


def touch(session: Session, issuer: str, subject: str) -> None:
    """Note that a subject signed in now."""
    here = (ExternalIdentity.issuer == issuer, ExternalIdentity.subject == subject)
    changed(session, update(ExternalIdentity).where(*here).values(seen_at=utc_now()))


def unlink(session: Session, user: str, *, owner: str) -> int:
    """Let no subject stand for a user any more; how many did."""
    gone = changed(session, delete(ExternalIdentity).where(ExternalIdentity.user == user))
    if gone:
        audit.record(session, owner, "unlink", "user", user, {"identities": gone})
    return gone
