import numpy as np
import pytest

from tests.pipelines.features.feature_signals import RATE, noise, value


def test_an_echo_gives_a_cepstral_peak_that_grows_with_its_strength() -> None:
    x = noise()
    weak, strong = x + 0.2 * np.roll(x, 700), x + 0.7 * np.roll(x, 700)
    ratios = [value("cepstral_peak_ratio", signal) for signal in (x, weak, strong)]
    assert ratios[0] < ratios[1] < ratios[2]
    assert ratios[2] > 3 * ratios[0]


def test_the_quefrency_centroid_of_white_noise_is_half_of_the_longest_quefrency() -> None:
    x = noise()
    assert value("quefrency_centroid", x) == pytest.approx(len(x) / 4 / RATE, rel=0.02)


def test_a_smooth_transfer_path_pulls_the_centroid_down() -> None:
    x = noise()
    assert value("quefrency_centroid", np.convolve(x, np.exp(-np.arange(60) / 15), "same")) < 0.995 * value(
        "quefrency_centroid", x
    )


def test_the_gain_and_the_offset_do_not_matter() -> None:
    x = noise()
    assert value("cepstral_peak_ratio", 1000 * x + 5) == pytest.approx(value("cepstral_peak_ratio", x), rel=1e-3)


def test_a_single_impulse_has_a_level_spectrum_and_no_cepstrum() -> None:
    x = np.zeros(4096)
    x[100] = 1.0
    assert np.isnan(value("cepstral_peak_ratio", x))
    assert np.isnan(value("quefrency_centroid", x))
