"""Who changed what: one entry a change, in the transaction of the change."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data_catalog.schema import AuditEntry


def record(
    session: Session,
    user: str,
    action: str,
    subject_kind: str,
    subject_id: str,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add an entry; it lives or dies with the caller's transaction."""
    session.add(
        AuditEntry(
            user=user, action=action, subject_kind=subject_kind, subject_id=subject_id, detail=dict(detail or {})
        )
    )


def page(
    session: Session,
    *,
    user: str | None = None,
    action: str | None = None,
    subject_kind: str | None = None,
    subject_id: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    offset: int = 0,
    limit: int = 100,
) -> tuple[Sequence[AuditEntry], int]:
    """Entries that match, newest first, and how many there are in all; from `since` until before `until`."""
    asked = {"user": user, "action": action, "subject_kind": subject_kind, "subject_id": subject_id}
    conditions = [getattr(AuditEntry, column) == value for column, value in asked.items() if value is not None]
    if since is not None:
        conditions.append(AuditEntry.at >= since)
    if until is not None:
        conditions.append(AuditEntry.at < until)
    total = session.scalar(select(func.count()).select_from(AuditEntry).where(*conditions)) or 0
    rows = session.scalars(
        select(AuditEntry).where(*conditions).order_by(AuditEntry.id.desc()).offset(offset).limit(limit)
    )
    return rows.all(), total


def choices(session: Session) -> dict[str, list[str]]:
    """Every user, action and kind of subject that occurs, in alphabetical order."""
    columns = (AuditEntry.user, AuditEntry.action, AuditEntry.subject_kind)
    return {column.key: list(session.scalars(select(column).distinct().order_by(column))) for column in columns}
