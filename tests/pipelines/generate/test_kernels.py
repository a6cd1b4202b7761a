"""The compiled loops equal the formulas they stand for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.generate.kernels import add_burst, add_ramp, add_scaled, add_tone, colour, multiply, quantise, ring


def knots(n, block):
    return -(-n // block) + 1


@settings(max_examples=50, deadline=None)
@given(n=st.integers(1, 3000), block=st.integers(1, 64), cycles=st.floats(0, 0.6), start=st.floats(-5, 1e5))
def test_a_tone_is_the_sine_of_its_phase(n, block, cycles, start):
    at = np.arange(knots(n, block)) * block
    out = np.ones(n, dtype=np.float32)
    add_tone(out, start + cycles * at, 0.5 + 0.001 * at, block)
    k = np.arange(n)
    np.testing.assert_allclose(out, 1 + (0.5 + 0.001 * k) * np.sin(2 * np.pi * (start + cycles * k)), atol=2e-4)


def test_a_steady_tone_is_exact_to_single_precision():
    at = np.arange(knots(102400, 64)) * 64 / 20480
    out = np.zeros(102400, dtype=np.float32)
    add_tone(out, 61.3 * at, np.ones(at.size), 64)
    np.testing.assert_allclose(out, np.sin(2 * np.pi * 61.3 * np.arange(102400) / 20480), atol=5e-6)


@pytest.mark.parametrize("n", [1, 63, 64, 65, 1000])
def test_gains_are_linear_between_knots(n):
    rng = np.random.default_rng(0)
    values = rng.standard_normal(n).astype(np.float32)
    at = np.arange(knots(n, 64)) * 64.0
    gain = rng.random(at.size)
    expected = np.interp(np.arange(n), at, gain) * values
    added, scaled = np.zeros(n, dtype=np.float32), values.copy()
    add_scaled(added, values, gain, 64)
    multiply(scaled, gain, 64)
    np.testing.assert_allclose(added, expected, atol=1e-6)
    np.testing.assert_allclose(scaled, expected, atol=1e-6)


def test_a_mode_rings_from_impulses_between_samples():
    rate, frequency, damping = 12000.0, 3000.0, 0.03
    seconds, strength = np.array([0.00103, 0.01057]), np.array([1.0, 0.5])
    out = np.zeros(400, dtype=np.float32)
    ring(out, seconds, strength, rate, frequency, damping, 2.0)
    t = np.arange(400) / rate
    omega = 2 * np.pi * frequency
    expected = np.zeros(400)
    for at, amplitude in zip(seconds, strength, strict=True):
        age = np.maximum(t - at, 0)
        expected += 2 * amplitude * np.exp(-damping * omega * age) * np.sin(omega * np.sqrt(1 - damping**2) * age)
    np.testing.assert_allclose(out, expected, atol=1e-5)


def test_coloured_noise_has_the_wanted_deviation_and_peaks_at_its_mode():
    rng = np.random.default_rng(1)
    out = np.zeros(200000, dtype=np.float32)
    colour(out, rng.standard_normal(out.size, dtype=np.float32), 12000.0, 3000.0, 0.03, 0.5)
    assert np.std(out) == pytest.approx(0.5, rel=0.03)
    power = np.abs(np.fft.rfft(out)) ** 2
    smooth = np.convolve(power, np.ones(501), mode="same")
    assert np.argmax(smooth) * 12000 / out.size == pytest.approx(3000, rel=0.02)


def test_a_burst_is_windowed_and_decays():
    out = np.zeros(400, dtype=np.float32)
    add_burst(out, 100, 163, 20480.0, 2000.0, 0.3, 100.0, 0.6)
    assert not out[:101].any()
    assert not out[263:].any()
    t = np.arange(163) / 20480
    np.testing.assert_allclose(
        out[100:263], 0.6 * np.hanning(163) * np.sin(2 * np.pi * 2000 * t + 0.3) * np.exp(-100 * t), atol=1e-6
    )


def test_a_ramp_is_straight():
    out = np.ones(11, dtype=np.float32)
    add_ramp(out, 0.5)
    np.testing.assert_allclose(out, 1 + 0.05 * np.arange(11), rtol=1e-6)


@given(st.floats(-10, 10, width=32), st.sampled_from([0.001, 0.02, 0.5]))
def test_rounding_moves_a_sample_by_at_most_half_a_step(value, step):
    out = np.array([value], dtype=np.float32)
    quantise(out, step)
    assert abs(float(out[0]) - value) <= 0.5 * step + 1e-6
    assert float(out[0]) / step == pytest.approx(round(float(out[0]) / step), abs=1e-3)
