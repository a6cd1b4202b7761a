"""Conformal sets of tested recordings: each from all the others, as good as promised, kept with result and model."""

import json

import numpy as np

from pipelines.learn import SplitConfig, TrainConfig, load_model, run_experiment, save_model
from pipelines.learn.conformal import fit_conformal
from pipelines.learn.plain import plain_sets, sets_from
from pipelines.learn.tested_sets import sets_of_tested

CLASSES = ("a", "b", "c", "d")
FAST = TrainConfig(model="k_nearest", split=SplitConfig(folds=3), bootstrap=100)


def judged(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    label = rng.integers(0, 4, count)
    scores = rng.normal(0.0, 1.0, (count, 4))
    scores[np.arange(count), label] += 1.5
    raised = np.exp(scores)
    return raised / raised.sum(axis=1, keepdims=True), label


def test_each_set_is_the_one_that_the_recordings_of_other_units_calibrate() -> None:
    probabilities, label = judged(60)
    unit = np.random.default_rng(1).integers(0, 17, 60)
    for coverage in (0.7, 0.9):
        sets, _, kept = sets_of_tested(probabilities, label, unit, CLASSES, coverage)
        for one in np.unique(unit):
            of = unit == one
            others = fit_conformal(probabilities[~of], label[~of], CLASSES, coverage=coverage)
            np.testing.assert_array_equal(sets[of], others.sets(probabilities[of]))
        assert kept.least.tolist() == fit_conformal(probabilities, label, CLASSES, coverage=coverage).least.tolist()


def test_they_hold_the_true_class_as_often_as_promised_and_more_often_when_more_is_promised() -> None:
    probabilities, label = judged(3000)
    told = [sets_of_tested(probabilities, label, np.arange(3000), CLASSES, c)[1] for c in (0.8, 0.95)]
    assert abs(told[0].held - 0.8) < 0.02
    assert abs(told[1].held - 0.95) < 0.01
    assert told[0].mean_size < told[1].mean_size < 4
    assert told[0].single > told[1].single


def test_with_too_few_recordings_nothing_is_ruled_out() -> None:
    probabilities, label = judged(8)
    sets, told, _ = sets_of_tested(probabilities, label, np.arange(8), CLASSES, 0.9)
    assert sets.all()
    assert told.all_classes == told.held == 1.0
    assert "That takes 9 recordings" in told.statement


def test_result_and_predictions_carry_them(make_table) -> None:
    table = make_table(["a", "b", "c"] * 8, separation=1.2, channels=2)
    result = run_experiment(table, FAST)
    assert result.sets is not None
    assert result.to_json()["sets"]["held"] == result.sets.held
    held = [row.true in row.set for row in result.recordings.itertuples()]
    assert np.mean(held) == result.sets.held
    by_recording = dict(zip(result.recordings["recording"], result.recordings["set"], strict=True))
    assert all(row.set == by_recording[row.recording] for row in result.predictions.itertuples())
    model = load_model(save_model(result))
    assert model.conformal is not None
    found = model.predict(table.values, table.names, table.record)
    for place, one in enumerate(found.to_records()):
        assert one["set"] == [c for c, p in one["probabilities"].items() if p >= model.conformal.least[0] - 1e-9], place
    assert {len(one["set"]) for one in found.to_records()} != {3}
    without = run_experiment(table, FAST.model_copy(update={"coverage": None}))
    assert without.sets is None
    assert "set" not in without.recordings
    assert "set" not in without.model.predict(table.values, table.names, table.record).to_records()[0]


def test_a_recording_without_a_usable_window_cannot_be_narrowed_down(make_table) -> None:
    table = make_table(["a", "b", "c"] * 6)
    model = run_experiment(table, FAST).model
    values = table.values.copy()
    values[table.record == 0] = np.nan
    assert model.predict(values, table.names, table.record).to_records()[0]["set"] == ["a", "b", "c"]


def test_sets_survive_json() -> None:
    probabilities, label = judged(40)
    kept = fit_conformal(probabilities, label, CLASSES, coverage=0.8, per_class=True)
    back = sets_from(json.loads(json.dumps(plain_sets(kept))))
    assert back is not None
    np.testing.assert_array_equal(back.sets(probabilities), kept.sets(probabilities))
    assert back.statement() == kept.statement()
    assert plain_sets(None) is None
