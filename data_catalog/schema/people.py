"""Who acted, what they changed, and settings kept with the data."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from data_catalog.schema.base import Base, utc_now


class User(Base):
    """Someone who may act; the local default has one, `local`."""

    __tablename__ = "users"

    name: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class AuditEntry(Base):
    """One change by one person; rows are only ever added."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    user: Mapped[str]
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Setting(Base):
    """A value kept with the data directory, such as its format number."""

    __tablename__ = "settings"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]
