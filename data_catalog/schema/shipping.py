"""How far a model version has come towards use, and the files in which it leaves."""

from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from data_catalog.schema.base import Base, new_id, utc_now

Stage = Literal["none", "candidate", "production", "retired"]
STAGES: tuple[Stage, ...] = get_args(Stage)
PRODUCTION: Stage = "production"
RETIRED: Stage = "retired"
ASKED_BY: frozenset[Stage] = frozenset({"candidate", PRODUCTION})
"""Stages that a version can be asked for by: ``name@production``."""


class StageChange(Base):
    """One move of a model version to another stage, with its reason; rows are added only, the database refuses more.

    The version is named by values, not by a foreign key: the history outlives what it tells of.
    """

    __tablename__ = "stage_changes"
    __table_args__ = (Index("ix_stage_changes_name", "name", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    model_id: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    number: Mapped[int]
    before: Mapped[str]
    after: Mapped[str]
    reason: Mapped[str]
    user: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=utc_now)


class ModelExport(Base):
    """A file in which a model version leaves, and what was measured when it was made."""

    __tablename__ = "model_exports"
    __table_args__ = (Index("ix_model_exports_model", "model_id", "format", "created_at"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    model_id: Mapped[str] = mapped_column(ForeignKey("model_versions.id"))
    format: Mapped[str]  # a name of pipelines.exchange.FORMATS
    artifact_id: Mapped[str] = mapped_column(ForeignKey("artifacts.id"))
    bytes: Mapped[int] = mapped_column(BigInteger)
    report: Mapped[dict[str, Any]]  # parity, latency, accuracy: as pipelines.exchange tells them
    job_id: Mapped[str | None]
    owner: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
