"""A training sees copies of a signal that stand on both sides of the split."""

from pathlib import Path

import numpy as np

from dask_cluster.jobs import WorkerContext
from dask_cluster.kinds.train_model import EXCERPT, TrainModel, excerpt
from data_catalog.store import RowInput
from pipelines.features import FeatureConfig, extract_record, feature_names


def payload_of(worker: WorkerContext, signals: list[np.ndarray], labels: list[str]) -> dict:
    """What the plan would send for signals that are stored and have their features."""
    names = list(feature_names())
    stored = worker.store.write_short([RowInput(f"c{i}", x) for i, x in enumerate(signals)])
    places = []
    for i, x in enumerate(signals):
        found = extract_record(x, 4096.0, config=FeatureConfig())
        values = np.concatenate([found.whole[None, :], found.windows])
        starts = [-1, *found.starts]
        part = worker.feature_store.write_part(names, values, [f"s{i}"] * len(values), starts)
        places.append((part.id, 0, len(found.starts)))
    return {
        "records": [{"signal_id": f"s{i}", "recording": f"r{i}", "fault": label} for i, label in enumerate(labels)],
        "places": places,
        "samples": [(stored.id, row) for row in range(len(signals))],
        "names": names,
        "config": {"model": "svm_rbf", "calibrate": False, "bootstrap": 100, "split": {"folds": 2}},
        "folds": 2,
    }


def near(result: dict) -> list[dict]:
    return result["metrics"]["leaks"]["near"]


def test_an_inverted_copy_under_another_name_is_found(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    signals = [rng.normal(size=8192).astype(np.float32) * (1 + i % 2) for i in range(8)]
    labels = ["a", "b"] * 4
    worker = WorkerContext(home=tmp_path / "clean")
    assert near(TrainModel.run(payload_of(worker, signals, labels), worker)) == []
    copied = [*signals, *(-0.5 * x for x in signals)]
    worker = WorkerContext(home=tmp_path / "copied")
    assert near(TrainModel.run(payload_of(worker, copied, labels * 2), worker))


def test_a_short_signal_is_compared_with_what_it_has(tmp_path: Path) -> None:
    worker = WorkerContext(home=tmp_path)
    stored = worker.store.write_short([RowInput("c", np.arange(100, dtype=np.float32))])
    found = excerpt(worker, stored.id, 0)
    assert found.shape == (EXCERPT,)
    assert found[:100].tolist() == list(range(100))
    assert not found[100:].any()
