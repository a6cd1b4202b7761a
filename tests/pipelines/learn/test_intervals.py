import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from pipelines.learn.intervals import bootstrap, exact_binomial


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_exact_interval_equals_scipys_clopper_pearson(case: tuple[int, int]):
    right, tested = case
    expected = binomtest(right, tested).proportion_ci(0.95, method="exact")
    found = exact_binomial(right, tested)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def predictions(rng: np.random.Generator, size: int, accuracy: float) -> tuple[np.ndarray, np.ndarray]:
    label = np.arange(size) % 2
    right = rng.random(size) < accuracy
    confident = np.where(right, 0.8, 0.2)
    probabilities = np.where(label[:, None] == np.arange(2), confident[:, None], 1 - confident[:, None])
    return probabilities, label


def test_the_interval_holds_the_score_and_narrows_with_more_recordings():
    rng = np.random.default_rng(0)
    widths = []
    for size in (20, 200, 2000):
        probabilities, label = predictions(rng, size, 0.8)
        found = bootstrap(probabilities, label, np.arange(size), 500, rng)
        assert all(interval.low <= interval.value <= interval.high for interval in found.values())
        widths.append(found["accuracy"].high - found["accuracy"].low)
    assert widths[0] > 2 * widths[1] > 4 * widths[2]


def test_nineteen_of_twenty_intervals_hold_the_truth():
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(200):
        probabilities, label = predictions(rng, 100, 0.8)
        found = bootstrap(probabilities, label, np.arange(100), 200, rng)["accuracy"]
        held += found.low <= 0.8 <= found.high
    assert 0.88 <= held / 200 <= 1.0


def test_windows_of_one_recording_do_not_count_as_independent():
    rng = np.random.default_rng(2)
    probabilities, label = predictions(rng, 20, 0.7)
    windows, window_label = np.repeat(probabilities, 50, axis=0), np.repeat(label, 50)
    honest = bootstrap(windows, window_label, np.repeat(np.arange(20), 50), 500, rng)["accuracy"]
    naive = bootstrap(windows, window_label, np.arange(1000), 500, rng)["accuracy"]
    assert honest.high - honest.low > 4 * (naive.high - naive.low)


def test_the_same_seed_gives_the_same_interval():
    probabilities, label = predictions(np.random.default_rng(3), 30, 0.7)
    one, two = (bootstrap(probabilities, label, np.arange(30), 200, np.random.default_rng(5)) for _ in range(2))
    assert one == two
