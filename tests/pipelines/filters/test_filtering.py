import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import InputError
from pipelines.filters import band_pass, detrend, envelope, notch

RATE = 5000.0
TIME = np.arange(20000) / RATE
NOISE = np.random.default_rng(21).standard_normal(TIME.size)
INSIDE = slice(1000, -1000)


@pytest.mark.parametrize("band", [(300.0, 800.0), (0.0, 500.0), (700.0, 2500.0)])
def test_the_band_pass_is_scipys_butterworth_run_both_ways(band):
    kind = "lowpass" if band[0] == 0 else "highpass" if band[1] == RATE / 2 else "bandpass"
    corners = band[1] if band[0] == 0 else band[0] if band[1] == RATE / 2 else band
    expected = scipy.signal.sosfiltfilt(scipy.signal.butter(4, corners, kind, fs=RATE, output="sos"), NOISE)
    found = band_pass(NOISE, RATE, band)
    assert np.abs(found.values - expected)[INSIDE].max() < 1e-6 * np.abs(expected).max()


def test_a_notch_is_scipys_run_both_ways_and_takes_out_the_multiples_it_is_asked_for():
    b, a = scipy.signal.iirnotch(400, 400 / 20, fs=RATE)
    found = notch(NOISE, RATE, 400, width_hz=20)
    expected = scipy.signal.filtfilt(b, a, NOISE, padlen=3000)
    assert np.abs(found.values - expected)[INSIDE].max() < 1e-6 * np.abs(expected).max()
    mains = sum(np.sin(2 * np.pi * 50 * k * TIME) for k in (1, 2, 3))
    kept = np.sin(2 * np.pi * 320 * TIME)
    clean = notch(mains + kept, RATE, 50, width_hz=2, harmonics=3).values
    assert np.abs(clean - kept)[5000:-5000].max() < 0.05
    assert np.abs(notch(mains + kept, RATE, 50, width_hz=2).values - kept)[5000:-5000].max() > 1


@settings(deadline=None, max_examples=30)
@given(st.floats(200, 2000), st.floats(0, 6.28), st.floats(0.1, 50))
def test_a_tone_in_the_band_passes_without_delay_and_one_outside_does_not(frequency, phase, level):
    x = level * np.sin(2 * np.pi * frequency * TIME + phase)
    inside = band_pass(x, RATE, (frequency / 2, min(frequency * 2, RATE / 2))).values
    # between its corners the filter keeps all but a hundredth
    assert np.abs(inside - x)[INSIDE].max() < 0.01 * level
    assert np.abs(band_pass(x, RATE, (frequency / 20, frequency / 4)).values[4000:-4000]).max() < 2e-3 * level


def test_a_record_that_ends_elsewhere_than_it_began_does_not_ring_at_its_ends():
    x = 3 + 2 * TIME
    low = band_pass(x, RATE, (0, 50)).values
    assert np.abs(low - x).max() < 1e-3
    assert np.abs(band_pass(x, RATE, (50, 500)).values).max() < 1e-3


def test_a_linear_trend_is_removed_and_the_mean_only_when_asked():
    x = 3 + 2 * TIME + np.sin(2 * np.pi * 100 * TIME)
    np.testing.assert_allclose(detrend(x, RATE).values, scipy.signal.detrend(x), atol=1e-9)
    mean = detrend(x, RATE, kind="mean").values
    assert mean.mean() == pytest.approx(0, abs=1e-9)
    assert mean[-1000:].mean() - mean[:1000].mean() == pytest.approx(2 * 3.8, rel=0.01)
    with pytest.raises(InputError, match="'cubic'"):
        detrend(x, RATE, kind="cubic")


def test_the_envelope_follows_what_modulates_the_band_and_leaves_other_bands_out():
    modulation = 2 * (1 + 0.5 * np.cos(2 * np.pi * 20 * TIME))
    x = modulation * np.cos(2 * np.pi * 1500 * TIME) + 3 * np.sin(2 * np.pi * 300 * TIME) + 7
    found = envelope(x, RATE, band=(1300, 1700))
    assert np.abs(found.values - modulation)[INSIDE].max() < 0.01
    whole = envelope(NOISE, RATE)
    np.testing.assert_allclose(whole.values, np.abs(scipy.signal.hilbert(NOISE - NOISE.mean())), atol=1e-9)


def test_precision_and_length_follow_the_signal():
    single = NOISE[:9999].astype(np.float32)
    for found in (
        band_pass(single, RATE, (100, 900)),
        notch(single, RATE, 50),
        detrend(single, RATE),
        envelope(single, RATE, band=(100, 900)),
    ):
        assert found.values.dtype == np.float32
        assert found.values.shape == single.shape
    double = band_pass(NOISE[:9999], RATE, (100, 900)).values
    np.testing.assert_allclose(band_pass(single, RATE, (100, 900)).values, double, atol=1e-5)


@pytest.mark.parametrize("band", [(-1, 100), (100, 100), (900, 300), (100, 2501), (100, np.nan)])
def test_a_band_outside_the_spectrum_is_refused_in_words(band):
    for compute in (lambda: band_pass(NOISE, RATE, band), lambda: envelope(NOISE, RATE, band=band)):
        with pytest.raises(InputError, match="half the rate") as refused:
            compute()
        assert refused.value.hint


def test_gaps_and_impossible_notches_are_refused():
    gap = NOISE.copy()
    gap[50:60] = np.nan
    with pytest.raises(InputError, match="10 of 20000 samples are not finite"):
        band_pass(gap, RATE, (100, 900))
    with pytest.raises(InputError, match="notch at 2500"):
        notch(NOISE, RATE, 2500)
    with pytest.raises(InputError, match="wide"):
        notch(NOISE, RATE, 50, width_hz=100)
    with pytest.raises(InputError, match="harmonics"):
        notch(NOISE, RATE, 50, harmonics=0)
    with pytest.raises(InputError, match="order"):
        band_pass(NOISE, RATE, (100, 900), order=0)
