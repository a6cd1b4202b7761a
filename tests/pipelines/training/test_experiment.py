"""A network is tested as honestly as a baseline, kept, saved and read, and goes on where it was stopped."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from pipelines.errors import InputError
from pipelines.learn import FeatureTable, TrainConfig
from pipelines.training.declaring import TRAINABLE
from pipelines.training.experiment import run_waveform_experiment
from pipelines.training.history import numbers as numbers_of
from pipelines.training.reading import load_any
from pipelines.training.refitting import refit_waveform_folds
from pipelines.training.watching import Watcher
from pipelines.training.waveform_experiment import WaveformResult
from pipelines.training.windows import Source

RATE, LENGTH, RECORDINGS = 2048.0, 2048, 12
PARAMS = {"epochs": 6, "batch_size": 16, "length": 256, "width": 4, "stages": 2, "learning_rate": 0.01, "bag": 2}
CONFIG = {"model": "cnn_1d", "params": PARAMS, "bootstrap": 100, "split": {"folds": 2}}


class Stopped(BaseException):
    """As a job's interruption is."""


def signal(number: int) -> np.ndarray:
    """A tone in noise; its frequency is the class."""
    rng = np.random.default_rng(number)
    tone = np.sin(2 * np.pi * (100 + 200 * (number % 2)) * np.arange(LENGTH) / RATE + rng.uniform(0, 6))
    return (tone + 0.5 * rng.standard_normal(LENGTH)).astype(np.float32)


def table() -> FeatureTable:
    """Features that say nothing: what a network finds it finds in the samples."""
    records = pd.DataFrame(
        {
            "signal_id": [f"s{i}" for i in range(RECORDINGS)],
            "recording": [f"r{i}" for i in range(RECORDINGS)],
            "fault": ["slow" if i % 2 == 0 else "fast" for i in range(RECORDINGS)],
        }
    )
    values = np.random.default_rng(0).standard_normal((RECORDINGS, 3))
    return FeatureTable(values, ("a", "b", "c"), np.arange(RECORDINGS), np.zeros(RECORDINGS), records)


def run(folder: Path | None = None, **watched) -> WaveformResult:
    sources = [Source(LENGTH, RATE)] * RECORDINGS
    config = TrainConfig.model_validate(CONFIG)
    return run_waveform_experiment(
        table(), sources, signal, config, folder=folder, data="d", watcher=Watcher(**watched), baseline="svm_rbf"
    )


Told = tuple[str, int, dict[str, float | None]]


@pytest.fixture(scope="module")
def measured() -> list[Told]:
    """What was told of each epoch while `found` was found."""
    return []


@pytest.fixture(scope="module")
def found(measured: list[Told]) -> WaveformResult:
    return run(measure=lambda *told: measured.append(told))


def test_each_epoch_is_told_as_the_history_has_it(found: WaveformResult, measured: list[Told]) -> None:
    told = found.to_json()
    rows = [(part, row) for part, epochs in told["history"].items() for row in epochs]
    assert [(part, epoch) for part, epoch, _ in measured] == [(part, row["epoch"]) for part, row in rows]
    assert [numbers for _, _, numbers in measured] == [numbers_of(row, told["classes"]) for _, row in rows]
    last = measured[-1][2]
    assert last["best"] in (0.0, 1.0)
    assert {"train_loss", "valid_loss", "learning_rate", "recall:fast", "recall:slow"} <= last.keys()
    assert "epoch" not in last
    assert len({numbers["train_loss"] for _, _, numbers in measured}) == len(measured)


def test_it_is_judged_on_recordings_it_never_saw_beside_a_baseline(found: WaveformResult) -> None:
    told = found.to_json()
    assert found.result.recording.tested == RECORDINGS
    assert found.result.window.tested == RECORDINGS * LENGTH // PARAMS["length"]
    assert found.result.recording.accuracy == 1.0
    assert found.baseline.recording.accuracy < 0.9
    assert told["baseline"]["model"] == "svm_rbf"
    assert told["baseline"]["recording"]["tested"] == RECORDINGS
    assert found.baseline.split.hash == found.result.split.hash
    assert set(told["history"]) == {"fold 1", "fold 2", "kept"}
    assert len(told["history"]["kept"]) == 6
    assert told["leaks"]["checked"]
    assert told["features"] == ["a", "b", "c"]
    assert told["environment"]["torch"] == torch.__version__
    assert told["trained_on"]["params"]["length"] == 256


def test_saved_and_read_it_answers_the_same_and_knows_what_is_strange(found: WaveformResult) -> None:
    model = load_any(found.model.to_bytes())
    samples = [signal(100), signal(101)]
    heard = np.concatenate([model.hear(x, RATE, None) for x in samples])
    assert np.array_equal(heard, np.concatenate([found.model.hear(x, RATE, None) for x in samples]))
    place = np.repeat([0, 1], len(heard) // 2)
    usual, far = np.zeros((2, 3)), np.array([[0.0, 0, 0], [99.0, 99, 99]])
    answered = model.predict(usual, ["a", "b", "c"], np.array([0, 1]), heard, place)
    assert answered.label == ("slow", "fast")
    assert answered.windows.tolist() == [8, 8]
    assert not answered.abstain.any()
    assert model.predict(far, ["a", "b", "c"], np.array([0, 1]), heard, place).abstain.tolist() == [False, True]
    # at twice the rate the tone is the same
    fine = np.interp(np.arange(2 * LENGTH) / 2, np.arange(LENGTH), signal(100))
    assert model.hear(fine, 2 * RATE, None).mean(axis=0).argmax() == heard[:8].mean(axis=0).argmax()


def test_stopped_anywhere_it_goes_on_and_finds_the_same(tmp_path: Path, found: WaveformResult) -> None:
    class StopAt:
        def __init__(self, left: int) -> None:
            self.left = left

        def __call__(self) -> None:
            self.left -= 1
            if self.left == 0:
                raise Stopped

    for left in (20, 40, 30):
        with pytest.raises(Stopped):
            run(tmp_path, poll=StopAt(left))
    said: list[str] = []
    resumed = run(tmp_path, log=lambda level, text: said.append(text))
    assert any("continues in epoch" in text for text in said)
    assert not any(text.startswith("fold 1") for text in said), "a fold that was tested is not trained again"
    kept, other = (one.model.network.weights for one in (resumed, found))
    assert all(torch.equal(kept[name], other[name]) for name in kept)
    assert np.array_equal(resumed.result.recordings.to_numpy(), found.result.recordings.to_numpy())


def test_a_changed_or_foreign_file_is_refused(found: WaveformResult) -> None:
    data = bytearray(found.model.to_bytes())
    data[-10] ^= 1
    with pytest.raises(InputError, match="checksum"):
        load_any(bytes(data))


def test_every_network_is_declared_with_all_its_settings_and_without_clashes() -> None:
    networks = [one for name in TRAINABLE.names if (one := TRAINABLE.network(name)) is not None]
    assert {"cnn_1d", "wdcnn", "resnet_18_1d"} <= {one.name for one in networks}
    for one in networks:
        names = [name for group in one.groups.values() for name in group]
        assert len(set(names)) == len(names), one.name
        assert set(names) == set(one.params.model_fields)
        params = one.validate({"epochs": 3})
        assert one.training(params).epochs == 3
        with pytest.raises(InputError, match="epochs"):
            one.validate({"epochs": 0})
    physics = TRAINABLE.network("physics_network")
    assert physics is not None
    assert physics.training(physics.validate({})).representation == "order_spectrum"
    assert physics.training(physics.validate({})).samples_per_revolution == 64


def test_networks_of_folds_that_are_trained_again_answer_as_they_did(found: WaveformResult) -> None:
    told = found.result.predictions.set_index("signal_id")
    sources = [Source(LENGTH, RATE)] * RECORDINGS
    config = TrainConfig.model_validate(CONFIG)
    (again,) = refit_waveform_folds(table(), sources, signal, config, found.result.split, only=(1,))
    assert again.fold == found.result.split.folds[1]
    for number in again.fold.test:
        heard = again.model.hear(signal(number), RATE, None).mean(axis=0)
        row = told.loc[f"s{number}"]
        np.testing.assert_allclose(heard, [row[f"p_{name}"] for name in found.result.classes], atol=1e-6)
