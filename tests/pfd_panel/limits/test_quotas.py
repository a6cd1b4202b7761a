import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dask_cluster.settings import ClusterSettings
from data_catalog import Catalog, jobs
from data_catalog.schema import Job
from pfd_panel.errors import QuotaError
from pfd_panel.limits.quotas import require_room
from pfd_panel.services import work
from pfd_panel.services.context import Context, User

TRAINING = {"dataset": "x", "config": {"model": "random_forest"}}


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog.open(tmp_path / "home") as opened:
        yield opened


def add(catalog: Catalog, owner: str, kind: str, state: str) -> None:
    with catalog.write() as session:
        job = jobs.insert(session, kind, "a job", {}, owner, "step")
        session.get_one(Job, job.id).state = state  # type: ignore[assignment]


def test_what_is_under_way_counts_and_what_has_ended_does_not(catalog: Catalog) -> None:
    for state in ("queued", "running", "paused", "done", "failed", "cancelled"):
        add(catalog, "ada", "train_model", state)
    with catalog.write() as session:
        require_room(session, "ada", "train_model", 4)
        with pytest.raises(QuotaError, match="ada has 3 jobs") as refused:
            require_room(session, "ada", "train_model", 3)
    assert "cancel" in refused.value.hint


def test_others_and_other_kinds_do_not_count(catalog: Catalog) -> None:
    add(catalog, "bob", "train_model", "running")
    add(catalog, "ada", "import_signals", "running")
    with catalog.write() as session:
        require_room(session, "ada", "train_model", 1)


def operator(catalog: Catalog, most: int) -> Context:
    settings = ClusterSettings(home=catalog.home, trainings_per_user=most)
    return Context(catalog, User("ada", "operator"), settings)


def test_a_service_refuses_the_training_beyond_the_quota_also_one_that_is_tried_again(catalog: Catalog) -> None:
    context = operator(catalog, 1)
    add(catalog, "ada", "train_model", "queued")
    add(catalog, "ada", "train_model", "failed")
    with pytest.raises(QuotaError):
        work.start(context, "train_model", TRAINING)
    (failed,) = work.page(context, states=("failed",))[0]
    with pytest.raises(QuotaError):
        work.again(context, failed.id)
    assert work.counts(context).states == {"queued": 1, "failed": 1}


class QuotaContract:
    """Subclasses give a `catalog` fixture."""

    def test_of_any_number_at_once_as_many_are_let_in_as_are_allowed(self, catalog: Catalog) -> None:
        context = operator(catalog, 3)
        seen: list[str] = []
        ready = threading.Barrier(10)

        def one() -> None:
            ready.wait()
            try:
                seen.append(work.start(context, "train_model", TRAINING).state)
            except QuotaError:
                seen.append("refused")

        threads = [threading.Thread(target=one) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(seen) == ["queued"] * 3 + ["refused"] * 7
        assert work.counts(context).states == {"queued": 3}


class TestQuotaSqlite(QuotaContract):
    pass


@pytest.mark.postgres
class TestQuotaPostgres(QuotaContract):
    @pytest.fixture
    def catalog(self, tmp_path: Path, new_postgres_url: str) -> Iterator[Catalog]:
        with Catalog.open(tmp_path / "home", database_url=new_postgres_url) as opened:
            yield opened
