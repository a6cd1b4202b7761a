"""Experiments from the shell."""

import csv
from pathlib import Path

import pytest

from data_catalog import Catalog, experiments, models, run_metrics
from data_catalog.experiments import Finding, Summary
from data_catalog.schema import Experiment
from tests.data_catalog.contract_experiments import job_of, made
from tests.data_catalog.contract_work import save_model
from tests.data_catalog.drafts import fill
from tests.pfd_panel.cli.conftest import write_recording
from tests.pfd_panel.shell import pfd, spoken


@pytest.fixture(scope="module")
def ids(desk: Catalog) -> list[str]:
    """Two experiments that have ended, the first with two seeds and epochs."""
    dataset_id = fill(desk, "tried", 3)
    epochs = {"kept": {1: {"valid_loss": 0.5, "best": 0.0}, 2: {"valid_loss": 0.25, "best": 1.0}}}
    with desk.write() as session:
        found = [made(session, dataset_id, name, seeds) for name, seeds in (("wide", (0, 1)), ("plain", (0,)))]
        for one in found:
            job_of(session, one).state = session.get_one(Experiment, one).state = "done"  # nothing is left to run
        for number, accuracy in ((1, 0.9), (2, 0.8)):
            run = experiments.run_of(session, found[0], number)
            ended = Finding(save_model(session, dataset_id), accuracy, epochs, {"record_accuracy": Summary(accuracy)})
            run_metrics.finish(session, run, ended)
        assert models.page(session).total == 2
    return found


@pytest.fixture(scope="module")
def home(desk: Catalog) -> Path:
    return desk.home


def test_they_are_listed_searched_and_sorted(home: Path, ids: list[str]) -> None:
    told = pfd(
        home, "experiments", "list", "--dataset", "tried", "--sort", "valid_loss.min", "--column", "valid_loss"
    ).told
    assert ([one["name"] for one in told["experiments"]], told["total"]) == (["wide", "plain"], 2)
    assert [one["values"] for one in told["experiments"]] == [{"valid_loss": 0.25}, {"valid_loss": None}]
    assert told["experiments"][0]["record_accuracy"] == pytest.approx(0.85)
    query = "record_accuracy > 0.8 and model = cnn_1d"
    assert [one["id"] for one in pfd(home, "experiments", "list", "--query", query).told["experiments"]] == ids[:1]
    status, words = spoken(home, "experiments", "list", "wide", "--limit", "1")
    assert status == 0
    assert "85.0%" in words
    assert "by recording" in words
    assert "no value is called 'accurcy'" in pfd(home, "experiments", "list", "--query", "accurcy > 1").refusal


def test_one_is_shown_with_its_runs_and_its_epochs(home: Path, ids: list[str], tmp_path: Path) -> None:
    told = pfd(home, "experiments", "show", ids[0][:10]).told
    assert [(one["seed"], one["model"]) for one in told["runs"]] == [(0, "forest:1"), (1, "forest:2")]
    assert told["summaries"]["valid_loss"] == {"last": 0.25, "best": 0.25, "minimum": 0.25, "maximum": 0.5}
    rows = pfd(home, "experiments", "history", ids[0], "--run", "2", "--name", "valid_loss").told["history"]
    assert [(row["epoch"], row["value"]) for row in rows] == [(1, 0.5), (2, 0.25)]
    file = tmp_path / "history.csv"
    assert pfd(home, "experiments", "history", ids[0], "--csv", file).status == 0
    assert len(list(csv.DictReader(file.open()))) == 8
    assert pfd(home, "experiments", "settings", ids[0]).told["seeds"] == [0, 1]
    assert "wide: cnn_1d on tried" in spoken(home, "experiments", "show", ids[0])[1]


def test_they_are_changed_archived_deleted_and_restored(home: Path, ids: list[str]) -> None:
    change = ("--notes", "n", "--folder", "a/b", "--tag", "x", "--tag", "y", "--untag", "y")
    changed = pfd(home, "experiments", "change", *ids, *change).told["experiments"]
    assert [(one["notes"], one["folder"], one["tags"]) for one in changed] == [("n", "a/b", ["x"])] * 2
    assert pfd(home, "experiments", "change", ids[1], "--name", "other").told["experiments"][0]["name"] == "other"
    assert pfd(home, "experiments", "change", ids[1], "--visibility", "private").status == 0
    unsaid = pfd(home, "experiments", "change", ids[0])
    assert (unsaid.status, unsaid.told["error"]) == (2, "nothing was to be changed")
    pfd(home, "experiments", "archive", ids[1][:12])
    assert pfd(home, "experiments", "list", "--tag", "x").told["total"] == 1
    pfd(home, "experiments", "unarchive", ids[1])
    assert pfd(home, "experiments", "delete", *ids).status == 0
    assert pfd(home, "experiments", "list", "--tag", "x").told["total"] == 0
    assert pfd(home, "experiments", "list", "--deleted").told["total"] == 2
    assert pfd(home, "experiments", "restore", *ids).status == 0
    assert pfd(home, "experiments", "list", "--folder", "a").told["total"] == 2


def test_a_training_takes_seeds_and_a_title(home: Path, tmp_path: Path) -> None:
    file = write_recording(tmp_path / "run.mat", 3, fs=12_000.0)
    assert pfd(home, "import", file, "--dataset", "seeded", "--yes").status == 0
    asked = ("--seeds", "0,5", "--title", "Two seeds", "--folder", "f", "--tag", "t", "--no-wait")
    job = pfd(home, "train", "seeded", *asked).told["job"]
    (row,) = pfd(home, "experiments", "list", "--dataset", "seeded").told["experiments"]
    assert (row["name"], row["seeds"], row["folder"], row["tags"], row["job_id"]) == ("Two seeds", 2, "f", ["t"], job)
    assert "are no numbers" in pfd(home, "train", "seeded", "--seeds", "a,b").refusal
    pfd(home, "jobs", "wait", job)
    told = pfd(home, "experiments", "show", row["id"]).told
    assert told["experiment"]["state"] == "failed"  # one recording is no dataset to learn from
    assert {one["state"] for one in told["runs"]} <= {"failed", "cancelled"}
    assert any(one["message"] for one in told["runs"])
