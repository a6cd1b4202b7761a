"""What was measured of the system, the rules that watch it, what they told, and how it was delivered."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from data_catalog.schema.base import Base, new_id, utc_now


class Sample(Base):
    """One look of the coordinator at the system; `content` maps the name of a measure to its value."""

    __tablename__ = "samples"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    content: Mapped[dict[str, Any]]


class AlertRule(Base):
    """Tell somebody when a measure stays on the wrong side of a threshold."""

    __tablename__ = "alert_rules"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(unique=True)
    metric: Mapped[str]
    above: Mapped[bool] = mapped_column(default=True)  # too much is wrong; else too little
    threshold: Mapped[float]
    for_s: Mapped[float] = mapped_column(default=0.0)
    severity: Mapped[str] = mapped_column(default="watch")  # watch, alarm
    enabled: Mapped[bool] = mapped_column(default=True)
    owner: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)


class AlertStanding(Base):
    """Where a rule stands: written by the coordinator only, under its fence."""

    __tablename__ = "alert_standings"

    rule_id: Mapped[str] = mapped_column(ForeignKey("alert_rules.id"), primary_key=True)
    state: Mapped[str] = mapped_column(default="calm")  # calm, pending, firing
    since: Mapped[datetime]
    seen_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    told: Mapped[bool] = mapped_column(default=False)  # whether the present firing was told
    value: Mapped[float | None]


class AlertEvent(Base):
    """One message: a rule fired or recovered, or somebody tried a channel; `user` is None for everybody."""

    __tablename__ = "alert_events"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    rule_id: Mapped[str | None]  # no reference: messages outlive their rule
    kind: Mapped[str]  # fired, recovered, test
    severity: Mapped[str]  # watch, alarm, healthy
    title: Mapped[str]
    text: Mapped[str]
    value: Mapped[float | None]
    user: Mapped[str | None]


class InboxMark(Base):
    """A message that a person has read."""

    __tablename__ = "inbox_marks"

    user: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("alert_events.id"), primary_key=True)
    read_at: Mapped[datetime] = mapped_column(default=utc_now)


class Delivery(Base):
    """A message on its way out of the product, and what became of it."""

    __tablename__ = "deliveries"
    __table_args__ = (Index("ix_deliveries_queue", "state", "next_at"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    event_id: Mapped[int] = mapped_column(ForeignKey("alert_events.id"), index=True)
    channel: Mapped[str]  # email, webhook
    target: Mapped[str]  # an address, or the id of a webhook
    label: Mapped[str]  # the target as people know it
    state: Mapped[str] = mapped_column(default="queued")  # queued, trying (by whoever asked for it), sent, failed
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(default=utc_now)
    answer: Mapped[str] = mapped_column(default="")  # of the last attempt, in words
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    ended_at: Mapped[datetime | None]


class Webhook(Base):
    """An address outside that is told of every message; its secret signs what is sent."""

    __tablename__ = "webhooks"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(unique=True)
    url: Mapped[str]
    secret: Mapped[str]
    enabled: Mapped[bool] = mapped_column(default=True)
    owner: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class Preference(Base):
    """What one person chose under one heading."""

    __tablename__ = "preferences"

    user: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)
