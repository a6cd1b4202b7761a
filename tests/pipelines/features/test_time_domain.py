import numpy as np
import pytest

from tests.pipelines.features.feature_signals import noise, sine, value


def test_a_sine_has_the_values_of_the_textbook() -> None:
    x = sine(50, amplitude=3.0)
    assert value("rms", x) == pytest.approx(3 / np.sqrt(2), rel=1e-5)
    assert value("kurtosis", x) == pytest.approx(-1.5, abs=1e-4)
    assert value("skewness", x) == pytest.approx(0, abs=1e-4)
    assert value("crest_factor", x) == pytest.approx(np.sqrt(2), rel=1e-3)
    assert value("shape_factor", x) == pytest.approx(np.pi / (2 * np.sqrt(2)), rel=1e-4)
    assert value("impulse_factor", x) == pytest.approx(np.pi / 2, rel=1e-3)


def test_gaussian_noise_has_no_excess_kurtosis_and_a_shape_factor_of_root_half_pi() -> None:
    x = noise(10.0)
    assert value("kurtosis", x) == pytest.approx(0, abs=0.05)
    assert value("shape_factor", x) == pytest.approx(np.sqrt(np.pi / 2), rel=5e-3)


def test_the_clearance_factor_of_one_impulse_is_the_square_of_the_length() -> None:
    x = np.zeros(1000)
    x[123] = 5.0
    assert value("clearance_factor", x) == pytest.approx(1000**2, rel=1e-4)
    assert value("impulse_factor", x) == pytest.approx(1000, rel=1e-4)


def test_an_exponential_distribution_has_skewness_2_and_excess_kurtosis_6() -> None:
    x = np.random.default_rng(1).exponential(size=400_000)
    assert value("skewness", x) == pytest.approx(2, abs=0.1)
    assert value("kurtosis", x) == pytest.approx(6, abs=0.6)


def test_an_offset_counts_in_the_rms_but_not_in_the_kurtosis() -> None:
    x = noise()
    assert value("rms", x + 100) == pytest.approx(np.sqrt(100**2 + 1), rel=1e-3)
    assert value("kurtosis", x + 100) == pytest.approx(value("kurtosis", x), abs=1e-4)
