"""Spectrogram, scalogram, Wigner-Ville and kurtogram against scipy, pywt and slow float64 references."""

import numpy as np
import pytest
import pywt
import scipy.signal
from scipy.signal.windows import tukey

from pipelines.errors import InputError, UnknownNameError
from pipelines.spectra import kurtogram, scalogram, spectrogram, wigner_ville
from pipelines.spectra.kurtogram import FADED

RATE = 2048.0


def chirp(samples: int, low: float, high: float) -> np.ndarray:
    t = np.arange(samples) / RATE
    return np.cos(2 * np.pi * (low * t + (high - low) / 2 / t[-1] * t**2))


@pytest.mark.parametrize("shape", ["hann", "flat top", "rectangular"])
def test_levels_of_the_spectrogram_are_those_of_scipy_within_a_hundredth_of_a_decibel(shape):
    x = chirp(8192, 50, 900) + 0.1 * np.random.default_rng(3).standard_normal(8192)
    found = spectrogram(x, RATE, window=256, hop=48, window_shape=shape)
    named = {"hann": "hann", "flat top": "flattop", "rectangular": "boxcar"}[shape]
    _, times, lines = scipy.signal.stft(
        x - x.mean(), RATE, named, 256, 256 - 48, boundary=None, padded=False, scaling="spectrum"
    )
    expected = 20 * np.log10(2 * np.abs(lines))
    np.testing.assert_allclose(found.time_s, times)
    loud = expected > expected.max() - 80
    assert loud.mean() > 0.9
    assert np.abs(found.level_db - expected)[loud].max() < 0.01


def test_the_image_of_the_spectrogram_spans_its_levels():
    found = spectrogram(chirp(4096, 50, 900), RATE, window=128, hop=32, dynamic_range_db=50)
    steps = np.clip((found.level_db - found.db_min) * 255 / 50, 0, 255)
    assert np.abs(found.image - steps).max() <= 1
    assert {int(found.image.min()), int(found.image.max())} == {0, 255}
    with pytest.raises(UnknownNameError):
        spectrogram(chirp(4096, 50, 900), RATE, window_shape="triangle")


def slow_morlet(x: np.ndarray, freq: np.ndarray, cycles: float) -> np.ndarray:
    """|W| at every sample, float64, over all lines of a record three times as long."""
    size = 3 * x.size
    lines = np.fft.fft(x - x.mean(), size)
    at = np.fft.fftfreq(size, 1 / RATE)
    gaussians = np.where(at > 0, np.exp(-0.5 * ((at / freq[:, None] - 1) * cycles) ** 2), 0)
    return 2 * np.abs(np.fft.ifft(lines * gaussians, axis=1))[:, : x.size]


def test_the_scalogram_at_every_sample_is_the_slow_reference_within_a_thousandth():
    x = chirp(4096, 60, 700) + 0.2 * np.random.default_rng(5).standard_normal(4096)
    found = scalogram(x, RATE, scales=24, low_hz=20, columns=4096)
    assert found.amplitude.shape == (24, 4096)
    expected = slow_morlet(x.astype(np.float32).astype(float), found.freq_hz, found.cycles)
    assert np.abs(found.amplitude - expected).max() < 1e-3 * expected.max()


def test_the_scalogram_agrees_with_pywt_within_two_percent_of_its_highest():
    x = chirp(4096, 60, 700)
    found = scalogram(x, RATE, scales=16, low_hz=40, high_hz=400, columns=4096)
    bandwidth = 2 * (found.cycles / (2 * np.pi)) ** 2
    scales = RATE / found.freq_hz
    lines, freq = pywt.cwt(x - x.mean(), scales, f"cmor{bandwidth:.6f}-1.0", 1 / RATE, method="fft", precision=14)
    np.testing.assert_allclose(freq, found.freq_hz, rtol=1e-3)
    # pywt averages the wavelet over each sample, which lowers high frequencies by a known factor
    expected = 2 * np.abs(lines) / (np.sqrt(scales) * np.sinc(freq / RATE))[:, None]
    assert np.abs(found.amplitude - expected)[:, 300:-300].max() < 0.02 * expected.max()


def test_columns_show_the_highest_amplitude_within_them():
    x = np.zeros(16384)
    x[5003] = 1.0
    x += 1e-3 * np.random.default_rng(6).standard_normal(x.size)
    found = scalogram(x, RATE, scales=32, low_hz=50, columns=256)
    expected = slow_morlet(x, found.freq_hz, found.cycles).reshape(32, 256, 64).max(axis=2)
    # a flank that rises up to the last sample of a column is seen there or at the first point of the next
    apart = np.abs(found.amplitude - expected)[:, 40:-40]
    assert np.all(apart.max(axis=1) < 0.2 * expected.max(axis=1))
    np.testing.assert_allclose(found.amplitude.max(axis=1), expected.max(axis=1), rtol=0.03)
    assert np.median(found.amplitude / expected) == pytest.approx(1, abs=0.02)
    # the impact is in its column at every scale, however far columns are apart
    column = 5003 // 64
    assert np.all(found.amplitude[:, column] > 0.95 * expected[:, column])
    assert found.time_s[column] == pytest.approx((column + 0.5) * 64 / RATE)


def test_a_sine_keeps_its_amplitude_in_the_scalogram():
    x = 3 * np.sin(2 * np.pi * 200 * np.arange(8192) / RATE)
    found = scalogram(x, RATE, scales=65, low_hz=50, high_hz=800)
    row = int(found.amplitude[:, found.time_s.size // 2].argmax())
    assert found.freq_hz[row] == pytest.approx(200, rel=1e-6)
    inside = (found.time_s > 2 * found.edge_s[row]) & (found.time_s < 4 - 2 * found.edge_s[row])
    np.testing.assert_allclose(found.amplitude[row, inside], 3, rtol=0.002)
    np.testing.assert_allclose(found.decibels(0.3)[row, inside], 20, atol=0.02)


def test_scales_that_the_record_cannot_hold_are_refused():
    x = chirp(4096, 60, 700)
    with pytest.raises(InputError, match="half the rate"):
        scalogram(x, RATE, high_hz=1100)
    with pytest.raises(InputError, match="longer than the record"):
        scalogram(x, RATE, low_hz=0.5)
    with pytest.raises(InputError, match="scales"):
        scalogram(x, RATE, scales=1)


def slow_wigner_ville(x: np.ndarray, times: np.ndarray, size: int, lag: int, smoothing: int) -> np.ndarray:
    """The definition, sum by sum, in float64: (frequencies, times)."""
    z = scipy.signal.hilbert(x - x.mean())
    h = np.hanning(lag + 2)[1:-1]
    g = np.hanning(smoothing + 2)[1:-1]
    g = g / g.sum()
    out = np.zeros((size, times.size))
    tau = np.arange(-(lag // 2), lag // 2 + 1)
    turns = np.exp(-2j * np.pi * np.outer(np.arange(size), tau) / size)
    for column, centre in enumerate(times):
        products = np.zeros(lag, complex)
        for s in range(-(smoothing // 2), smoothing // 2 + 1):
            ahead, behind = centre + s + tau, centre + s - tau
            valid = (ahead >= 0) & (ahead < z.size) & (behind >= 0) & (behind < z.size)
            products[valid] += g[s + smoothing // 2] * z[ahead[valid]] * np.conj(z[behind[valid]])
        out[:, column] = (turns @ (h * products)).real / h.sum()
    return out


@pytest.mark.parametrize(("lag", "smoothing"), [(63, 1), (41, 7)])
def test_the_wigner_ville_distribution_is_its_definition(lag, smoothing):
    x = chirp(320, 200, 800) + 0.3 * np.random.default_rng(8).standard_normal(320)
    found = wigner_ville(x, RATE, times=40, frequencies=64, lag=lag, smoothing=smoothing)
    centres = np.round(found.time_s * RATE).astype(int)
    expected = slow_wigner_ville(x.astype(np.float32).astype(float), centres, 64, lag, smoothing)
    assert np.abs(found.energy - expected).max() < 1e-5 * np.abs(expected).max()


def test_the_ridge_of_a_chirp_is_where_its_frequency_is():
    x = 2 * chirp(4096, 100, 900)
    found = wigner_ville(x, RATE, times=256, frequencies=512)
    ridge = found.freq_hz[found.energy.argmax(axis=0)]
    inside = slice(32, -32)
    frequency = 100 + 800 * found.time_s / (4095 / RATE)
    assert np.abs(ridge - frequency)[inside].max() < 2 * (found.freq_hz[1] - found.freq_hz[0])
    tone = wigner_ville(2 * np.sin(2 * np.pi * 256 * np.arange(4096) / RATE), RATE, times=16, frequencies=256)
    assert tone.energy.max() == pytest.approx(4, rel=0.02)


def test_decimation_keeps_what_is_below_its_limit():
    x = chirp(8192, 20, 180) + np.sin(2 * np.pi * 800 * np.arange(8192) / RATE)
    found = wigner_ville(x, RATE, max_hz=256, times=200, frequencies=256)
    assert found.rate_hz == pytest.approx(512, rel=0.02)
    assert found.freq_hz[-1] < 260
    ridge = found.freq_hz[found.energy.argmax(axis=0)]
    assert np.abs(ridge - (20 + 160 * found.time_s / 4))[20:-20].max() < 4


def test_smoothing_calms_the_interference_between_two_tones():
    t = np.arange(2048) / RATE
    x = np.sin(2 * np.pi * 200 * t) + np.sin(2 * np.pi * 600 * t)
    middle = []
    for smoothing in (1, 21):
        found = wigner_ville(x, RATE, times=300, frequencies=256, smoothing=smoothing)
        row = int(np.abs(found.freq_hz - 400).argmin())
        middle.append(np.abs(found.energy[row, 100:200]).max())
    assert middle[0] > 1.5
    assert middle[1] < 0.1 * middle[0]


def test_windows_that_the_signal_cannot_hold_are_refused():
    x = chirp(320, 200, 800)
    with pytest.raises(InputError, match="lag window of 401"):
        wigner_ville(x, RATE, lag=401)
    with pytest.raises(InputError, match="smoothing over 1001"):
        wigner_ville(x, RATE, smoothing=1001)
    with pytest.raises(InputError, match="half the rate"):
        wigner_ville(x, RATE, max_hz=2000)


def slow_kurtosis(x: np.ndarray, lo: int, hi: int) -> float:
    envelope = np.fft.ifft(np.fft.rfft(x - x.mean())[lo:hi])
    power = np.abs(envelope) ** 2
    return float((power**2).mean() / power.mean() ** 2 - 2)


def impulsive() -> np.ndarray:
    rng = np.random.default_rng(9)
    x = 0.1 * rng.standard_normal(16384)
    impact = np.exp(-np.arange(100) / 15) * np.sin(2 * np.pi * 620 / RATE * np.arange(100))
    for start in range(50, 16000, 400):
        x[start : start + 100] += impact
    return x


def test_every_cell_of_the_kurtogram_is_the_slow_reference_with_its_band():
    x = impulsive()
    found = kurtogram(x, RATE, depth=4)
    cells = found.cells()
    assert len(cells) == sum(found.bands_per_level) == 1 + 2 + 3 + 4 + 6 + 8 + 12 + 16
    for cell in cells:
        count = round(2**cell.level)
        band = round(cell.band_hz[0] * count / (RATE / 2))
        edges = np.linspace(0, 8193, count + 1).round().astype(int)
        expected = slow_kurtosis((x - x.mean()) * tukey(x.size, FADED), edges[band], edges[band + 1])
        assert cell.kurtosis == pytest.approx(expected, rel=1e-3, abs=1e-3)
    best = max(cells, key=lambda cell: cell.kurtosis)
    assert best.band_hz == found.best_band_hz
    assert best.band_hz[0] < 620 < best.band_hz[1]


def test_the_ends_of_a_record_are_no_impact_in_a_band_without_a_signal():
    rng = np.random.default_rng(4)
    lines = np.fft.rfft(rng.standard_normal(16384))
    lines[7000:] *= 1e-4
    x = np.fft.irfft(lines)[100:-333] + 0.3
    found = kurtogram(x, RATE)
    assert found.best_kurtosis < 1
    assert found.kurtosis[-1][found.freq_hz > 7400 / 8192 * RATE / 2].max() == 0


def test_a_click_on_the_kurtogram_finds_the_cell_under_it():
    found = kurtogram(impulsive(), RATE, depth=3)
    cell = found.cell(1000.0, 3)
    assert cell.band_hz == (768, 1024)
    assert cell.level == 2
    assert found.cell(RATE / 2, 1).band_hz == (512, 1024)
    with pytest.raises(InputError, match="outside the kurtogram"):
        found.cell(100.0, 99)
