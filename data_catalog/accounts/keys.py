"""API keys as rows: found by the hash of their token, counted, revoked."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from data_catalog import audit
from data_catalog.batches import changed
from data_catalog.errors import NotFoundError
from data_catalog.schema import ApiKey, utc_now


def add(
    session: Session,
    user: str,
    name: str,
    sha256: str,
    scopes: Sequence[str],
    expires_at: datetime | None,
    *,
    by: str = "",
) -> ApiKey:
    """Add a key of `user`, made by that one or by someone else."""
    key = ApiKey(user=user, name=name, sha256=sha256, scopes=sorted(scopes), expires_at=expires_at)
    session.add(key)
    session.flush()
    told = {
        "user": user,
        "name": name,
        "scopes": key.scopes,
        "expires_at": expires_at.isoformat() if expires_at else None,
    }
    audit.record(session, by or user, "add", "key", key.id, told)
    session.flush()
    return key


def find(session: Session, sha256: str) -> ApiKey | None:
    """The key whose token has that hash, valid or not."""
    return session.scalars(select(ApiKey).where(ApiKey.sha256 == sha256)).first()


def get(session: Session, key_id: str) -> ApiKey:
    """One key.

    Raises
    ------
    NotFoundError
        No key has that id.
    """
    found = session.get(ApiKey, key_id)
    if found is None:
        raise NotFoundError(f"no key has the id {key_id!r}", hint="see the list of keys")
    return found


def is_valid(key: ApiKey, now: datetime) -> bool:
    """Whether a key opens anything at a moment."""
    return key.revoked_at is None and (key.expires_at is None or key.expires_at > now)


def listing(session: Session, user: str | None = None) -> list[ApiKey]:
    """The keys of someone or of everyone, the newest first, revoked ones too."""
    asked = [ApiKey.user == user] if user is not None else []
    return list(session.scalars(select(ApiKey).where(*asked).order_by(ApiKey.created_at.desc(), ApiKey.id)))


def count(session: Session, key_id: str, uses: int) -> None:
    """Add to how often a key was used."""
    used = update(ApiKey).where(ApiKey.id == key_id).values(uses=ApiKey.uses + uses, used_at=utc_now())
    changed(session, used)


def revoke(session: Session, key_id: str, *, owner: str) -> None:
    """Make a key useless; one that is revoked already stays as it is.

    Raises
    ------
    NotFoundError
        No key has that id.
    """
    key = get(session, key_id)
    if key.revoked_at is None:
        key.revoked_at = utc_now()
        audit.record(session, owner, "revoke", "key", key.id, {"name": key.name, "user": key.user})
        session.flush()


def revoke_of_user(session: Session, user: str) -> int:
    """Revoke every key of someone; how many there were."""
    held = (ApiKey.user == user, ApiKey.revoked_at.is_(None))
    return changed(session, update(ApiKey).where(*held).values(revoked_at=utc_now()))
