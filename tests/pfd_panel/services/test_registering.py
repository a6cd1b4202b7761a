"""A model on its way into use: stages with reasons, files to take away, where it comes from."""

from pathlib import Path

import pytest

from dask_cluster.jobs import wait
from data_catalog.errors import CatalogError, NotFoundError
from pfd_panel.errors import NotAllowedError, RequestError
from pfd_panel.services import auditing, collections, registering, tracing, training
from pfd_panel.services.context import Context, User
from pipelines.errors import UnknownNameError
from pipelines.training.reading import load_any
from tests.pfd_panel.conftest import MODEL, RIG, SIMULATED, running_coordinator


def test_a_promotion_needs_the_right_and_a_reason_and_is_kept(filled_copy: Context) -> None:
    with pytest.raises(NotAllowedError):
        registering.promote(filled_copy.acting_as(User("eve", "viewer")), MODEL, "production", "x")
    with pytest.raises(CatalogError, match="needs a reason"):
        registering.promote(filled_copy, MODEL, "production", "")
    assert registering.stage_history(filled_copy, MODEL) == []
    moved = registering.promote(filled_copy.acting_as(User("ada", "operator")), MODEL, "production", "two good weeks")
    assert (moved.model, moved.stage, moved.retired) == (f"{MODEL}:1", "production", "")
    assert training.get(filled_copy, f"{MODEL}@production").id == moved.model_id
    assert [one.id for one in training.page(filled_copy, stage="production")[0]] == [moved.model_id]
    assert training.page(filled_copy, stage="retired")[1] == 0
    with pytest.raises(CatalogError, match="no stage 'live'"):
        training.page(filled_copy, stage="live")
    (told,) = registering.stage_history(filled_copy, f"{MODEL}@production")
    assert (told.reason, told.user) == ("two good weeks", "ada")
    entry = auditing.page(filled_copy, action="promote").rows[0]
    assert (entry.user, entry.detail["reason"]) == ("ada", "two good weeks")


def test_a_model_on_features_leaves_as_it_is_stored_and_says_that_onnx_is_for_networks(
    filled_copy: Context, tmp_path: Path
) -> None:
    with pytest.raises(RequestError, match="ONNX is for networks only") as refused:
        registering.export(filled_copy, MODEL, ["onnx"])
    assert "saved" in refused.value.hint
    with pytest.raises(UnknownNameError):
        registering.export(filled_copy, MODEL, ["tflite"])
    with pytest.raises(NotFoundError, match="not yet exported"):
        registering.download(filled_copy, MODEL, "onnx")
    before = registering.card(filled_copy, MODEL)
    assert (before.latency_ms, before.exportable, [one.report for one in before.files]) == (None, False, [None])
    job = registering.export(filled_copy, MODEL)
    with running_coordinator(filled_copy.catalog):
        ended = wait(filled_copy.catalog, job.id, 60)
    assert ended.state == "done", ended.error
    after = registering.card(filled_copy, MODEL)
    model = training.get(filled_copy, MODEL)
    assert after.latency_ms is not None
    assert 0 < after.latency_ms <= after.latency_p95_ms
    assert after.machine
    assert after.files[0].sha256 == model.artifact_id
    assert after.files[0].report["record"]["samples"] > 0
    made = registering.write_to(filled_copy, MODEL, "saved", tmp_path)
    assert made.suffix == ".pfdmodel"
    assert load_any(made.read_bytes()).classes == tuple(model.metrics["classes"])
    assert [one.count for one in tracing.lineage(filled_copy, MODEL) if one.kind == "exports"] == [1]


def test_the_way_from_file_to_prediction_has_every_step_with_its_hash(filled: Context) -> None:
    steps = {step.kind: step for step in tracing.lineage(filled, MODEL)}
    model = training.get(filled, MODEL)
    assert list(steps) == [
        "files", "recordings", "signals", "dataset", "features", "split", "experiment", "run", "job", "model",
        "artifact", "exports", "predictions",
    ]  # fmt: skip
    assert steps["signals"].count == steps["predictions"].count == 30
    assert steps["dataset"].items[0].hash == model.manifest_hash
    assert steps["split"].items[0].hash == model.metrics["split"]["hash"]
    assert steps["artifact"].items[0].hash == model.artifact_id
    assert steps["model"].items[0].id == model.id
    assert steps["run"].items[0].note == "seed 0"
    assert "generated" in steps["files"].items[0].title
    for step in steps.values():
        assert all(steps[name] for name in step.made_from)
    assert len(steps["signals"].items) == tracing.MOST


def test_one_signal_is_followed_to_what_was_said_of_it(filled: Context) -> None:
    row = collections.choose(filled, SIMULATED, ["*"])[4]
    steps = {step.kind: step for step in tracing.lineage(filled, MODEL, signal=row.signal_id)}
    assert [one.hash for one in steps["signals"].items] == [row.signal_id]
    assert [one.title for one in steps["recordings"].items] == [row.recording]
    said = next(
        one for one in training.held_out(filled, training.get(filled, MODEL).id) if one.signal_id == row.signal_id
    )
    assert steps["predictions"].count == 1
    assert steps["predictions"].items[0].note == f"held out in its test: {said.label}"
    other = collections.choose(filled, RIG, ["*"])[0]
    with pytest.raises(RequestError, match="neither learned from"):
        tracing.lineage(filled, MODEL, signal=other.signal_id)
