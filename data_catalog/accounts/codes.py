"""What works once: recovery codes, invitations and resets, each known by its hash only."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from data_catalog.batches import changed, insert_all
from data_catalog.schema import OneTimeToken, RecoveryCode, utc_now


def set_recovery(session: Session, user: str, sha256s: Sequence[str]) -> None:
    """Replace the recovery codes of someone."""
    changed(session, delete(RecoveryCode).where(RecoveryCode.user == user))
    insert_all(session, RecoveryCode, [{"user": user, "sha256": sha256, "used_at": None} for sha256 in sha256s])


def use_recovery(session: Session, user: str, sha256: str) -> bool:
    """Use up a recovery code; False if there is none such or it was used."""
    unused = (RecoveryCode.user == user, RecoveryCode.sha256 == sha256, RecoveryCode.used_at.is_(None))
    return changed(session, update(RecoveryCode).where(*unused).values(used_at=utc_now())) == 1


def recovery_left(session: Session, user: str) -> int:
    """How many recovery codes of someone are unused."""
    unused = (RecoveryCode.user == user, RecoveryCode.used_at.is_(None))
    return session.scalar(select(func.count()).select_from(RecoveryCode).where(*unused)) or 0


def add_token(session: Session, sha256: str, kind: str, user: str, expires_at: datetime, *, owner: str) -> OneTimeToken:
    """Add an invitation or reset; earlier ones of the same person are void."""
    withdraw_tokens(session, user)
    made = OneTimeToken(sha256=sha256, kind=kind, user=user, expires_at=expires_at, owner=owner)
    session.add(made)
    session.flush()
    return made


def find_token(session: Session, sha256: str) -> OneTimeToken | None:
    """The token of that hash, if it was not used and has not expired."""
    valid = (OneTimeToken.sha256 == sha256, OneTimeToken.used_at.is_(None), OneTimeToken.expires_at > utc_now())
    return session.scalars(select(OneTimeToken).where(*valid)).first()


def use_token(session: Session, sha256: str) -> bool:
    """Use up a token; False if it was used, has expired or is none."""
    valid = (OneTimeToken.sha256 == sha256, OneTimeToken.used_at.is_(None), OneTimeToken.expires_at > utc_now())
    return changed(session, update(OneTimeToken).where(*valid).values(used_at=utc_now())) == 1


def open_tokens(session: Session) -> list[OneTimeToken]:
    """Invitations and resets that can still be used, the newest first."""
    valid = (OneTimeToken.used_at.is_(None), OneTimeToken.expires_at > utc_now())
    return list(session.scalars(select(OneTimeToken).where(*valid).order_by(OneTimeToken.created_at.desc())))


def withdraw_tokens(session: Session, user: str) -> None:
    """Make every unused token of someone useless."""
    changed(session, delete(OneTimeToken).where(OneTimeToken.user == user, OneTimeToken.used_at.is_(None)))
