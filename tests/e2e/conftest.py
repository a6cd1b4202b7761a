"""A browser and a server on a filled catalog, shared by the tests of a module."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dask_cluster.jobs import wait
from dask_cluster.kinds.import_signals import ImportParams
from dask_cluster.settings import ClusterSettings
from data_catalog import Catalog
from data_catalog.schema import Job
from data_catalog.signals import SignalQuery
from pfd_panel.monitoring.watch import judge
from pfd_panel.services import collections, extracting, importing, links, notifying, training, viewing, views, work
from pfd_panel.services.context import Context
from tests.e2e.site import FLAGS, Site, serving
from tests.pfd_panel.conftest import JOURNAL, MODEL, RIG, SIMULATED, filled, running_coordinator, write_rig

__all__ = ["filled"]

SECOND_MODEL = "Simulated, by asset"
DELETED = "Deleted rig"


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as play:
        opened = play.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of measurements that can be imported, predicted and diagnosed."""
    return write_rig(tmp_path_factory.mktemp("source") / "rig")


@pytest.fixture(scope="module")
def site(filled: Context, rig: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server on a copy of the filled catalog, without a coordinator: what is queued stays queued."""
    home = tmp_path_factory.mktemp("site") / "home"
    shutil.copytree(filled.catalog.home, home)
    with Catalog.open(home) as catalog:
        told = _furnish(Context(catalog, filled.user, ClusterSettings(home=home, workers=1)), rig)
    with serving(home) as served:
        served.told = told
        yield served


@pytest.fixture(scope="session")
def looked_at(filled: Context, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server on a copy of the filled catalog, for the tests that change nothing others could see."""
    home = tmp_path_factory.mktemp("looked-at") / "home"
    shutil.copytree(filled.catalog.home, home)
    with serving(home) as served:
        yield served


@pytest.fixture
def empty_site(tmp_path: Path) -> Iterator[Site]:
    """A server on a catalog that holds nothing."""
    home = tmp_path / "home"
    with Catalog.open(home):
        pass
    with serving(home) as served:
        yield served


def _alert(context: Context) -> None:
    """Messages and a webhook, so that inbox and log of deliveries have something to show."""
    notifying.add_webhook(context, "Closed door", "http://127.0.0.1:9/")
    with context.catalog.write() as session:
        for failed in (11, 2):
            judge(session, {"failed_jobs": failed})


def _share(context: Context) -> None:
    """Views and links, so that there is something to open, change, forget and revoke."""
    for name, seen in (("All of the rig", "team"), ("Mine", "private")):
        views.save(context, name, "/explorer", f"dataset={RIG.replace(' ', '+')}", visibility=seen)
    links.revoke(context, links.add(context, "Over", "/health").link.id)
    links.add(context, "Health of the plant", "/health", ancestors=["https://reports.example"])


def _furnish(context: Context, rig: Path) -> dict[str, str]:
    """Add what the filled catalog lacks for pages to show all they can; answers with ids for addresses."""

    def done(job: Job) -> Job:
        ended = wait(context.catalog, job.id, 300)
        assert ended.state == "done", ended.error
        return ended

    with running_coordinator(context.catalog):
        apart = training.settings(folds=3, groups=["asset"], name=SECOND_MODEL)
        few = str(rig / "B" / "007")
        added = [
            training.start(context, SIMULATED, apart),
            importing.start(context, ImportParams(path=few, dataset=DELETED, preset="cwru")),
        ]
        trained, _ = [done(job) for job in added]
    collections.delete(context, DELETED)
    queued, paused, cancelled = [extracting.start(context, JOURNAL) for _ in range(3)]
    work.control(context, paused.id, "pause")
    work.control(context, cancelled.id, "cancel")
    dataset = collections.get(context, RIG)
    _alert(context)
    _share(context)
    faulty = viewing.page(context, SignalQuery(dataset_id=dataset.id, where={"fault": ["inner_race"]})).rows[0]
    return {
        "signal": faulty.signal_id,
        "model": training.get(context, MODEL).id,
        "other": training.get(context, SECOND_MODEL).id,
        "job": trained.id,
        "queued": queued.id,
        "rig": str(rig),
        "file": str(rig / "IR" / "021" / "209_0.mat"),
    }
