"""Which signals of a dataset show its machines in good health."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from data_catalog.schema.base import Base, utc_now


class HealthyReference(Base):
    """The healthy reference of a dataset: signals by their ids, or all that a query finds; at most one a dataset."""

    __tablename__ = "healthy_references"

    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id"), primary_key=True)
    signal_ids: Mapped[list[Any]]  # empty where the query says which
    query: Mapped[str]
    note: Mapped[str]
    declared_by: Mapped[str]
    declared_at: Mapped[datetime] = mapped_column(default=utc_now)
