"""What jobs, leases and results guarantee on every database."""

import time
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from data_catalog import (
    Catalog,
    artifacts,
    datasets,
    derived,
    features,
    jobs,
    leases,
    models,
    retention,
    signals,
    splits,
    tags,
)
from data_catalog.errors import CatalogError, ConflictError, FencedError, NotFoundError
from data_catalog.schema import Derived, Segment, Signal
from data_catalog.store.records import ArtifactManifest, PartManifest
from tests.data_catalog.drafts import fill


def save_model(session: Any, dataset_id: str, name: str = "forest") -> str:
    """A model version of that dataset with everything it refers to; its id."""
    version = datasets.version(session, dataset_id)
    feature_set = features.get_or_create(session, dataset_id, {"all": True}, "key", ["rms"], "ada")
    split = splits.save(session, dataset_id, 1, {"by": "recording"}, {"held_out": [1]})
    artifact = artifacts.add(session, ArtifactManifest("f" * 64, "ff/f", 10), "model")
    draft = models.ModelDraft(
        name=name,
        model="random_forest",
        target="fault",
        dataset_id=dataset_id,
        dataset_version=1,
        manifest_hash=version.manifest_hash,
        feature_set_id=feature_set.id,
        split_id=split.id,
        seed=0,
        config={},
        environment={"python": "3.12"},
        metrics={"record_accuracy": 0.75},
        record_accuracy=0.75,
        artifact_id=artifact.id,
    )
    return models.save(session, draft, owner="ada").id


class WorkContract:
    """Subclasses give a `catalog` fixture."""

    def test_a_lease_has_one_holder_and_its_number_grows(self, catalog: Catalog) -> None:
        with catalog.write() as session:
            first = leases.acquire(session, "coordinator", "a", 60, detail={"pid": 7})
            assert leases.acquire(session, "coordinator", "b", 60) is None
            held = leases.current(session, "coordinator")
            assert held is not None
            assert (held.holder, held.detail) == ("a", {"pid": 7})
            assert first is not None
            leases.release(session, "coordinator", "a", first)
            assert leases.current(session, "coordinator") is None
            second = leases.acquire(session, "coordinator", "b", 60)
            assert second is not None
            assert second > first
            assert not leases.renew(session, "coordinator", "a", first, 60)
            assert leases.renew(session, "coordinator", "b", second, 60)

    def test_an_expired_lease_can_be_taken_and_its_old_holder_may_write_no_more(self, catalog: Catalog) -> None:
        with catalog.write() as session:
            old = leases.acquire(session, jobs.COORDINATOR, "a", 0.01)
            assert old is not None
            job = jobs.insert(session, "import", "t", {}, "ada", "file")
            assert jobs.claim_next(session, old) is not None
        time.sleep(0.02)
        with catalog.write() as session:
            new = leases.acquire(session, jobs.COORDINATOR, "b", 60)
            assert new is not None
        with catalog.read() as session:
            before = jobs.get(session, job.id)
        writes = [
            lambda s: jobs.set_state(s, job.id, "done", fence=old),
            lambda s: jobs.add_progress(s, job.id, 1, 2, "", None, old),
            lambda s: jobs.add_step(s, job.id, "step", 1, {}, old),
            lambda s: jobs.claim_next(s, old),
        ]
        for write in writes:
            with pytest.raises(FencedError), catalog.write() as session:
                write(session)
        with catalog.write() as session:
            after = jobs.get(session, job.id)
            assert (after.state, after.heartbeat_at, jobs.steps_done(session, job.id)) == (
                "running",
                before.heartbeat_at,
                set(),
            )
            taken_over = jobs.claim_next(session, new)
            assert taken_over is not None
            assert (taken_over.id, taken_over.attempt, taken_over.fence) == (job.id, 2, new)

    def test_jobs_run_in_order_and_once(self, catalog: Catalog) -> None:
        with catalog.write() as session:
            fence = leases.acquire(session, jobs.COORDINATOR, "a", 60)
            assert fence is not None
            ids = [jobs.insert(session, "import", str(number), {"n": number}, "ada", "file").id for number in range(3)]
            jobs.set_requested(session, ids[0], "cancel", owner="ada")
            jobs.set_requested(session, ids[1], "pause", owner="ada")
            claimed = jobs.claim_next(session, fence)
            assert claimed is not None
            assert claimed.id == ids[2]
            assert jobs.claim_next(session, fence) is None
            assert [jobs.get(session, one).state for one in ids] == ["cancelled", "paused", "running"]
            jobs.set_requested(session, ids[1], "run", owner="ada")
            resumed = jobs.claim_next(session, fence)
            assert resumed is not None
            assert resumed.id == ids[1]
            with pytest.raises(ConflictError, match="cancelled already"):
                jobs.set_requested(session, ids[0], "run", owner="ada")
            jobs.requeue(session, ids[0], owner="ada")
            again = jobs.claim_next(session, fence)
            assert again is not None
            assert again.id == ids[0]

    def test_a_job_tells_its_progress_steps_log_and_end(self, catalog: Catalog) -> None:
        with catalog.write() as session:
            fence = leases.acquire(session, jobs.COORDINATOR, "a", 60)
            assert fence is not None
            job_id = jobs.insert(session, "import", "rig", {"path": "/x"}, "ada", "file").id
            jobs.claim_next(session, fence)
            jobs.add_step(session, job_id, "one", 2, {"added": 2}, fence)
            with pytest.raises(ConflictError, match="committed already"):
                jobs.add_step(session, job_id, "one", 2, {}, fence)
            jobs.add_progress(session, job_id, 2, 5, "reading", 3.5, fence)
            for text in ("first", "second", "third"):
                jobs.log(session, job_id, "info", text)
        with catalog.read() as session:
            job = jobs.get(session, job_id)
            lines = jobs.events(session, job_id)
            assert (job.done_units, job.total_units, job.message, job.eta_s) == (2, 5, "reading", 3.5)
            assert jobs.step_results(session, job_id) == {"one": {"added": 2}}
            assert [line.text for line in jobs.events(session, job_id, lines[0].id, 1)] == ["second"]
        with catalog.write() as session:
            jobs.set_state(session, job_id, "failed", fence=fence, error={"message": "no space"})
        with catalog.read() as session:
            page = jobs.page(session, ["failed"], ["import"])
            assert page.total == 1
            assert page.rows[0].error == {"message": "no space"}
            assert page.rows[0].finished_at is not None
            assert page.rows[0].finished_at.tzinfo is not None
            assert jobs.page(session, ["done"]).total == 0
            with pytest.raises(NotFoundError):
                jobs.get(session, "nothing")

    def test_features_are_asked_for_once_per_signal_and_input(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", 3)
        pairs = [(f"segment-rig-DE-0000{row}", "rate 12000") for row in range(3)]
        with catalog.write() as session:
            one = features.get_or_create(session, dataset_id, {"all": True}, "key", ["rms", "peak"], "ada")
            two = features.get_or_create(session, dataset_id, {"all": True}, "key", ["rms", "peak"], "bob")
            assert (one.id, two.owner) == (two.id, "ada")
            assert features.missing(session, one.id, pairs) == pairs
            rows = [
                features.FeatureRowDraft(*pair, first_row=10 * number, windows=9) for number, pair in enumerate(pairs)
            ]
            part = PartManifest("part", 30, ("rms", "peak"), 100, "checksum")
            assert features.add_part(session, one.id, part, rows[:2]) == 2
            assert features.missing(session, one.id, pairs) == pairs[2:]
            late = PartManifest("late", 30, ("rms", "peak"), 100, "checksum")
            assert features.add_part(session, one.id, late, rows) == 1
            assert features.add_part(session, one.id, PartManifest("idle", 30, (), 1, ""), rows) == 0
            assert features.locate(session, one.id, pairs) == {
                pairs[0]: features.FeaturePlace("part", 0, 9),
                pairs[1]: features.FeaturePlace("part", 10, 9),
                pairs[2]: features.FeaturePlace("late", 20, 9),
            }
            corrected = [(pairs[0][0], "rate 48000")]
            assert features.missing(session, one.id, corrected) == corrected

    def test_model_versions_are_numbered_under_their_name_and_never_reused(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", 3)
        with catalog.write() as session:
            first, second = save_model(session, dataset_id), save_model(session, dataset_id)
            assert models.get(session, "forest").id == second
            assert models.get(session, "forest:1").id == models.get(session, first).id == first
            models.delete(session, second, owner="ada")
            assert models.get(session, "forest").id == first
            third = save_model(session, dataset_id)
            assert models.get(session, third).number == 3
            assert [row.number for row in models.page(session).rows] == [3, 1]
            with pytest.raises(NotFoundError, match="forest:2"):
                models.get(session, "forest:2")
            with pytest.raises(CatalogError):
                save_model(session, dataset_id, name="a:1")

    def test_predictions_are_kept_by_the_thousand(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", 3)
        with catalog.write() as session:
            model_id = save_model(session, dataset_id)
            made = [
                models.PredictionDraft(
                    kind="held_out" if number % 2 else "predict", recording=str(number), probability=number / 1200
                )
                for number in range(1200)
            ]
            models.add_predictions(session, model_id, made)
            page = models.predictions(session, model_id, kind="held_out", offset=10, limit=2)
        assert page.total == 600
        assert [row.recording for row in page.rows] == ["21", "23"]

    def test_equal_splits_are_one(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", 3)
        with catalog.write() as session:
            one = splits.save(session, dataset_id, 1, {"seed": 0}, {"folds": [[1], [2]]})
            two = splits.save(session, dataset_id, 1, {"seed": 0}, {"folds": [[1], [2]]})
            other = splits.save(session, dataset_id, 1, {"seed": 1}, {"folds": [[2], [1]]})
            assert one.id == two.id != other.id
            assert splits.get(session, one.id).content == {"folds": [[1], [2]]}

    def test_a_result_is_computed_once_and_counted(self, catalog: Catalog) -> None:
        cache = derived.DerivedCache(catalog.database)
        calls = []

        def compute() -> dict[str, Any]:
            calls.append(1)
            return {"value": 7}

        found = [cache.get_or_compute("key", "spectrum", compute) for _ in range(3)]
        cache.flush()
        with catalog.read() as session:
            state = derived.state(session)
        assert found == [{"value": 7}] * 3
        assert len(calls) == 1
        assert (state.entries, state.hits, state.misses) == (1, 2, 1)

    def test_a_failed_computation_is_tried_again(self, catalog: Catalog) -> None:
        cache = derived.DerivedCache(catalog.database)
        with pytest.raises(ZeroDivisionError):
            cache.get_or_compute("key", "spectrum", lambda: {"value": 1 // 0})
        assert cache.get_or_compute("key", "spectrum", lambda: {"value": 2}) == {"value": 2}

    def test_the_least_recently_used_results_make_room(self, catalog: Catalog) -> None:
        cache = derived.DerivedCache(catalog.database, budget_bytes=40)
        for name in ("a", "b"):
            cache.get_or_compute(name, "spectrum", lambda: {"value": "0123"})
        cache.get_or_compute("a", "spectrum", dict)
        cache.get_or_compute("c", "spectrum", lambda: {"value": "0123"})
        with catalog.read() as session:
            assert set(session.scalars(select(Derived.key))) == {"a", "c"}

    def test_a_purge_takes_what_only_the_purged_used(self, catalog: Catalog) -> None:
        gone, shared = fill(catalog, "gone", 2), fill(catalog, "kept", 2)
        with catalog.write() as session:
            tags.add(session, "signal", ["segment-gone-DE-00000", "segment-kept-DE-00000"], "t", owner="ada")
            features.get_or_create(session, gone, {}, "key", [], "ada")
            datasets.delete(session, gone, owner="ada")
            assert retention.purge(session, owner="ada").datasets == []  # 30 days are not over
            purged = retention.purge(session, owner="ada", older_than=timedelta(0))
            assert (purged.datasets, purged.signals) == (["gone"], 2)
            assert set(session.scalars(select(Segment.id))) == {"segment-kept"}
            assert len(session.scalars(select(Signal.id)).all()) == 2
            assert tags.counts(session, "signal") == [("t", 1)]
            assert signals.page(session, signals.SignalQuery(shared)).total == 2
            with pytest.raises(NotFoundError):
                datasets.restore(session, gone, owner="ada")

    def test_a_dataset_with_a_model_is_kept_until_the_model_is_purged(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", 2)
        with catalog.write() as session:
            model_id = save_model(session, dataset_id)
            models.add_predictions(session, model_id, [models.PredictionDraft(kind="predict", recording="x")])
            datasets.delete(session, dataset_id, owner="ada")
            assert retention.purge(session, owner="ada", older_than=timedelta(0)).datasets == []
            models.delete(session, model_id, owner="ada")
            purged = retention.purge(session, owner="ada", older_than=timedelta(0))
        assert (purged.datasets, purged.models, purged.signals) == (["rig"], ["forest:1"], 2)
