import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression

from pipelines.errors import InputError, NotEnoughDataError
from pipelines.learn.isotonic import fit_isotonic
from pipelines.learn.reliability import reliability
from pipelines.learn.temperature import fit_temperature, log_scores, soften


def boastful(rng: np.random.Generator, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities that are bent by class: no single temperature sets them right."""
    true = rng.dirichlet(np.ones(3), size)
    label = (rng.random((size, 1)) > true.cumsum(axis=1)).sum(axis=1)
    bent = true ** np.array([4.0, 1.0, 0.3])
    return bent / bent.sum(axis=1, keepdims=True), label


def test_the_curves_are_those_of_scikit_learn_on_smoothed_targets():
    rng = np.random.default_rng(0)
    given, label = boastful(rng, 150)
    given = np.round(given, 2)
    fitted = fit_isotonic(given, label)
    grid = rng.random((50, 3))
    columns = []
    for c in range(3):
        member = label == c
        target = np.where(member, (member.sum() + 1) / (member.sum() + 2), 1 / ((~member).sum() + 2))
        columns.append(IsotonicRegression(out_of_bounds="clip").fit(given[:, c], target).predict(grid[:, c]))
    expected = np.column_stack(columns)
    np.testing.assert_allclose(fitted.calibrate(grid), expected / expected.sum(axis=1, keepdims=True), atol=1e-6)


def test_many_recordings_show_a_bend_that_no_temperature_has():
    rng = np.random.default_rng(1)
    given, label = boastful(rng, 4000)
    unseen, truth = boastful(rng, 4000)
    calibrated = fit_isotonic(given, label).calibrate(unseen)
    temperature = fit_temperature(log_scores(given), np.arange(4000), label)
    cooled = soften(log_scores(unseen), temperature)
    before, by_temperature, by_curve = (reliability(p, truth).ece for p in (unseen, cooled, calibrated))
    assert by_curve < 0.03
    assert by_curve < by_temperature < before
    np.testing.assert_allclose(calibrated.sum(axis=1), 1.0)


def test_a_handful_of_right_recordings_does_not_claim_certainty_and_is_advised_against():
    given, label = np.array([[1.0, 0.0], [0.0, 1.0]] * 3), np.array([0, 1] * 3)
    fitted = fit_isotonic(given, label)
    assert 0.7 < fitted.calibrate(given).max() < 0.9
    assert fitted.advice.startswith("Fitted on 6 recordings")
    assert fit_isotonic(np.tile(given, (200, 1)), np.tile(label, 200)).advice == ""


def test_what_cannot_be_calibrated_is_refused():
    with pytest.raises(NotEnoughDataError, match="1 of 2 classes"):
        fit_isotonic(np.full((4, 2), 0.5), np.zeros(4, dtype=int))
    with pytest.raises(InputError, match="between 0 and 1"):
        fit_isotonic(np.full((4, 2), 1.5), np.array([0, 1, 0, 1]))
    with pytest.raises(InputError, match="expected"):
        fit_isotonic(np.full((4, 2), 0.5), np.array([0, 1, 0, 1])).calibrate(np.ones((2, 3)))
