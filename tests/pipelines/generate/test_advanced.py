"""Optional rotor physics does what its equations say."""

import numpy as np
import pytest
from scipy.signal import hilbert

from pipelines.generate.advanced import critical_gain, quadrature

RATE = 20480.0


def one(quiet_journal, every_signal, class_id="misalignment", **advanced):
    return every_signal(quiet_journal(classes=(class_id,), per_class=1, advanced=advanced))[0]


@pytest.mark.parametrize("profile", ["linear", "exponential"])
@pytest.mark.parametrize(("kind", "ends"), [("up", (0.1, 1.0)), ("down", (1.0, 0.1)), ("both", (0.1, 0.1))])
def test_a_run_up_sweeps_the_speed(quiet_journal, every_signal, kind, ends, profile):
    signal = one(quiet_journal, every_signal, run_up=True, run_up_kind=kind, run_up_profile=profile)
    steady = 3600 * signal.metadata["speed_factor"]
    assert signal.metadata["speed_start_rpm"] == pytest.approx(ends[0] * steady, rel=0.01)
    assert signal.metadata["speed_end_rpm"] == pytest.approx(ends[1] * steady, rel=0.03)
    assert signal.metadata["advanced"] == {"run_up": kind}
    middle = np.std(signal.samples[40000:60000])
    for at, end in ((slice(0, 2000), ends[0]), (slice(-2000, None), ends[1])):
        assert (np.std(signal.samples[at]) < 0.6 * middle) == (end < 1)


def test_speed_fluctuation_moves_the_frequency_and_not_the_amplitude(quiet_journal, every_signal):
    shaky = one(quiet_journal, every_signal, "imbalance", speed_fluctuation=0.03)
    analytic = hilbert(shaky.samples.astype(float))[2048:-2048]
    hertz = np.diff(np.unwrap(np.angle(analytic))) * RATE / (2 * np.pi)
    spread = np.std(hertz) / np.mean(hertz)
    assert 0.015 < spread < 0.045
    # the force of an imbalance follows the square of the speed, nothing more
    assert np.std(np.abs(analytic)) / np.mean(np.abs(analytic)) == pytest.approx(2 * spread, rel=0.4)


def test_amplification_peaks_at_the_critical_speed_and_is_capped():
    ratio = np.array([0.1, 0.99, 1.0, 1.33, 3.0])
    gain = critical_gain(ratio, 0.05)
    assert gain[0] == pytest.approx(1.01, abs=0.01)
    assert gain[2] == 5.0
    assert gain[3] == pytest.approx(1 / np.hypot(1 - 1.33**2, 0.1 * 1.33))
    assert gain[4] < 0.2


def test_a_critical_speed_amplifies_the_fault_and_rings(quiet_journal, every_signal, level_at):
    plain = one(quiet_journal, every_signal)
    near = one(quiet_journal, every_signal, critical_speed=True)
    gain = critical_gain(np.array([plain.metadata["speed_rpm"] / 60 / 45]), 0.05)[0]
    second = 2 * plain.metadata["speed_rpm"] / 60
    ratio = level_at(near.samples, RATE, second) / level_at(plain.samples, RATE, second)
    assert ratio == pytest.approx(gain, rel=0.01)
    assert level_at(near.samples, RATE, 45) == pytest.approx(0.05 * max(gain - 1, 0), abs=0.002)


def test_quadrature_lags_a_quarter_period():
    t = np.arange(20480) / RATE
    x = np.sin(2 * np.pi * 100 * t).astype(np.float32)
    np.testing.assert_allclose(quadrature(x)[500:-500], -np.cos(2 * np.pi * 100 * t)[500:-500], atol=0.02)


def test_coupling_adds_motion_at_right_angles(quiet_journal, every_signal):
    plain = one(quiet_journal, every_signal, "imbalance")
    coupled = one(quiet_journal, every_signal, "imbalance", cross_coupling=0.3)
    assert np.std(coupled.samples) / np.std(plain.samples) == pytest.approx(np.hypot(1, 0.3), rel=0.01)


def test_heat_lets_the_amplitude_grow(quiet_journal, every_signal):
    plain = one(quiet_journal, every_signal)
    hot = one(quiet_journal, every_signal, thermal_growth=0.1)
    expected = 1 + 0.1 * (plain.metadata["temperature_c"] - 40) * (1 - np.exp(-5 / 300))
    assert np.ptp(hot.samples[-2000:]) / np.ptp(plain.samples[-2000:]) == pytest.approx(expected, rel=0.01)
    np.testing.assert_allclose(hot.samples[:100], plain.samples[:100], rtol=1e-3)


def test_axial_vibration_is_a_share_of_the_signal(quiet_journal, every_signal, level_at):
    plain = one(quiet_journal, every_signal, "oil_whirl")
    axial = one(quiet_journal, every_signal, "oil_whirl", axial_vibration=0.15)
    shaft = plain.metadata["speed_rpm"] / 60
    level = 0.15 * plain.metadata["rms"]
    assert level_at(axial.samples, RATE, shaft) == pytest.approx(level, rel=0.05)
    assert level_at(axial.samples, RATE, 2 * shaft) == pytest.approx(0.3 * level, rel=0.05)
