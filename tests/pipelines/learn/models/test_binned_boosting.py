"""Bins that are found once give the trees that the booster would have grown, in a fraction of the time."""

import numpy as np
import pytest
import sklearn.ensemble._hist_gradient_boosting.binning as sklearn_binning
from sklearn.ensemble import HistGradientBoostingClassifier

from pipelines.learn.models.binned_boosting import BINS, BinnedBoosting

Windows = tuple[np.ndarray, np.ndarray, np.ndarray]


def booster() -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(max_iter=20, max_leaf_nodes=15, min_samples_leaf=5, random_state=0)


def windows(count: int, seed: int = 0) -> Windows:
    """Values (count, 6), classes that two of them tell apart, and weights that differ by class."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(count, 6))
    label = (values[:, 0] + 0.5 * values[:, 1] + 0.3 * rng.normal(size=count) > 0.4).astype(np.int64)
    return values, label, np.where(label == 1, 2.0, 0.7)


def test_without_weights_the_model_is_the_boosters_own() -> None:
    values, label, _ = windows(600)
    own = booster().fit(values, label)
    unseen, _, _ = windows(300, seed=1)
    np.testing.assert_array_equal(
        BinnedBoosting(booster()).fit(values, label).predict_proba(unseen), own.predict_proba(unseen)
    )


def test_with_weights_it_is_as_accurate_as_the_boosters_own() -> None:
    values, label, weight = windows(600)
    unseen, truth, _ = windows(2000, seed=1)
    ours = BinnedBoosting(booster()).fit(values, label, sample_weight=weight)
    theirs = booster().fit(values, label, sample_weight=weight)
    right = [(one.predict_proba(unseen).argmax(axis=1) == truth).mean() for one in (ours, theirs)]
    assert right[0] > 0.85
    assert right[0] == pytest.approx(right[1], abs=0.02)
    unweighted = BinnedBoosting(booster()).fit(values, label)
    assert ours.predict_proba(unseen)[:, 1].mean() > unweighted.predict_proba(unseen)[:, 1].mean() + 0.01


def test_no_quantile_is_looked_up_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a weighted quantile was looked up by itself")

    monkeypatch.setattr(sklearn_binning, "_weighted_percentile", refuse)
    values, label, weight = windows(600)
    made = BinnedBoosting(booster()).fit(values, label, sample_weight=weight)
    assert made.classes_.tolist() == [0, 1]
    assert max(map(len, made.edges)) == BINS - 1


def test_a_feature_of_few_values_keeps_each_and_a_constant_one_says_nothing() -> None:
    values, label, weight = windows(600)
    values[:, 2], values[:, 3] = label, 7.0
    made = BinnedBoosting(booster()).fit(values, label, sample_weight=weight)
    assert made.edges[2].tolist() == [0.5]
    assert made.edges[3].tolist() == []
    assert (made.predict_proba(values).argmax(axis=1) == label).all()
