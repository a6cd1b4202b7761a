"""The health of the system is measured: it changes when a part does."""

from datetime import timedelta

import pytest

from data_catalog import jobs, leases, samples
from data_catalog.schema import utc_now
from pfd_panel.monitoring import machine
from pfd_panel.services import health
from pfd_panel.services.context import Context
from pfd_panel.services.health import Part


def by_name(context: Context) -> dict[str, Part]:
    return {part.name: part for part in health.parts(context)}


def test_an_empty_directory_without_a_server_says_so(bare: Context) -> None:
    found = by_name(bare)
    assert (found["Coordinator"].value, found["Coordinator"].word) == ("not running", "Not running")
    assert found["Workers"].word == "Waiting"
    assert found["Catalog"].value.startswith("SQLite WAL · ")
    assert found["Signal store"].value == "0 B in 0 segments"
    assert found["Failed jobs"] == Part("Failed jobs", "0 in 24 h", "healthy", "Healthy")
    assert found["Disk"].state in {"healthy", "alarm"}


def test_a_coordinator_its_workers_and_its_queue_are_seen(bare: Context) -> None:
    with bare.catalog.write() as session:
        leases.acquire(session, jobs.COORDINATOR, "host-1", 30.0)
        samples.add(session, {"cluster": {"workers": 3, "executing": 1}})
        jobs.insert(session, "selftest", "Check", {}, "ada", "signal")
    found = by_name(bare)
    assert (found["Coordinator"].value, found["Coordinator"].state) == ("1 queued", "healthy")
    assert (found["Workers"].value, found["Workers"].state) == ("3 · 1 task", "healthy")
    assert health.counts(bare).running == 1


def test_a_failed_job_is_watched_for_a_day(bare: Context) -> None:
    with bare.catalog.write() as session:
        job = jobs.insert(session, "selftest", "Check", {}, "ada", "signal")
        job.state, job.finished_at = "failed", utc_now() - timedelta(hours=1)
    assert (by_name(bare)["Failed jobs"].value, by_name(bare)["Failed jobs"].word) == ("1 in 24 h", "Look")
    with bare.catalog.write() as session:
        jobs.get(session, job.id).finished_at = utc_now() - timedelta(hours=25)
    assert by_name(bare)["Failed jobs"].state == "healthy"


def test_a_full_disk_is_an_alarm(bare: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = machine.shutil.disk_usage(bare.catalog.home)
    for free, state in ((0.05, "alarm"), (0.5, "healthy")):
        told = usage._replace(total=2_000_000_000_000, free=int(free * 2e12))
        monkeypatch.setattr(machine.shutil, "disk_usage", lambda _, told=told: told)
        assert (by_name(bare)["Disk"].value, by_name(bare)["Disk"].state) == (
            f"{100 * free:.0f} % free of 2.0 TB",
            state,
        )


def test_what_is_stored_is_counted(filled: Context) -> None:
    stored = by_name(filled)["Signal store"].value
    assert stored.endswith("segments")
    assert not stored.startswith("0 B")
    assert (health.counts(filled).datasets, health.counts(filled).models, health.counts(filled).running) == (3, 1, 0)


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (52e6, "52 MB"), (3e12, "3.0 TB")]
)
def test_sizes_are_written_as_people_do(count: float, words: str) -> None:
    assert health.size_words(count) == words
