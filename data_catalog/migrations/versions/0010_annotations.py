"""Annotations on signals."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "annotations",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("dataset_id", sa.String(), nullable=False),
        sa.Column("signal_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("start_s", sa.Double(), nullable=True),
        sa.Column("stop_s", sa.Double(), nullable=True),
        sa.Column("frequency_hz", sa.Double(), nullable=True),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("search", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('point', 'span', 'frequency')", name=op.f("ck_annotations_kind")),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name=op.f("fk_annotations_dataset_id_datasets")),
        sa.ForeignKeyConstraint(["signal_id"], ["signals.id"], name=op.f("fk_annotations_signal_id_signals")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annotations")),
    )
    op.create_index("ix_annotations_dataset", "annotations", ["dataset_id", "signal_id"], unique=False)
    op.create_index(op.f("ix_annotations_signal_id"), "annotations", ["signal_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_annotations_signal_id"), table_name="annotations")
    op.drop_index("ix_annotations_dataset", table_name="annotations")
    op.drop_table("annotations")
