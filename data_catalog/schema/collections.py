"""Datasets, their immutable versions, recordings, and the attributes under which a signal belongs to a dataset."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from data_catalog.schema.base import Base, new_id, utc_now


class Dataset(Base):
    """A named collection; what it holds is said by its versions."""

    __tablename__ = "datasets"
    __table_args__ = (
        # a deleted name may be used again, so only the living are unique
        Index(
            "uq_datasets_name_live",
            "name",
            unique=True,
            sqlite_where=text("deleted_at IS NULL"),
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    notes: Mapped[str] = mapped_column(default="")
    synthetic: Mapped[bool] = mapped_column(default=False)
    source: Mapped[dict[str, Any]] = mapped_column(default=dict)  # import path and preset, or generator configuration
    current_version: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str]
    visibility: Mapped[str] = mapped_column(default="team")  # team, or private: its owner and administrators
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)
    deleted_at: Mapped[datetime | None]


class DatasetVersion(Base):
    """An immutable manifest: the members valid at this number, summed up in one hash."""

    __tablename__ = "dataset_versions"

    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    manifest_hash: Mapped[str]
    signal_count: Mapped[int]
    recording_count: Mapped[int]
    reason: Mapped[str] = mapped_column(default="")
    job_id: Mapped[str | None]
    owner: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class Recording(Base):
    """Several channels taken together, from one file (or one member of a file)."""

    __tablename__ = "recordings"
    __table_args__ = (UniqueConstraint("dataset_id", "name"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id"), index=True)
    name: Mapped[str]
    source_path: Mapped[str] = mapped_column(default="")
    source_member: Mapped[str] = mapped_column(default="")
    sequence: Mapped[int | None]  # place in a run of snapshots
    started_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


# a member that the current version shows; queries must use these very words for the partial indexes to serve them, and
# they name no column that `ix_members_version` could be searched by
LIVE = "removed_version IS NULL AND pending IS NULL"


class Member(Base):
    """One signal in one dataset, from `added_version` until before `removed_version`, with these attributes.

    A correction never edits a row: it closes it and adds another, so every version can be read back as it was.
    A member without `added_version` waits under the mark of the job that brought it (`pending`) until that job seals
    a version; until then no reader sees it. The name of the recording and the statistics people filter and sort by
    are copied from rows that never change, so that one index answers a page.
    """

    __tablename__ = "members"
    __table_args__ = (
        Index("ix_members_version", "dataset_id", "added_version", "removed_version"),
        Index(
            "uq_members_signal_live",
            "dataset_id",
            "signal_id",
            unique=True,
            sqlite_where=text(LIVE),
            postgresql_where=text(LIVE),
        ),
        Index(
            "uq_members_signal_pending",
            "dataset_id",
            "pending",
            "signal_id",
            unique=True,
            sqlite_where=text("added_version IS NULL"),
            postgresql_where=text("added_version IS NULL"),
        ),
        # covers every filter, facet and sort of a page, so that none of them touches the wide rows
        Index(
            "ix_members_live",
            "dataset_id",
            "fault",
            "fault_size",
            "load",
            "severity",
            "position",
            "bearing",
            "asset",
            "channel",
            "rate_hz",
            "speed_rpm",
            "unit",
            "length",
            "rms",
            "peak",
            "crest_factor",
            "kurtosis",
            "id",
            "removed_version",  # null throughout, but without the two SQLite looks them up in the wide rows
            "pending",
            sqlite_where=text(LIVE),
            postgresql_where=text(LIVE),
        ),
        Index(
            "ix_members_search_live",
            "dataset_id",
            "search",
            "id",
            "removed_version",
            "pending",
            sqlite_where=text(LIVE),
            postgresql_where=text(LIVE),
        ),
        Index(
            "ix_members_recording_live",
            "dataset_id",
            "recording",
            "id",
            "removed_version",
            "pending",
            sqlite_where=text(LIVE),
            postgresql_where=text(LIVE),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id"))
    signal_id: Mapped[str] = mapped_column(ForeignKey("signals.id"), index=True)
    recording_id: Mapped[str] = mapped_column(ForeignKey("recordings.id"), index=True)
    added_version: Mapped[int | None]
    removed_version: Mapped[int | None]
    pending: Mapped[str | None]
    recording: Mapped[str]
    channel: Mapped[str]
    rate_hz: Mapped[float]
    rate_source: Mapped[str]
    speed_rpm: Mapped[float | None]
    speed_source: Mapped[str] = mapped_column(default="")
    unit: Mapped[str] = mapped_column(default="")
    fault: Mapped[str | None]
    fault_size: Mapped[float | None]  # inch
    position: Mapped[str | None]
    load: Mapped[float | None]
    severity: Mapped[str | None]
    bearing: Mapped[str | None]  # designation, e.g. 6205-2RS
    asset: Mapped[str | None]  # the physical machine or bearing
    labels: Mapped[dict[str, Any]] = mapped_column(default=dict)  # whatever else the source said
    findings: Mapped[list[Any]] = mapped_column(default=list)
    notes: Mapped[str] = mapped_column(default="")
    attributes_hash: Mapped[str]
    search: Mapped[str]  # the words people look for, case folded, in one place
    length: Mapped[int] = mapped_column(BigInteger)
    rms: Mapped[float]
    peak: Mapped[float]
    crest_factor: Mapped[float | None]
    kurtosis: Mapped[float | None]  # excess


class Tag(Base):
    """A word on a dataset, signal, recording, model or experiment."""

    __tablename__ = "tags"

    subject_kind: Mapped[str] = mapped_column(primary_key=True)
    subject_id: Mapped[str] = mapped_column(primary_key=True)
    tag: Mapped[str] = mapped_column(primary_key=True, index=True)
    owner: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
