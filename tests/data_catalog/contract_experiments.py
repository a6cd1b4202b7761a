"""What experiments guarantee on every database."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data_catalog import (
    Catalog,
    audit,
    datasets,
    experiment_changes,
    experiment_pages,
    experiment_states,
    experiments,
    jobs,
    leases,
    models,
    privacy,
    retention,
    run_metrics,
    tags,
)
from data_catalog.errors import CatalogError, ConflictError, NotFoundError
from data_catalog.experiment_pages import ExperimentQuery
from data_catalog.experiments import ExperimentDraft, Finding, Summary
from data_catalog.query_text import QueryError
from data_catalog.schema import Experiment, ExperimentSummary, Job, Run, RunMetric, RunSummary
from tests.data_catalog.contract_work import save_model
from tests.data_catalog.drafts import fill

TABLES = (Experiment, Run, RunMetric, RunSummary, ExperimentSummary)


def made(session: Session, dataset_id: str, name: str = "first", seeds: Sequence[int] = (0,), **more: Any) -> str:
    """An experiment with the job that runs it; its id."""
    owner = more.pop("owner", "ada")
    job = jobs.insert(session, "train_model", f"Train {name}", {"dataset": dataset_id}, owner, "fold")
    given = {"model": "cnn_1d", "target": "fault", "split_text": "by recording, 5 folds", "config": {"a": 1}} | more
    draft = ExperimentDraft(name=name, dataset_id=dataset_id, dataset_version=1, seeds=seeds, job_id=job.id, **given)
    return experiments.create(session, draft, owner=owner).id


def job_of(session: Session, experiment_id: str) -> Job:
    found = experiments.get(session, experiment_id)
    assert found.job_id is not None
    return jobs.get(session, found.job_id)


def states(session: Session, experiment_id: str) -> tuple[str, list[str]]:
    session.expire_all()
    return experiments.get(session, experiment_id).state, [
        one.state for one in experiments.runs(session, experiment_id)
    ]


def found_in(session: Session, **asked: Any) -> list[str]:
    return [row.name for row in experiment_pages.page(session, ExperimentQuery(**asked)).rows]


class ExperimentContract:
    """Subclasses give a `catalog` fixture."""

    def test_an_experiment_has_a_run_for_each_seed_and_its_tags(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", 3)
        with catalog.write() as session:
            kept = made(session, dataset_id, " wide  kernel ", (7, 3), tags=("keep", " keep "), folder="/a//b c/ ")
            found = experiments.get(session, kept[:6])
            assert (found.name, found.folder, found.seeds, found.state) == ("wide kernel", "a/b c", 2, "queued")
            assert [(one.number, one.seed, one.state) for one in experiments.runs(session, kept)] == [
                (1, 7, "queued"),
                (2, 3, "queued"),
            ]
            assert tags.of(session, "experiment", [kept])[kept] == ["keep"]
            for seeds in ((), (1, 1)):
                with pytest.raises(CatalogError, match="at least one seed, and each once"):
                    made(session, dataset_id, "x", seeds)
            with pytest.raises(CatalogError, match="needs a name"):
                made(session, dataset_id, " ")
            with pytest.raises(NotFoundError):
                experiments.get(session, "zzz")

    def test_it_follows_its_job_through_every_state(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", 3)
        with catalog.write() as session:
            kept = made(session, dataset_id, seeds=(0, 1, 2))
            fence = leases.acquire(session, jobs.COORDINATOR, "a", 60)
            assert fence is not None
            job_id = job_of(session, kept).id
            jobs.set_requested(session, job_id, "pause", owner="ada")
            assert jobs.claim_next(session, fence) is None
            assert states(session, kept) == ("paused", ["paused"] * 3)
            jobs.set_requested(session, job_id, "run", owner="ada")
            jobs.claim_next(session, fence)
            assert states(session, kept) == ("running", ["queued"] * 3)
            model_id = save_model(session, dataset_id)
            run_metrics.finish(session, experiments.run_of(session, kept, 1), Finding(model_id, 0.5))
            experiment_states.begin(session, experiments.run_of(session, kept, 2))
            assert states(session, kept) == ("running", ["done", "running", "queued"])
            jobs.set_state(session, job_id, "failed", fence=fence, error={"message": "no memory"})
            assert states(session, kept) == ("failed", ["done", "failed", "cancelled"])
            runs = experiments.runs(session, kept)
            assert runs[1].message == "no memory"
            assert runs[1].finished_at == experiments.get(session, kept).finished_at is not None
            jobs.requeue(session, job_id, owner="ada")
            assert states(session, kept) == ("queued", ["done", "queued", "queued"])
            assert experiments.runs(session, kept)[1].message == ""
            jobs.set_requested(session, job_id, "cancel", owner="ada")
            assert jobs.claim_next(session, fence) is None
            assert states(session, kept) == ("cancelled", ["done", "cancelled", "cancelled"])

    def test_a_job_that_fails_before_any_run_began_fails_them_all(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", 3)
        with catalog.write() as session:
            kept = made(session, dataset_id, seeds=(0, 1))
            fence = leases.acquire(session, jobs.COORDINATOR, "a", 60)
            assert fence is not None
            claimed = jobs.claim_next(session, fence)
            assert claimed is not None
            jobs.set_state(session, claimed.id, "failed", fence=fence, error={"message": "no features"})
            assert states(session, kept) == ("failed", ["failed", "failed"])
            assert [one.message for one in experiments.runs(session, kept)] == ["no features"] * 2

    def test_an_epoch_that_is_told_again_stays_one_row_and_the_end_replaces_what_was_told(
        self, catalog: Catalog
    ) -> None:
        dataset_id = fill(catalog, "rig", 3)
        with catalog.write() as session:
            kept = made(session, dataset_id, seeds=(0, 5))
            run = experiments.run_of(session, kept, 1)
            run_metrics.measure(session, run, "fold 10", {1: {"loss": 3.0, "best": 1.0}, 2: {"loss": 1.0, "best": 1.0}})
            run_metrics.measure(session, run, "fold 10", {2: {"loss": 2.0, "best": 0.0}})
            assert run_metrics.summaries(session, kept) == {"loss": Summary(2.0, 3.0, 2.0, 3.0)}
            run_metrics.measure(session, run, "fold 2", {1: {"loss": float("nan"), "best": 0.0}})
            assert [row[2:] for row in run_metrics.history(session, kept, names=["loss"])] == [
                ("fold 2", 1, "loss", None),
                ("fold 10", 1, "loss", 3.0),
                ("fold 10", 2, "loss", 2.0),
            ]
            epochs = {"fold 1": {1: {"loss": 9.0}}, "kept": {1: {"loss": 0.5, "best": 1.0}, 2: {"loss": 0.7}}}
            model_id = save_model(session, dataset_id)
            results = {"record_accuracy": Summary(0.8, 0.8, 0.6, 1.0)}
            run_metrics.finish(session, run, Finding(model_id, 0.8, epochs, results))
            other = experiments.run_of(session, kept, 2)
            run_metrics.finish(
                session, other, Finding(save_model(session, dataset_id), 0.9, {"kept": {1: {"loss": 0.1}}})
            )
            assert {row[2] for row in run_metrics.history(session, kept, run=1)} == {"fold 1", "kept"}
            assert [row[:2] for row in run_metrics.history(session, kept, run=2)] == [(2, 5)]
            told = run_metrics.summaries(session, kept)
            assert told["record_accuracy"] == Summary(0.8, 0.8, 0.6, 1.0)
            assert (told["loss"].last, told["loss"].best) == (pytest.approx(0.4), pytest.approx(0.5))
            experiment = experiments.get(session, kept)
            assert experiment.record_accuracy == pytest.approx(0.85)
            assert experiment.record_accuracy_sd == pytest.approx(0.1 / 2**0.5)
            assert [one.model for one in experiments.runs(session, kept)] == ["forest:1", "forest:2"]

    def test_they_are_found_by_words_queries_folders_and_tags_and_sorted_by_what_was_measured(
        self, catalog: Catalog
    ) -> None:
        rig, line = fill(catalog, "rig", 3), fill(catalog, "Line 4", 3)
        with catalog.write() as session:
            wide = made(session, rig, "wide", model="wdcnn", folder="kernels/wide", tags=("a", "b"))
            made(session, rig, "plain", notes="the ÜBER one", folder="kernels", tags=("a",))
            none = made(session, line, "none", owner="bob")
            for experiment_id, loss, accuracy in ((wide, 0.2, 0.95), (none, 0.4, 0.7)):
                run = experiments.run_of(session, experiment_id, 1)
                model_id = save_model(session, rig)
                run_metrics.finish(
                    session, run, Finding(model_id, accuracy, {"kept": {1: {"loss": loss, "best": 1.0}}})
                )
            assert found_in(session) == ["none", "plain", "wide"]
            assert found_in(session, sort="name") == ["none", "plain", "wide"]
            assert found_in(session, sort="-record_accuracy") == ["wide", "none", "plain"]
            assert found_in(session, sort="record_accuracy") == ["none", "wide", "plain"]
            assert found_in(session, sort="loss.min") == ["wide", "none", "plain"]
            assert found_in(session, sort="-loss.last") == ["none", "wide", "plain"]
            assert found_in(session, sort="dataset", limit=1) == ["none"]
            assert found_in(session, offset=1, limit=1) == ["plain"]
            for query, expected in {
                "record_accuracy > 0.9 and model = wdcnn": ["wide"],
                "record_accuracy 0.6..0.8": ["none"],
                "record_accuracy:none": ["plain"],
                "loss.max <= 0.3": ["wide"],
                "loss 0.3..": ["none"],
                "loss:none": ["plain"],
                "not loss:none and owner:bob": ["none"],
                "tag:a and not tag:b": ["plain"],
                "tag:none": ["none"],
                "dataset:line or über": ["none", "plain"],
                "folder:none": ["none"],
                "created:2020-01-01": [],
                "state != done": ["none", "plain", "wide"],
            }.items():
                assert found_in(session, query=query) == expected, query
            assert found_in(session, folder="kernels") == ["plain", "wide"]
            assert found_in(session, folder="") == ["none"]
            assert found_in(session, tags=("a", "b")) == ["wide"]
            assert found_in(session, search="RIG plain") == ["plain"]
            assert found_in(session, dataset="Line 4", state=("queued",), model=("cnn_1d",)) == ["none"]
            page = experiment_pages.page(session, ExperimentQuery(columns=("loss.min", "loss"), limit=2))
            assert (page.total, [row.values for row in page.rows]) == (
                3,
                [{"loss.min": 0.4, "loss": 0.4}, {"loss.min": None, "loss": None}],
            )
            assert [(row.dataset, row.tags) for row in page.rows] == [("Line 4", []), ("rig", ["a"])]
            counted = experiment_pages.facets(session, ExperimentQuery(query="model = cnn_1d"))
            assert counted["folder"] == [("", 1), ("kernels", 1)]
            assert (counted["dataset"], counted["tag"]) == ([("Line 4", 1), ("rig", 1)], [("a", 1)])
            with pytest.raises(QueryError, match=r"no value is called 'lss.min' \(character 11\)") as refused:
                found_in(session, query="seeds = 1 lss.min < 1")
            assert "loss" in refused.value.hint
            for asked in ({"sort": "lss"}, {"columns": ("lss.min",)}, {"sort": "loss.median"}):
                with pytest.raises(CatalogError):
                    found_in(session, **asked)
            assert found_in(session, query="valid_loss.min < 1", measured=("valid_loss",)) == []

    def test_many_are_changed_at_once_or_none(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", 3)
        with catalog.write() as session:
            ids = [made(session, dataset_id, name) for name in ("a", "b", "c")]
            found = experiment_changes.several(session, ids[:2])
            experiment_changes.move(session, found, "kept/", by="bob")
            experiment_changes.tag(session, found, ["x", "y"], by="bob")
            experiment_changes.untag(session, found[:1], ["x"], by="bob")
            experiment_changes.rename(session, found[:1], "A", by="bob")
            experiment_changes.describe(session, found[:1], "seldom words", by="bob")
            assert found_in(session, folder="kept", sort="name") == ["A", "b"]
            assert found_in(session, tags=("x",)) == ["b"]
            assert found_in(session, search="seldom") == ["A"]
            experiment_changes.archive(session, found, by="bob")
            assert (found_in(session), found_in(session, archived=True, sort="name")) == (["c"], ["A", "b"])
            experiment_changes.unarchive(session, found[1:], by="bob")
            assert found_in(session) == ["c", "b"]
            with pytest.raises(NotFoundError, match="no experiment has the id 'nothing'"):
                experiment_changes.several(session, [ids[0], "nothing"])
            with pytest.raises(CatalogError, match="no experiment is named"):
                experiment_changes.several(session, [])
            with pytest.raises(ConflictError, match="is queued"):
                experiment_changes.delete(session, found, by="bob")
            told = audit.page(session, user="bob", subject_kind="experiment")[0]
            assert {entry.action for entry in told} == {"update", "tag", "untag", "archive", "unarchive"}
            assert {entry.subject_id for entry in told} == set(ids[:2])

    def test_a_deleted_one_comes_back_until_it_is_purged_and_its_model_stays(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", 3)
        with catalog.write() as session:
            kept = made(session, dataset_id, tags=("x",))
            model_id = save_model(session, dataset_id)
            found = Finding(model_id, 0.5, {"kept": {1: {"loss": 1.0}}})
            run_metrics.finish(session, experiments.run_of(session, kept, 1), found)
            session.get_one(Experiment, kept).state = "done"
            experiment_changes.delete(session, experiment_changes.several(session, [kept]), by="ada")
            assert (found_in(session), found_in(session, deleted=True)) == ([], ["first"])
            with pytest.raises(NotFoundError):
                experiments.get(session, kept)
            gone = experiment_changes.several(session, [kept], deleted=True)
            experiment_changes.restore(session, gone, by="ada")
            assert found_in(session) == ["first"]
            experiment_changes.delete(session, experiment_changes.several(session, [kept]), by="ada")
            retention.purge(session, owner="ada")
            assert found_in(session, deleted=True) == ["first"]  # 30 days are not over
            retention.purge(session, owner="ada", older_than=timedelta(0))
            for table in TABLES:
                assert session.scalar(select(func.count()).select_from(table)) == 0
            assert tags.counts(session, "experiment") == []
            assert models.get(session, model_id).name == "forest"

    def test_a_purged_model_leaves_its_run_and_a_purged_dataset_takes_what_left_no_model(
        self, catalog: Catalog
    ) -> None:
        dataset_id, other = fill(catalog, "rig", 3), fill(catalog, "other", 3)
        with catalog.write() as session:
            kept = made(session, dataset_id)
            made(session, other, "without a model")
            model_id = save_model(session, dataset_id)
            run_metrics.finish(session, experiments.run_of(session, kept, 1), Finding(model_id, 0.5))
            models.delete(session, model_id, owner="ada")
            datasets.delete(session, other, owner="ada")
            assert retention.purge(session, owner="ada", older_than=timedelta(0)).datasets == ["other"]
            assert found_in(session) == ["first"]
            (run,) = experiments.runs(session, kept)
            assert (run.model_id, run.record_accuracy) == (None, 0.5)

    def test_a_private_one_hides_its_runs_model_and_job(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", 3)
        with catalog.write() as session:
            kept = made(session, dataset_id, "secret plan", tags=("secret tag",))
            made(session, dataset_id, "open plan")
            run = experiments.run_of(session, kept, 1)
            model_id = save_model(session, dataset_id, "secret forest")
            run_metrics.finish(session, run, Finding(model_id, 0.5, {"kept": {1: {"loss": 1.0}}}))
            experiment_changes.set_visibility(session, experiment_changes.several(session, [kept]), "private", by="ada")
        for viewer, seen in (("ada", True), ("eve", False)):
            with catalog.read() as session:
                privacy.limit_to(session, viewer)
                told = [
                    repr([vars(one) for one in session.scalars(select(table))])
                    for table in (*TABLES, Job, models.ModelVersion)
                ]
                words = (kept, "secret plan", "secret forest", run.id, model_id)
                assert [any(word in text for text in told) for word in words] == [seen] * len(words)
                assert found_in(session) == (["open plan", "secret plan"] if seen else ["open plan"])
                assert bool(tags.counts(session, "experiment")) == seen
                assert bool(run_metrics.history(session, kept)) == seen
                assert ("secret forest" in {one.name for one in models.page(session).rows}) == seen
        with catalog.write() as session:
            datasets.set_visibility(session, dataset_id, "private", owner="ada")
        with catalog.read() as session:
            privacy.limit_to(session, "eve")
            assert found_in(session) == []
            with pytest.raises(ConflictError, match="is taken"):
                privacy.require_nameable(session, {"model": "secret forest:1"})
