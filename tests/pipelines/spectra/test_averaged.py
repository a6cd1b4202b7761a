import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import InputError, UnknownNameError
from pipelines.spectra import WINDOW_SHAPES, averaged_spectrum, cascade, waterfall

RATE = 4096.0
TIME = np.arange(16384) / RATE
NOISE = np.random.default_rng(7).standard_normal(TIME.size)


@pytest.mark.parametrize("window", sorted(WINDOW_SHAPES))
@pytest.mark.parametrize("overlap", [0.0, 0.5])
def test_densities_and_powers_are_those_of_scipy_welch(window, overlap):
    named = WINDOW_SHAPES[window].scipy_name
    for scale, scaling in (("psd", "density"), ("power", "spectrum")):
        found = averaged_spectrum(NOISE, RATE, scale=scale, window=window, segment=1000, overlap=overlap)
        _, expected = scipy.signal.welch(
            NOISE - NOISE.mean(), RATE, named, 1000, round(1000 * overlap), detrend=False, scaling=scaling
        )
        np.testing.assert_allclose(found.values, expected, rtol=1e-9, atol=1e-15)


@settings(deadline=None, max_examples=40)
@given(st.integers(40, 2000), st.floats(0.01, 100), st.sampled_from(sorted(WINDOW_SHAPES)))
def test_a_sine_on_a_line_reads_its_amplitude_through_every_window(frequency, level, window):
    x = level * np.sin(2 * np.pi * frequency * TIME)
    for scale, expected in (("peak", level), ("rms", level / np.sqrt(2)), ("power", level**2 / 2)):
        found = averaged_spectrum(x, RATE, scale=scale, window=window, segment=8192)
        assert found.values[frequency * 2] == pytest.approx(expected, rel=1e-6)


def test_the_density_integrates_to_the_mean_square():
    found = averaged_spectrum(NOISE, RATE, scale="psd", segment=512)
    assert found.values.sum() * found.resolution_hz == pytest.approx(NOISE.var(), rel=0.02)
    assert found.unit == "{unit}²/Hz"


def test_resolution_and_noise_bandwidth_are_those_of_the_window():
    hann = averaged_spectrum(NOISE, RATE, segment=1024)
    flat = averaged_spectrum(NOISE, RATE, segment=1024, window="flat top")
    rectangular = averaged_spectrum(NOISE, RATE, segment=1024, window="rectangular")
    assert hann.resolution_hz == 4
    assert hann.enbw_hz == pytest.approx(1.5 * 4)
    assert flat.enbw_hz == pytest.approx(3.77 * 4, rel=1e-3)
    assert rectangular.enbw_hz == pytest.approx(4)
    assert "Flat top" in flat.method
    assert "31 segments" in hann.method


def test_between_two_lines_a_flat_top_reads_right_where_hann_reads_low():
    x = np.sin(2 * np.pi * 500.125 * TIME)
    flat, hann = (averaged_spectrum(x, RATE, scale="peak", window=window) for window in ("flat top", "hann"))
    assert flat.values.max() == pytest.approx(1, rel=2e-3)
    assert hann.values.max() == pytest.approx(0.85, rel=0.01)


def test_decibels_are_alike_for_amplitudes_and_powers():
    x = 10 * np.sin(2 * np.pi * 512 * TIME)
    rms, power = (averaged_spectrum(x, RATE, scale=scale) for scale in ("rms", "power"))
    assert rms.decibels().max() == pytest.approx(20 * np.log10(10 / np.sqrt(2)), abs=1e-6)
    assert power.decibels(0.1).max() == pytest.approx(rms.decibels().max() + 20, abs=1e-6)
    with pytest.raises(InputError, match="reference"):
        rms.decibels(0)


def test_peak_hold_keeps_a_burst_that_the_mean_dilutes():
    x = np.where(TIME < 0.25, np.sin(2 * np.pi * 1024 * TIME), 0.0)
    mean, hold = (averaged_spectrum(x, RATE, scale="peak", segment=512, average=a) for a in ("power", "peak hold"))
    assert hold.values[128] == pytest.approx(1, rel=0.01)
    assert mean.values[128] < 0.35
    assert "peak hold" in hold.method


def test_precision_follows_the_signal():
    assert averaged_spectrum(NOISE, RATE).values.dtype == np.float64
    single = averaged_spectrum(NOISE.astype(np.float32), RATE, segment=1024)
    assert single.values.dtype == np.float32
    np.testing.assert_allclose(single.values, averaged_spectrum(NOISE, RATE, segment=1024).values, rtol=1e-4)


def test_bad_input_is_refused_in_words():
    with pytest.raises(InputError, match="not finite"):
        averaged_spectrum(np.where(TIME[100] == TIME, np.nan, NOISE), RATE)
    with pytest.raises(InputError, match="segment of 20000"):
        averaged_spectrum(NOISE, RATE, segment=20000)
    with pytest.raises(UnknownNameError, match="'square'"):
        averaged_spectrum(NOISE, RATE, window="square")
    with pytest.raises(InputError, match="overlap"):
        averaged_spectrum(NOISE, RATE, overlap=1)
    with pytest.raises(InputError, match="scale"):
        averaged_spectrum(NOISE, RATE, scale="loud")


def test_a_waterfall_shows_a_tone_move_from_stretch_to_stretch():
    x = np.sin(2 * np.pi * (200 * TIME + 50 * TIME**2))
    picture = waterfall(x, RATE, stretches=16, scale="peak", max_hz=1000)
    assert picture.values.shape == (16, picture.freq_hz.size)
    assert picture.freq_hz[-1] == 1000
    tops = picture.freq_hz[picture.values.argmax(axis=1)]
    np.testing.assert_allclose(tops, 200 + 100 * picture.at, atol=16)
    ridges = picture.ridges(height=2, lift=1)
    assert ridges[3].min() >= 3
    assert (ridges - np.arange(16)[:, None]).max() == pytest.approx(2)


def test_a_cascade_puts_recordings_of_different_lengths_on_one_grid_and_refuses_different_rates():
    recordings = [level * np.sin(2 * np.pi * 512 * TIME[:size]) for level, size in ((1, 16384), (3, 4096), (2, 8192))]
    picture = cascade(recordings, RATE, scale="peak")
    assert picture.resolution_hz == 1
    np.testing.assert_allclose(picture.values[:, 512], [1, 3, 2], rtol=1e-3)
    with pytest.raises(InputError, match="one rate"):
        cascade(recordings, [4096, 2048, 4096])
    with pytest.raises(InputError, match="half the rate"):
        cascade(recordings, RATE, max_hz=3000)
    with pytest.raises(InputError, match="stretches"):
        waterfall(TIME, RATE, stretches=1000 * 2)
