from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pfd_panel.theme import numbers as n


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.2915, "0.2915"),
        (1797, "1,797"),
        (-1.05, "−1.050"),
        (0, "0"),
        (float("nan"), "–"),
        (None, "–"),
        (2.5e-7, "2.50×10⁻⁷"),
        (12.345678, "12.35"),
        (9.9999, "10.00"),
    ],
)
def test_numbers_have_sensible_digits_and_a_real_minus(value, text):
    assert n.number(value) == text


@given(st.floats(min_value=1e-3, max_value=9e5))
def test_a_written_number_is_within_its_last_digit(value):
    assert float(n.number(value, 4).replace(",", "")) == pytest.approx(value, rel=1e-3)


@pytest.mark.parametrize(
    ("hertz", "text"), [(12000, "12 kHz"), (97656, "97.656 kHz"), (500, "500 Hz"), (None, "rate unknown")]
)
def test_rates_carry_their_unit(hertz, text):
    assert n.rate(hertz) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.034, "34 ms"), (5, "5 s"), (80, "1 min 20 s"), (3600, "1 h"), (5400, "1 h 30 min"), (200_000, "2 d 7 h")],
)
def test_durations_are_said_as_people_say_them(seconds, text):
    assert n.duration(seconds) == text


def test_ages_are_relative_until_they_are_dates():
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert n.ago(now - timedelta(seconds=10), now) == "just now"
    assert n.ago(now - timedelta(minutes=4), now) == "4 min ago"
    assert n.ago(now - timedelta(days=40), now) == "2026-01-20"


def test_percent_and_size_and_sign():
    assert n.percent(0.989) == "98.9 %"
    assert n.size(71_000_000) == "71 MB"
    assert n.fixed(-0.3, signed=True) == "−0.3"
    assert n.fixed(1.8, signed=True) == "+1.8"
