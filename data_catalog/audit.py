"""Who changed what: one entry a change, in the transaction of the change."""

from collections.abc import Mapping, Sequence
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
    subject_kind: str | None = None,
    subject_id: str | None = None,
    offset: int = 0,
    limit: int = 100,
) -> tuple[Sequence[AuditEntry], int]:
    """Entries that match, newest first, and how many there are in all."""
    asked = {"user": user, "subject_kind": subject_kind, "subject_id": subject_id}
    conditions = [getattr(AuditEntry, column) == value for column, value in asked.items() if value is not None]
    total = session.scalar(select(func.count()).select_from(AuditEntry).where(*conditions)) or 0
    rows = session.scalars(
        select(AuditEntry).where(*conditions).order_by(AuditEntry.id.desc()).offset(offset).limit(limit)
    )
    return rows.all(), total
