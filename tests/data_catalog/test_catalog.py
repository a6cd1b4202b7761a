"""Opening a data directory: new, again, at once, of another version, on a bad disk."""

import multiprocessing
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from data_catalog import Catalog, datasets
from data_catalog.errors import CatalogError, NotFoundError, SchemaVersionError, StoreError
from data_catalog.migrations import HEAD


def test_a_data_directory_is_made_once_and_then_found(tmp_path: Path) -> None:
    home = tmp_path / "a" / "home"
    with Catalog.open(home) as catalog, catalog.write() as session:
        datasets.create(session, "rig", owner="ada")
    assert {"catalog.sqlite", "store", "artifacts", "logs"} <= {entry.name for entry in home.iterdir()}
    with Catalog.open(home, create=False) as catalog, catalog.read() as session:
        assert [one.name for one in datasets.listing(session)] == ["rig"]


def test_no_directory_is_made_where_none_was_asked_for(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no data directory"):
        Catalog.open(tmp_path / "typo", create=False)
    assert not (tmp_path / "typo").exists()


def test_the_database_runs_in_wal_mode_with_foreign_keys(sqlite_catalog: Catalog) -> None:
    with sqlite_catalog.read() as session:
        assert session.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert session.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_a_directory_of_a_newer_version_is_refused_untouched(tmp_path: Path) -> None:
    with Catalog.open(tmp_path) as catalog, catalog.database.writing.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    with pytest.raises(SchemaVersionError, match=rf"version 0999.*up to {HEAD}") as caught:
        Catalog.open(tmp_path)
    assert "update the program" in caught.value.hint


def test_a_file_that_is_no_database_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "catalog.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises((StoreError, CatalogError), match="not a SQLite database"):
        Catalog.open(tmp_path)


def test_an_unknown_kind_of_database_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="mysql"):
        Catalog.open(tmp_path, database_url="mysql://localhost/x")


def test_a_server_that_does_not_answer_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="database refused"):
        Catalog.open(tmp_path, database_url=f"postgresql://nobody@/x?host={tmp_path}&connect_timeout=1")


def test_reading_changes_nothing(sqlite_catalog: Catalog) -> None:
    with sqlite_catalog.read() as session:
        datasets.create(session, "rig", owner="ada")
    with sqlite_catalog.read() as session:
        assert datasets.listing(session) == []


def test_opening_an_up_to_date_directory_imports_no_alembic(tmp_path: Path) -> None:
    Catalog.open(tmp_path).close()
    code = (
        f"import sys; from data_catalog import Catalog as C; C.open({str(tmp_path)!r}); print('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def _open(home: Path, results: "multiprocessing.Queue[str]") -> None:
    try:
        with Catalog.open(home) as catalog, catalog.write() as session:
            datasets.create(session, f"of {os.getpid()}", owner="ada")
        results.put("")
    except CatalogError as error:
        results.put(str(error))


def test_several_processes_may_open_a_new_directory_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    processes = [context.Process(target=_open, args=(tmp_path / "home", results)) for _ in range(4)]
    for process in processes:
        process.start()
    assert [results.get(timeout=120) for _ in processes] == [""] * 4
    for process in processes:
        process.join()
    with Catalog.open(tmp_path / "home") as catalog, catalog.read() as session:
        assert len(datasets.listing(session)) == 4


def test_a_full_disk_is_said_in_words_and_changes_nothing(sqlite_catalog: Catalog) -> None:
    with sqlite_catalog.read() as session:
        pages = session.execute(text("PRAGMA page_count")).scalar()

    def write_too_much() -> None:
        with sqlite_catalog.write() as session:
            session.execute(text(f"PRAGMA max_page_count = {pages}"))
            for number in range(200):
                datasets.create(session, f"rig {number}", owner="ada", notes="x" * 5000)

    with pytest.raises(StoreError, match="disk that holds the catalog is full") as caught:
        write_too_much()
    assert "nothing was changed" in caught.value.hint
    with sqlite_catalog.read() as session:
        assert datasets.listing(session) == []


def test_a_read_only_database_is_said_in_words(sqlite_catalog: Catalog) -> None:
    def write() -> None:
        with sqlite_catalog.write() as session:
            session.connection().exec_driver_sql("PRAGMA query_only = ON")
            datasets.create(session, "rig", owner="ada")

    with pytest.raises(StoreError, match="read-only"):
        write()


def test_writers_wait_for_each_other_instead_of_failing(sqlite_catalog: Catalog) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def write(number: int) -> None:
        with sqlite_catalog.write() as session:
            before = len(datasets.listing(session))
            time.sleep(0.02)
            datasets.create(session, f"rig {number}", owner="ada", notes=str(before))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(12)))
    with sqlite_catalog.read() as session:
        seen = sorted(int(one.notes) for one in datasets.listing(session))
    assert seen == list(range(12))  # nobody read what another was about to change
