import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import InputError
from pipelines.spectra import autocorrelation, cepstrum

RATE = 4000.0
RNG = np.random.default_rng(11)
NOISE = RNG.standard_normal(8000)


@settings(deadline=None, max_examples=25)
@given(st.integers(40, 400), st.floats(0.2, 0.8))
def test_an_echo_is_a_peak_at_its_delay_of_half_its_strength(delay, strength):
    x = NOISE.copy()
    x[delay:] += strength * NOISE[:-delay]
    found = cepstrum(x, RATE, window="rectangular")
    top = 20 + int(found.values[20:2000].argmax())
    assert found.quefrency_s[top] == pytest.approx(delay / RATE)
    assert found.values[top] == pytest.approx(strength / 2, abs=0.06)


def test_the_real_cepstrum_is_numpys_and_the_power_cepstrum_its_fourfold_square():
    lines = np.abs(np.fft.rfft(NOISE - NOISE.mean()))
    lines[0] = lines[1]
    expected = np.fft.irfft(np.log(lines))
    found = cepstrum(NOISE, RATE, window="rectangular")
    np.testing.assert_allclose(found.values[1:-1], expected[1:4000], atol=1e-3)
    squared = cepstrum(NOISE, RATE, kind="power", window="rectangular")
    np.testing.assert_allclose(squared.values, 4 * found.values**2, rtol=1e-9)


def test_a_family_of_harmonics_is_one_rahmonic():
    t = np.arange(16000) / RATE
    x = sum(np.sin(2 * np.pi * 50 * k * t + k) for k in range(1, 30)) + 0.01 * RNG.standard_normal(t.size)
    found = cepstrum(x, RATE, segment=4000)
    late = (found.quefrency_s > 0.002) & (found.quefrency_s < 0.035)
    assert found.quefrency_s[late][found.values[late].argmax()] == pytest.approx(0.02)
    assert found.segments == 7


@pytest.mark.parametrize("unbiased", [False, True])
def test_the_autocorrelation_is_the_sum_of_products(unbiased):
    x = NOISE[:500] + 3
    found = autocorrelation(x, RATE, max_lag_s=0.1, unbiased=unbiased)
    y = x - x.mean()
    for lag in (0, 1, 37, 400):
        pairs = 500 - lag if unbiased else 500
        assert found.values[lag] == pytest.approx(y[: 500 - lag] @ y[lag:] / pairs / y.var(), abs=1e-10)
    assert found.lag_s.size == 401
    assert found.variance == pytest.approx(y.var())


def test_a_period_hidden_in_noise_shows_at_its_lag():
    x = np.tile(RNG.standard_normal(250), 40) + RNG.standard_normal(10000)
    found = autocorrelation(x, RATE, unbiased=True)
    late = found.lag_s > 0.01
    at = found.lag_s[late][found.values[late].argmax()] * RATE / 250
    assert at == pytest.approx(round(at), abs=1e-6)
    assert found.values[250] == pytest.approx(0.5, abs=0.06)


def test_precision_follows_the_signal_and_bad_input_is_refused():
    assert autocorrelation(NOISE.astype(np.float32), RATE).values.dtype == np.float32
    assert cepstrum(NOISE.astype(np.float32), RATE).values.dtype == np.float32
    with pytest.raises(InputError, match="lag of 5 s"):
        autocorrelation(NOISE, RATE, max_lag_s=5)
    with pytest.raises(InputError, match="constant"):
        autocorrelation(np.ones(100), RATE)
    with pytest.raises(InputError, match="constant"):
        cepstrum(np.ones(100), RATE)
    with pytest.raises(InputError, match="not finite"):
        autocorrelation(np.r_[NOISE, np.nan], RATE)
    with pytest.raises(InputError, match="'complex'"):
        cepstrum(NOISE, RATE, kind="complex")
