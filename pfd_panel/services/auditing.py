"""Who changed what, when: the log for administrators, one's own entries for everyone. It can only grow."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data_catalog import audit
from data_catalog.schema import AuditEntry
from pfd_panel.services.context import Context

MOST = 1000
"""Entries of one page."""


@dataclass(frozen=True)
class Entry:
    """One change."""

    id: int
    at: datetime
    user: str
    action: str
    subject_kind: str
    subject_id: str
    detail: dict[str, Any]


@dataclass(frozen=True)
class AuditPage:
    """One slice of the log, newest first; `total` counts all of it."""

    rows: list[Entry]
    total: int


def page(
    context: Context,
    *,
    user: str | None = None,
    action: str | None = None,
    subject_kind: str | None = None,
    subject_id: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    offset: int = 0,
    limit: int = 100,
) -> AuditPage:
    """Entries that match, newest first; anyone's, or with `user` only those of that one."""
    context.require("read" if user == context.user.name else "administer")
    with context.catalog.read() as session:
        rows, total = audit.page(
            session,
            user=user,
            action=action,
            subject_kind=subject_kind,
            subject_id=subject_id,
            since=since,
            until=until,
            offset=max(0, offset),
            limit=min(max(1, limit), MOST),
        )
        return AuditPage([_entry(row) for row in rows], total)


def choices(context: Context) -> dict[str, list[str]]:
    """The users, actions and kinds of subject that occur in the log, to filter by."""
    context.require("administer")
    with context.catalog.read() as session:
        return audit.choices(session)


def _entry(row: AuditEntry) -> Entry:
    return Entry(**{name: getattr(row, name) for name in Entry.__dataclass_fields__})
