"""Requests that are answered once: the first with a key does the work, every other gets the same answer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from data_catalog.batches import changed
from data_catalog.database import lock_name
from data_catalog.schema import AnsweredRequest


def claim(session: Session, owner: str, key: str, fingerprint: str) -> AnsweredRequest | None:
    """Take a key; None means that it is taken now, by this call, else the row of whoever took it before.

    Of any number of concurrent callers one gets None.
    """
    lock_name(session, f"answered:{owner}:{key}")
    found = session.get(AnsweredRequest, (owner, key), populate_existing=True)
    if found is None:
        session.add(AnsweredRequest(owner=owner, key=key, fingerprint=fingerprint, answer=None))
        session.flush()
    return found


def find(session: Session, owner: str, key: str) -> AnsweredRequest | None:
    """The row of a key, if it was taken."""
    return session.get(AnsweredRequest, (owner, key), populate_existing=True)


def keep(session: Session, owner: str, key: str, answer: Mapping[str, Any]) -> None:
    """Write down what a request was answered."""
    row = (AnsweredRequest.owner == owner, AnsweredRequest.key == key)
    changed(session, update(AnsweredRequest).where(*row).values(answer=dict(answer)))


def release(session: Session, owner: str, key: str) -> None:
    """Give a key back, because the request that took it changed nothing."""
    changed(session, delete(AnsweredRequest).where(AnsweredRequest.owner == owner, AnsweredRequest.key == key))


def forget(session: Session, before: datetime) -> int:
    """Drop answers from before a moment; how many."""
    return changed(session, delete(AnsweredRequest).where(AnsweredRequest.created_at < before))
