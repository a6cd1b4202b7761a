"""Every model of the list that pages show trains on small data, is saved, read, and answers the same."""

from typing import Any

import numpy as np
import pytest

from pipelines.learn import MODELS, FeatureTable, TrainConfig, run_experiment, save_model
from pipelines.networks import NETWORKS
from pipelines.training.declaring import TRAINABLE
from pipelines.training.reading import load_any
from tests.pipelines.training.waveform_site import RATE, run, table, tone

RPM = 600.0
QUICK = {
    "random_forest": {"n_estimators": 10},
    "hist_gradient_boosting": {"max_iter": 5},
    "extra_trees": {"n_estimators": 10},
    "soft_voting": {"n_estimators": 10, "max_iter": 5},
    "stacking": {"n_estimators": 10, "inner_folds": 2},
    "mixture_of_experts": {"experts": 2, "steps": 30},
    "minirocket": {"features": 168, "length": 512},
}
DEEP = {"epochs": 8, "batch_size": 2}
"""Until the normalisations of many layers have seen enough, nothing of a signal comes through all of them."""
FEW = ("stacking", "minirocket", "cnn_1d", "multi_task")


def quick(name: str) -> dict[str, Any]:
    """The smallest training of a model: for networks one epoch of their shortest windows."""
    declared = TRAINABLE.network(name)
    if declared is None:
        return QUICK.get(name, {})
    steps = DEEP if name == "efficientnet_1d" else {"epochs": 1, "batch_size": 8}
    return steps | {"length": max(64, NETWORKS[name].smallest_length())}


def telling(recordings: int) -> FeatureTable:
    """Features that tell the class."""
    told = table(recordings)
    values = told.values + 3.0 * (np.arange(recordings) % 2)[:, None]
    return FeatureTable(values, told.names, told.record, told.start, told.records)


def check(name: str) -> None:
    if name in MODELS.names:
        features = telling(60)
        config = TrainConfig.model_validate(
            {"model": name, "params": quick(name), "bootstrap": 100, "split": {"folds": 2}}
        )
        result = run_experiment(features, config)
        assert result.recording.accuracy > 0.9
        back = load_any(save_model(result))
        given = features.values, features.names, features.record
        before, after = (one.predict(*given).to_records() for one in (result.model, back))
        assert before == after
        assert all(one["set"] for one in after)
        return
    columns = {"speed_rpm": [RPM] * 8, "severity": ["nominal", "severe"] * 4}
    found = run(name, quick(name), recordings=8, speeds=[RPM] * 8, columns=columns)
    assert found.result.recording.tested == 8
    told = found.to_json()
    assert {one["task"] for one in told["tasks"]} == set(NETWORKS[name].tasks[1:] if name in NETWORKS else ())
    model = load_any(found.model.to_bytes())
    heard = model.hear(tone(40), RATE, RPM)
    np.testing.assert_array_equal(heard, found.model.hear(tone(40), RATE, RPM))
    np.testing.assert_allclose(heard.sum(axis=1), 1.0)
    assert np.abs(heard - model.hear(3.0 * tone(41)[::-1], RATE, RPM)).max() > 0
    place = np.zeros(len(heard), dtype=np.int64)
    answer = model.predict(np.zeros((1, 3)), ["a", "b", "c"], np.zeros(1, int), heard, place).to_records()[0]
    assert answer["nearest"] in ("slow", "fast")
    assert answer["set"]
    assert set(model.estimate(tone(40), RATE, RPM)) == {one["task"] for one in told["tasks"]}
    assert model.trained_on["params"] == found.model.trained_on["params"]


@pytest.mark.parametrize("name", FEW)
def test_a_few_train_and_answer(name: str) -> None:
    check(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in TRAINABLE.names if name not in FEW])
def test_every_other_one_trains_and_answers(name: str) -> None:
    check(name)


def test_the_list_holds_what_was_promised() -> None:
    assert set(TRAINABLE.names) == {*MODELS.names, "minirocket", *NETWORKS.names}
    assert {"soft_voting", "stacking", "mixture_of_experts"} <= set(TRAINABLE.names)
