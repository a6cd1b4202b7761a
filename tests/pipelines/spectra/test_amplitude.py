import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import InputError
from pipelines.spectra import amplitude_spectrum, peaks, spectrogram

RATE = 8000.0
TIME = np.arange(16000) / RATE


@given(st.integers(50, 3900), st.floats(0.01, 100), st.floats(0, 6.28))
def test_a_sine_on_a_line_reads_its_amplitude(frequency, level, phase):
    x = level * np.cos(2 * np.pi * frequency * TIME + phase) + 7
    spectrum = amplitude_spectrum(x, RATE)
    top = int(spectrum.amplitude.argmax())
    assert spectrum.freq_hz[top] == pytest.approx(frequency)
    assert spectrum.amplitude[top] == pytest.approx(level, rel=1e-3)
    assert spectrum.resolution_hz == 0.5


def test_rms_scale_and_averaging_keep_a_sine_and_calm_the_noise():
    rng = np.random.default_rng(1)
    x = 2 * np.sin(2 * np.pi * 1000 * TIME) + rng.standard_normal(TIME.size)
    whole, welch = amplitude_spectrum(x, RATE), amplitude_spectrum(x, RATE, segment=1000, scale="rms")
    assert welch.amplitude.max() == pytest.approx(np.sqrt(2), rel=0.02)
    assert welch.segments == 31
    assert "Welch" in welch.method
    quiet = slice(10, 100)
    assert welch.amplitude[quiet].std() / welch.amplitude[quiet].mean() < 0.2
    assert whole.amplitude[quiet].std() / whole.amplitude[quiet].mean() > 0.4


def test_peaks_are_interpolated_between_lines_and_ranked():
    x = np.sin(2 * np.pi * 1000.13 * TIME) + 0.5 * np.sin(2 * np.pi * 2000 * TIME)
    x += 1e-3 * np.random.default_rng(2).standard_normal(TIME.size)
    spectrum = amplitude_spectrum(x, RATE)
    first, second = peaks(spectrum.freq_hz, spectrum.amplitude, limit=2, distance_hz=5)
    assert first.frequency_hz == pytest.approx(1000.13, abs=0.02)
    assert second.frequency_hz == pytest.approx(2000, abs=0.02)
    assert first.over_floor > 100


def test_a_spectrogram_shows_when_a_tone_starts():
    x = np.where(TIME >= 1, np.sin(2 * np.pi * 1000 * TIME), 0.0)
    picture = spectrogram(x, RATE, window=256, hop=64)
    row = int(np.abs(picture.freq_hz - 1000).argmin())
    assert picture.image.dtype == np.uint8
    assert picture.image.shape == (picture.freq_hz.size, picture.time_s.size)
    assert picture.level_db[row, picture.time_s > 1.1].min() == pytest.approx(0, abs=0.5)
    assert picture.level_db[row, picture.time_s < 0.9].max() < -40
    assert picture.db_max - picture.db_min == 60


@pytest.mark.parametrize("bad", [np.zeros((2, 100)), np.zeros(5), np.r_[np.zeros(99), np.nan], np.array(["a"] * 50)])
def test_unusable_signals_are_refused(bad):
    for compute in (amplitude_spectrum, spectrogram):
        with pytest.raises(InputError):
            compute(bad, RATE)


@pytest.mark.parametrize("rate", [0, -1, np.nan, np.inf])
def test_unusable_rates_are_refused(rate):
    with pytest.raises(InputError, match="sampling rate"):
        amplitude_spectrum(TIME, rate)


def test_unusable_segments_are_refused():
    with pytest.raises(InputError, match="segment"):
        amplitude_spectrum(TIME, RATE, segment=TIME.size + 1)
    with pytest.raises(InputError, match="overlap"):
        amplitude_spectrum(TIME, RATE, segment=100, overlap=1)
    with pytest.raises(InputError, match="hop"):
        spectrogram(TIME, RATE, window=100, hop=101)
