"""A network that was trained by a job leaves it: weights, ONNX, 8-bit weights, each proven and measured, then used."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from data_catalog import Catalog
from data_catalog.errors import StoreError
from pfd_panel.services import collections, generating, predicting, registering, tracing, training, viewing
from pfd_panel.services.context import Context
from pipelines.exchange.onnx_file import OnnxNetwork
from pipelines.exchange.weights_file import read_weights
from tests.integration.rig import done, start_features
from tests.pfd_panel.conftest import running_coordinator

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings(
        "ignore::FutureWarning", "ignore::DeprecationWarning", "ignore:The tensor attrib", "ignore:The .grad attribute"
    ),
]
MADE = {"kind": "rolling", "per_class": 4, "duration_s": 2.0, "seed": 1}
PARAMS = {"epochs": 4, "batch_size": 16, "length": 1024, "width": 8, "stages": 3}


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Context, dict]]:
    """A catalog with a trained network, and the result of its export."""
    with Catalog.open(tmp_path_factory.mktemp("shipped") / "home") as catalog, running_coordinator(catalog):
        context = Context(catalog)
        done(catalog, generating.start(context, "made", MADE))
        done(catalog, start_features(catalog, "made"))
        asked = training.settings(model="cnn_1d", params=PARAMS, folds=3, name="net")
        done(catalog, training.start(context, "made", asked))
        yield context, done(catalog, registering.export(context, "net"))


def test_every_file_is_made_and_the_largest_difference_is_told(shipped: tuple[Context, dict]) -> None:
    context, result = shipped
    assert result["refused"] == []
    reports = {one["format"]: one["report"] for one in result["files"]}
    assert list(reports) == ["saved", "pt", "onnx", "onnx_int8"]
    assert reports["pt"]["parity"]["largest_logit"] == 0.0
    assert 0 < reports["onnx"]["parity"]["relative"] < 1e-4
    assert reports["onnx"]["parity"]["windows"] > 20
    assert reports["onnx_int8"]["parity"]["largest_probability"] > reports["onnx"]["parity"]["largest_probability"]
    for report in reports.values():
        assert 0 < report["latency"]["median_ms"] <= report["latency"]["p95_ms"]
    card = registering.card(context, "net")
    assert card.parameters == reports["pt"]["parameters"] > 100
    sizes = {one.format: one.bytes for one in card.files}
    assert sizes["onnx_int8"] < sizes["onnx"]


def test_8_bit_weights_are_judged_on_recordings_that_their_network_had_not_seen(shipped: tuple[Context, dict]) -> None:
    context, result = shipped
    cost = result["files"][-1]["report"]["held_out"]
    model = training.get(context, "net")
    first = {one.recording: one for one in training.held_out(context, model.id) if one.detail["fold"] == 0}
    assert cost["recordings"] == len(first)
    # the network of the fold is the one of the test: it recognises what was recognised then
    assert cost["original_right"] == sum(one.label == one.truth for one in first.values())
    assert cost["split"] == "held out by recording"


def test_the_files_say_alone_what_the_product_says(shipped: tuple[Context, dict], tmp_path: Path) -> None:
    context, _ = shipped
    row = collections.choose(context, "made", ["*"])[0]
    samples = viewing.samples(context, row)
    said = predicting.signal(context, "net", samples, row.rate_hz, speed_rpm=row.speed_rpm, bearing=row.bearing)
    graph = registering.write_to(context, "net", "onnx", tmp_path / "net.onnx")
    told = OnnxNetwork(graph.read_bytes()).metadata
    assert told["model_id"] == training.get(context, "net").id
    assert told["manifest"] == training.get(context, "net").manifest_hash
    known = {"file": str(graph), "samples": samples, "rate_hz": row.rate_hz}
    exec(told["usage"], known)
    assert known["answer"] == pytest.approx(said.probabilities, abs=1e-4)
    weights = registering.write_to(context, "net", "pt", tmp_path)
    assert weights.suffix == ".pt"
    assert torch.load(weights, weights_only=True)["facts"]["model"] == "net:1"
    found = read_weights(weights.read_bytes())
    heard = found.network.hear(samples, row.rate_hz, row.speed_rpm).mean(axis=0)
    assert dict(zip(found.classes, heard.tolist(), strict=True)) == pytest.approx(said.probabilities)
    assert json.loads(told["classes"]) == list(found.classes)


def test_a_file_that_was_changed_on_disk_is_not_handed_out(shipped: tuple[Context, dict], tmp_path: Path) -> None:
    context, result = shipped
    stored = context.catalog.artifacts.path(result["files"][1]["artifact_id"])
    before = stored.read_bytes()
    try:
        stored.write_bytes(before[:-1] + b"x")
        with pytest.raises(StoreError, match="damaged"):
            registering.write_to(context, "net", "pt", tmp_path)
    finally:
        stored.write_bytes(before)


def test_a_dataset_is_predicted_and_every_file_stands_in_the_lineage(shipped: tuple[Context, dict]) -> None:
    context, result = shipped
    told = done(context.catalog, predicting.dataset(context, "net", "made"))
    assert len(told["predictions"]) == len({one.recording for one in collections.choose(context, "made", ["*"])})
    assert np.isfinite([one["probability"] for one in told["predictions"]]).all()
    steps = {one.kind: one for one in tracing.lineage(context, "net")}
    assert {one.hash for one in steps["exports"].items} == {one["artifact_id"] for one in result["files"]}
