"""Stages of model versions with their history, which only grows, and the files in which models leave."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

WORDS = "the history of stages only grows: its entries are neither changed nor removed"

SQLITE_TRIGGERS = {
    "stage_changes_keep": f"BEFORE UPDATE ON stage_changes BEGIN SELECT RAISE(ABORT, '{WORDS}'); END",
    "stage_changes_stay": f"BEFORE DELETE ON stage_changes BEGIN SELECT RAISE(ABORT, '{WORDS}'); END",
    # INSERT OR REPLACE removes the old row without asking a trigger for deletions
    "stage_changes_add": (
        "BEFORE INSERT ON stage_changes WHEN EXISTS (SELECT 1 FROM stage_changes WHERE id = NEW.id) "
        f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    ),
}
IN_PRODUCTION = sa.text("stage = 'production'")


def upgrade() -> None:
    op.add_column("model_versions", sa.Column("stage", sa.String(), nullable=False, server_default="none"))
    op.create_index(op.f("ix_model_versions_stage"), "model_versions", ["stage"], unique=False)
    op.create_index(
        "uq_model_versions_production",
        "model_versions",
        ["name"],
        unique=True,
        sqlite_where=IN_PRODUCTION,
        postgresql_where=IN_PRODUCTION,
    )
    op.create_table(
        "stage_changes",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("model_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_changes")),
    )
    op.create_index(op.f("ix_stage_changes_model_id"), "stage_changes", ["model_id"], unique=False)
    op.create_index("ix_stage_changes_name", "stage_changes", ["name", "id"], unique=False)
    op.create_table(
        "model_exports",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("model_id", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("artifact_id", sa.String(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("job_id", sa.String(), nullable=True),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["artifact_id"], ["artifacts.id"], name=op.f("fk_model_exports_artifact_id_artifacts")
        ),
        sa.ForeignKeyConstraint(
            ["model_id"], ["model_versions.id"], name=op.f("fk_model_exports_model_id_model_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_exports")),
    )
    op.create_index("ix_model_exports_model", "model_exports", ["model_id", "format", "created_at"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        for name, what in SQLITE_TRIGGERS.items():
            op.execute(f"CREATE TRIGGER {name} {what}")
    else:
        op.execute(
            "CREATE FUNCTION stage_changes_only_grow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        op.execute(
            "CREATE TRIGGER stage_changes_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON stage_changes "
            "FOR EACH STATEMENT EXECUTE FUNCTION stage_changes_only_grow()"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in SQLITE_TRIGGERS:
            op.execute(f"DROP TRIGGER {name}")
    else:
        op.execute("DROP TRIGGER stage_changes_keep ON stage_changes")
        op.execute("DROP FUNCTION stage_changes_only_grow()")
    op.drop_index("ix_model_exports_model", table_name="model_exports")
    op.drop_table("model_exports")
    op.drop_index("ix_stage_changes_name", table_name="stage_changes")
    op.drop_index(op.f("ix_stage_changes_model_id"), table_name="stage_changes")
    op.drop_table("stage_changes")
    op.drop_index("uq_model_versions_production", table_name="model_versions")
    op.drop_index(op.f("ix_model_versions_stage"), table_name="model_versions")
    op.drop_column("model_versions", "stage")
