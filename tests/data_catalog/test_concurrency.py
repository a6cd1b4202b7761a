"""Four processes at once lose nothing, on both databases."""

import multiprocessing
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from data_catalog import Catalog, datasets, derived, leases, signals
from data_catalog.schema import Member, Segment
from data_catalog.signals import SignalQuery
from tests.data_catalog import importer

SOURCES = ["alpha", "beta", "gamma", "delta"]


def _compute(home: Path, url: str | None, log: Path) -> None:
    with Catalog.open(home, database_url=url) as catalog:

        def slowly() -> dict[str, int]:
            with log.open("a") as file:
                file.write("computed\n")
            time.sleep(0.5)
            return {"value": 7}

        assert derived.DerivedCache(catalog.database).get_or_compute("key", "slow", slowly) == {"value": 7}


class ConcurrencyContract:
    """Subclasses give a `place` fixture: home and database URL."""

    def test_four_importers_into_one_dataset_lose_nothing(self, place: tuple[Path, str | None]) -> None:
        home, url = place
        with Catalog.open(home, database_url=url) as catalog, catalog.write() as session:
            dataset_id = datasets.create(session, "rig", owner="ada").id
        context = multiprocessing.get_context("spawn")
        processes = [context.Process(target=importer.run, args=(home, source, url)) for source in SOURCES]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        assert [process.exitcode for process in processes] == [0] * 4
        with Catalog.open(home, database_url=url) as catalog, catalog.read() as session:
            total = 4 * importer.STEPS * importer.ROWS
            page = signals.page(session, SignalQuery(dataset_id, limit=total + 1))
            assert page.total == len(page.rows) == total
            versions = datasets.versions(session, dataset_id)
            assert [one.signal_count for one in versions] == [total // 4 * number for number in (1, 2, 3, 4)]
            assert session.scalar(select(func.count()).where(Member.added_version.is_(None))) == 0
            assert session.scalar(select(func.count(Segment.id))) == 4 * importer.STEPS
            for row in page.rows:
                source, step, number = row.recording.split("/")
                found = catalog.store.open(row.segment_id).read(row.row)
                assert (found == importer.samples(source, int(step), int(number))).all()

    def test_two_processes_compute_a_result_once(self, place: tuple[Path, str | None], tmp_path: Path) -> None:
        home, url = place
        Catalog.open(home, database_url=url).close()
        context = multiprocessing.get_context("spawn")
        log = tmp_path / "log"
        processes = [context.Process(target=_compute, args=(home, url, log)) for _ in range(2)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        assert [process.exitcode for process in processes] == [0, 0]
        assert log.read_text() == "computed\n"

    def test_a_lease_is_taken_while_its_holder_forgets_it(self, place: tuple[Path, str | None]) -> None:
        home, url = place
        taken: list[int | None] = []

        def take() -> None:
            with catalog.write() as session:
                taken.append(leases.acquire(session, "once", "second", 60.0))

        with Catalog.open(home, database_url=url) as catalog:
            with catalog.write() as session:
                fence = leases.acquire(session, "once", "first", 60.0)
            assert fence is not None
            waiting = threading.Thread(target=take)
            with catalog.write() as session:
                leases.require(session, "once", fence)
                waiting.start()
                time.sleep(0.3)
                assert taken == []
                leases.drop(session, "once", "first", fence)
            waiting.join()
        assert taken == [1]


class TestSqliteConcurrency(ConcurrencyContract):
    @pytest.fixture
    def place(self, tmp_path: Path) -> tuple[Path, str | None]:
        return tmp_path / "home", None


@pytest.mark.postgres
class TestPostgresConcurrency(ConcurrencyContract):
    @pytest.fixture
    def place(self, tmp_path: Path, postgres_url: str) -> tuple[Path, str | None]:
        return tmp_path / "home", postgres_url
