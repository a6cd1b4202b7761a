"""Experiments, their runs, and what was measured while these learned."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from data_catalog.schema.base import Base, new_id, utc_now

_SHOWN = text("deleted_at IS NULL AND archived_at IS NULL")
_DELETED = text("deleted_at IS NOT NULL")


def _listed(name: str, *columns: str) -> Index:
    """An index over the experiments that lists show: neither deleted nor archived."""
    return Index(f"ix_experiments_{name}", *columns, sqlite_where=_SHOWN, postgresql_where=_SHOWN)


class Experiment(Base):
    """One configuration, trained and tested with one or several seeds by one job; `state` is that of the job."""

    __tablename__ = "experiments"
    __table_args__ = (
        _listed("created", "created_at", "id"),
        _listed("updated", "updated_at", "id"),
        _listed("name", "name", "id"),
        _listed("state", "state", "created_at"),
        _listed("model", "model", "created_at"),
        _listed("folder", "folder", "created_at"),
        _listed("accuracy", "record_accuracy", "id"),
        # of the deleted alone: one over all would be taken for a list, and its order not come from an index
        Index("ix_experiments_deleted", "deleted_at", sqlite_where=_DELETED, postgresql_where=_DELETED),
        Index("ix_experiments_visibility", "visibility", "owner"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    notes: Mapped[str] = mapped_column(default="")
    folder: Mapped[str] = mapped_column(default="")  # '' is the top; parts are separated by a slash
    search: Mapped[str] = mapped_column(default="")  # name, notes, model, target and split, case folded
    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id"), index=True)
    dataset_version: Mapped[int]
    model: Mapped[str]  # registry key, e.g. cnn_1d
    target: Mapped[str]
    split_text: Mapped[str] = mapped_column(default="")
    config: Mapped[dict[str, Any]]  # parameters of the job
    state: Mapped[str] = mapped_column(default="queued")
    job_id: Mapped[str | None] = mapped_column(ForeignKey("jobs.id"), unique=True)
    owner: Mapped[str]
    visibility: Mapped[str] = mapped_column(default="team")  # team, or private: its owner and administrators
    seeds: Mapped[int]
    record_accuracy: Mapped[float | None]  # mean over the finished runs
    record_accuracy_sd: Mapped[float | None]  # their sample standard deviation; none before the second
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]


class Run(Base):
    """One seed of an experiment; a finished one has left a model version."""

    __tablename__ = "runs"
    __table_args__ = (UniqueConstraint("experiment_id", "number"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    experiment_id: Mapped[str] = mapped_column(ForeignKey("experiments.id"))
    number: Mapped[int]  # from 1
    seed: Mapped[int]
    state: Mapped[str] = mapped_column(default="queued")
    model_id: Mapped[str | None] = mapped_column(ForeignKey("model_versions.id"), index=True)
    record_accuracy: Mapped[float | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    message: Mapped[str] = mapped_column(default="")


class RunMetric(Base):
    """One number of one epoch; an epoch that is done again after an interruption replaces itself."""

    __tablename__ = "run_metrics"
    __table_args__ = ({"sqlite_with_rowid": False},)

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)  # 'fold 1' …, 'kept': the model that is kept
    epoch: Mapped[int] = mapped_column(primary_key=True)  # from 1
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[float | None]


class RunSummary(Base):
    """What a number was over a run: over the epochs of the model that is kept, or over the folds for final results.

    `best` is the value at the epoch whose weights were kept, `last` that of the last epoch; both are the mean of the
    folds for final results.
    """

    __tablename__ = "run_summaries"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[float | None]
    best: Mapped[float | None]
    minimum: Mapped[float | None]
    maximum: Mapped[float | None]


class ExperimentSummary(Base):
    """The means of the summaries of an experiment's runs, by which long lists are sorted and filtered."""

    __tablename__ = "experiment_summaries"
    __table_args__ = tuple(
        Index(f"ix_experiment_summaries_{column}", "name", column, "experiment_id")
        for column in ("last", "best", "minimum", "maximum")
    )

    experiment_id: Mapped[str] = mapped_column(ForeignKey("experiments.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[float | None]
    best: Mapped[float | None]
    minimum: Mapped[float | None]
    maximum: Mapped[float | None]
