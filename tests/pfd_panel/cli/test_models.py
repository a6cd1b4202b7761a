"""`pfd models`: a version is shown by default, promoted, traced, measured and taken away."""

from pathlib import Path

from pfd_panel.services import training
from pfd_panel.services.context import Context
from tests.pfd_panel.conftest import MODEL, SIMULATED, running_coordinator
from tests.pfd_panel.shell import pfd


def test_a_name_that_is_no_command_is_shown(filled_copy: Context) -> None:
    home = filled_copy.catalog.home
    assert pfd(home, "models").told["models"][0]["model"] == f"{MODEL}:1"
    assert pfd(home, "models", MODEL).told["model"] == pfd(home, "models", "show", MODEL).told["model"]
    assert pfd(home, "models", "--stage", "production").told["models"] == []


def test_a_version_is_promoted_traced_measured_and_written(filled_copy: Context, tmp_path: Path) -> None:
    home = filled_copy.catalog.home
    assert pfd(home, "models", "promote", MODEL, "--stage", "production").status == 2
    moved = pfd(home, "models", "promote", MODEL, "--stage", "production", "--reason", "good").told
    assert moved["stage"] == "production"
    assert pfd(home, "models", "history", MODEL).told["changes"][0]["reason"] == "good"
    assert pfd(home, "models", "--stage", "production").told["models"][0]["stage"] == "production"
    steps = pfd(home, "models", "lineage", f"{MODEL}@production").told["steps"]
    assert [one["kind"] for one in steps][-1] == "predictions"
    assert pfd(home, "models", "card", MODEL).told["latency_ms"] is None
    written = pfd(home, "models", "export", MODEL, "--format", "saved", "-o", tmp_path / "m.pfdmodel").told
    assert written["sha256"] == training.get(filled_copy, MODEL).artifact_id
    assert (tmp_path / "m.pfdmodel").stat().st_size == written["bytes"]
    assert "networks only" in pfd(home, "models", "export", MODEL, "--format", "onnx").refusal


def test_a_dataset_is_predicted(filled_copy: Context) -> None:
    home = filled_copy.catalog.home
    assert pfd(home, "predict", MODEL).status == 2
    with running_coordinator(filled_copy.catalog):
        told = pfd(home, "predict", MODEL, "--dataset", SIMULATED).told
    assert len(told["predictions"]) == 30
