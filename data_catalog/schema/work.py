"""Jobs, their durable steps, their log, and the lease of the one coordinator."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from data_catalog.schema.base import Base, new_id, utc_now


class Job(Base):
    """Long work as a row: doors set `requested`, only the coordinator changes `state`."""

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_queue", "state", "created_at"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(index=True)
    title: Mapped[str]
    params: Mapped[dict[str, Any]]
    # what it is about: the dataset if that existed when the job was submitted, and what its parameters call things;
    # several models by their ids, with spaces between
    dataset_id: Mapped[str | None]
    dataset_name: Mapped[str] = mapped_column(default="")
    model_name: Mapped[str] = mapped_column(default="")
    requested: Mapped[str] = mapped_column(default="run")  # run, pause, cancel
    state: Mapped[str] = mapped_column(default="queued")  # queued, running, paused, done, failed, cancelled
    done_units: Mapped[int] = mapped_column(default=0)
    total_units: Mapped[int] = mapped_column(default=0)
    unit: Mapped[str] = mapped_column(default="")  # what is counted: 'file', 'signal', 'fold'
    message: Mapped[str] = mapped_column(default="")
    eta_s: Mapped[float | None]
    attempt: Mapped[int] = mapped_column(default=0)
    fence: Mapped[int] = mapped_column(default=0)  # fencing number of the coordinator that ran it last
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    error: Mapped[dict[str, Any] | None]  # message, hint, and where the log has the traceback
    owner: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]


class JobStep(Base):
    """A step whose effect is committed; written in the same transaction as that effect, so it is never done twice."""

    __tablename__ = "job_steps"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    units: Mapped[int]
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class JobEvent(Base):
    """One line of a job's log."""

    __tablename__ = "job_events"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=utc_now)
    level: Mapped[str]
    text: Mapped[str]


class Lease(Base):
    """Who may act under a name until when; `fence` grows with every new holder."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    fence: Mapped[int]
    expires_at: Mapped[datetime]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)  # pid, host, scheduler address file
