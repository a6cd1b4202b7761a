import numpy as np
import pytest

from pipelines.learn.reliability import reliability
from pipelines.learn.temperature import fit_temperature, log_scores, soften


def sampled(rng: np.random.Generator, size: int) -> tuple[np.ndarray, np.ndarray]:
    scores = rng.normal(0.0, 2.0, (size, 3))
    label = (rng.random((size, 1)) > soften(scores, 1.0).cumsum(axis=1)).sum(axis=1)
    return scores, label


@pytest.mark.parametrize("boast", [0.5, 1.0, 3.0])
def test_the_temperature_by_which_scores_boast_is_found(boast: float):
    scores, label = sampled(np.random.default_rng(0), 4000)
    found = fit_temperature(scores * boast, np.arange(4000), label)
    assert found == pytest.approx(boast, rel=0.1)
    assert reliability(soften(scores * boast, found), label).ece < 0.03


def test_a_handful_of_right_recordings_does_not_claim_certainty():
    scores = np.array([[5.0, 0.0], [0.0, 5.0]] * 3)
    label = np.array([0, 1] * 3)
    softened = soften(scores, fit_temperature(scores, np.arange(6), label))
    assert 0.7 < softened.max() < 0.9


def test_softening_logarithms_at_temperature_one_gives_the_probabilities_back():
    probabilities = np.random.default_rng(0).dirichlet(np.ones(4), 10)
    np.testing.assert_allclose(soften(log_scores(probabilities), 1.0), probabilities, atol=1e-3)
