"""Messages for everybody or for one person, and who has read which."""

from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from data_catalog.batches import changed, insert_new
from data_catalog.errors import NotFoundError
from data_catalog.schema import AlertEvent, Delivery, InboxMark, utc_now

KEPT = timedelta(days=90)
"""How long messages and their deliveries are kept."""


class Message(NamedTuple):
    """One message, and whether the person who asks has read it."""

    event: AlertEvent
    read: bool


class MessagePage(NamedTuple):
    """One slice of a person's messages, newest first; `total` counts all of them."""

    rows: list[Message]
    total: int


def add(
    session: Session,
    *,
    kind: str,
    severity: str,
    title: str,
    text: str,
    value: float | None = None,
    rule_id: str | None = None,
    user: str | None = None,
) -> AlertEvent:
    """A new message."""
    event = AlertEvent(
        kind=kind, severity=severity, title=title, text=text, value=value, rule_id=rule_id, user=user, at=utc_now()
    )
    session.add(event)
    session.flush()
    return event


def get(session: Session, event_id: int) -> AlertEvent:
    """One message.

    Raises
    ------
    NotFoundError
        There is none of that number.
    """
    event = session.get(AlertEvent, event_id)
    if event is None:
        raise NotFoundError(f"no message has the number {event_id}", hint="see the inbox")
    return event


def page(session: Session, user: str, *, unread: bool = False, offset: int = 0, limit: int = 50) -> MessagePage:
    """Messages for a person, newest first."""
    conditions = [_for(user), *([~_read(user)] if unread else [])]
    total = session.scalar(select(func.count()).select_from(AlertEvent).where(*conditions)) or 0
    rows = session.execute(
        select(AlertEvent, _read(user)).where(*conditions).order_by(AlertEvent.id.desc()).offset(offset).limit(limit)
    )
    return MessagePage([Message(event, bool(read)) for event, read in rows], total)


def after(session: Session, event_id: int, limit: int = 50) -> list[AlertEvent]:
    """Messages for anybody that came after `event_id`, oldest first."""
    rows = session.scalars(select(AlertEvent).where(AlertEvent.id > event_id).order_by(AlertEvent.id).limit(limit))
    return list(rows)


def newest(session: Session) -> int:
    """Number of the newest message; 0 without any."""
    return session.scalar(select(func.max(AlertEvent.id))) or 0


def unread(session: Session, user: str) -> int:
    """How many messages a person has not read."""
    return session.scalar(select(func.count()).select_from(AlertEvent).where(_for(user), ~_read(user))) or 0


def mark(session: Session, user: str, event_id: int | None = None) -> int:
    """Note one message as read, or all of them; how many that were new to the person."""
    conditions = [_for(user), ~_read(user), *([AlertEvent.id == event_id] if event_id is not None else [])]
    wanted = session.scalars(select(AlertEvent.id).where(*conditions)).all()
    now = utc_now()
    insert_new(session, InboxMark, [{"user": user, "event_id": one, "read_at": now} for one in wanted])
    return len(wanted)


def prune(session: Session, older_than: timedelta = KEPT) -> int:
    """Forget messages older than `older_than`, with their marks and deliveries; how many."""
    old = select(AlertEvent.id).where(AlertEvent.at < utc_now() - older_than)
    changed(session, delete(InboxMark).where(InboxMark.event_id.in_(old)))
    changed(session, delete(Delivery).where(Delivery.event_id.in_(old)))
    return changed(session, delete(AlertEvent).where(AlertEvent.at < utc_now() - older_than))


def _for(user: str) -> ColumnElement[bool]:
    return or_(AlertEvent.user.is_(None), AlertEvent.user == user)


def _read(user: str) -> ColumnElement[bool]:
    return exists().where(and_(InboxMark.event_id == AlertEvent.id, InboxMark.user == user))
