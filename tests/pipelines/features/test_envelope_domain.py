import numpy as np
import pytest

from tests.pipelines.features.feature_signals import noise, seconds, sine, value


def modulated(depth: float, hz: float, carrier: float = 2000.0) -> np.ndarray:
    return (1 + depth * np.cos(2 * np.pi * hz * seconds(1.0))) * sine(carrier)


def test_an_amplitude_modulated_carrier_has_the_envelope_it_was_given() -> None:
    x = modulated(0.5, 37)
    assert value("modulation_frequency", x) == 37
    assert value("envelope_rms", x) == pytest.approx(np.sqrt(1 + 0.5**2 / 2), rel=1e-4)
    assert value("envelope_peak", x) == pytest.approx(1.5, rel=1e-3)
    # the envelope itself is a sine
    assert value("envelope_kurtosis", x) == pytest.approx(-1.5, abs=1e-3)


def test_an_offset_does_not_reach_the_envelope() -> None:
    x = modulated(0.5, 37)
    assert value("envelope_rms", x + 1000) == pytest.approx(value("envelope_rms", x), rel=1e-4)


def test_drift_below_1_hz_is_not_taken_for_modulation() -> None:
    t = seconds(8.0)
    x = (1 + 0.5 * np.cos(2 * np.pi * 0.5 * t) + 0.1 * np.cos(2 * np.pi * 12 * t)) * np.sin(2 * np.pi * 2000 * t)
    assert value("modulation_frequency", x) == 12


def test_an_unmodulated_tone_has_no_modulation_frequency() -> None:
    assert np.isnan(value("modulation_frequency", sine(500)))
    assert np.isnan(value("envelope_kurtosis", sine(500)))


def test_the_envelope_of_gaussian_noise_is_rayleigh_distributed() -> None:
    assert value("envelope_kurtosis", noise(5.0)) == pytest.approx(0.245, abs=0.06)
    assert value("envelope_rms", noise(5.0)) == pytest.approx(np.sqrt(2), rel=0.01)
