"""What stages of model versions and their exported files guarantee on every database."""

import threading
from typing import Any

import pytest
from sqlalchemy import text, update

from data_catalog import Catalog, artifacts, audit, model_exports, models, privacy, retention, sources, stages
from data_catalog.errors import CatalogError, ConflictError, NotFoundError
from data_catalog.schema import ModelVersion
from data_catalog.store.records import ArtifactManifest
from tests.data_catalog.contract_work import save_model
from tests.data_catalog.drafts import fill


def versions(catalog: Catalog, count: int = 2) -> tuple[str, list[str]]:
    """A dataset, and so many versions of a model on it."""
    dataset_id = fill(catalog, "rig", 3)
    with catalog.write() as session:
        return dataset_id, [save_model(session, dataset_id) for _ in range(count)]


class StageContract:
    """Subclasses give a `catalog` fixture."""

    def test_one_version_is_in_production_and_the_former_retires_with_the_same_commit(self, catalog: Catalog) -> None:
        _, (first, second) = versions(catalog)
        with catalog.write() as session:
            stages.promote(session, first, "production", "the first", owner="ada")
            assert models.get(session, "forest@production").id == first
        with catalog.write() as session:
            moved, former = stages.promote(session, "forest:2", "production", " better ", owner="bob")
            assert (moved.id, former and former.id) == (second, first)
        with catalog.read() as session:
            assert models.get(session, "forest@production").id == second
            assert models.get(session, first).stage == "retired"
            told = [
                (one.number, one.before, one.after, one.reason, one.user) for one in stages.history(session, "forest")
            ]
            assert told == [
                (2, "none", "production", "better", "bob"),
                (1, "production", "retired", "forest:2 took its place: better", "bob"),
                (1, "none", "production", "the first", "ada"),
            ]
            entries, total = audit.page(session, action="promote")
            assert total == 3
            assert entries[0].detail["reason"] == "better"

    def test_a_failed_promotion_leaves_both_as_they_were(self, catalog: Catalog) -> None:
        _, (first, second) = versions(catalog)
        with catalog.write() as session:
            stages.promote(session, first, "production", "x", owner="ada")

        def break_off() -> None:
            with catalog.write() as session:
                stages.promote(session, second, "production", "y", owner="ada")
                raise RuntimeError

        with pytest.raises(RuntimeError):
            break_off()
        with catalog.read() as session:
            assert models.get(session, "forest@production").id == first
            assert len(stages.history(session, "forest")) == 1

    def test_two_who_promote_at_once_leave_one_in_production(self, catalog: Catalog) -> None:
        _, made = versions(catalog, 4)
        both = threading.Barrier(len(made))

        def act(model_id: str) -> None:
            both.wait()
            with catalog.write() as session:
                stages.promote(session, model_id, "production", "now", owner="ada")

        threads = [threading.Thread(target=act, args=(one,)) for one in made]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        with catalog.read() as session:
            found = [models.get(session, one).stage for one in made]
            assert sorted(found) == ["production", "retired", "retired", "retired"]
            assert len(stages.history(session, "forest")) == 7

    def test_the_database_itself_lets_no_two_into_production(self, catalog: Catalog) -> None:
        _, made = versions(catalog)
        both = update(ModelVersion).where(ModelVersion.id.in_(made)).values(stage="production")
        with pytest.raises(ConflictError), catalog.write() as session:
            session.execute(both)

    @pytest.mark.parametrize(
        ("stage", "reason", "error", "words"),
        [
            ("live", "x", CatalogError, "no stage 'live'"),
            ("production", "  ", CatalogError, "needs a reason"),
            ("production", "x" * 2001, CatalogError, "2001 characters"),
            ("none", "x", ConflictError, "without a stage already"),
        ],
    )
    def test_a_move_that_is_none_is_refused(
        self, catalog: Catalog, stage: str, reason: str, error: type[Exception], words: str
    ) -> None:
        _, (first, _) = versions(catalog)
        with pytest.raises(error, match=words), catalog.write() as session:
            stages.promote(session, first, stage, reason, owner="ada")
        with catalog.read() as session:
            assert stages.history(session, "forest") == []

    @pytest.mark.parametrize("change", ["UPDATE stage_changes SET reason = 'other'", "DELETE FROM stage_changes"])
    def test_the_history_only_grows(self, catalog: Catalog, change: str) -> None:
        _, (first, _) = versions(catalog)
        with catalog.write() as session:
            stages.promote(session, first, "candidate", "why", owner="ada")
        with pytest.raises(ConflictError, match="only grows"), catalog.write() as session:
            session.execute(text(change))
        with catalog.read() as session:
            assert [one.reason for one in stages.history(session, "forest")] == ["why"]

    def test_a_stage_is_asked_for_by_name_and_none_is_said(self, catalog: Catalog) -> None:
        _, (first, second) = versions(catalog)
        with catalog.write() as session:
            for one in (first, second):
                stages.promote(session, one, "candidate", "x", owner="ada")
            assert models.get(session, "forest@candidate").id == second
            assert models.brief(session, "forest@candidate").number == 2
            assert [one.id for one in models.page(session, stage="candidate").rows] == [second, first]
            assert models.page(session, stage="retired").total == 0
            with pytest.raises(NotFoundError, match="no version of 'forest' is in production"):
                models.get(session, "forest@production")
            with pytest.raises(CatalogError, match="cannot be called"):
                models.require_name("forest@production")

    def test_what_is_in_production_is_not_deleted(self, catalog: Catalog) -> None:
        _, (first, _) = versions(catalog)
        with catalog.write() as session:
            stages.promote(session, first, "production", "x", owner="ada")
        with pytest.raises(ConflictError, match="in production"), catalog.write() as session:
            models.delete(session, first, owner="ada")
        with catalog.write() as session:
            stages.promote(session, first, "retired", "done", owner="ada")
            models.delete(session, first, owner="ada")

    def test_who_may_not_see_the_version_in_production_does_not_push_it_out(self, catalog: Catalog) -> None:
        _, (first, second) = versions(catalog)
        with catalog.write() as session:
            stages.promote(session, first, "production", "x", owner="ada")
            models.set_visibility(session, first, "private", owner="ada")
        with catalog.write() as session:
            privacy.limit_to(session, "eve")
            with pytest.raises(ConflictError, match="is taken"):
                stages.promote(session, second, "production", "y", owner="eve")
        with catalog.read() as session:
            privacy.limit_to(session, "eve")
            assert stages.history(session, "forest") == []
            with pytest.raises(NotFoundError):
                models.brief(session, first)
            with pytest.raises(ConflictError, match="is taken"):
                privacy.require_nameable(session, {"model": "forest@production"})

    def test_the_newest_file_of_each_format_is_found_and_goes_with_its_model(self, catalog: Catalog) -> None:
        _, (first, second) = versions(catalog)
        with catalog.write() as session:
            for number, format in enumerate(("onnx", "pt", "onnx")):
                artifact = artifacts.add(
                    session, ArtifactManifest(str(number) * 64, f"x/{number}", number), "model_export"
                )
                model_exports.add(session, first, format, artifact, {"number": number}, owner="ada")
        with catalog.write() as session:
            found = model_exports.newest(session, first)
            assert {format: one.report["number"] for format, one in found.items()} == {"onnx": 2, "pt": 1}
            assert model_exports.newest(session, second) == {}
            with pytest.raises(NotFoundError, match="not yet exported as onnx"):
                model_exports.get(session, second, "onnx")
            stages.promote(session, first, "retired", "x", owner="ada")
            models.delete(session, first, owner="ada")
            purged = retention.purge(session, owner="ada", older_than=-retention.KEPT)
            assert purged.models == ["forest:1"]
            assert len(stages.history(session, "forest")) == 1

    def test_a_version_is_traced_to_files_recordings_and_signals(self, catalog: Catalog) -> None:
        dataset_id, _ = versions(catalog)
        with catalog.read() as session:
            found = sources.sources(session, dataset_id, 1, most=2)
            counts: Any = found.file_count, found.recording_count, found.signal_count
            assert (len(found.signals), counts[2]) == (2, 3)
            only = sources.sources(session, dataset_id, 1, signal_id=found.signals[1].signal_id)
            assert [one.signal_id for one in only.signals] == [found.signals[1].signal_id]
            assert only.recordings[0].name == found.signals[1].recording
            assert only.version.manifest_hash == found.version.manifest_hash
