import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import InputError
from pipelines.orders import (
    constant_speed,
    order_map,
    order_spectrum,
    resample_to_angle,
    speed_curve,
    synchronous_average,
)
from pipelines.spectra import averaged_spectrum
from tests.pipelines.orders.machine import RATE, SECONDS, TIME, angle, run_up, vibration


@settings(deadline=None, max_examples=20)
@given(st.floats(600, 1500), st.floats(1, 3), st.sampled_from([1.0, 2.0, 3.6, 5.4, 11.0]))
def test_a_chirp_is_one_line_at_its_order_with_its_amplitude(low, ratio, order):
    speed = run_up(low, low * ratio)
    x = vibration(speed, {order: 2.0})
    found = order_spectrum(x, RATE, speed, max_order=20, resolution_orders=0.1, scale="peak")
    line = round(order * 10)
    assert found.amplitude.argmax() == line
    assert found.order[line] == pytest.approx(order)
    assert found.amplitude[line] == pytest.approx(2, rel=5e-3)
    away = np.abs(found.order - order) > 0.25
    assert found.amplitude[away].max() < 0.01


def test_the_spectrum_over_time_smears_what_the_order_spectrum_resolves():
    x = vibration(run_up(), {3.6: 1.0, 4.0: 1.0})
    over_time = averaged_spectrum(x, RATE, scale="peak")
    orders = order_spectrum(x, RATE, run_up(), max_order=10, scale="peak")
    assert over_time.values.max() < 0.3
    assert orders.amplitude[[round(o / orders.resolution_orders) for o in (3.6, 4.0)]].min() > 0.85


def test_a_constant_speed_gives_the_ordinary_spectrum():
    x = 3 * np.cos(2 * np.pi * 100 * TIME)
    found = order_spectrum(x, RATE, 1500.0, max_order=10, resolution_orders=0.05, scale="peak")
    assert found.order[found.amplitude.argmax()] == pytest.approx(4)
    assert found.amplitude.max() == pytest.approx(3, rel=2e-3)
    assert found.rpm_range == pytest.approx((1500, 1500))


def test_what_lies_above_the_highest_order_does_not_fold_into_the_spectrum():
    speed = run_up(600, 2400)
    clean = vibration(speed, {2: 1.0})
    loud = clean + 5 * np.cos(2 * np.pi * 2000 * TIME) + vibration(speed, {37.3: 5.0})
    found = order_spectrum(loud, RATE, speed, max_order=10, resolution_orders=0.1, scale="peak")
    assert found.amplitude[20] == pytest.approx(1, rel=0.01)
    assert np.delete(found.amplitude, [18, 19, 20, 21, 22]).max() < 0.02


def test_orders_above_the_highest_are_filtered_out_before_averaging():
    speed = run_up()
    found = synchronous_average(vibration(speed, {2: 1.0, 30: 5.0}), RATE, speed, max_order=10)
    assert found.synchronous_rms == pytest.approx(np.sqrt(0.5), rel=0.01)


def test_resampling_is_the_signal_at_equal_angles():
    speed = run_up()
    turned = resample_to_angle(vibration(speed, {1: 1.0, 5: 0.5}), RATE, speed, max_order=12)
    at = np.arange(turned.values.size) / turned.samples_per_revolution
    expected = np.cos(2 * np.pi * at + 1) + 0.5 * np.cos(2 * np.pi * 5 * at + 5)
    inside = slice(200, -200)
    assert np.abs(turned.values - expected + expected.mean())[inside].max() < 5e-3
    assert turned.revolutions == int(angle(speed)[-1])
    assert turned.by_revolution().shape == (turned.revolutions, turned.samples_per_revolution)


def test_only_whole_revolutions_that_the_speed_covers_are_used():
    partly = speed_curve([2.0, 6.0], [1500, 1500])
    turned = resample_to_angle(np.cos(2 * np.pi * 25 * TIME), RATE, partly, max_order=5)
    assert turned.turn_s[0] == pytest.approx(2)
    assert turned.revolutions == 100
    np.testing.assert_allclose(np.diff(turned.turn_s), 0.04)


def test_the_order_map_keeps_orders_upright_while_amplitude_changes():
    speed = run_up()
    grows = vibration(speed, {3: 1.0}) * np.linspace(0, 1, TIME.size)
    found = order_map(grows, RATE, speed, max_order=6, resolution_orders=0.1, scale="peak")
    assert set(found.amplitude[3:].argmax(axis=1)) == {30}
    ridge = found.amplitude[:, 30]
    assert np.all(np.diff(ridge) > 0)
    assert ridge[-1] == pytest.approx(1, abs=0.05)
    assert np.all(np.diff(found.revolution) == 5)
    np.testing.assert_allclose(found.rpm, speed.rpm_at(found.time_s), rtol=3e-3)


def test_the_synchronous_average_keeps_the_shaft_and_removes_what_is_not_synchronous():
    speed = run_up()
    shaft = {1: 1.0, 2: 0.5}
    other = 3 * np.cos(2 * np.pi * 333.3 * TIME) + np.random.default_rng(2).standard_normal(TIME.size)
    found = synchronous_average(
        vibration(speed, shaft) + vibration(speed, {3.5837: 2.0}) + other, RATE, speed, max_order=20
    )
    theta = np.radians(found.angle_deg)
    expected = np.cos(theta + 1) + 0.5 * np.cos(2 * theta + 2)
    left = found.mean - expected
    assert found.revolutions > 200
    assert np.sqrt(np.mean(left**2)) < 0.25
    assert np.sqrt(np.mean(left**2)) < 3 * found.residual_rms / np.sqrt(found.revolutions)
    assert found.residual_rms > 2
    assert found.synchronous_rms == pytest.approx(np.sqrt(0.625), rel=0.1)


def test_precision_follows_the_signal():
    x = vibration(run_up(), {2: 1.0})
    for dtype in (np.float32, np.float64):
        assert resample_to_angle(x.astype(dtype), RATE, run_up(), max_order=5).values.dtype == dtype
        assert synchronous_average(x.astype(dtype), RATE, run_up(), max_order=5).mean.dtype == dtype


def test_orders_without_a_speed_are_refused_in_words():
    for compute in (order_spectrum, order_map, synchronous_average, resample_to_angle):
        with pytest.raises(InputError, match="no speed is known") as refused:
            compute(TIME, RATE, None)
        assert "tacho" in refused.value.hint


def test_orders_that_cannot_be_seen_are_refused_in_words():
    x = vibration(run_up(), {2: 1.0})
    with pytest.raises(InputError, match="half the rate at 2400 rpm"):
        order_spectrum(x, RATE, run_up(), max_order=100)
    with pytest.raises(InputError, match="needs 1000 revolutions"):
        order_spectrum(x, RATE, run_up(), max_order=10, resolution_orders=0.001)
    with pytest.raises(InputError, match="whole revolutions"):
        order_spectrum(x, RATE, 10.0)
    with pytest.raises(InputError, match="resolution"):
        order_map(x, RATE, run_up(), max_order=10, resolution_orders=0)
    with pytest.raises(InputError, match="not finite"):
        order_spectrum(np.where(TIME > 3, np.nan, x), RATE, run_up())
    with pytest.raises(InputError, match="not above 0 rpm"):
        order_spectrum(x, RATE, constant_speed(-1500, SECONDS))
