import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.bearings import BearingGeometry, FaultOrders, approximate_deep_groove
from pipelines.errors import InputError


def test_orders_of_the_6205_are_those_published_for_it():
    orders = BearingGeometry("6205-2RS", 9, 7.94, 39.04).orders()
    assert orders.bpfo == pytest.approx(3.5848, abs=2e-4)
    assert orders.bpfi == pytest.approx(5.4152, abs=2e-4)
    assert 2 * orders.bsf == pytest.approx(4.7135, abs=2e-4)
    assert orders.ftf == pytest.approx(0.39828, abs=2e-4)


def test_frequencies_scale_with_speed():
    bearing = BearingGeometry("6205-2RS", 9, 7.94, 39.04)
    assert bearing.frequencies(1797).bpfi == pytest.approx(162.19, abs=0.01)
    assert bearing.frequencies(3594).bpfi == pytest.approx(2 * bearing.frequencies(1797).bpfi)
    assert bearing.frequencies(60).shaft == 1


@given(st.integers(6, 20), st.floats(0.05, 0.3), st.floats(0, 60))
def test_every_element_passes_each_race_once_a_relative_turn(n, ratio, alpha):
    if n * math.asin(ratio) > math.pi:
        return
    orders = BearingGeometry("any", n, 100 * ratio, 100, alpha).orders()
    assert orders.bpfo + orders.bpfi == pytest.approx(n)
    assert orders.bpfo == pytest.approx(n * orders.ftf)


@pytest.mark.parametrize(
    ("n", "d", "D", "alpha", "words"),
    [
        (2, 5, 30, 0, "at least 3"),
        (8.5, 5, 30, 0, "whole number"),
        (8, 30, 5, 0, "element < pitch"),
        (8, -1, 30, 0, "element < pitch"),
        (8, math.nan, 30, 0, "element < pitch"),
        (40, 8, 30, 0, "do not fit"),
        (8, 5, 30, 95, "contact angle"),
        (8, None, None, 0, "neither diameters nor"),
    ],
)
def test_an_impossible_bearing_is_refused_in_words(n, d, D, alpha, words):
    with pytest.raises(InputError, match=words) as refusal:
        BearingGeometry("odd", n, d, D, alpha)
    assert refusal.value.hint


@pytest.mark.parametrize("speed", [0, -1800, math.nan, math.inf])
def test_an_impossible_speed_is_refused(speed):
    with pytest.raises(InputError, match="shaft speed"):
        BearingGeometry("6205", 9, 7.94, 39.04).frequencies(speed)


def test_orders_in_the_wrong_columns_are_refused():
    with pytest.raises(InputError, match="do not fit one bearing"):
        FaultOrders(bpfo=5.4, bpfi=3.6, bsf=2.4, ftf=0.4)
    with pytest.raises(InputError, match="bsf"):
        FaultOrders(bpfo=3.6, bpfi=5.4, bsf=-1, ftf=0.4)


def test_an_approximated_bearing_is_close_and_says_that_it_is_approximate():
    guess = approximate_deep_groove("6205", 25, 52)
    assert guess.approximate
    assert guess.source.startswith("approximation:")
    assert guess.orders().bpfo == pytest.approx(3.585, rel=0.05)
    with pytest.raises(InputError):
        approximate_deep_groove("upside down", 52, 25)
