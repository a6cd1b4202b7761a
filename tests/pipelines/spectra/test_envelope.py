import numpy as np
import pytest
from scipy.signal import hilbert

from pipelines.errors import InputError
from pipelines.spectra import envelope_spectrum, kurtogram, running_floor

RATE = 12000.0
TIME = np.arange(48000) / RATE


def modulated(depth: float, frequency: float = 100.0, carrier: float = 3000.0) -> np.ndarray:
    return 3 * (1 + depth * np.cos(2 * np.pi * frequency * TIME)) * np.cos(2 * np.pi * carrier * TIME)


def test_squared_envelope_lines_have_the_amplitude_of_the_algebra():
    # (3 (1 + m cos))^2 = 9 (1 + m^2/2 + 2 m cos + m^2/2 cos 2..)
    spectrum = envelope_spectrum(modulated(0.5), RATE, band=(2500, 3500))
    at = dict(zip(spectrum.freq_hz.round(3), spectrum.amplitude, strict=True))
    assert at[100.0] == pytest.approx(9, rel=1e-3)
    assert at[200.0] == pytest.approx(9 * 0.125, rel=1e-3)
    assert spectrum.mean_level == pytest.approx(9 * 1.125, rel=1e-3)
    assert at[0.0] < 1e-3, "the mean is removed before the transform"


def test_plain_envelope_agrees_with_the_hilbert_envelope():
    x = modulated(0.4)
    spectrum = envelope_spectrum(x, RATE, squared=False)
    reference = np.abs(hilbert(x))
    assert spectrum.mean_level == pytest.approx(reference.mean(), rel=1e-3)
    top = int(spectrum.amplitude.argmax())
    assert spectrum.freq_hz[top] == 100
    assert spectrum.amplitude[top] == pytest.approx(1.2, rel=1e-3)


def test_a_band_excludes_what_is_outside_it():
    x = modulated(0.5, 100, 3000) + modulated(0.5, 70, 5000)
    low = envelope_spectrum(x, RATE, band=(2500, 3500), max_hz=500)
    high = envelope_spectrum(x, RATE, band=(4500, 5500), max_hz=500)
    assert low.freq_hz[low.amplitude.argmax()] == 100
    assert high.freq_hz[high.amplitude.argmax()] == 70
    assert low.freq_hz[-1] == 500


def test_power_over_floor_is_near_one_in_noise_and_large_on_a_line():
    rng = np.random.default_rng(3)
    x = rng.standard_normal(TIME.size) * (1 + 0.3 * np.cos(2 * np.pi * 107 * TIME))
    spectrum = envelope_spectrum(x, RATE, max_hz=500)
    over = spectrum.power_over_floor(30)
    line = int(np.abs(spectrum.freq_hz - 107).argmin())
    assert over[line] > 100
    assert np.median(over[20:]) == pytest.approx(1, rel=0.15)


@pytest.mark.parametrize("band", [(3000, 2000), (-1, 2000), (2000, 6001), (2000, 2001), (np.nan, 3000)])
def test_an_invalid_band_raises_and_is_never_clamped(band):
    with pytest.raises(InputError, match="band"):
        envelope_spectrum(modulated(0.5), RATE, band=band)


def test_modulation_beyond_the_band_is_refused():
    with pytest.raises(InputError, match="width of the band"):
        envelope_spectrum(modulated(0.5), RATE, band=(2000, 2500), max_hz=600)


def test_the_exact_floor_is_the_running_median_and_steps_come_close():
    values = np.random.default_rng(4).exponential(size=2000)
    exact = running_floor(values, 101, step=1)
    assert exact[500] == np.median(values[450:551])
    assert running_floor(values, 101) == pytest.approx(exact, rel=0.35)
    assert np.all(running_floor(values, 10**6) == np.median(values))


def test_the_kurtogram_finds_the_band_of_the_impacts():
    rng = np.random.default_rng(5)
    x = rng.standard_normal(TIME.size)
    ring = 12 * np.exp(-np.arange(120) / 15) * np.sin(2 * np.pi * 4000 * np.arange(120) / RATE)
    for start in range(100, TIME.size - 120, 600):
        x[start : start + 120] += ring
    picture = kurtogram(x, RATE)
    low, high = picture.best_band_hz
    assert low < 4000 < high
    assert picture.best_kurtosis > 1
    assert kurtogram(rng.standard_normal(TIME.size), RATE, depth=3).best_kurtosis < 0.3
    assert picture.kurtosis.shape == (picture.bands_per_level.size, picture.freq_hz.size)


def test_a_kurtogram_of_too_few_samples_is_refused():
    with pytest.raises(InputError, match="too few"):
        kurtogram(TIME[:1000], RATE, depth=9)
