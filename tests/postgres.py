"""PostgreSQL in a private cluster that dies with the tests."""

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from data_catalog import Catalog
from tests.requirements import require

_SERVER_USER = "postgres"


def _server_programs() -> Path | None:
    """Folder of initdb and pg_ctl: on the path, or where Debian puts the newest of at least version 15."""
    on_path = shutil.which("pg_ctl")
    if on_path:
        return Path(on_path).parent
    found = [
        folder / "bin"
        for folder in Path("/usr/lib/postgresql").glob("*")
        if folder.name.isdigit() and int(folder.name) >= 15 and (folder / "bin" / "pg_ctl").exists()
    ]
    return max(found, key=lambda path: int(path.parent.name), default=None)


def _as_server_user() -> tuple[list[str], str]:
    """What to put before a command, and whose name the server runs under: PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return [], pwd.getpwuid(os.geteuid()).pw_name
    return ["runuser", "-u", _SERVER_USER, "--"], _SERVER_USER


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[str]:
    """URL (without a database) of a private server that listens on a socket only."""
    programs = _server_programs()
    require(programs is not None, "PostgreSQL 15 or newer (apt-get install postgresql)")
    assert programs is not None
    become, user = _as_server_user()
    if become:
        require(user in {entry.pw_name for entry in pwd.getpwall()}, f"the user {user!r} to run PostgreSQL as")
    folder = Path(tempfile.mkdtemp(prefix="pfd-pg-"))
    if become:
        shutil.chown(folder, user)
    data, log = folder / "data", folder / "log"

    def run(*command: str) -> None:
        subprocess.run([*become, *command], check=True, capture_output=True, cwd="/")

    try:
        run(str(programs / "initdb"), "-D", str(data), "-U", user, "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off -c max_connections=60"
        run(str(programs / "pg_ctl"), "-D", str(data), "-l", str(log), "-o", options, "-w", "start")
        try:
            yield f"postgresql://{user}@/{{database}}?host={folder}"
        finally:
            run(str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _database(cluster: str, template: str = "template1") -> Iterator[str]:
    """URL of a database that is made for the block."""
    name = f"test_{uuid.uuid4().hex}"
    admin_url = cluster.format(database="postgres").replace("postgresql:", "postgresql+psycopg:")
    admin = create_engine(admin_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield cluster.format(database=name)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def postgres_url(postgres_cluster: str) -> Iterator[str]:
    """URL of an empty database."""
    with _database(postgres_cluster) as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_cluster: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Name of a database with every table and no row."""
    with _database(postgres_cluster) as url:
        Catalog.open(tmp_path_factory.mktemp("blank") / "home", database_url=url).close()
        yield str(make_url(url).database)


@pytest.fixture
def new_postgres_url(postgres_cluster: str, postgres_template: str) -> Iterator[str]:
    """URL of a database as `Catalog.open` leaves a new one."""
    with _database(postgres_cluster, postgres_template) as url:
        yield url
