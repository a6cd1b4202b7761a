"""Transients change what they say they change."""

import numpy as np
import pytest
from scipy.signal import hilbert

from pipelines.generate.timeline import Timeline
from pipelines.generate.transients import transient_profiles

RATE = 20480.0


def instantaneous_hz(x):
    return np.diff(np.unwrap(np.angle(hilbert(x.astype(float))))) * RATE / (2 * np.pi)


def test_a_speed_ramp_changes_the_frequency_continuously(quiet_journal, every_signal):
    config = quiet_journal(classes=("imbalance",), transient_probability=1.0, transients=("speed_ramp",))
    for signal in every_signal(config):
        speed = 60 * signal.metadata["speed_factor"]
        smooth = np.convolve(instantaneous_hz(signal.samples), np.ones(1024) / 1024, mode="valid")
        n = smooth.size
        assert np.median(smooth[int(0.05 * n) : int(0.18 * n)]) == pytest.approx(0.85 * speed, rel=0.005)
        assert np.median(smooth[int(0.65 * n) : int(0.95 * n)]) == pytest.approx(1.15 * speed, rel=0.005)
        middle = smooth[int(0.25 * n) : int(0.55 * n) : 2048]
        assert (np.diff(middle) > 0).all()
        assert np.abs(np.diff(smooth[2000:-2000])).max() < 0.2
        assert signal.metadata["speed_start_rpm"] == pytest.approx(0.85 * 60 * speed, rel=1e-3)
        assert signal.metadata["speed_end_rpm"] == pytest.approx(1.15 * 60 * speed, rel=1e-3)
        assert signal.metadata["speed_rpm"] == pytest.approx(60 * speed * 1.03, rel=1e-3)


def test_imbalance_follows_the_square_of_a_ramping_speed(quiet_journal, every_signal):
    config = quiet_journal(classes=("imbalance",), transient_probability=1.0, transients=("speed_ramp",), per_class=1)
    (signal,) = every_signal(config)
    slow, fast = np.ptp(signal.samples[2048:18000]), np.ptp(signal.samples[70000:100000])
    assert fast / slow == pytest.approx((1.15 / 0.85) ** 2, rel=0.01)


def test_a_load_step_raises_the_level_after_two_fifths_of_the_record(quiet_journal, every_signal):
    config = quiet_journal(classes=("misalignment",), transient_probability=1.0, transients=("load_step",))
    for signal in every_signal(config):
        before, after = signal.samples[:40000], signal.samples[42000:]
        assert np.std(before) / np.std(after) == pytest.approx(0.7, rel=0.02)


def test_thermal_expansion_raises_the_level_gradually():
    timeline = Timeline.of(102400, RATE)
    _, envelope, parameters = transient_profiles("thermal_expansion", timeline)
    assert envelope[0] == pytest.approx(0.9)
    assert envelope[-1] == pytest.approx(0.9 + 0.2 * (1 - np.exp(-1 / 0.3)), rel=1e-3)
    assert parameters["time_constant_s"] == pytest.approx(1.5)


def test_without_a_transient_nothing_changes():
    timeline = Timeline.of(5000, 1000.0)
    ratio, envelope, parameters = transient_profiles(None, timeline)
    assert (ratio == 1).all()
    assert (envelope == 1).all()
    assert parameters == {}
