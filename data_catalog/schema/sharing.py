"""Views that were kept or shown to others."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from data_catalog.schema.base import Base, new_id, utc_now


class SavedView(Base):
    """An address of the product under a name, for its owner or the team."""

    __tablename__ = "saved_views"
    __table_args__ = (Index("ix_saved_views_owner", "owner", "created_at"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    page: Mapped[str]  # '/signal'
    query: Mapped[str]  # without the question mark
    part: Mapped[str]  # one card of the page; '' for all of it
    owner: Mapped[str]
    visibility: Mapped[str]  # 'team' or 'private'
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class ShareLink(Base):
    """A link that shows one view to whoever has it, until it expires or is revoked."""

    __tablename__ = "share_links"
    __table_args__ = (Index("ix_share_links_owner", "owner", "created_at"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    title: Mapped[str]
    page: Mapped[str]
    query: Mapped[str]
    part: Mapped[str]
    owner: Mapped[str]
    sees_all: Mapped[bool]  # made with the right to administer, which a key of an administrator may lack
    sha256: Mapped[str]  # of the secret in the link
    ancestors: Mapped[list[Any]]  # web origins whose pages may frame it
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    opened: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime | None]
