"""The classifier on made-up pulses, and on the real bearing rig with recordings kept apart."""

from pathlib import Path

import numpy as np
import pytest
from scipy.io import loadmat

from pipelines.errors import InputError
from pipelines.learn.minirocket import MINIROCKET, MiniRocketClassifier, MiniRocketParams

SMALL = MiniRocketParams(features=84 * 6)


def pulses(rng: np.random.Generator, count: int, period: int, length: int = 240) -> np.ndarray:
    """Noise with ringing pulses at a period and a random phase."""
    found = rng.normal(0.0, 0.4, (count, length))
    for one in found:
        for begin in range(int(rng.integers(0, period)), length - 12, period):
            one[begin : begin + 12] += 2.0 * np.exp(-np.arange(12) / 3.0) * np.cos(2.0 * np.arange(12))
    return found


def test_what_differs_only_in_the_period_of_its_pulses_is_told_apart():
    rng = np.random.default_rng(0)
    train, test = (np.concatenate([pulses(rng, 20, period) for period in (20, 31)]) for _ in range(2))
    label = np.repeat([3, 8], 20)
    found = MiniRocketClassifier(SMALL, seed=0).fit(train, label)
    assert (found.predict(test) == label).mean() > 0.9
    assert found.decision_function(test).shape == (40, 2)
    again = MiniRocketClassifier(SMALL, seed=0).fit(train, label)
    np.testing.assert_array_equal(again.decision_function(test), found.decision_function(test))


def test_labels_without_waveforms_and_an_unfitted_classifier_are_refused():
    with pytest.raises(InputError, match="2 waveforms were given with 3 labels"):
        MiniRocketClassifier(SMALL).fit(np.ones((2, 20)), np.arange(3))
    with pytest.raises(InputError, match="not been fitted"):
        MiniRocketClassifier(SMALL).predict(np.ones((1, 20)))


def test_it_is_declared_like_the_other_models():
    built = MINIROCKET.build(MINIROCKET.validate({"features": 168}), 5, 1)
    assert (built.params.features, built.seed) == (168, 5)
    with pytest.raises(InputError, match="features"):
        MINIROCKET.validate({"features": 83})
    for field in MINIROCKET.params.model_json_schema()["properties"].values():
        assert field["description"]


def drive_end(root: Path, each: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Windows of 2,400 samples at 12 kHz with fault, load, fault size and recording."""
    windows, rows = [], []
    for path in sorted((root / "cwru").rglob("*.mat")):
        parts = path.relative_to(root / "cwru").parts
        if parts[0] == "Normal" or parts[0].startswith("48k"):
            continue
        samples = next(v.ravel() for k, v in loadmat(path).items() if k.endswith("_DE_time"))
        begins = np.linspace(0, len(samples) - 2400, each).astype(int)
        windows += [samples[b : b + 2400] for b in begins]
        rows += [(parts[1], path.stem[-1], parts[2], path.stem)] * each
    fault, load, size, recording = (np.array(column) for column in zip(*rows, strict=True))
    return np.array(windows), fault, np.char.add(size, np.char.add("/", load)), recording


@pytest.mark.realdata
@pytest.mark.slow
def test_on_the_bearing_rig_new_loads_are_easy_and_new_damage_is_not(data_root: Path):
    windows, fault, size_and_load, recording = drive_end(data_root, 12)
    names, label = np.unique(fault, return_inverse=True)
    unit = np.unique(recording, return_inverse=True)[1]
    size = np.array([one.split("/")[0] for one in size_and_load])
    load = np.array([one.split("/")[1] for one in size_and_load])
    right = {}
    for name, tested in (("load", load == "2"), ("damage", size == "021")):
        found = MiniRocketClassifier(MiniRocketParams(features=84 * 24)).fit(
            windows[~tested], label[~tested], unit=unit[~tested]
        )
        assert not set(recording[tested]) & set(recording[~tested])
        right[name] = float((found.predict(windows[tested]) == label[tested]).mean())
    assert right["load"] > 0.9
    assert right["load"] > right["damage"] + 0.1
    assert len(names) >= 3
