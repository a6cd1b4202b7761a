"""Two waveforms in time: a planted delay is found, and what differs is what was planted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.compare import difference, suggest_offset
from pipelines.errors import InputError

RATE = 1000.0


def noise(seed: int, size: int = 4000) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(size)


@settings(max_examples=20, deadline=None)
@given(st.integers(-1500, 1500), st.sampled_from([0.0, 5.0]))
def test_a_planted_delay_is_found_and_taken_away(lag: int, offset: float) -> None:
    whole = noise(3, 8000)
    first = whole[2000:6000] + offset
    second = whole[2000 + lag : 6000 + lag] + 0.1 * noise(4)
    found = suggest_offset(first, second, RATE)
    assert found.offset_s == pytest.approx(lag / RATE)
    assert found.correlation > 0.9
    left = difference(first - offset, second, RATE, offset_s=found.offset_s)
    assert left.rms == pytest.approx(0.1, rel=0.1)
    assert left.start_s == pytest.approx(max(lag, 0) / RATE)
    assert left.values.size == 4000 - abs(lag)


def test_signals_of_different_lengths_are_aligned() -> None:
    whole = noise(1, 5000)
    found = suggest_offset(whole, whole[1234:3234], RATE)
    assert found.offset_s == pytest.approx(1.234)
    assert found.correlation == pytest.approx(1, abs=0.01)


def test_strangers_correlate_little() -> None:
    assert abs(suggest_offset(noise(1), noise(2), RATE).correlation) < 0.2


def test_the_difference_is_second_minus_first_and_a_gap_stays_a_gap() -> None:
    first = np.array([1.0, 2.0, 3.0, 4.0])
    second = np.array([1.5, np.nan, 3.5, 4.5])
    found = difference(first, second, 1.0)
    np.testing.assert_array_equal(found.values, [0.5, np.nan, 0.5, 0.5])
    assert found.rms == pytest.approx(0.5)
    assert found.share == pytest.approx(0.5 / np.sqrt(7.5))
    moved = difference(first, second, 1.0, offset_s=1.2)
    np.testing.assert_array_equal(moved.values, [-0.5, np.nan, -0.5])
    assert (moved.offset_s, moved.start_s) == (1.0, 1.0)
    assert "+1 samples" in moved.method


@pytest.mark.parametrize(
    ("first", "second", "offset", "words"),
    [
        (np.ones(100), noise(1, 100), None, "first signal is constant"),
        (np.full(100, np.nan), noise(1, 100), None, "not finite"),
        (noise(1, 100), noise(1, 100), 0.2, "does not overlap"),
        (noise(1, 100), noise(1, 100), np.inf, "expected a number"),
        (np.zeros((2, 50)), noise(1, 100), 0.0, "two channels"),
    ],
)
def test_what_cannot_be_aligned_is_said(
    first: np.ndarray, second: np.ndarray, offset: float | None, words: str
) -> None:
    def ask() -> object:
        return (
            suggest_offset(first, second, RATE) if offset is None else difference(first, second, RATE, offset_s=offset)
        )

    with pytest.raises(InputError, match=words):
        ask()
