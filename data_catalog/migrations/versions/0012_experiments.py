"""Experiments, their runs, and what was measured in these."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SHOWN = sa.text("deleted_at IS NULL AND archived_at IS NULL")
DELETED = sa.text("deleted_at IS NOT NULL")
LISTED = {
    "created": ["created_at", "id"],
    "updated": ["updated_at", "id"],
    "name": ["name", "id"],
    "state": ["state", "created_at"],
    "model": ["model", "created_at"],
    "folder": ["folder", "created_at"],
    "accuracy": ["record_accuracy", "id"],
}
SUMMARY = ("last", "best", "minimum", "maximum")


def upgrade() -> None:
    op.create_table(
        "experiments",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("search", sa.String(), nullable=False),
        sa.Column("dataset_id", sa.String(), nullable=False),
        sa.Column("dataset_version", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("split_text", sa.String(), nullable=False),
        sa.Column("config", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("job_id", sa.String(), nullable=True),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("visibility", sa.String(), nullable=False),
        sa.Column("seeds", sa.Integer(), nullable=False),
        sa.Column("record_accuracy", sa.Double(), nullable=True),
        sa.Column("record_accuracy_sd", sa.Double(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name=op.f("fk_experiments_dataset_id_datasets")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_experiments_job_id_jobs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experiments")),
        sa.UniqueConstraint("job_id", name=op.f("uq_experiments_job_id")),
    )
    op.create_index(op.f("ix_experiments_dataset_id"), "experiments", ["dataset_id"], unique=False)
    op.create_index(
        "ix_experiments_deleted", "experiments", ["deleted_at"], sqlite_where=DELETED, postgresql_where=DELETED
    )
    for name, columns in LISTED.items():
        op.create_index(
            f"ix_experiments_{name}", "experiments", columns, sqlite_where=SHOWN, postgresql_where=SHOWN
        )
    op.create_index("ix_experiments_visibility", "experiments", ["visibility", "owner"])
    op.create_index("ix_model_versions_visibility", "model_versions", ["visibility", "owner"])
    op.create_table(
        "runs",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("experiment_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("model_id", sa.String(), nullable=True),
        sa.Column("record_accuracy", sa.Double(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["experiment_id"], ["experiments.id"], name=op.f("fk_runs_experiment_id_experiments")),
        sa.ForeignKeyConstraint(["model_id"], ["model_versions.id"], name=op.f("fk_runs_model_id_model_versions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
        sa.UniqueConstraint("experiment_id", "number", name=op.f("uq_runs_experiment_id_number")),
    )
    op.create_index(op.f("ix_runs_model_id"), "runs", ["model_id"], unique=False)
    op.create_table(
        "run_metrics",
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_run_metrics_run_id_runs")),
        sa.PrimaryKeyConstraint("run_id", "part", "epoch", "name", name=op.f("pk_run_metrics")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "run_summaries",
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        *(sa.Column(column, sa.Double(), nullable=True) for column in SUMMARY),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_run_summaries_run_id_runs")),
        sa.PrimaryKeyConstraint("run_id", "name", name=op.f("pk_run_summaries")),
    )
    op.create_table(
        "experiment_summaries",
        sa.Column("experiment_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        *(sa.Column(column, sa.Double(), nullable=True) for column in SUMMARY),
        sa.ForeignKeyConstraint(
            ["experiment_id"], ["experiments.id"], name=op.f("fk_experiment_summaries_experiment_id_experiments")
        ),
        sa.PrimaryKeyConstraint("experiment_id", "name", name=op.f("pk_experiment_summaries")),
    )
    for column in SUMMARY:
        op.create_index(
            f"ix_experiment_summaries_{column}", "experiment_summaries", ["name", column, "experiment_id"]
        )


def downgrade() -> None:
    op.execute("DELETE FROM tags WHERE subject_kind = 'experiment'")
    for column in SUMMARY:
        op.drop_index(f"ix_experiment_summaries_{column}", table_name="experiment_summaries")
    op.drop_table("experiment_summaries")
    op.drop_table("run_summaries")
    op.drop_table("run_metrics")
    op.drop_index(op.f("ix_runs_model_id"), table_name="runs")
    op.drop_table("runs")
    op.drop_index("ix_model_versions_visibility", table_name="model_versions")
    op.drop_index("ix_experiments_visibility", table_name="experiments")
    for name in LISTED:
        op.drop_index(f"ix_experiments_{name}", table_name="experiments")
    op.drop_index("ix_experiments_deleted", table_name="experiments")
    op.drop_index(op.f("ix_experiments_dataset_id"), table_name="experiments")
    op.drop_table("experiments")
