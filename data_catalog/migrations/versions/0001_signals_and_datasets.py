"""Segments, signals, datasets and their versions, recordings, members, tags."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "datasets",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("source", sa.JSON(), nullable=False),
        sa.Column("current_version", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_datasets")),
    )
    op.create_index(
        "uq_datasets_name_live",
        "datasets",
        ["name"],
        unique=True,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "segments",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("dtype", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("checksum", sa.String(), nullable=False),
        sa.Column("job_id", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segments")),
    )
    op.create_table(
        "tags",
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject_kind", "subject_id", "tag", name=op.f("pk_tags")),
    )
    op.create_index(op.f("ix_tags_tag"), "tags", ["tag"], unique=False)
    op.create_table(
        "dataset_versions",
        sa.Column("dataset_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("manifest_hash", sa.String(), nullable=False),
        sa.Column("signal_count", sa.Integer(), nullable=False),
        sa.Column("recording_count", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("job_id", sa.String(), nullable=True),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name=op.f("fk_dataset_versions_dataset_id_datasets")),
        sa.PrimaryKeyConstraint("dataset_id", "number", name=op.f("pk_dataset_versions")),
    )
    op.create_table(
        "recordings",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("dataset_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("source_path", sa.String(), nullable=False),
        sa.Column("source_member", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name=op.f("fk_recordings_dataset_id_datasets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recordings")),
        sa.UniqueConstraint("dataset_id", "name", name=op.f("uq_recordings_dataset_id_name")),
    )
    op.create_index(op.f("ix_recordings_dataset_id"), "recordings", ["dataset_id"], unique=False)
    op.create_table(
        "signals",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("segment_id", sa.String(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("mean", sa.Double(), nullable=False),
        sa.Column("rms", sa.Double(), nullable=False),
        sa.Column("peak", sa.Double(), nullable=False),
        sa.Column("crest_factor", sa.Double(), nullable=True),
        sa.Column("kurtosis", sa.Double(), nullable=True),
        sa.Column("nan_count", sa.Integer(), nullable=False),
        sa.Column("clipped_fraction", sa.Double(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["segment_id"], ["segments.id"], name=op.f("fk_signals_segment_id_segments")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signals")),
    )
    op.create_index("ix_signals_place", "signals", ["segment_id", "row"], unique=True)
    op.create_table(
        "members",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("dataset_id", sa.String(), nullable=False),
        sa.Column("signal_id", sa.String(), nullable=False),
        sa.Column("recording_id", sa.String(), nullable=False),
        sa.Column("added_version", sa.Integer(), nullable=True),
        sa.Column("removed_version", sa.Integer(), nullable=True),
        sa.Column("pending", sa.String(), nullable=True),
        sa.Column("recording", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("rate_hz", sa.Double(), nullable=False),
        sa.Column("rate_source", sa.String(), nullable=False),
        sa.Column("speed_rpm", sa.Double(), nullable=True),
        sa.Column("speed_source", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("fault", sa.String(), nullable=True),
        sa.Column("fault_size", sa.Double(), nullable=True),
        sa.Column("position", sa.String(), nullable=True),
        sa.Column("load", sa.Double(), nullable=True),
        sa.Column("severity", sa.String(), nullable=True),
        sa.Column("bearing", sa.String(), nullable=True),
        sa.Column("asset", sa.String(), nullable=True),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("attributes_hash", sa.String(), nullable=False),
        sa.Column("search", sa.String(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("rms", sa.Double(), nullable=False),
        sa.Column("peak", sa.Double(), nullable=False),
        sa.Column("crest_factor", sa.Double(), nullable=True),
        sa.Column("kurtosis", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name=op.f("fk_members_dataset_id_datasets")),
        sa.ForeignKeyConstraint(["recording_id"], ["recordings.id"], name=op.f("fk_members_recording_id_recordings")),
        sa.ForeignKeyConstraint(["signal_id"], ["signals.id"], name=op.f("fk_members_signal_id_signals")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
    )
    op.create_index(
        "ix_members_live",
        "members",
        [
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
            "removed_version",
            "pending",
        ],
        unique=False,
        sqlite_where=sa.text("removed_version IS NULL AND pending IS NULL"),
        postgresql_where=sa.text("removed_version IS NULL AND pending IS NULL"),
    )
    op.create_index(op.f("ix_members_recording_id"), "members", ["recording_id"], unique=False)
    op.create_index(
        "ix_members_recording_live",
        "members",
        ["dataset_id", "recording", "id", "removed_version", "pending"],
        unique=False,
        sqlite_where=sa.text("removed_version IS NULL AND pending IS NULL"),
        postgresql_where=sa.text("removed_version IS NULL AND pending IS NULL"),
    )
    op.create_index(
        "ix_members_search_live",
        "members",
        ["dataset_id", "search", "id", "removed_version", "pending"],
        unique=False,
        sqlite_where=sa.text("removed_version IS NULL AND pending IS NULL"),
        postgresql_where=sa.text("removed_version IS NULL AND pending IS NULL"),
    )
    op.create_index(op.f("ix_members_signal_id"), "members", ["signal_id"], unique=False)
    op.create_index("ix_members_version", "members", ["dataset_id", "added_version", "removed_version"], unique=False)
    op.create_index(
        "uq_members_signal_live",
        "members",
        ["dataset_id", "signal_id"],
        unique=True,
        sqlite_where=sa.text("removed_version IS NULL AND pending IS NULL"),
        postgresql_where=sa.text("removed_version IS NULL AND pending IS NULL"),
    )
    op.create_index(
        "uq_members_signal_pending",
        "members",
        ["dataset_id", "pending", "signal_id"],
        unique=True,
        sqlite_where=sa.text("added_version IS NULL"),
        postgresql_where=sa.text("added_version IS NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_members_signal_pending",
        table_name="members",
        sqlite_where=sa.text("added_version IS NULL"),
        postgresql_where=sa.text("added_version IS NULL"),
    )
    op.drop_index(
        "uq_members_signal_live",
        table_name="members",
        sqlite_where=sa.text("removed_version IS NULL AND pending IS NULL"),
        postgresql_where=sa.text("removed_version IS NULL AND pending IS NULL"),
    )
    op.drop_index("ix_members_version", table_name="members")
    op.drop_index(op.f("ix_members_signal_id"), table_name="members")
    op.drop_index(
        "ix_members_search_live",
        table_name="members",
        sqlite_where=sa.text("removed_version IS NULL AND pending IS NULL"),
        postgresql_where=sa.text("removed_version IS NULL AND pending IS NULL"),
    )
    op.drop_index(
        "ix_members_recording_live",
        table_name="members",
        sqlite_where=sa.text("removed_version IS NULL AND pending IS NULL"),
        postgresql_where=sa.text("removed_version IS NULL AND pending IS NULL"),
    )
    op.drop_index(op.f("ix_members_recording_id"), table_name="members")
    op.drop_index(
        "ix_members_live",
        table_name="members",
        sqlite_where=sa.text("removed_version IS NULL AND pending IS NULL"),
        postgresql_where=sa.text("removed_version IS NULL AND pending IS NULL"),
    )
    op.drop_table("members")
    op.drop_index("ix_signals_place", table_name="signals")
    op.drop_table("signals")
    op.drop_index(op.f("ix_recordings_dataset_id"), table_name="recordings")
    op.drop_table("recordings")
    op.drop_table("dataset_versions")
    op.drop_index(op.f("ix_tags_tag"), table_name="tags")
    op.drop_table("tags")
    op.drop_table("segments")
    op.drop_index(
        "uq_datasets_name_live",
        table_name="datasets",
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.drop_table("datasets")
