import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from pipelines.errors import InputError
from pipelines.learn.curves import macro_area, operating_curves

NAMES = ("ball", "inner", "outer")


def scored(seed: int, size: int, *, ties: bool) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    label = np.concatenate([np.arange(3), rng.integers(0, 3, size)])
    scores = rng.normal(size=(len(label), 3)) + np.eye(3)[label]
    probabilities = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    return (np.round(probabilities, 1) if ties else probabilities), label


@given(st.integers(0, 10_000), st.integers(3, 60), st.booleans())
@settings(max_examples=30, deadline=None)
def test_areas_and_points_are_those_of_scikit_learn(seed: int, size: int, ties: bool):
    probabilities, label = scored(seed, size, ties=ties)
    unit = np.arange(len(label))
    roc = operating_curves(probabilities, label, NAMES, unit, kind="roc", draws=5)
    recall = operating_curves(probabilities, label, NAMES, unit, kind="precision_recall", draws=5)
    for c in range(3):
        assert roc[c].area.value == pytest.approx(reference.roc_auc_score(label == c, probabilities[:, c]))
        expected = reference.average_precision_score(label == c, probabilities[:, c])
        assert recall[c].area.value == pytest.approx(expected)
        x, y, threshold = reference.roc_curve(label == c, probabilities[:, c], drop_intermediate=False)
        np.testing.assert_allclose((roc[c].x, roc[c].y, roc[c].threshold), (x, y, threshold))
        precision, found, _ = reference.precision_recall_curve(label == c, probabilities[:, c])
        np.testing.assert_allclose(recall[c].y[1:], precision[:-1][::-1])
        np.testing.assert_allclose(recall[c].x[1:], found[:-1][::-1])
    averaged = reference.roc_auc_score(np.eye(3)[label], probabilities, average="macro")
    assert macro_area(roc) == pytest.approx(averaged)


def test_the_interval_holds_the_truth_and_counts_units_not_windows():
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(60):
        label = np.arange(80) % 2
        # a normal shift of sqrt(2) quantile 0.8 has the area 0.8
        score = rng.normal(size=80) + label * 1.1902
        probabilities = np.column_stack([-score, score])
        area = operating_curves(probabilities, label, ("a", "b"), np.arange(80), kind="roc", draws=200)[1].area
        held += area.low <= 0.8 <= area.high
    assert held >= 51
    windows = np.repeat(probabilities, 10, axis=0)
    honest, naive = (
        operating_curves(windows, np.repeat(label, 10), ("a", "b"), unit, kind="roc", draws=200)[1].area
        for unit in (np.repeat(np.arange(80), 10), np.arange(800))
    )
    assert honest.high - honest.low > 2 * (naive.high - naive.low)


def test_a_class_that_was_not_tested_has_no_curve_and_says_so():
    probabilities, label = np.full((4, 3), 1 / 3), np.array([0, 0, 1, 1])
    curves = operating_curves(probabilities, label, NAMES, np.arange(4), kind="roc", draws=20)
    assert curves[2].x == ()
    assert np.isnan(curves[2].area.value)
    assert curves[2].words == "no 'outer' was tested: there is no curve"
    assert macro_area(curves) == 0.5
    assert "too few units" in curves[0].words
    lone = operating_curves(probabilities, np.zeros(4, dtype=int), NAMES, np.arange(4), kind="precision_recall")
    assert lone[0].words.startswith("nothing but 'ball'")


def test_the_same_seed_gives_the_same_interval_whatever_the_block(monkeypatch: pytest.MonkeyPatch):
    probabilities, label = scored(1, 40, ties=False)
    whole = operating_curves(probabilities, label, NAMES, np.arange(43), kind="roc", draws=50, seed=4)
    monkeypatch.setattr("pipelines.learn.intervals.MOST_WEIGHTS", 43 * 7)
    assert operating_curves(probabilities, label, NAMES, np.arange(43), kind="roc", draws=50, seed=4) == whole


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(InputError, match="3 labels, 3 units and 2 classes"):
        operating_curves(np.ones((3, 3)), np.zeros(3, dtype=int), ("a", "b"), np.arange(3), kind="roc")
