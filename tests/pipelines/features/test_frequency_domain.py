import numpy as np
import pytest

from tests.pipelines.features.feature_signals import RATE, noise, sine, value


def test_the_dominant_frequency_is_that_of_the_strongest_sine() -> None:
    assert value("dominant_frequency", sine(60) + sine(120, 2.0) + 0.01 * noise()) == 120


def test_the_centroid_of_two_sines_lies_between_them_by_power() -> None:
    x = sine(100, 1.0) + sine(400, 2.0)
    assert value("spectral_centroid", x) == pytest.approx((100 + 4 * 400) / 5, rel=1e-4)
    assert value("spectral_std", x) == pytest.approx(np.sqrt(0.2 * 0.8) * 300, rel=1e-4)


def test_the_entropy_of_equal_lines_is_the_logarithm_of_their_number() -> None:
    x = sine(100) + sine(200) + sine(300) + sine(400)
    assert value("spectral_entropy", x) == pytest.approx(np.log(4), abs=1e-3)
    assert value("spectral_entropy", noise()) > 8


def test_band_energies_are_mean_squares_of_what_lies_in_the_band() -> None:
    x = 50 + sine(100, 1.0) + sine(1000, 2.0) + sine(3000, 3.0) + sine(6000, 4.0)
    assert value("low_band_energy", x) == pytest.approx(0.5, rel=1e-4)
    assert value("mid_band_energy", x) == pytest.approx(2.0, rel=1e-4)
    assert value("high_band_energy", x) == pytest.approx(4.5, rel=1e-4)
    assert value("very_high_band_energy", x) == pytest.approx(8.0, rel=1e-4)
    assert value("total_spectral_power", x) == pytest.approx(15.0, rel=1e-4)


def test_band_energies_do_not_depend_on_the_length_of_the_record() -> None:
    assert value("high_band_energy", noise(8.0)) == pytest.approx(value("high_band_energy", noise(1.0)), rel=0.1)


def test_a_band_above_nyquist_is_unknown_and_one_partly_above_ends_there() -> None:
    x = noise()
    assert np.isnan(value("very_high_band_energy", x, rate=8000.0))
    energies = [value(f"{band}_band_energy", x, rate=8000.0) for band in ("low", "mid", "high")]
    assert sum(energies) == pytest.approx(value("total_spectral_power", x, rate=8000.0), rel=1e-5)


def test_harmonic_ratios_come_from_the_records_own_speed() -> None:
    x = sine(29.25, 0.5, 4.0) + sine(58.5, 1.5, 4.0) + sine(87.75, 0.25, 4.0)
    known = {"speed_rpm": 29.3 * 60}
    assert value("harmonic_2x_1x", x, **known) == pytest.approx(3.0, rel=1e-3)
    assert value("harmonic_3x_1x", x, **known) == pytest.approx(0.5, rel=1e-3)


def test_misalignment_shows_2x_over_1x_although_2x_dominates() -> None:
    # the strongest line is 2X; taking it for 1X would read 4X/2X
    x = sine(60, 0.1) + sine(120, 0.35) + sine(180, 0.2) + 0.01 * noise()
    assert value("harmonic_2x_1x", x, speed_rpm=3600.0) == pytest.approx(3.5, rel=0.02)


@pytest.mark.parametrize("error", [-0.025, 0.025])
def test_a_nominal_speed_off_by_the_slip_still_finds_the_lines(error: float) -> None:
    x = sine(60, 0.5) + sine(120, 1.0) + 0.001 * noise()
    assert value("harmonic_2x_1x", x, speed_rpm=3600.0 * (1 + error)) == pytest.approx(2.0, rel=0.02)


def test_harmonics_of_an_unknown_speed_are_unknown_never_guessed() -> None:
    x = sine(60) + sine(120)
    assert np.isnan(value("harmonic_2x_1x", x))
    assert np.isnan(value("harmonic_2x_1x", x, speed_rpm=float("nan")))


def test_a_harmonic_above_nyquist_or_a_rotation_slower_than_the_record_resolves_is_unknown() -> None:
    x = noise()
    assert np.isnan(value("harmonic_2x_1x", x, speed_rpm=60 * RATE / 3))
    assert np.isnan(value("harmonic_2x_1x", x, speed_rpm=2.0 * 60))


def test_the_peakiness_of_one_line_is_the_number_of_bins() -> None:
    assert value("spectral_peakiness", sine(100)) == pytest.approx(RATE / 2 - 1, rel=1e-3)
    assert value("spectral_peakiness", noise()) < 20
