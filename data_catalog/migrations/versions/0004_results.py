"""Artifacts, feature sets, splits, models, predictions, cached derivations."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "artifacts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_artifacts")),
    )
    op.create_table(
        "derived",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_derived")),
    )
    op.create_index(op.f("ix_derived_operation"), "derived", ["operation"], unique=False)
    op.create_index(op.f("ix_derived_used_at"), "derived", ["used_at"], unique=False)
    op.create_table(
        "feature_sets",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("dataset_id", sa.String(), nullable=False),
        sa.Column("config", sa.JSON(), nullable=False),
        sa.Column("config_key", sa.String(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name=op.f("fk_feature_sets_dataset_id_datasets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feature_sets")),
        sa.UniqueConstraint("dataset_id", "config_key", name=op.f("uq_feature_sets_dataset_id_config_key")),
    )
    op.create_index(op.f("ix_feature_sets_dataset_id"), "feature_sets", ["dataset_id"], unique=False)
    op.create_table(
        "splits",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("dataset_id", sa.String(), nullable=False),
        sa.Column("dataset_version", sa.Integer(), nullable=False),
        sa.Column("config", sa.JSON(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name=op.f("fk_splits_dataset_id_datasets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_splits")),
    )
    op.create_index(op.f("ix_splits_dataset_id"), "splits", ["dataset_id"], unique=False)
    op.create_table(
        "feature_parts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("feature_set_id", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("checksum", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["feature_set_id"], ["feature_sets.id"], name=op.f("fk_feature_parts_feature_set_id_feature_sets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feature_parts")),
    )
    op.create_index(op.f("ix_feature_parts_feature_set_id"), "feature_parts", ["feature_set_id"], unique=False)
    op.create_table(
        "model_versions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("dataset_id", sa.String(), nullable=False),
        sa.Column("dataset_version", sa.Integer(), nullable=False),
        sa.Column("manifest_hash", sa.String(), nullable=False),
        sa.Column("feature_set_id", sa.String(), nullable=False),
        sa.Column("split_id", sa.String(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("config", sa.JSON(), nullable=False),
        sa.Column("environment", sa.JSON(), nullable=False),
        sa.Column("metrics", sa.JSON(), nullable=False),
        sa.Column("record_accuracy", sa.Double(), nullable=True),
        sa.Column("artifact_id", sa.String(), nullable=False),
        sa.Column("job_id", sa.String(), nullable=True),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["artifact_id"], ["artifacts.id"], name=op.f("fk_model_versions_artifact_id_artifacts")
        ),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name=op.f("fk_model_versions_dataset_id_datasets")),
        sa.ForeignKeyConstraint(
            ["feature_set_id"], ["feature_sets.id"], name=op.f("fk_model_versions_feature_set_id_feature_sets")
        ),
        sa.ForeignKeyConstraint(["split_id"], ["splits.id"], name=op.f("fk_model_versions_split_id_splits")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_versions")),
        sa.UniqueConstraint("name", "number", name=op.f("uq_model_versions_name_number")),
    )
    op.create_index(op.f("ix_model_versions_dataset_id"), "model_versions", ["dataset_id"], unique=False)
    op.create_index(op.f("ix_model_versions_model"), "model_versions", ["model"], unique=False)
    op.create_index(op.f("ix_model_versions_record_accuracy"), "model_versions", ["record_accuracy"], unique=False)
    op.create_table(
        "feature_rows",
        sa.Column("feature_set_id", sa.String(), nullable=False),
        sa.Column("signal_id", sa.String(), nullable=False),
        sa.Column("input_key", sa.String(), nullable=False),
        sa.Column("part_id", sa.String(), nullable=False),
        sa.Column("first_row", sa.Integer(), nullable=False),
        sa.Column("windows", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["feature_set_id"], ["feature_sets.id"], name=op.f("fk_feature_rows_feature_set_id_feature_sets")
        ),
        sa.ForeignKeyConstraint(["part_id"], ["feature_parts.id"], name=op.f("fk_feature_rows_part_id_feature_parts")),
        sa.ForeignKeyConstraint(["signal_id"], ["signals.id"], name=op.f("fk_feature_rows_signal_id_signals")),
        sa.PrimaryKeyConstraint("feature_set_id", "signal_id", "input_key", name=op.f("pk_feature_rows")),
    )
    op.create_table(
        "predictions",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("model_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("recording", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("signal_id", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("truth", sa.String(), nullable=True),
        sa.Column("label", sa.String(), nullable=True),
        sa.Column("probability", sa.Double(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("job_id", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["model_id"], ["model_versions.id"], name=op.f("fk_predictions_model_id_model_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_predictions")),
    )
    op.create_index(op.f("ix_predictions_job_id"), "predictions", ["job_id"], unique=False)
    op.create_index("ix_predictions_model", "predictions", ["model_id", "kind"], unique=False)
    op.create_index(op.f("ix_predictions_signal_id"), "predictions", ["signal_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_predictions_signal_id"), table_name="predictions")
    op.drop_index("ix_predictions_model", table_name="predictions")
    op.drop_index(op.f("ix_predictions_job_id"), table_name="predictions")
    op.drop_table("predictions")
    op.drop_table("feature_rows")
    op.drop_index(op.f("ix_model_versions_record_accuracy"), table_name="model_versions")
    op.drop_index(op.f("ix_model_versions_model"), table_name="model_versions")
    op.drop_index(op.f("ix_model_versions_dataset_id"), table_name="model_versions")
    op.drop_table("model_versions")
    op.drop_index(op.f("ix_feature_parts_feature_set_id"), table_name="feature_parts")
    op.drop_table("feature_parts")
    op.drop_index(op.f("ix_splits_dataset_id"), table_name="splits")
    op.drop_table("splits")
    op.drop_index(op.f("ix_feature_sets_dataset_id"), table_name="feature_sets")
    op.drop_table("feature_sets")
    op.drop_index(op.f("ix_derived_used_at"), table_name="derived")
    op.drop_index(op.f("ix_derived_operation"), table_name="derived")
    op.drop_table("derived")
    op.drop_table("artifacts")
