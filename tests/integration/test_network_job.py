"""A network trained as a job: watched, paused, its worker killed, in the end equal to an undisturbed one."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from dask_cluster import checkpoints
from dask_cluster.jobs import request
from dask_cluster.kinds.predict_recordings import PredictParams
from dask_cluster.ledger import TAKEN_OVER
from data_catalog import Catalog, jobs
from data_catalog.schema import Job
from pfd_panel.services import experiments, generating, training, work
from pfd_panel.services.context import Context
from pipelines.training.reading import load_any
from tests.integration.rig import done, start_features, write_folder
from tests.integration.server_site import Site, until
from tests.pfd_panel.conftest import running_coordinator

pytestmark = pytest.mark.slow
MADE = {"kind": "rolling", "per_class": 4, "duration_s": 2.0, "seed": 1}
PARAMS = {"epochs": 12, "batch_size": 16, "length": 1024, "overlap": 0.75, "patience": None}
"""Long enough to be caught under way."""


def start(catalog: Catalog, name: str, **params: object) -> Job:
    settings = training.settings(model="cnn_1d", params=PARAMS | params, folds=2, name=name)
    return training.start(Context(catalog), "made", settings)


def log_of(catalog: Catalog, job: Job) -> list[str]:
    with catalog.read() as session:
        return [event.text for event in jobs.events(session, job.id, limit=10_000)]


def state_of(catalog: Catalog, job: Job) -> str:
    with catalog.read() as session:
        return jobs.get(session, job.id).state


def weights_of(catalog: Catalog, name: str) -> dict[str, torch.Tensor]:
    found = training.get(Context(catalog), name)
    return load_any(catalog.artifacts.read(found.artifact_id)).network.weights


def said(catalog: Catalog, job: Job, text: str) -> Callable[[], bool]:
    return lambda: any(text in line for line in log_of(catalog, job))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with a dataset, its features and an undisturbed training."""
    home = tmp_path_factory.mktemp("made") / "home"
    with Catalog.open(home) as catalog, running_coordinator(catalog):
        done(catalog, generating.start(Context(catalog), "made", MADE))
        done(catalog, start_features(catalog, "made"))
        done(catalog, start(catalog, "undisturbed"))
    return home


@pytest.fixture
def catalog(filled: Path, tmp_path: Path) -> Iterator[Catalog]:
    with Catalog.open(Path(shutil.copytree(filled, tmp_path / "home"))) as opened:
        yield opened


def test_it_is_stored_as_a_model_with_its_history_and_predicts(catalog: Catalog, tmp_path: Path) -> None:
    context = Context(catalog)
    model = training.get(context, "undisturbed")
    told = model.metrics
    assert model.model == "cnn_1d"
    assert told["recording"]["tested"] < told["window"]["tested"]
    assert told["baseline"]["model"] == "random_forest"
    assert [len(rows) for rows in told["history"].values()] == [PARAMS["epochs"]] * 3
    with running_coordinator(catalog):
        folder = write_folder(tmp_path / "rig")
        answers = done(catalog, training.predict(context, PredictParams(path=str(folder), model="undisturbed")))
    assert {one["recording"] for one in answers["predictions"]} == {"Normal", "Inner", "Outer", "Ball"}
    assert all(one["windows"] > 1 for one in answers["predictions"])


def test_paused_and_resumed_it_ends_the_same(catalog: Catalog) -> None:
    with running_coordinator(catalog):
        job = start(catalog, "paused")
        until(said(catalog, job, "fold 2 of 2, epoch 3"), "the third epoch of the second fold")
        request(catalog, job.id, "pause")
        until(lambda: state_of(catalog, job) == "paused", "the pause")
        assert checkpoints.sweep(catalog) != [job.id]
        request(catalog, job.id, "run")
        done(catalog, job)
    assert said(catalog, job, "continues in epoch")()
    lines = log_of(catalog, job)
    assert len([line for line in lines if line.startswith("fold 1 of 2, epoch")]) == PARAMS["epochs"]
    assert job.id in checkpoints.sweep(catalog)
    assert_same(catalog, "paused")


def test_with_a_killed_worker_it_ends_the_same(catalog: Catalog, tmp_path: Path) -> None:
    job = start(catalog, "killed")
    site = Site(catalog.home, tmp_path)
    try:
        site.start()
        until(said(catalog, job, "fold 1 of 2, epoch 4"), "the fourth epoch")
        site.kill("worker")
        done(catalog, job)
    finally:
        site.end()
    assert said(catalog, job, "continues in epoch")()
    assert_same(catalog, "killed")


def test_with_its_worker_and_its_coordinator_killed_two_seeds_leave_a_model_each_and_no_epoch_twice(
    catalog: Catalog, tmp_path: Path
) -> None:
    context = Context(catalog)
    epochs = 6
    settings = training.settings(model="cnn_1d", params=PARAMS | {"epochs": epochs}, folds=2, name="seeded")
    made = experiments.start(context, "made", settings, seeds=[0, 7])
    assert made.job_id is not None

    def told(count: int) -> Callable[[], bool]:
        """Whether so many epochs have been told, of whichever seed is first."""
        return lambda: len(experiments.history(context, made.id, names=["train_loss"])) >= count

    site = Site(catalog.home, tmp_path)
    try:
        site.start()
        until(told(3), "the third epoch")
        site.kill("worker")
        until(told(epochs + 2), "the second epoch of another fold")
        site.kill("coordinator")
        job = work.get(context, made.job_id)
        done(catalog, job)
    finally:
        site.end()
    assert said(catalog, job, "continues in epoch")()
    assert said(catalog, job, TAKEN_OVER)()
    told_of = experiments.get(context, made.id)
    assert (told_of.experiment.state, [one.state for one in told_of.runs]) == ("done", ["done", "done"])
    left = [model for model in training.page(context, limit=1000)[0] if model.job_id == made.job_id]
    assert sorted(model.seed for model in left) == [0, 7]
    frame = experiments.history(context, made.id)
    assert not frame.duplicated(["run", "part", "epoch", "name"]).any()
    losses = frame[frame["name"] == "train_loss"]
    for run in told_of.runs:
        history = training.get(context, str(run.model_id)).metrics["history"]
        stored = losses[losses["run"] == run.number]
        assert {part: list(rows["epoch"]) for part, rows in stored.groupby("part")} == {
            part: list(range(1, epochs + 1)) for part in ("fold 1", "fold 2", "kept")
        }
        for part, rows in stored.groupby("part"):
            assert list(rows["value"]) == [row["train_loss"] for row in history[part]]


def assert_same(catalog: Catalog, name: str) -> None:
    """The weights of a training are those of the undisturbed one, to the bit."""
    one, other = weights_of(catalog, name), weights_of(catalog, "undisturbed")
    assert one.keys() == other.keys()
    assert all(torch.equal(one[key], other[key]) for key in one)
