"""What is sent out: queued with its message, tried until it arrives or is given up, and kept as a log."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data_catalog.errors import NotFoundError
from data_catalog.schema import AlertEvent, Delivery, utc_now


class DeliveryPage(NamedTuple):
    """One slice of the deliveries with their messages, newest first; `total` counts all of them."""

    rows: list[tuple[Delivery, AlertEvent]]
    total: int


def add(session: Session, event_id: int, channel: str, target: str, label: str) -> Delivery:
    """Queue a delivery; it is due at once."""
    delivery = Delivery(event_id=event_id, channel=channel, target=target, label=label, next_at=utc_now())
    session.add(delivery)
    session.flush()
    return delivery


def due(session: Session, limit: int = 20) -> list[Delivery]:
    """Deliveries whose next attempt is due, oldest first."""
    rows = session.scalars(
        select(Delivery)
        .where(Delivery.state == "queued", Delivery.next_at <= utc_now())
        .order_by(Delivery.next_at, Delivery.id)
        .limit(limit)
    )
    return list(rows)


def note(session: Session, delivery_id: str, state: str, answer: str, *, next_at: datetime | None = None) -> Delivery:
    """Write down what came of an attempt: ``sent``, ``failed``, or ``queued`` again for `next_at`.

    Raises
    ------
    NotFoundError
        There is no such delivery.
    """
    delivery = session.get(Delivery, delivery_id)
    if delivery is None:
        raise NotFoundError(f"no delivery has the id {delivery_id!r}")
    delivery.state, delivery.answer, delivery.attempts = state, answer, delivery.attempts + 1
    if next_at is not None:
        delivery.next_at = next_at
    if state != "queued":
        delivery.ended_at = utc_now()
    session.flush()
    return delivery


def page(session: Session, *, target: str | None = None, offset: int = 0, limit: int = 50) -> DeliveryPage:
    """Deliveries, newest first: all of them, or those to one target."""
    conditions = [Delivery.target == target] if target is not None else []
    total = session.scalar(select(func.count()).select_from(Delivery).where(*conditions)) or 0
    rows = session.execute(
        select(Delivery, AlertEvent)
        .join(AlertEvent, AlertEvent.id == Delivery.event_id)
        .where(*conditions)
        .order_by(Delivery.created_at.desc(), Delivery.id)
        .offset(offset)
        .limit(limit)
    )
    return DeliveryPage([(delivery, event) for delivery, event in rows], total)


def last_trial(session: Session, user: str) -> Delivery | None:
    """The newest delivery that a person had sent as a test, to whomever."""
    trials = select(Delivery).join(AlertEvent, AlertEvent.id == Delivery.event_id)
    own = trials.where(AlertEvent.kind == "test", AlertEvent.user == user)
    return session.scalars(own.order_by(Delivery.created_at.desc()).limit(1)).first()


def counts(session: Session) -> dict[str, int]:
    """How many deliveries there are of each state."""
    rows = session.execute(select(Delivery.state, func.count()).group_by(Delivery.state))
    return {state: number for state, number in rows}  # noqa: C416 - a row is not a pair to mypy
