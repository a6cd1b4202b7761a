"""MiniRocket, a start from another model and a network of several tasks as jobs: trained, stored, asked."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dask_cluster.kinds.predict_recordings import PredictParams
from data_catalog import Catalog
from data_catalog.errors import NotFoundError
from data_catalog.schema import ModelVersion
from pfd_panel.services import extracting, generating, tracing, training
from pfd_panel.services.context import Context
from pipelines.errors import InputError
from pipelines.features import ALL_DOMAINS, FeatureConfig
from tests.integration.rig import done, write_folder
from tests.pfd_panel.conftest import running_coordinator

pytestmark = pytest.mark.slow
MADE = {"kind": "rolling", "per_class": 4, "duration_s": 2.0, "seed": 1}
NETWORK = {"epochs": 2, "batch_size": 32, "length": 1024}
LINES = FeatureConfig(domains=ALL_DOMAINS, window_s=2.0)


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    """A data directory with two generated datasets and a running coordinator."""
    with Catalog.open(tmp_path_factory.mktemp("samples") / "home") as catalog, running_coordinator(catalog):
        found = Context(catalog)
        for name, seed in (("made", 1), ("other", 2)):
            done(catalog, generating.start(found, name, MADE | {"seed": seed}))
        yield found


def trained(context: Context, dataset: str, name: str, model: str, params: dict[str, Any], **more: Any) -> ModelVersion:
    asked = training.settings(model=model, params=params, folds=2, name=name, **more)
    done(context.catalog, training.start(context, dataset, asked))
    return training.get(context, name)


@pytest.fixture(scope="module")
def first(context: Context) -> ModelVersion:
    return trained(context, "made", "first", "cnn_1d", NETWORK)


def predictions(context: Context, model: str, tmp_path: Path) -> list[dict[str, Any]]:
    folder = write_folder(tmp_path / model)
    job = training.predict(context, PredictParams(path=str(folder), model=model))
    return list(done(context.catalog, job)["predictions"])


def test_minirocket_is_stored_as_any_model_and_predicts_with_sets(context: Context, tmp_path: Path) -> None:
    model = trained(context, "made", "rocket", "minirocket", {"features": 840, "length": 1024}, calibrate="isotonic")
    told = model.metrics
    assert told["recording"]["tested"] == 20
    assert told["window"]["accuracy"] > told["baselines"]["at_random"]["accuracy"]
    assert (told["baseline"]["model"], told["history"]) == ("random_forest", {})
    assert told["trained_on"]["calibration"] in ("isotonic", "temperature")
    held = training.held_out(context, model.id)
    assert all(one.detail["set"] for one in held)
    answers = predictions(context, "rocket", tmp_path)
    assert {one["recording"] for one in answers} == {"Normal", "Inner", "Outer", "Ball"}
    assert all(one["windows"] > 1 and one["set"] for one in answers)


def test_a_start_is_pinned_kept_in_the_lineage_and_found_as_a_leak(context: Context, first: ModelVersion) -> None:
    begun = trained(context, "made", "second", "cnn_1d", NETWORK | {"start_from": "first"})
    assert begun.config["start_from"] == {"model_id": first.id, "reference": "first:1"}
    assert begun.config["train"]["params"]["start_from"] == "first:1"
    assert training.findings(begun)[0].startswith("The training began with first:1, which had learned from")
    way = {step.kind: step for step in tracing.lineage(context, "second")}
    assert [(one.title, one.id) for one in way["start"].items] == [("first:1", first.id)]
    assert "start" in way["experiment"].made_from
    assert "start" not in {step.kind for step in tracing.lineage(context, "first")}
    assert begun.metrics["leaks"]["foreseen"]["seen"] == begun.metrics["recording"]["tested"]
    # on other data nothing was seen, until a model in the line has learned from it
    fresh = trained(context, "other", "third", "cnn_1d", NETWORK | {"start_from": "second:1"})
    assert fresh.metrics["leaks"]["foreseen"]["seen"] == 0
    again = trained(context, "made", "fourth", "cnn_1d", NETWORK | {"start_from": "third"})
    assert again.metrics["leaks"]["foreseen"]["seen"] == again.metrics["recording"]["tested"]


def test_a_start_that_does_not_fit_is_refused_before_anything_is_queued(context: Context, first: ModelVersion) -> None:
    for params, words in (
        (NETWORK | {"width": 8}, "width is 16 there and 8 here"),
        (NETWORK | {"representation": "envelope"}, "representation is raw there and envelope here"),
    ):
        asked = training.settings(model="cnn_1d", params=params | {"start_from": "first"}, folds=2)
        with pytest.raises(InputError, match=words):
            training.start(context, "made", asked)
    with pytest.raises(NotFoundError, match="no model is called 'frist'"):
        training.start(context, "made", training.settings(model="cnn_1d", params={"start_from": "frist"}))


def test_severity_and_speed_are_learned_judged_and_told(context: Context, tmp_path: Path) -> None:
    model = trained(context, "made", "several", "multi_task", NETWORK | {"epochs": 6, "length": 2048})
    told = {one["task"]: one for one in model.metrics["tasks"]}
    assert told["speed"]["unit"] == "rpm"
    assert told["speed"]["tested"] == told["severity"]["tested"] == model.metrics["recording"]["tested"]
    assert "nominal" in told["severity"]["levels"]
    assert told["speed"]["statement"] in model.metrics["statement"]
    assert {"speed_true", "speed_estimate"} <= set(model.metrics["recordings"][0])
    answers = predictions(context, "several", tmp_path)
    assert all(set(one["estimates"]) == {"severity", "speed"} for one in answers)


def test_fault_lines_are_a_feature_set_to_learn_from(context: Context, tmp_path: Path) -> None:
    job = done(context.catalog, extracting.start(context, "made", LINES))
    assert job["features"] == 42 + 39
    lines = [name for name in extracting.table(context, "made", LINES).columns if name.startswith("lines_")]
    assert len(lines) == 39
    model = trained(context, "made", "carries", "svm_rbf", {}, features=LINES.model_dump(mode="json"))
    assert set(lines) <= set(model.metrics["features"])
    assert predictions(context, "carries", tmp_path)
    short = done(
        context.catalog, extracting.start(context, "made", FeatureConfig(domains=("fault_lines",), window_s=0.2))
    )
    assert "shorter than 32 turns of the shaft" in short["lacking"]


def test_signals_whose_windows_are_too_short_are_left_out_with_a_word_each(context: Context) -> None:
    found = done(context.catalog, extracting.start(context, "made", FeatureConfig(domains=("time",), window_s=0.001)))
    assert found["computed"] == 0
    assert len(found["skipped"]) == found["signals"] > 0
