"""What people wrote on signals."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from data_catalog.schema.base import Base, new_id, utc_now


class Annotation(Base):
    """A remark on a moment, a stretch of time or a frequency of one signal of one dataset.

    It belongs to the signal in the dataset, not to a version of it: a signal keeps its id when it is corrected.
    """

    __tablename__ = "annotations"
    __table_args__ = (
        Index("ix_annotations_dataset", "dataset_id", "signal_id"),
        CheckConstraint("kind IN ('point', 'span', 'frequency')", name="kind"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id"))
    signal_id: Mapped[str] = mapped_column(ForeignKey("signals.id"), index=True)
    kind: Mapped[str]
    start_s: Mapped[float | None]  # from the first sample on, in seconds of the rate the signal had then
    stop_s: Mapped[float | None]
    frequency_hz: Mapped[float | None]
    label: Mapped[str]
    text: Mapped[str]
    search: Mapped[str]  # label, text and author, case folded
    author: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    changed_by: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(default=utc_now)
    deleted_at: Mapped[datetime | None]
