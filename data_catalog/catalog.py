"""One data directory: its database, its signals, its artifacts."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Self

from sqlalchemy import URL
from sqlalchemy.orm import Session

from data_catalog.database import Database, translated_errors
from data_catalog.errors import NotFoundError
from data_catalog.migrations import HEAD
from data_catalog.migrations.runner import require_known, stamped_revision, upgrade
from data_catalog.store.artifacts import ArtifactStore
from data_catalog.store.durable import store_errors
from data_catalog.store.features import FeatureStore
from data_catalog.store.signals import SignalStore

DATABASE_FILE = "catalog.sqlite"


class Catalog:
    """What is stored in one data directory.

    Any number of processes may open the same directory at once. Use `open`.

    Attributes
    ----------
    home
        The data directory.
    database
        Where metadata lies.
    store, feature_store, artifacts
        Where samples, features and files lie.
    """

    def __init__(self, home: Path, database: Database) -> None:
        self.home = home
        self.database = database
        self.store = SignalStore(home / "store")
        self.feature_store = FeatureStore(home / "store" / "features")
        self.artifacts = ArtifactStore(home / "artifacts")

    @classmethod
    def open(cls, home: Path, *, database_url: str | None = None, create: bool = True) -> Self:
        """Open a data directory, bringing its schema up to date.

        Parameters
        ----------
        home
            The data directory: ``catalog.sqlite``, ``store/``, ``artifacts/``, ``logs/``.
        database_url
            ``postgresql://…`` to keep the metadata there; SQLite in `home` by default.
        create
            Make the directory if it does not exist.

        Raises
        ------
        NotFoundError
            There is no data directory and `create` is false.
        SchemaVersionError
            A newer version of the program wrote it.
        StoreError
            The disk is full, read-only or failing, or the database cannot be reached.
        """
        home = Path(home).absolute()
        file = home / DATABASE_FILE
        if not create and not (home.is_dir() if database_url else file.is_file()):
            raise NotFoundError(f"{home} is no data directory", hint="name another one, or create it")
        with store_errors(f"the data directory {home}"):
            for folder in ("store", "artifacts", "logs"):
                (home / folder).mkdir(parents=True, exist_ok=True)
        database = Database(database_url or URL.create("sqlite", database=str(file)))
        try:
            _bring_up_to_date(database)
        except BaseException:
            database.close()
            raise
        return cls(home, database)

    def read(self) -> AbstractContextManager[Session]:
        """A short read transaction."""
        return self.database.read()

    def write(self) -> AbstractContextManager[Session]:
        """A short write transaction: commits on leaving, rolls back on an error."""
        return self.database.write()

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _bring_up_to_date(database: Database) -> None:
    with translated_errors():
        with database.engine.connect() as connection:
            revision = stamped_revision(connection)
        require_known(revision)
        if revision != HEAD:
            database.use_write_ahead_log()
            upgrade(database)
