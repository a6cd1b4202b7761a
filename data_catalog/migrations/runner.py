"""Bring a database to the schema of this version, once, however many processes try."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from data_catalog.database import Database, translated_errors
from data_catalog.errors import SchemaVersionError
from data_catalog.migrations import HEAD, REVISIONS

if TYPE_CHECKING:
    from alembic.config import Config

_UPGRADE_LOCK = 0x70666470616E656C
"""Number of the PostgreSQL advisory lock held while the schema changes: "pfdpanel" in ASCII."""


def stamped_revision(connection: Connection) -> str | None:
    """The revision a database says it has; None for one that was never set up."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def require_known(revision: str | None) -> None:
    """Refuse a schema that this version does not know.

    Raises
    ------
    SchemaVersionError
        The database was set up by a newer version.
    """
    if revision is None or revision in REVISIONS:
        return
    raise SchemaVersionError(
        f"this data directory has schema version {revision}, but this program knows versions up to {HEAD}",
        hint="update the program to the version that wrote the directory, or name another data directory",
    )


def upgrade(database: Database, target: str = "head") -> None:
    """Apply what is missing, in one transaction; a second process waits, then finds nothing left to do."""
    from alembic import command

    with translated_errors(), database.writing.begin() as connection:
        _lock(connection)
        revision = stamped_revision(connection)
        require_known(revision)
        if revision != HEAD:
            command.upgrade(_config(connection), target)


def downgrade(database: Database, target: str) -> None:
    """Take revisions back until `target` ("base" for an empty database); rows of dropped tables are lost."""
    from alembic import command

    with translated_errors(), database.writing.begin() as connection:
        _lock(connection)
        command.downgrade(_config(connection), target)


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _UPGRADE_LOCK})


def _config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
