import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from pipelines.learn.reliability import reliability


@pytest.mark.parametrize("classes", [2, 4])
def test_bins_equal_scikit_learns_calibration_curve_of_the_predicted_class(classes: int):
    rng = np.random.default_rng(classes)
    probabilities = rng.dirichlet(np.ones(classes), 500)
    label = rng.integers(0, classes, 500)
    right = probabilities.argmax(axis=1) == label
    share, confidence = calibration_curve(right, probabilities.max(axis=1), n_bins=10, strategy="uniform")
    found = reliability(probabilities, label)
    np.testing.assert_allclose([b.accuracy for b in found.bins], share)
    np.testing.assert_allclose([b.confidence for b in found.bins], confidence)
    gaps = [b.count * abs(b.accuracy - b.confidence) for b in found.bins]
    assert found.ece == pytest.approx(sum(gaps) / 500)
    assert sum(b.count for b in found.bins) == 500


def test_confidence_that_comes_true_has_a_small_error_and_boasting_a_large_one():
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.ones(3), 20_000)
    label = (rng.random((20_000, 1)) > probabilities.cumsum(axis=1)).sum(axis=1)
    assert reliability(probabilities, label).ece < 0.02
    boasting = np.where(probabilities == probabilities.max(axis=1, keepdims=True), 0.98, 0.01)
    assert reliability(boasting, label).ece > 0.2


def test_full_and_no_confidence_fall_into_the_outer_bins():
    found = reliability(np.array([[1.0, 0.0], [0.5, 0.5]]), np.array([0, 1]))
    assert [(b.low, b.count) for b in found.bins] == [(0.4, 1), (0.9, 1)]
