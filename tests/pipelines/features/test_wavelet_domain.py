import numpy as np
import pytest

from tests.pipelines.features.feature_signals import RATE, noise, sine, value


@pytest.mark.parametrize(("level", "hz"), [(1, 7500.0), (3, 1900.0), (5, 470.0)])
def test_a_tone_in_the_middle_of_a_level_puts_most_of_its_mean_square_there(level: int, hz: float) -> None:
    energies = {j: value(f"wavelet_energy_d{j}", sine(hz)) for j in (1, 3, 5)}
    assert 0.4 < energies[level] <= 0.501
    assert sum(energies.values()) - energies[level] < 0.05


def test_white_noise_spreads_over_the_levels_by_their_width() -> None:
    x = noise(10.0)
    for level in (1, 3, 5):
        assert value(f"wavelet_energy_d{level}", x) == pytest.approx(2.0**-level, rel=0.05)
    assert value("wavelet_energy_ratio", x) == pytest.approx(1 - 2**-5, abs=2e-3)


def test_impacts_raise_the_wavelet_kurtosis_under_a_strong_slow_tone() -> None:
    x = sine(25, 10.0) + 0.05 * noise()
    hit = x.copy()
    hit[1000::2048] += 1.0
    assert value("kurtosis", hit) == pytest.approx(-1.5, abs=0.01)
    assert value("wavelet_kurtosis", hit) > value("wavelet_kurtosis", x) + 5


def test_the_ends_of_a_record_do_not_look_like_impacts() -> None:
    # any extension of this tone beyond the record has a kink
    assert value("wavelet_kurtosis", sine(613.7, phase=1.1)) < 0


def test_levels_that_a_short_signal_does_not_reach_are_unknown() -> None:
    x = noise()[:64]
    assert np.isfinite(value("wavelet_energy_d1", x))
    assert np.isnan(value("wavelet_energy_d5", x))
    assert np.isnan(value("wavelet_energy_ratio", x))


def test_the_levels_follow_the_rate() -> None:
    x = noise()
    assert value("wavelet_energy_d1", x) == value("wavelet_energy_d1", x, rate=RATE / 7)
