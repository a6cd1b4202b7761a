"""What was computed: feature sets, splits, model versions, predictions, cached derivations, artifacts."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from data_catalog.schema.base import Base, new_id, utc_now


class Artifact(Base):
    """A file the product wrote, named by what is in it."""

    __tablename__ = "artifacts"

    id: Mapped[str] = mapped_column(primary_key=True)  # sha256 of the content
    kind: Mapped[str]
    path: Mapped[str]  # relative to the artifact folder
    bytes: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class FeatureSet(Base):
    """One feature configuration applied to one dataset; grows by parts as signals are added."""

    __tablename__ = "feature_sets"
    __table_args__ = (UniqueConstraint("dataset_id", "config_key"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id"), index=True)
    config: Mapped[dict[str, Any]]
    config_key: Mapped[str]
    names: Mapped[list[Any]]
    owner: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)


class FeaturePart(Base):
    """One immutable Zarr group of feature rows, written whole by one job step."""

    __tablename__ = "feature_parts"

    id: Mapped[str] = mapped_column(primary_key=True)
    feature_set_id: Mapped[str] = mapped_column(ForeignKey("feature_sets.id"), index=True)
    rows: Mapped[int]
    bytes: Mapped[int] = mapped_column(BigInteger)
    checksum: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class FeatureRow(Base):
    """Where the features of one signal lie: a whole-record row, then its windows.

    `input_key` hashes what the numbers depend on besides the samples (rate, speed, bearing), so that a correction
    asks for new numbers instead of serving old ones.
    """

    __tablename__ = "feature_rows"

    feature_set_id: Mapped[str] = mapped_column(ForeignKey("feature_sets.id"), primary_key=True)
    signal_id: Mapped[str] = mapped_column(ForeignKey("signals.id"), primary_key=True)
    input_key: Mapped[str] = mapped_column(primary_key=True)
    part_id: Mapped[str] = mapped_column(ForeignKey("feature_parts.id"))
    first_row: Mapped[int]
    windows: Mapped[int]


class Split(Base):
    """Which recordings were held out together, stored so that a result can be traced to it."""

    __tablename__ = "splits"

    id: Mapped[str] = mapped_column(primary_key=True)  # hash of the content
    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id"), index=True)
    dataset_version: Mapped[int]
    config: Mapped[dict[str, Any]]
    content: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class ModelVersion(Base):
    """A trained model with everything needed to repeat and to doubt it."""

    __tablename__ = "model_versions"
    __table_args__ = (
        UniqueConstraint("name", "number"),
        # who may see what is asked in every session, and the evaluations in the rows are long
        Index("ix_model_versions_visibility", "visibility", "owner"),
        # whoever promotes two at once: one of a name is in production
        Index(
            "uq_model_versions_production",
            "name",
            unique=True,
            sqlite_where=text("stage = 'production'"),
            postgresql_where=text("stage = 'production'"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    number: Mapped[int]
    model: Mapped[str] = mapped_column(index=True)  # registry key, e.g. random_forest
    target: Mapped[str]
    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id"), index=True)
    dataset_version: Mapped[int]
    manifest_hash: Mapped[str]
    feature_set_id: Mapped[str] = mapped_column(ForeignKey("feature_sets.id"))
    split_id: Mapped[str] = mapped_column(ForeignKey("splits.id"))
    seed: Mapped[int]
    config: Mapped[dict[str, Any]]
    environment: Mapped[dict[str, Any]]
    metrics: Mapped[dict[str, Any]]  # the whole evaluation as pipelines.learn reports it
    record_accuracy: Mapped[float | None] = mapped_column(index=True)
    artifact_id: Mapped[str] = mapped_column(ForeignKey("artifacts.id"))
    job_id: Mapped[str | None]
    notes: Mapped[str] = mapped_column(default="")
    owner: Mapped[str]
    visibility: Mapped[str] = mapped_column(default="team")  # team, or private: its owner and administrators
    stage: Mapped[str] = mapped_column(default="none", index=True)  # see data_catalog.stages
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    deleted_at: Mapped[datetime | None]


class Prediction(Base):
    """What one model version said of one recording: held out in training, or asked later."""

    __tablename__ = "predictions"
    __table_args__ = (Index("ix_predictions_model", "model_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    model_id: Mapped[str] = mapped_column(ForeignKey("model_versions.id"))
    kind: Mapped[str]  # 'held_out' or 'predict'
    recording: Mapped[str]
    channel: Mapped[str] = mapped_column(default="")
    signal_id: Mapped[str | None] = mapped_column(index=True)
    source: Mapped[str] = mapped_column(default="")
    truth: Mapped[str | None]
    label: Mapped[str | None]  # none: the model abstained
    probability: Mapped[float | None]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    job_id: Mapped[str | None] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class Derived(Base):
    """A cached result, keyed by operation, its version, parameters and inputs; always recomputable."""

    __tablename__ = "derived"

    key: Mapped[str] = mapped_column(primary_key=True)
    operation: Mapped[str] = mapped_column(index=True)
    value: Mapped[dict[str, Any]]
    bytes: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    used_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
