"""What each person chose, by heading."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from data_catalog.batches import changed
from data_catalog.schema import Preference


def get(session: Session, user: str, key: str) -> dict[str, Any]:
    """What a person chose under a heading; empty if nothing was."""
    found = session.get(Preference, (user, key))
    return dict(found.content) if found is not None else {}


def put(session: Session, user: str, key: str, content: Mapping[str, Any]) -> None:
    """Keep a choice instead of what was there."""
    found = session.get(Preference, (user, key))
    if found is None:
        session.add(Preference(user=user, key=key, content=dict(content)))
    else:
        found.content = dict(content)
    session.flush()


def forget(session: Session, user: str) -> None:
    """Forget everything that a person chose."""
    changed(session, delete(Preference).where(Preference.user == user))


def everyone(session: Session, key: str) -> dict[str, dict[str, Any]]:
    """What everybody chose under a heading, by name."""
    rows = session.execute(select(Preference.user, Preference.content).where(Preference.key == key))
    return {user: dict(content) for user, content in rows}
