"""The table of classes, the score by condition, and the mistakes worth looking at."""

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import precision_recall_fscore_support

from pipelines.errors import InputError
from pipelines.learn.curves import as_frame, class_table, confident_mistakes, hardest, score_by_condition

NAMES = ("ball", "inner", "outer")


def test_the_class_table_is_scikit_learns_with_exact_intervals():
    rng = np.random.default_rng(0)
    label = rng.integers(0, 3, 90)
    predicted = np.where(rng.random(90) < 0.7, label, rng.integers(0, 3, 90))
    rows = class_table(label, predicted, NAMES, np.arange(90), draws=300)
    precision, recall, f1, tested = precision_recall_fscore_support(label, predicted)
    np.testing.assert_allclose([row.precision.value for row in rows], precision)
    np.testing.assert_allclose([row.recall.value for row in rows], recall)
    np.testing.assert_allclose([row.f1.value for row in rows], f1)
    assert [row.tested for row in rows] == tested.tolist()
    for c, row in enumerate(rows):
        expected = binomtest(row.right, row.tested).proportion_ci(method="exact")
        assert (row.recall.low, row.recall.high) == pytest.approx((expected.low, expected.high))
        assert row.f1.low < row.f1.value < row.f1.high
        assert row.false_alarms.value == pytest.approx(((predicted == c) & (label != c)).sum() / (label != c).sum())
    assert as_frame(rows).shape == (3, 17)


def test_windows_of_one_recording_widen_the_interval():
    label = np.repeat(np.arange(20) % 2, 30)
    predicted = np.where(np.repeat(np.arange(20) % 5 == 0, 30), 1 - label, label)
    honest, naive = (
        class_table(label, predicted, ("a", "b"), unit)[0].recall
        for unit in (np.repeat(np.arange(20), 30), np.arange(600))
    )
    assert honest.value == naive.value == 0.8
    assert honest.high - honest.low > 3 * (naive.high - naive.low)


def test_a_class_says_what_it_is_taken_for_and_one_never_tested_has_no_recall():
    rows = class_table(np.array([0, 0, 0, 1]), np.array([0, 1, 1, 2]), NAMES, np.arange(4))
    assert rows[0].words == "1 of 3 'ball' found, most often taken for 'inner'; nothing else was taken for it."
    assert rows[0].most_taken_for == "inner"
    assert np.isnan(rows[2].recall.value)
    assert rows[2].words == "No 'outer' was tested; 1 were taken for it."


def test_the_worst_load_is_named_and_weighed():
    load = [0] * 30 + [1] * 30 + [2] * 30 + [None] * 5
    correct = np.array([True] * 60 + [False] * 25 + [True] * 5 + [True] * 5)
    found = score_by_condition("load", load, correct, np.arange(95))
    assert [score.value for score in found.scores] == ["0", "1", "2", "not given"]
    assert found.words == "Worst at load 2: 5 of 30 right (17%), beyond chance below the 74% overall."
    expected = binomtest(5, 30).proportion_ci(method="exact")
    assert (found.scores[2].accuracy.low, found.scores[2].accuracy.high) == pytest.approx((expected.low, expected.high))


def test_many_numbers_are_put_into_bands_of_about_equal_count():
    rng = np.random.default_rng(0)
    speed = rng.uniform(900.0, 1800.0, 200)
    found = score_by_condition("speed_rpm", speed, speed < 1500.0, np.arange(200))
    assert len(found.scores) == 5
    assert [score.tested for score in found.scores] == [40] * 5
    assert found.scores[0].accuracy.value == 1.0
    assert found.scores[-1].accuracy.value == 0.0
    for score, following in zip(found.scores, found.scores[1:], strict=False):
        assert score.high == following.low
    inside = (speed >= found.scores[1].low) & (speed < found.scores[1].high)
    assert inside.sum() == found.scores[1].tested


def test_recordings_of_one_unit_are_resampled_together_by_condition():
    unit = np.repeat(np.arange(12), 10)
    correct = np.isin(unit, [0, 1, 2, 3, 4, 6, 7, 8])
    honest, naive = (
        score_by_condition("rig", ["a"] * 60 + ["b"] * 60, correct, of).scores[0].accuracy
        for of in (unit, np.arange(120))
    )
    assert honest.value == naive.value
    assert honest.high - honest.low > 1.5 * (naive.high - naive.low)


def test_one_value_and_equal_scores_are_said_to_say_nothing():
    assert "nothing can be compared" in score_by_condition("load", [1, 1], np.array([True, False]), np.arange(2)).words
    alike = score_by_condition("load", [1, 2], np.array([True, True]), np.arange(2))
    assert alike.words == "The same score at every load."
    with pytest.raises(InputError, match="nothing was tested"):
        score_by_condition("load", [], np.array([], dtype=bool), np.array([], dtype=int))
    with pytest.raises(InputError, match="1 values of load, 2 verdicts"):
        score_by_condition("load", [1], np.array([True, True]), np.arange(2))


def test_the_surest_mistake_comes_first_and_right_answers_are_none():
    probabilities = np.array([[0.6, 0.3, 0.1], [0.1, 0.9, 0.0], [0.0, 0.2, 0.8], [0.4, 0.35, 0.25]])
    label, names = np.array([1, 0, 2, 1]), ("r1", "r2", "r3", "r4")
    found = confident_mistakes(names, probabilities, label, NAMES)
    assert [one.name for one in found] == ["r2", "r1", "r4"]
    assert found[0].words == "r2 is 'ball' (10%) and was taken for 'inner' with 90%."
    assert len(confident_mistakes(names, probabilities, label, NAMES, most=1)) == 1
    assert [one.name for one in hardest(names, probabilities, label, NAMES)] == ["r2", "r1", "r4", "r3"]
    assert hardest(names, probabilities, label, NAMES)[3].words == "r3 is 'outer' and was taken for it with 80%."


def test_what_most_seeds_get_wrong_is_hardest():
    right, wrong, unsure = [0.6, 0.4, 0.0], [0.45, 0.55, 0.0], [0.99, 0.01, 0.0]
    runs = np.array([[right, wrong], [right, wrong], [wrong, unsure]])
    found = hardest(("a", "b"), runs, np.array([0, 0]), NAMES)
    assert [(one.name, round(one.wrong_share, 2)) for one in found] == [("b", 0.67), ("a", 0.33)]
    with pytest.raises(InputError, match="do not fit 1 names"):
        hardest(("a",), runs, np.array([0, 0]), NAMES)
