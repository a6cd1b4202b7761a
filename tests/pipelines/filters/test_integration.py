import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import InputError
from pipelines.filters import integrate

RATE = 8000.0
TIME = np.arange(32000) / RATE
INSIDE = slice(8000, -8000)


@settings(deadline=None, max_examples=30)
@given(st.floats(40, 1500), st.floats(0.01, 20), st.floats(0, 6.28))
def test_a_sine_of_known_acceleration_has_the_velocity_and_displacement_of_the_formula(frequency, level, phase):
    omega = 2 * np.pi * frequency
    x = level * np.cos(omega * TIME + phase) + 0.5
    velocity = integrate(x, RATE, unit="g", to="mm/s")
    expected = level * 9.80665e3 / omega * np.sin(omega * TIME + phase)
    assert np.abs(velocity.values - expected)[INSIDE].max() < 2e-3 * np.abs(expected).max()
    displacement = integrate(x, RATE, unit="g", to="µm")
    expected = -level * 9.80665e6 / omega**2 * np.cos(omega * TIME + phase)
    assert np.abs(displacement.values - expected)[INSIDE].max() < 2e-3 * np.abs(expected).max()


def test_one_g_at_159_hz_is_about_ten_millimetres_a_second():
    found = integrate(np.sin(2 * np.pi * 159.155 * TIME), RATE, unit="m/s²")
    assert found.values[INSIDE].max() == pytest.approx(1.0, rel=1e-3)
    assert found.unit == "mm/s"
    assert "high-pass 10 Hz" in found.method


def test_the_high_pass_takes_out_drift_and_halves_what_is_at_its_corner():
    drift = integrate(0.1 * TIME + np.sin(2 * np.pi * 1.0 * TIME), RATE, unit="g", high_pass_hz=20)
    assert np.abs(drift.values[INSIDE]).max() < 0.5
    corner = integrate(np.cos(2 * np.pi * 20 * TIME), RATE, unit="m/s²", high_pass_hz=20)
    assert corner.values[INSIDE].max() == pytest.approx(500 / (2 * np.pi * 20), rel=1e-3)


def test_a_slow_displacement_survives_single_precision_beside_a_loud_fast_tone():
    slow = 1e-3 * np.cos(2 * np.pi * 25 * TIME)
    x = (slow + 10 * np.cos(2 * np.pi * 3500 * TIME)).astype(np.float32)
    found = integrate(x, RATE, unit="m/s²", to="µm")
    assert found.values.dtype == np.float32
    lines = np.abs(np.fft.rfft(found.values[INSIDE] * np.hanning(16000))) * 4 / 16000
    assert lines[50] == pytest.approx(1e3 / (2 * np.pi * 25) ** 2, rel=0.02)


def test_velocity_integrates_once_and_the_same_quantity_is_scaled():
    x = np.cos(2 * np.pi * 100 * TIME)
    once = integrate(x, RATE, unit="mm/s", to="µm")
    assert once.values[INSIDE].max() == pytest.approx(1e3 / (2 * np.pi * 100), rel=1e-3)
    scaled = integrate(x, RATE, unit="g", to="m/s²")
    assert scaled.values[INSIDE].max() == pytest.approx(9.80665, rel=1e-3)
    assert "scaled" in scaled.method


def test_what_cannot_be_integrated_is_refused_in_words():
    x = np.cos(2 * np.pi * 100 * TIME)
    with pytest.raises(InputError, match="unit 'V'"):
        integrate(x, RATE, unit="V")
    with pytest.raises(InputError, match="velocity to acceleration"):
        integrate(x, RATE, unit="mm/s", to="g")
    for corner in (0, 0.1, 4000, np.nan):
        with pytest.raises(InputError, match="high-pass"):
            integrate(x, RATE, unit="g", high_pass_hz=corner)
    with pytest.raises(InputError, match="not finite"):
        integrate(np.r_[x, np.nan], RATE, unit="g")
