import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import InputError
from pipelines.orders import constant_speed, pulse_times, speed_curve, speed_from_tacho
from tests.pipelines.orders.machine import RATE, SECONDS, TIME, angle, run_up


@settings(deadline=None, max_examples=50)
@given(st.floats(60, 6000), st.floats(60, 6000))
def test_the_angle_is_the_integral_of_the_speed(low, high):
    curve = speed_curve([0, 2, 5], [low, high, high])
    assert curve.revolutions_at([2.0])[0] == pytest.approx((low + high) / 60)
    assert curve.revolutions_at([1.0])[0] == pytest.approx((low + (high - low) / 4) / 60)
    assert curve.revolutions_at([5.0])[0] == pytest.approx((low + high) / 60 + high / 20)
    assert curve.rpm_at([1.0])[0] == pytest.approx((low + high) / 2)


def tacho(pulses: int = 1) -> np.ndarray:
    """Edges as steep as a sample, with noise."""
    high = (angle(run_up()) * pulses) % 1 < 0.1
    return 5 * high + 0.05 * np.random.default_rng(0).standard_normal(TIME.size)


@pytest.mark.parametrize("pulses", [1, 4])
@pytest.mark.parametrize("falling", [False, True])
def test_a_tacho_reads_the_speed_back_although_its_edges_are_known_to_a_sample_only(pulses, falling):
    signal = -tacho(pulses) if falling else tacho(pulses)
    found = speed_from_tacho(signal, RATE, pulses_per_revolution=pulses, falling=falling)
    middle = np.linspace(1, 7, 50)
    apart = found.rpm_at(middle) / run_up().rpm_at(middle) - 1
    assert np.abs(apart).max() < 0.01
    assert np.sqrt(np.mean(apart**2)) < 0.003
    turned = found.revolutions_at([7.0])[0] - found.revolutions_at([1.0])[0]
    expected = run_up().revolutions_at([7.0])[0] - run_up().revolutions_at([1.0])[0]
    assert turned == pytest.approx(expected, abs=0.02)
    assert f"{pulses} per revolution" in found.how


def test_pulses_are_found_between_the_samples_and_noise_on_a_slope_counts_once():
    ramp = np.clip(np.sin(2 * np.pi * 5 * TIME - 1) * 20, -1, 1)
    found = pulse_times(ramp, RATE)
    expected = (np.arange(found.size) * 2 * np.pi + 1) / (2 * np.pi * 5)
    np.testing.assert_allclose(found, expected, atol=2e-5)
    slow = np.sin(2 * np.pi * 5 * TIME - 1) + 0.1 * np.random.default_rng(4).standard_normal(TIME.size)
    assert pulse_times(slow, RATE).size == found.size
    assert pulse_times(slow, RATE, hysteresis=0).size > 2 * found.size


def test_a_tacho_that_cannot_be_read_is_refused_in_words():
    with pytest.raises(InputError, match="flat"):
        speed_from_tacho(np.ones(1000), RATE)
    with pytest.raises(InputError, match="threshold 9 is outside the channel"):
        speed_from_tacho(tacho(), RATE, threshold=9)
    with pytest.raises(InputError, match="pulses in the tacho channel, expected at least 4"):
        speed_from_tacho(tacho()[:500], RATE)
    missing = tacho()
    gap = (angle(run_up()) > 50.8) & (angle(run_up()) < 51.8)
    missing[gap] = 0
    with pytest.raises(InputError, match="one is missing") as refused:
        speed_from_tacho(missing, RATE)
    assert f"{TIME[gap].mean():.1f}"[:2] in str(refused.value)
    with pytest.raises(InputError, match="not finite"):
        speed_from_tacho(np.where(TIME > 3, np.nan, tacho()), RATE)
    with pytest.raises(InputError, match="smoothing over 4"):
        speed_from_tacho(tacho(), RATE, smoothing=4)
    with pytest.raises(InputError, match="pulses per revolution"):
        speed_from_tacho(tacho(), RATE, pulses_per_revolution=0)


def test_a_curve_that_says_nothing_about_a_time_is_refused_there():
    curve = constant_speed(1500, SECONDS)
    with pytest.raises(InputError, match=r"known from 0\.000 to 8\.000 s"):
        curve.revolutions_at([9.0])
    with pytest.raises(InputError, match="not above 0 rpm"):
        speed_curve([0, 1, 2], [1500, 0, 1500])
    with pytest.raises(InputError, match="do not rise"):
        speed_curve([0, 2, 1], [1500, 1500, 1500])
    with pytest.raises(InputError, match="same"):
        speed_curve([0, 2], [1500])
