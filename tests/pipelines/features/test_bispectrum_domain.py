import numpy as np
import pytest

from tests.pipelines.features.feature_signals import RATE, noise, seconds, value

# bin 16 of a segment of 512, and its octave
TONE = 16 * RATE / 512


def pair(locked: bool) -> np.ndarray:
    """Return a tone whose phase jumps from segment to segment, with its octave in step or not."""
    rng = np.random.default_rng(3)
    t = seconds(2.0)
    phase = np.repeat(rng.uniform(0, 2 * np.pi, len(t) // 512), 512)
    other = 2 * phase if locked else np.repeat(rng.uniform(0, 2 * np.pi, len(t) // 512), 512)
    return np.cos(2 * np.pi * TONE * t + phase) + 0.5 * np.cos(4 * np.pi * TONE * t + other) + 0.01 * noise(2.0)


def test_locked_phases_couple_and_free_phases_do_not() -> None:
    assert value("phase_coupling", pair(True)) == pytest.approx(1.0, abs=0.05)
    assert value("phase_coupling", pair(False)) < 0.3
    assert value("phase_coupling", noise(2.0)) < 0.3


def test_the_peak_is_the_product_of_the_amplitudes() -> None:
    assert value("bispectrum_peak", pair(True)) == pytest.approx(1.0**2 * 0.5, rel=0.01)
    assert value("bispectrum_mean", pair(True)) == pytest.approx(0.5 / 127, rel=0.05)
    assert value("bispectrum_peak_ratio", pair(True)) == pytest.approx(127, rel=0.05)


def test_entropy_falls_when_one_pair_is_coupled() -> None:
    assert value("bispectrum_entropy", pair(True)) < 0.5
    assert value("bispectrum_entropy", noise(2.0)) > 4


def test_a_squared_response_raises_the_nonlinearity_index() -> None:
    x = noise(2.0)
    assert value("nonlinearity_index", x + 0.3 * x**2) > value("nonlinearity_index", x) + 0.3


def test_pure_numbers_do_not_change_with_the_gain_but_the_size_changes_with_its_cube() -> None:
    x = pair(True)
    for name in ("phase_coupling", "nonlinearity_index", "bispectrum_entropy", "bispectrum_peak_ratio"):
        assert value(name, 50 * x) == pytest.approx(value(name, x), rel=1e-3)
    assert value("bispectrum_peak", 50 * x) == pytest.approx(50**3 * value("bispectrum_peak", x), rel=1e-3)


def test_a_tone_without_octave_has_nothing_to_couple() -> None:
    x = np.cos(2 * np.pi * TONE * seconds(2.0))
    assert value("phase_coupling", x) == pytest.approx(0, abs=1e-3)
    assert np.isnan(value("bispectrum_peak_ratio", x))


def test_too_few_segments_are_unknown_because_everything_would_look_coupled() -> None:
    assert np.isnan(value("phase_coupling", noise()[: 4 * 512 - 1]))
    assert np.isfinite(value("phase_coupling", noise()[: 4 * 512]))
