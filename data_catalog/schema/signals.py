"""Where the samples of a signal lie, and what is true of the samples alone."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from data_catalog.schema.base import Base, utc_now


class Segment(Base):
    """One immutable Zarr group written by one job step; visible once this row is committed."""

    __tablename__ = "segments"

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]  # 'short': many rows a shard; 'long': one signal over many shards
    dtype: Mapped[str]
    rows: Mapped[int]
    bytes: Mapped[int] = mapped_column(BigInteger)
    checksum: Mapped[str]  # over the stored files, for `pfd doctor`
    job_id: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class Signal(Base):
    """One channel of one recording, identified by the hash of its samples and channel name."""

    __tablename__ = "signals"
    __table_args__ = (Index("ix_signals_place", "segment_id", "row", unique=True),)

    id: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str]
    length: Mapped[int] = mapped_column(BigInteger)
    segment_id: Mapped[str] = mapped_column(ForeignKey("segments.id"))
    row: Mapped[int]
    mean: Mapped[float]
    rms: Mapped[float]
    peak: Mapped[float]
    crest_factor: Mapped[float | None]
    kurtosis: Mapped[float | None]  # excess
    nan_count: Mapped[int] = mapped_column(default=0)
    clipped_fraction: Mapped[float] = mapped_column(default=0.0)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
