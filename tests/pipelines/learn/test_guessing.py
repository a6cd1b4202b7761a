import numpy as np
import pytest

from pipelines.learn.guessing import guess_at_random, guess_most_common


def test_the_most_common_class_is_always_named():
    label = np.array([0, 0, 0, 1])
    shares = np.tile([0.7, 0.3], (4, 1))
    found = guess_most_common(label, shares, ("a", "b"))
    assert found.accuracy == 0.75
    assert found.balanced_accuracy == 0.5
    assert found.confusion == ((3, 0), (1, 0))


def test_random_guesses_follow_the_class_shares():
    label = np.repeat([0, 1], [300, 100])
    shares = np.tile([0.75, 0.25], (400, 1))
    found = guess_at_random(label, shares, ("a", "b"), np.random.default_rng(0))
    assert found["accuracy"] == pytest.approx(0.75**2 + 0.25**2, abs=0.01)
    assert found["balanced_accuracy"] == pytest.approx(0.5, abs=0.01)


def test_a_class_without_share_is_never_guessed():
    label = np.zeros(50, dtype=int)
    assert guess_at_random(label, np.tile([0.0, 1.0], (50, 1)), ("a", "b"), np.random.default_rng(0))["accuracy"] == 0.0
