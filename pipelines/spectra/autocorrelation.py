"""Autocorrelation by the transform: what repeats after which time."""

from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError
from pipelines.spectra.signal_input import checked_rate, checked_samples


@dataclass(frozen=True, slots=True)
class Autocorrelation:
    """Autocorrelation coefficient over lag.

    Attributes
    ----------
    lag_s : (M,) float64
        0 up to the largest lag.
    values : (M,) float32 or float64, as the signal
        1 at lag 0.
    variance : float
        What 1 stands for, square of the signal's unit.
    unbiased : bool
    method : str
    """

    lag_s: NDArray[np.float64]
    values: NDArray[np.floating]
    variance: float
    unbiased: bool
    method: str


def autocorrelation(
    x: ArrayLike, rate_hz: float, *, max_lag_s: float | None = None, unbiased: bool = False
) -> Autocorrelation:
    """Linear (not circular) autocorrelation of the mean-free signal, divided by its variance.

    Parameters
    ----------
    x : (L,) array_like
        One signal.
    rate_hz : float
        Sampling rate, Hz.
    max_lag_s : float, optional
        Largest lag, less than the record's duration; half of it if omitted.
    unbiased : bool
        Divide each lag by the number of products in it (noisy at long lags) instead of by L (Bendat and Piersol,
        Random Data, 4th ed. 2010, section 11.4).

    Raises
    ------
    InputError
        Unusable signal or rate, a constant signal, or a lag outside the record.
    """
    rate = checked_rate(rate_hz)
    samples = checked_samples(x)
    longest = (samples.size - 1) / rate
    limit = longest / 2 if max_lag_s is None else float(max_lag_s)
    if not 0 < limit <= longest:
        raise InputError(
            f"lag of {limit:g} s, expected more than 0 and at most {longest:g} s (the record)",
            hint="Choose a shorter lag.",
        )
    # in double precision: products of a long record differ by less than single precision can tell
    signal = samples.astype(np.float64)
    signal -= signal.mean()
    variance = float(np.mean(signal**2))
    if not variance > 0:
        raise InputError("the signal is constant: it has no autocorrelation", hint="Choose a signal with vibration.")
    lags = int(limit * rate) + 1
    size = scipy.fft.next_fast_len(samples.size + lags, real=True)
    lines = scipy.fft.rfft(signal, size)
    values = scipy.fft.irfft(lines.real**2 + lines.imag**2, size)[:lags] / (samples.size * variance)
    if unbiased:
        values *= samples.size / (samples.size - np.arange(lags))
    return Autocorrelation(
        lag_s=np.arange(lags) / rate,
        values=values.astype(samples.dtype),
        variance=variance,
        unbiased=unbiased,
        method=f"autocorrelation, {'unbiased' if unbiased else 'biased'}, up to {limit:.3g} s",
    )
