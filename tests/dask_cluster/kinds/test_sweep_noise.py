"""A worker asks the refitted models of the folds about their held-out signals, as they are and with noise."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dask_cluster.jobs import WorkerContext
from dask_cluster.kinds.sweep_noise import SweepNoise
from dask_cluster.kinds.train_model import TrainModel
from data_catalog.store import RowInput
from pipelines.features import FeatureConfig, extract_record, feature_names

RATE, SAMPLES, RECORDINGS = 4096.0, 4096, 8
NETWORK = {"epochs": 3, "batch_size": 8, "length": 256, "width": 4, "stages": 2}


def payload_of(worker: WorkerContext, model: str, params: dict[str, Any]) -> dict[str, Any]:
    """What the plan of a training would send for tones of two frequencies and their features."""
    names, features = list(feature_names()), FeatureConfig()
    t = np.arange(SAMPLES) / RATE
    rng = np.random.default_rng(0)
    signals = [
        (np.sin(2 * np.pi * (200 + 700 * (i % 2)) * t) + 0.1 * rng.standard_normal(SAMPLES)).astype(np.float32)
        for i in range(RECORDINGS)
    ]
    stored = worker.store.write_short([RowInput(f"c{i}", x) for i, x in enumerate(signals)])
    places = []
    for i, x in enumerate(signals):
        found = extract_record(x, RATE, config=features)
        values = np.concatenate([found.whole[None, :], found.windows])
        part = worker.feature_store.write_part(names, values, [f"s{i}"] * len(values), [-1, *found.starts])
        places.append((part.id, 0, len(found.starts)))
    records = [
        {"signal_id": f"s{i}", "recording": f"r{i}", "fault": "ab"[i % 2], "rate_hz": RATE, "speed_rpm": None,
         "bearing": None}
        for i in range(RECORDINGS)
    ]  # fmt: skip
    config = {"model": model, "params": params, "calibrate": False, "bootstrap": 100, "split": {"folds": 2}}
    return {
        "records": records,
        "places": places,
        "samples": [(stored.id, i) for i in range(RECORDINGS)],
        "names": names,
        "config": config,
        "folds": 2,
        "features": features.model_dump(mode="json"),
        "about": {"manifest_hash": "m"},
    }


@pytest.mark.parametrize(
    ("model", "params"), [("svm_rbf", {}), pytest.param("cnn_1d", NETWORK, marks=pytest.mark.slow)]
)
def test_without_noise_each_fold_says_what_it_said_and_with_much_of_it_something_else(
    model: str, params: dict[str, Any], tmp_path: Path
) -> None:
    worker = WorkerContext(home=tmp_path)
    payload = payload_of(worker, model, params)
    trained = TrainModel.run(payload, worker)
    before = {one["recording"]: [one["p_a"], one["p_b"]] for one in trained["recordings"]}
    asked = payload | {
        "wanted": trained["metrics"]["features"],
        "split": trained["split"],
        "snr_db": (60.0, -40.0),
        "seed": 0,
    }
    said: dict[str, dict[str, list[float]]] = {}
    for fold in (0, 1):
        said |= SweepNoise.run(asked | {"fold": fold}, worker)["recordings"]
    assert said.keys() == before.keys()
    clean = np.array([said[name]["inf"] for name in before])
    np.testing.assert_allclose(clean, list(before.values()), atol=1e-5)
    hardly, loud = (np.array([said[name][level] for name in before]) for level in ("60.0", "-40.0"))
    assert np.abs(hardly - clean).max() < np.abs(loud - clean).max()
