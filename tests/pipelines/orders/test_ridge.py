import numpy as np
import pytest

from pipelines.errors import InputError
from pipelines.orders import follow_ridge, order_spectrum, speed_from_ridge
from pipelines.spectra import spectrogram
from tests.pipelines.orders.machine import RATE, SECONDS, TIME, run_up, vibration


def noise(level: float) -> np.ndarray:
    return level * np.random.default_rng(31).standard_normal(TIME.size)


def test_a_ridge_is_followed_to_a_fraction_of_a_line_from_any_point_on_it():
    speed = run_up()
    x = vibration(speed, {4: 1.0, 7: 1.5}) + noise(0.3)
    picture = spectrogram(x, RATE, window=1024, hop=128)
    for moment in (0.5, 4.0, 7.4):
        rpm = float(speed.rpm_at([moment])[0])
        found = follow_ridge(picture, (moment, 4 * rpm / 60 + 6), max_slope_hz_per_s=30)
        expected = 4 * speed.rpm_at(found.time_s) / 60
        assert np.abs(found.freq_hz - expected).max() < picture.resolution_hz / 2
        assert found.stands_out_db.min() > 10


def test_the_speed_of_a_ridge_makes_a_run_up_one_line():
    x = vibration(run_up(), {1: 0.5, 4: 1.0}) + noise(0.2)
    picture = spectrogram(x, RATE, window=1024, hop=128)
    ridge = follow_ridge(picture, (4.0, 4 * 1650 / 60), max_slope_hz_per_s=30)
    speed = speed_from_ridge(ridge, order=4)
    np.testing.assert_allclose(speed.rpm, run_up().rpm_at(speed.time_s), rtol=0.02)
    found = order_spectrum(x, RATE, speed, max_order=8, resolution_orders=0.1, scale="peak")
    assert found.order[found.amplitude.argmax()] == pytest.approx(4)
    assert found.amplitude.max() == pytest.approx(1, rel=0.05)
    whole = speed_from_ridge(ridge, order=4, duration_s=SECONDS)
    assert (whole.time_s[0], whole.time_s[-1]) == (0, SECONDS)


def test_a_ridge_in_noise_that_ends_or_that_is_too_steep_is_refused_and_the_place_is_named():
    picture = spectrogram(noise(1.0), RATE, window=1024, hop=128)
    with pytest.raises(InputError, match="cannot be followed"):
        follow_ridge(picture, (4.0, 500.0), max_slope_hz_per_s=30)
    x = np.where(TIME < 4, vibration(run_up(), {4: 1.0}), 0) + noise(0.3)
    ends = spectrogram(x, RATE, window=1024, hop=128)
    with pytest.raises(InputError, match=r"around (3\.9|4|4\.\d+|5|5\.\d+|6|6\.\d+|7|7\.\d+) s") as refused:
        follow_ridge(ends, (2.0, 4 * 1275 / 60), max_slope_hz_per_s=30)
    assert "dB above its surroundings" in str(refused.value)
    assert refused.value.hint
    steep = spectrogram(vibration(run_up(), {40: 1.0}) + noise(0.3), RATE, window=256, hop=64)
    with pytest.raises(InputError, match="cannot be followed"):
        follow_ridge(steep, (4.0, 40 * 1650 / 60), max_slope_hz_per_s=20)


def test_a_pick_outside_the_picture_and_useless_parameters_are_refused():
    picture = spectrogram(noise(1.0), RATE, window=256, hop=64)
    for start in ((-1.0, 500.0), (4.0, 0.0), (4.0, 3000.0), (9.0, 500.0)):
        with pytest.raises(InputError, match="ridge picked at"):
            follow_ridge(picture, start, max_slope_hz_per_s=30)
    with pytest.raises(InputError, match="slope"):
        follow_ridge(picture, (4.0, 500.0), max_slope_hz_per_s=0)
