"""Rates from clocks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_catalog.formats.time_axis import seconds_per, time_axis


@settings(max_examples=100, deadline=None)
@given(rate=st.integers(1, 100_000), digits=st.integers(6, 9), n=st.integers(100, 5000), start=st.floats(0, 100))
def test_a_printed_clock_gives_its_rate_back(rate: int, digits: int, n: int, start: float) -> None:
    if 10.0**-digits > 0.2 / rate:
        return
    times = np.round(start + np.arange(n) / rate, digits)
    axis = time_axis(np.array_split(times, 3), absolute=False)
    assert axis.regular
    assert axis.rate_hz == pytest.approx(rate, rel=2 * 10.0**-digits * rate / (n - 1) + 1e-9)


def test_rounding_of_the_clock_does_not_leave_a_crooked_rate() -> None:
    axis = time_axis([np.round(np.arange(20_000) / 25_600, 6)], absolute=False)
    assert axis.rate_hz == 25_600.0


def test_blocks_do_not_hide_a_gap_between_them() -> None:
    whole = np.concatenate([np.arange(500.0), np.arange(600.0, 900.0)])
    axis = time_axis([whole[:500], whole[500:]], absolute=False)
    assert not axis.regular
    assert axis.rate_hz == 1.0
    assert "1 of 799 steps" in axis.findings[0]


def test_a_clock_that_runs_backwards_states_nothing() -> None:
    axis = time_axis([np.concatenate([np.arange(100.0), np.arange(100.0)])], absolute=False)
    assert axis.rate_hz is None
    assert not axis.forward
    assert "runs backwards" in axis.findings[0]


@pytest.mark.parametrize("times", [np.zeros(100), np.full(100, np.nan), np.array([1.0])])
def test_a_clock_that_does_not_run_states_nothing(times: np.ndarray) -> None:
    assert time_axis([times], absolute=False).rate_hz is None


@pytest.mark.parametrize(
    ("unit", "sample", "expected"),
    [
        ("", 0.0, (1.0, False)),
        ("ms", 5.0, (1e-3, False)),
        ("", 1.6e9, (1.0, True)),
        ("", 1.6e12, (1e-3, True)),
        ("", 1.6e18, (1e-9, True)),
    ],
)
def test_units_of_numeric_clocks(unit: str, sample: float, expected: tuple[float, bool]) -> None:
    assert seconds_per(unit, sample) == expected
