"""The job of a projection of what a network makes of signals."""

from typing import Any

import numpy as np
import pytest

from dask_cluster.jobs import WorkerContext
from dask_cluster.kinds.project_features import ProjectFeatures
from dask_cluster.kinds.train_model import TrainModel
from dask_cluster.projection_store import key_of_embedding, unpacked
from pipelines.errors import InputError
from pipelines.projections import ProjectionConfig, project
from pipelines.training.reading import load_any
from tests.dask_cluster.kinds.test_train_network import payload_of

SHORT = {"epochs": 1, "batch_size": 8, "length": 256, "width": 4, "stages": 2}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[WorkerContext, dict[str, Any]]:
    """A worker with a network that it trained, and what a projection of its signals is asked with."""
    worker = WorkerContext(home=tmp_path_factory.mktemp("embedding"))
    training = payload_of(worker)
    training["config"]["params"] = SHORT
    artifact = TrainModel.run(training, worker)["artifact"]
    heard = [(one["signal_id"], one["rate_hz"], one["speed_rpm"]) for one in training["records"]]
    return worker, {
        "artifact": artifact.id,
        "heard": heard,
        "samples": training["samples"],
        "projection": {"method": "pca", "scaling": "standard"},
    }


def test_it_is_the_picture_of_what_the_network_makes_of_each_signal(
    trained: tuple[WorkerContext, dict[str, Any]],
) -> None:
    worker, payload = trained
    result = ProjectFeatures.run(payload, worker)
    model = load_any(worker.artifacts.read(payload["artifact"]))
    rows = []
    for (_, rate, speed), (segment, row) in zip(payload["heard"], payload["samples"], strict=True):
        reader = worker.store.open(segment)
        rows.append(model.embed(reader.read(row, 0, reader.length(row)), rate, speed))
    values = np.stack(rows)
    assert len({row.tobytes() for row in values}) == len(values)
    config = ProjectionConfig.model_validate(payload["projection"])
    expected = project(values, [f"e{column + 1}" for column in range(values.shape[1])], config)
    found = unpacked(result["layout"])
    np.testing.assert_allclose(found.points, expected.points, atol=1e-5)
    assert found.features == expected.features
    assert result["layout"]["absent"] == []
    assert result["key"] == key_of_embedding(config, payload["artifact"], payload["heard"])


def test_the_classes_are_told_from_the_embedding(trained: tuple[WorkerContext, dict[str, Any]]) -> None:
    """A head on the embedding of a record of one window gives the logits that the network gives."""
    import torch

    worker, payload = trained
    network = load_any(worker.artifacts.read(payload["artifact"])).network
    samples = np.random.default_rng(5).standard_normal(network.input.length)
    embedding = network.embed(samples, network.rate_hz, None)
    with torch.inference_mode():
        logits = network.model.double().head(torch.from_numpy(embedding)).softmax(0).numpy()
    network.model.float()
    heard = network.logits(network._shown(samples, network.rate_hz, None))[0]
    np.testing.assert_allclose(logits, np.exp(heard) / np.exp(heard).sum(), atol=1e-5)


def test_a_signal_that_cannot_be_heard_has_no_place(trained: tuple[WorkerContext, dict[str, Any]]) -> None:
    worker, payload = trained
    heard = [(name, 1e7 if name == "s3" else rate, speed) for name, rate, speed in payload["heard"]]
    said: list[dict[str, Any]] = []
    listening = WorkerContext(home=worker.home, emit=said.append)
    result = ProjectFeatures.run(payload | {"heard": heard}, listening)
    assert result["layout"]["absent"] == ["s3"]
    assert len(unpacked(result["layout"]).points) == len(heard) - 1
    assert any("left out" in event.get("text", "") for event in said)
    with pytest.raises(InputError, match="none of these signals"):
        ProjectFeatures.run(payload | {"heard": [(name, 1e7, None) for name, *_ in heard]}, worker)


def test_another_network_rate_speed_or_method_is_another_picture() -> None:
    heard, config = [("a", 10.0, None), ("b", 10.0, 5.0)], ProjectionConfig()
    others = [
        key_of_embedding(config, "y", heard),
        key_of_embedding(config, "x", heard[::-1]),
        key_of_embedding(config, "x", [("a", 11.0, None), heard[1]]),
        key_of_embedding(config, "x", [("a", 10.0, 5.0), heard[1]]),
        key_of_embedding(ProjectionConfig(method="umap"), "x", heard),
    ]
    assert len({key_of_embedding(config, "x", heard), *others}) == 6
    assert key_of_embedding(config, "x", list(heard)) == key_of_embedding(config, "x", tuple(heard))
