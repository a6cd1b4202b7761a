"""A training of a network on a worker leaves its state in the job's folder when it is asked to stop."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from dask_cluster import checkpoints
from dask_cluster.jobs import WorkerContext
from dask_cluster.jobs.worker import Paused, Request
from dask_cluster.kinds.train_model import TrainModel
from dask_cluster.network_learning import alone
from data_catalog import Catalog
from data_catalog.store import RowInput

RECORDINGS, SAMPLES = 8, 2048
PARAMS = {"epochs": 3, "batch_size": 8, "length": 256, "width": 4, "stages": 2}


class Eager(WorkerContext):
    """Asked at every batch, not every tenth of a second."""

    def check(self) -> None:
        if self.ask() is not None:
            raise Paused


def payload_of(worker: WorkerContext) -> dict:
    """What the plan would send for signals that are stored, with features that say nothing."""
    rng = np.random.default_rng(0)
    signals = [rng.standard_normal(SAMPLES).astype(np.float32) for _ in range(RECORDINGS)]
    stored = worker.store.write_short([RowInput(f"c{i}", x) for i, x in enumerate(signals)])
    ids = [f"s{i}" for i in range(RECORDINGS)]
    part = worker.feature_store.write_part(["a", "b"], rng.standard_normal((RECORDINGS, 2)), ids, [-1] * RECORDINGS)
    return {
        "records": [
            {"signal_id": f"s{i}", "recording": f"r{i}", "fault": "ab"[i % 2], "rate_hz": 2048.0, "speed_rpm": None}
            for i in range(RECORDINGS)
        ],
        "places": [(part.id, i, 0) for i in range(RECORDINGS)],
        "samples": [(stored.id, i) for i in range(RECORDINGS)],
        "names": ["a", "b"],
        "config": {"model": "cnn_1d", "params": PARAMS, "bootstrap": 100, "split": {"folds": 2}},
        "folds": 2,
        "about": {"manifest_hash": "m"},
    }


def test_asked_to_pause_it_keeps_its_state_and_goes_on_from_it(tmp_path: Path) -> None:
    said: list[dict] = []
    asked = iter([None] * 6 + ["pause"] * 9)
    worker = Eager(tmp_path, "job", "run-1", lambda: next(asked), said.append)
    payload = payload_of(worker)
    for _ in range(2):
        with pytest.raises(Paused):
            TrainModel.run(payload, worker)
    kept = [path for path in checkpoints.folder_of(tmp_path, "job").rglob("*") if path.is_file()]
    assert [path.relative_to(tmp_path / "checkpoints").as_posix() for path in kept] == ["job/run-1/training-0.pt"]
    texts = [event["text"] for event in said if "text" in event]
    assert any(text.startswith("continues in epoch") for text in texts)
    assert any("on the" in text for text in texts), "the device is said"


def test_networks_of_one_process_learn_one_after_the_other_and_listen_while_they_wait(tmp_path: Path) -> None:
    order: list[str] = []

    def second(asked: Callable[[], Request | None]) -> None:
        with alone(Eager(tmp_path, ask=asked)):
            order.append("second")

    with ThreadPoolExecutor(2) as pool:
        with alone(WorkerContext(tmp_path)):
            with pytest.raises(Paused):
                pool.submit(second, lambda: "pause").result(10)
            waiting = pool.submit(second, lambda: None)
            order.append("first")
        waiting.result(10)
    assert order == ["first", "second"]


@pytest.mark.slow
def test_two_seeds_in_threads_of_one_process_find_what_each_finds_alone(tmp_path: Path) -> None:
    worker = WorkerContext(tmp_path)
    payload = payload_of(worker)

    def history(seed: int) -> dict[str, list[dict[str, float]]]:
        config = payload["config"] | {"seed": seed, "params": PARAMS | {"dropout": 0.5}}
        rows = TrainModel.run(payload | {"config": config}, worker)["metrics"]["history"]
        return {part: [row["train_loss"] for row in epochs] for part, epochs in rows.items()}

    alone = [history(seed) for seed in (0, 1)]
    assert alone[0] != alone[1]
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(history, (0, 1))) == alone


def test_states_of_jobs_that_are_gone_are_swept(tmp_path: Path) -> None:
    with Catalog.open(tmp_path / "home") as catalog:
        folder = checkpoints.folder_of(catalog.home, "gone")
        folder.mkdir(parents=True)
        (folder / "training-0.pt").touch()
        assert checkpoints.sweep(catalog) == ["gone"]
        assert not folder.exists()
