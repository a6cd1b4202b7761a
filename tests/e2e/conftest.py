"""A browser and a server on a filled catalog, shared by the tests of a module."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from dask_cluster.jobs import wait
from dask_cluster.kinds.import_signals import ImportParams
from dask_cluster.settings import ClusterSettings
from data_catalog import Catalog, experiment_states, run_metrics
from data_catalog import experiments as kept
from data_catalog.schema import Job, utc_now
from data_catalog.signals import SignalQuery
from pfd_panel.monitoring.watch import judge
from pfd_panel.services import (
    collections,
    experiments,
    extracting,
    importing,
    links,
    notifying,
    training,
    viewing,
    views,
    work,
)
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


def _half_learned(context: Context) -> str:
    """An experiment with a network that has learned for a while; nothing runs it on."""
    asked = training.settings(model="cnn_1d", params={"epochs": 12}, folds=3)
    made = experiments.start(context, SIMULATED, asked, seeds=(0, 1), name="Lines of two seeds", tags=["trial"])
    classes = ("healthy", "inner_race", "outer_race", "ball", "cage")
    with context.catalog.write() as session:
        values = {"state": "running", "total_units": 6, "done_units": 2, "started_at": utc_now()}
        session.execute(update(Job).where(Job.id == made.job_id).values(**values))
        experiment_states.follow(session, made.job_id)
        for number, last in ((1, 12), (2, 7)):
            run = kept.run_of(session, made.id, number)
            experiment_states.begin(session, run)
            for part in ("fold 1", "fold 2"):
                told = {epoch: _numbers(epoch, number, classes) for epoch in range(1, last + 1)}
                run_metrics.measure(session, run, part, told)
    return made.id


def _numbers(epoch: int, seed: int, classes: Sequence[str]) -> dict[str, float | None]:
    """Numbers as an epoch of a training tells them."""
    found = {
        "train_loss": 1.6 * 0.8**epoch, "valid_loss": 0.15 + 1.5 * 0.8**epoch + 0.01 * seed,
        "train_accuracy": 1 - 0.7 * 0.8**epoch, "valid_accuracy": 1 - 0.75 * 0.82**epoch,
        "valid_record_accuracy": 1 - 0.7 * 0.8**epoch, "learning_rate": 1e-3 * (1 - epoch / 13),
        "gradient_norm": 3 / epoch, "largest_gradient_norm": 6 / epoch, "seconds": 0.4,
        "samples_per_s": 1200.0 + 20 * epoch, "stall_share": 0.01, "best": 1.0,
    }  # fmt: skip
    return found | {f"recall:{name}": 1 - (0.4 + 0.1 * place) * 0.8**epoch for place, name in enumerate(classes)}


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
    learning = _half_learned(context)
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
        "experiment": experiments.page(context, search=MODEL).rows[0].id,
        "learning": learning,
        "job": trained.id,
        "queued": queued.id,
        "rig": str(rig),
        "file": str(rig / "IR" / "021" / "209_0.mat"),
    }
