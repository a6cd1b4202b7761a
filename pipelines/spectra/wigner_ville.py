"""Smoothed pseudo Wigner-Ville distribution: sharp in time and frequency at once, for a stretch of a record."""

from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError
from pipelines.features.fast.kernel import kernel
from pipelines.spectra.signal_input import checked_rate, checked_signal

# times transformed at once, so that their products stay in the processor's cache
_BLOCK_TIMES = 64


@dataclass(frozen=True, slots=True)
class WignerVille:
    """Energy over time and frequency.

    Attributes
    ----------
    time_s : (T,) float64
    freq_hz : (F,) float64
    energy : (F, T) float32
        Square of the signal's unit; a sine of amplitude A has a ridge of height A². Interference between components
        swings below zero, smoothing calms it.
    lag_samples, smoothing_samples : int
        Lengths of the two windows, in samples of the decimated signal.
    rate_hz : float
        Rate of the decimated analytic signal.
    method : str
    """

    time_s: NDArray[np.float64]
    freq_hz: NDArray[np.float64]
    energy: NDArray[np.float32]
    lag_samples: int
    smoothing_samples: int
    rate_hz: float
    method: str


def wigner_ville(
    x: ArrayLike,
    rate_hz: float,
    *,
    max_hz: float | None = None,
    times: int = 1024,
    frequencies: int = 1024,
    lag: int | None = None,
    smoothing: int = 9,
) -> WignerVille:
    """Smoothed pseudo Wigner-Ville distribution of the analytic signal up to `max_hz`.

    W(t, f) = Σ_τ h(τ) Σ_s g(s) z(t+s+τ) z*(t+s-τ) e^(-4πifτ) (Cohen, Proc. IEEE 77 (1989) 941; Flandrin 1999, section
    3.2) with Hann windows g and h. The lag is windowed and the signal decimated to what `max_hz` needs, or the
    distribution of a record would be as wide as the record is long.

    Parameters
    ----------
    x : (L,) array_like
        One signal, usually a stretch of a record; its mean is removed.
    rate_hz : float
        Sampling rate, Hz.
    max_hz : float, optional
        Highest frequency; half the rate if omitted. The signal is decimated to twice this rate.
    times, frequencies : int
        Size of the result; `frequencies` is rounded up to an even number. Never more times than decimated samples.
    lag : int, optional
        Samples of the lag window (odd), at most `frequencies` - 1, which is also the default as far as the signal is
        long enough: longer resolves frequency better and brings more interference.
    smoothing : int
        Samples over which products are averaged in time (odd): 1 for the plain pseudo distribution.

    Raises
    ------
    InputError
        Unusable signal or rate, `max_hz` above half the rate, or windows longer than the signal.
    """
    rate = checked_rate(rate_hz)
    signal = checked_signal(x, at_least=64)
    top = rate / 2 if max_hz is None else float(max_hz)
    if not 0 < top <= rate / 2:
        raise InputError(
            f"highest frequency {top:g} Hz, expected more than 0 and at most {rate / 2:g} Hz (half the rate)",
            hint="Choose a frequency inside the spectrum of this signal.",
        )
    if not (2 <= times <= 8192 and 16 <= frequencies <= 8192):
        raise InputError(
            f"{times} times by {frequencies} frequencies, expected 2 to 8192 by 16 to 8192", hint="1024 by 1024 suits."
        )
    frequencies += frequencies % 2
    analytic, decimated = _analytic(signal, rate, top)
    half, around = _half_windows(lag, smoothing, frequencies, analytic.size)
    count = min(times, analytic.size)
    centres = np.floor((np.arange(count) + 0.5) * (analytic.size / count)).astype(np.int64)
    lag_taper = np.hanning(2 * half + 3)[half + 1 : -1].astype(np.float32)
    time_taper = np.hanning(2 * around + 3)[1:-1]
    time_taper = (time_taper / time_taper.sum()).astype(np.float32)
    margin = half + around
    padded = np.pad(analytic, margin)
    mirrored = np.conj(padded[::-1])
    parts = tuple(np.ascontiguousarray(part) for part in (padded.real, padded.imag, mirrored.real, mirrored.imag))
    products = np.zeros((_BLOCK_TIMES, frequencies // 2 + 1), dtype=np.complex64)
    energy = np.empty((frequencies, count), dtype=np.float32)
    height = np.float32(1 / (lag_taper[0] + 2 * lag_taper[1:].sum(dtype=np.float64)))
    for start in range(0, count, _BLOCK_TIMES):
        block = centres[start : start + _BLOCK_TIMES]
        _lag_products(*parts, block + margin, time_taper, lag_taper, products.view(np.float32))
        spectra = scipy.fft.hfft(products[: block.size], frequencies, axis=-1)
        np.multiply(spectra.T, height, out=energy[:, start : start + block.size])
    return WignerVille(
        time_s=centres / decimated,
        freq_hz=np.arange(frequencies, dtype=np.float64) * (decimated / 2 / frequencies),
        energy=energy,
        lag_samples=2 * half + 1,
        smoothing_samples=2 * around + 1,
        rate_hz=decimated,
        method=f"smoothed pseudo Wigner-Ville, up to {decimated / 2:g} Hz, lag {2 * half + 1}, "
        f"smoothing {2 * around + 1} samples of {1e3 / decimated:.3g} ms",
    )


def _analytic(signal: NDArray[np.float32], rate: float, top: float) -> tuple[NDArray[np.complex64], float]:
    """Analytic signal of 0 to `top` Hz at (about) twice that rate, and the rate: lag products need no more."""
    lines = scipy.fft.rfft(signal)
    kept = max(32, round(top * signal.size / rate))
    points = scipy.fft.next_fast_len(2 * kept)
    shifted = np.zeros(points, dtype=np.complex64)
    shifted[: min(kept + 1, lines.size)] = lines[: kept + 1]
    # what is at half the rate has no mirror image to be added
    if kept == signal.size // 2 and signal.size % 2 == 0:
        shifted[kept] /= 2
    return scipy.fft.ifft(shifted, norm="forward") * np.float32(2 / signal.size), points * rate / signal.size


def _half_windows(lag: int | None, smoothing: int, frequencies: int, length: int) -> tuple[int, int]:
    """Samples to each side of the lag and smoothing windows."""
    longest = min(frequencies - 1, length - 1 + length % 2)
    size = longest if lag is None else int(lag)
    if not (3 <= size <= longest and size % 2):
        raise InputError(
            f"lag window of {size} samples, expected an odd number from 3 to {longest}",
            hint="It is limited by the decimated signal and by the number of frequencies.",
        )
    if not (1 <= smoothing <= min(length, 1023) and smoothing % 2):
        raise InputError(
            f"smoothing over {smoothing} samples, expected an odd number from 1 to {min(length, 1023)}",
            hint="9 suits; 1 leaves it out.",
        )
    return size // 2, smoothing // 2


@kernel
def _lag_products(
    real: NDArray[np.float32],
    imaginary: NDArray[np.float32],
    mirrored_real: NDArray[np.float32],
    mirrored_imaginary: NDArray[np.float32],
    centres: NDArray[np.int64],
    time_taper: NDArray[np.float32],
    lag_taper: NDArray[np.float32],
    out: NDArray[np.float32],
) -> None:
    """Write h(τ) Σ_s g(s) z(c+s+τ) z*(c+s-τ) for each centre c and τ = 0, 1, … to `out`, real and imaginary in turn.

    The mirrored arrays hold the conjugate backwards, so that both factors are read forwards.
    """
    last = real.shape[0] - 1
    lags = lag_taper.shape[0]
    around = time_taper.shape[0] // 2
    sum_real = np.empty(lags, np.float32)
    sum_imaginary = np.empty(lags, np.float32)
    for row in range(centres.shape[0]):
        sum_real[:] = 0
        sum_imaginary[:] = 0
        for s in range(time_taper.shape[0]):
            here = centres[row] + s - around
            weight = time_taper[s]
            ahead_real, ahead_imaginary = real[here : here + lags], imaginary[here : here + lags]
            mirror = last - here
            behind_real = mirrored_real[mirror : mirror + lags]
            behind_imaginary = mirrored_imaginary[mirror : mirror + lags]
            for i in range(lags):
                a, b, c, d = ahead_real[i], ahead_imaginary[i], behind_real[i], behind_imaginary[i]
                sum_real[i] += weight * (a * c - b * d)
                sum_imaginary[i] += weight * (a * d + b * c)
        for i in range(lags):
            out[row, 2 * i] = lag_taper[i] * sum_real[i]
            out[row, 2 * i + 1] = lag_taper[i] * sum_imaginary[i]
