"""What the doors to the product keep between two requests: uploads that go on, and requests that are answered once."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from data_catalog.schema.base import Base, new_id, utc_now


class Upload(Base):
    """A file on its way in; its bytes lie in a folder named by the id, `received` of them for certain."""

    __tablename__ = "uploads"
    __table_args__ = (Index("ix_uploads_owner", "owner", "created_at"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    owner: Mapped[str]
    name: Mapped[str]
    bytes: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    sha256: Mapped[str | None]  # of the whole file, as the sender announced it
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    completed_at: Mapped[datetime | None]


class AnsweredRequest(Base):
    """A request that a client marked with a key of its own, and what it was answered; no answer: still at it."""

    __tablename__ = "answered_requests"

    owner: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]  # SHA-256 of method, path and body
    answer: Mapped[dict[str, Any] | None]  # status, headers, body
    created_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
