"""Accounts: sign-in, sessions, keys, codes; an audit log that only grows; who may see datasets and models."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WORDS = "the audit log only grows: its entries are neither changed nor removed"

SQLITE_TRIGGERS = {
    "audit_keeps": f"BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, '{WORDS}'); END",
    "audit_stays": f"BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, '{WORDS}'); END",
    # INSERT OR REPLACE removes the old row without asking a trigger for deletions
    "audit_adds": (
        "BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id) "
        f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    ),
}


def upgrade() -> None:
    op.add_column("users", sa.Column("display_name", sa.String(), nullable=False, server_default=""))
    op.add_column("users", sa.Column("password_hash", sa.String(), nullable=True))
    op.add_column("users", sa.Column("totp_secret", sa.String(), nullable=True))
    op.add_column("users", sa.Column("totp_step", sa.Integer(), nullable=True))
    op.add_column("users", sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "users",
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), nullable=False, server_default="1970-01-01 00:00:00.000000"
        ),
    )
    op.execute("UPDATE users SET updated_at = created_at")
    op.create_table(
        "login_sessions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_sessions")),
    )
    for column in ("user", "expires_at", "ended_at"):
        op.create_index(op.f(f"ix_login_sessions_{column}"), "login_sessions", [column], unique=False)
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("sha256", name=op.f("uq_api_keys_sha256")),
    )
    op.create_index(op.f("ix_api_keys_user"), "api_keys", ["user"], unique=False)
    op.create_table(
        "recovery_codes",
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("user", "sha256", name=op.f("pk_recovery_codes")),
    )
    op.create_table(
        "one_time_tokens",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_one_time_tokens")),
    )
    op.create_index(op.f("ix_one_time_tokens_user"), "one_time_tokens", ["user"], unique=False)
    op.create_table(
        "sign_in_failures",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", "address", name=op.f("pk_sign_in_failures")),
    )
    op.create_index(op.f("ix_sign_in_failures_at"), "sign_in_failures", ["at"], unique=False)
    for table in ("datasets", "model_versions"):
        op.add_column(table, sa.Column("visibility", sa.String(), nullable=False, server_default="team"))
    op.add_column("jobs", sa.Column("dataset_id", sa.String(), nullable=True))
    for column in ("dataset_name", "model_name"):
        op.add_column("jobs", sa.Column(column, sa.String(), nullable=False, server_default=""))
    op.execute("UPDATE jobs SET dataset_id = (SELECT min(dataset_id) FROM dataset_versions WHERE job_id = jobs.id)")
    said = "json_extract(params, '$.{0}')" if op.get_bind().dialect.name == "sqlite" else "params ->> '{0}'"
    for name in ("dataset", "model"):
        op.execute(f"UPDATE jobs SET {name}_name = coalesce({said.format(name)}, '')")
    op.create_index("ix_audit_subject", "audit", ["subject_kind", "subject_id"], unique=False)
    op.create_index(op.f("ix_audit_user"), "audit", ["user"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        for name, what in SQLITE_TRIGGERS.items():
            op.execute(f"CREATE TRIGGER {name} {what}")
    else:
        op.execute(
            "CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        op.execute(
            "CREATE TRIGGER audit_keeps BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows()"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in SQLITE_TRIGGERS:
            op.execute(f"DROP TRIGGER {name}")
    else:
        op.execute("DROP TRIGGER audit_keeps ON audit")
        op.execute("DROP FUNCTION audit_only_grows()")
    op.drop_index(op.f("ix_audit_user"), table_name="audit")
    op.drop_index("ix_audit_subject", table_name="audit")
    for column in ("model_name", "dataset_name", "dataset_id"):
        op.drop_column("jobs", column)
    for table in ("model_versions", "datasets"):
        op.drop_column(table, "visibility")
    op.drop_index(op.f("ix_sign_in_failures_at"), table_name="sign_in_failures")
    op.drop_table("sign_in_failures")
    op.drop_index(op.f("ix_one_time_tokens_user"), table_name="one_time_tokens")
    op.drop_table("one_time_tokens")
    op.drop_table("recovery_codes")
    op.drop_index(op.f("ix_api_keys_user"), table_name="api_keys")
    op.drop_table("api_keys")
    for column in ("user", "expires_at", "ended_at"):
        op.drop_index(op.f(f"ix_login_sessions_{column}"), table_name="login_sessions")
    op.drop_table("login_sessions")
    for column in ("updated_at", "disabled_at", "totp_step", "totp_secret", "password_hash", "display_name"):
        op.drop_column("users", column)
