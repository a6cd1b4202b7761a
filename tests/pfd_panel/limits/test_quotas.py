from collections.abc import Iterator
from pathlib import Path

import pytest

from data_catalog import Catalog, jobs
from data_catalog.schema import Job
from pfd_panel.errors import QuotaError
from pfd_panel.limits.quotas import require_room


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
    require_room(catalog, "ada", "train_model", 4)
    with pytest.raises(QuotaError, match="ada has 3 jobs") as refused:
        require_room(catalog, "ada", "train_model", 3)
    assert "cancel" in refused.value.hint


def test_others_and_other_kinds_do_not_count(catalog: Catalog) -> None:
    add(catalog, "bob", "train_model", "running")
    add(catalog, "ada", "import_signals", "running")
    require_room(catalog, "ada", "train_model", 1)


def test_a_service_refuses_the_training_beyond_the_quota(catalog: Catalog) -> None:
    from dask_cluster.settings import ClusterSettings
    from pfd_panel.services import work
    from pfd_panel.services.context import Context, User

    settings = ClusterSettings(home=catalog.home, trainings_per_user=1)
    context = Context(catalog, User("ada", "operator"), settings)
    add(catalog, "ada", "train_model", "queued")
    with pytest.raises(QuotaError):
        work.start(context, "train_model", {})
