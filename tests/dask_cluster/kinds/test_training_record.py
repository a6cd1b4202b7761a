"""A training of several seeds becomes an experiment: submitted, heard of, committed run by run, summed up."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from dask_cluster.jobs import JobContext, Step, WorkerContext, submit
from dask_cluster.kinds.train_model import TrainModel
from dask_cluster.ledger import Ledger
from dask_cluster.train_params import TrainParams
from data_catalog import Catalog, experiments, features, jobs, leases, models, run_metrics
from data_catalog.errors import ConflictError, FencedError
from data_catalog.schema import Experiment
from tests.blank import New
from tests.dask_cluster.kinds.test_train_model import payload_of
from tests.data_catalog.drafts import fill

SEEDS = (3, 8)


@pytest.fixture
def catalog(tmp_path: Path, new_home: New) -> Iterator[Catalog]:
    with Catalog.open(new_home(tmp_path / "home")) as opened:
        yield opened


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], list[dict[str, Any]], Path]:
    """The payload of a small training, what its step told on the way, and where."""
    told: list[dict[str, Any]] = []
    worker = WorkerContext(tmp_path_factory.mktemp("worker"), "job", "run-1", emit=told.append)
    rng = np.random.default_rng(3)
    signals = [rng.normal(size=4096).astype(np.float32) * (1 + i % 2) for i in range(8)]
    payload = payload_of(worker, signals, ["a", "b"] * 4)
    result = TrainModel.run(payload, worker)
    return result, told, worker.home


def submitted(catalog: Catalog, **given: Any) -> tuple[JobContext, str]:
    """A job that was queued, and its experiment."""
    dataset_id = fill(catalog, "rig", 3)
    params = {"dataset": "rig", "config": {"model": "svm_rbf", "split": {"seed": 4}}, **given}
    job = submit(catalog, "train_model", params, owner="ada")
    context = JobContext(
        catalog,
        job.id,
        "ada",
        TrainParams.model_validate(job.params),
        lambda level, text: None,
        lambda session: jobs.step_results(session, job.id),
    )
    with catalog.write() as session:
        leases.acquire(session, jobs.COORDINATOR, "a", 60)
        features.get_or_create(session, dataset_id, {}, "key", ["rms"], "ada")
        found = experiments.of_job(session, job.id)
        assert found is not None
    return context, found.id


def step_of(context: JobContext, session: Any, number: int) -> Step:
    experiment = experiments.of_job(session, context.job_id)
    assert experiment is not None
    found = features.find(session, experiment.dataset_id, "key")
    assert found is not None
    about = {"dataset_id": experiment.dataset_id, "dataset_version": 1, "manifest_hash": "m", "synthetic": False}
    config = context.params.of_seed(context.params.every_seed[number - 1]).model_dump(mode="json")
    payload = {"run": number, "config": config, "about": about | {"feature_set_id": found.id}}
    return Step(f"run-{number}", payload, 2)


def test_every_job_that_trains_is_an_experiment_from_the_moment_it_is_queued(catalog: Catalog) -> None:
    about = {"name": "Wide", "notes": "n", "tags": ["x"], "folder": "a/b", "visibility": "private"}
    context, experiment_id = submitted(catalog, seeds=SEEDS, experiment=about)
    with catalog.read() as session:
        found = experiments.get(session, experiment_id)
        assert (found.name, found.notes, found.folder, found.visibility) == ("Wide", "n", "a/b", "private")
        assert (found.model, found.split_text, found.state) == ("svm_rbf", "by recording, 5 folds", "queued")
        assert [one.seed for one in experiments.runs(session, experiment_id)] == list(SEEDS)
        assert jobs.get(session, context.job_id).title.endswith(", 2 seeds")


def test_seeds_move_what_is_learned_and_never_the_split(catalog: Catalog) -> None:
    context, _ = submitted(catalog, seeds=SEEDS)
    runs = [context.params.of_seed(seed) for seed in context.params.every_seed]
    assert [one.seed for one in runs] == list(SEEDS)
    assert {one.split.seed for one in runs} == {4}
    assert TrainParams.model_validate({"dataset": "rig", "config": {"seed": 9}}).every_seed == (9,)
    with pytest.raises(ValidationError, match="each seed is given once"):
        TrainParams.model_validate({"dataset": "rig", "seeds": [1, 1]})


def test_each_run_leaves_one_model_with_its_results_and_the_job_their_mean(
    catalog: Catalog, learned: tuple[dict[str, Any], list[dict[str, Any]], Path]
) -> None:
    context, experiment_id = submitted(catalog, seeds=SEEDS)
    result, told, _ = learned
    kind = TrainModel()
    history = [{"epoch": epoch, "train_loss": 1 / epoch, "recall": [0.5, None], "best": True} for epoch in (1, 2)]
    other = result | {"record_accuracy": result["record_accuracy"] - 0.25}
    other["metrics"] = result["metrics"] | {"history": {"fold 1": history, "kept": history}}
    assert told[0]["told"] == {}
    with catalog.write() as session:
        kind.hear(session, context, "run-1", [told[0]["told"]])
        kind.hear(session, context, "run-2", [{"part": "fold 1", "epoch": 7, "numbers": {"train_loss": 2.0}}])
        assert [one.state for one in experiments.runs(session, experiment_id)] == ["running", "running"]
        for number, ended in ((1, result), (2, other)):
            step = step_of(context, session, number)
            jobs.add_step(session, context.job_id, step.key, 2, kind.commit(session, context, step, ended) or {}, 1)
        with pytest.raises(ConflictError, match="committed already"):
            jobs.add_step(session, context.job_id, "run-2", 2, {}, 1)
        kind.hear(session, context, "run-2", [{"part": "kept", "epoch": 9, "numbers": {"train_loss": 0.0}}])
        summed = kind.finish(session, context)
    with catalog.read() as session:
        runs = experiments.runs(session, experiment_id)
        assert [(one.state, one.model) for one in runs] == [
            ("done", "rig svm_rbf:1"),
            ("done", "rig svm_rbf:2"),
        ]
        assert [models.get(session, str(one.model_id)).seed for one in runs] == list(SEEDS)
        assert models.page(session).total == 2
        experiment = session.get_one(Experiment, experiment_id)
        assert experiment.record_accuracy == pytest.approx(result["record_accuracy"] - 0.125)
        assert run_metrics.history(session, experiment_id, run=1) == []
        rows = run_metrics.history(session, experiment_id, run=2, names=["train_loss", "recall:a", "recall:b"])
        assert [row[2:] for row in rows if row[2] == "kept"] == [
            ("kept", 1, "recall:a", 0.5), ("kept", 1, "recall:b", None), ("kept", 1, "train_loss", 1.0),
            ("kept", 2, "recall:a", 0.5), ("kept", 2, "recall:b", None), ("kept", 2, "train_loss", 0.5),
        ]  # fmt: skip
        assert {row[3] for row in rows} == {1, 2}
        summaries = run_metrics.summaries(session, experiment_id)
        folds = [one["recording_accuracy"] for one in result["metrics"]["folds"]]
        assert summaries["record_accuracy"].minimum == min(folds)
        assert summaries["record_accuracy"].maximum == max(folds)
        assert summaries["train_loss"].minimum == 0.5
    assert summed["experiment_id"] == experiment_id
    assert [one["seed"] for one in summed["runs"]] == list(SEEDS)
    assert summed["record_accuracy"] == pytest.approx(experiment.record_accuracy)
    assert "on the mean of 2 seeds" in summed["statement"]


def test_what_is_told_and_done_again_after_a_death_is_kept_once(
    catalog: Catalog, learned: tuple[dict[str, Any], list[dict[str, Any]], Path]
) -> None:
    context, experiment_id = submitted(catalog, seeds=SEEDS)
    kind, result = TrainModel(), learned[0]
    first, second = ({"part": "fold 1", "epoch": epoch, "numbers": {"train_loss": 1 / epoch}} for epoch in (1, 2))
    old = Ledger(catalog, 1)
    old.hear(kind, context, [("run-1", first), ("run-2", first)])
    with catalog.write() as session:
        leases.release(session, jobs.COORDINATOR, "a", 1)
        fence = leases.acquire(session, jobs.COORDINATOR, "b", 60)
        assert fence is not None
        steps = [step_of(context, session, number) for number in (1, 2)]
    new = Ledger(catalog, fence)
    done = [(steps[0], result)]
    for late in (lambda: old.hear(kind, context, [("run-1", second)]), lambda: old.commit_steps(kind, context, done)):
        with pytest.raises(FencedError):
            late()
    new.hear(kind, context, [("run-1", first), ("run-1", second), ("run-2", first)])
    with catalog.read() as session:
        rows = run_metrics.history(session, experiment_id)
        assert [(row[0], row[3]) for row in rows] == [(1, 1), (1, 2), (2, 1)]
        assert models.page(session).total == 0
    new.commit_steps(kind, context, done)
    with pytest.raises(ConflictError, match="committed already"):
        new.commit_steps(kind, context, done)
    new.commit_steps(kind, context, [(steps[1], result)])
    with catalog.read() as session:
        assert sorted(model.seed for model in models.page(session).rows) == list(SEEDS)
        assert [one.state for one in experiments.runs(session, experiment_id)] == ["done", "done"]
