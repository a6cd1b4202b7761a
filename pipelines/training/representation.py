"""What a network is shown of a signal: a series of equal steps, cut into windows."""

from collections.abc import Callable, Mapping

import numpy as np
import scipy.fft
from numpy.typing import NDArray
from scipy.signal import resample

from pipelines.errors import InputError
from pipelines.filters import envelope as analytic_envelope
from pipelines.training.settings import InputSettings

ENVELOPE_FROM = 0.1
"""Share of the sampling rate below which nothing counts as a resonance that could be modulated."""
ENVELOPED = ("envelope", "order_spectrum")
BY_ANGLE = ("order_tracked", "order_spectrum")
FLOOR = 1e-6
"""Of a window's largest line: what is smaller is rounding."""

Series = NDArray[np.float32]


def series_rate(settings: InputSettings, rate_hz: float, speed_rpm: float | None) -> float:
    """Samples a second of a signal's series; `rate_hz` is the rate that all signals are brought to."""
    if settings.representation not in BY_ANGLE:
        return rate_hz
    if not speed_rpm or speed_rpm <= 0:
        raise InputError(
            "a signal has no shaft speed, so it cannot be shown by shaft angle",
            hint="Give its speed, leave it out, or choose another representation.",
        )
    return settings.samples_per_revolution * speed_rpm / 60.0


def samples_of_window(settings: InputSettings) -> int:
    """Samples of the series behind one window: a spectrum of so many lines needs twice as many."""
    return BEHIND.get(settings.representation, lambda length: length)(settings.length)


def to_series(
    samples: NDArray[np.floating],
    own_rate_hz: float,
    speed_rpm: float | None,
    settings: InputSettings,
    rate_hz: float,
) -> Series:
    """Turn one signal into its series.

    Parameters
    ----------
    samples : (L,)
        Gaps (NaN) count as the mean.
    own_rate_hz : float
        Sampling rate of the signal, Hz.
    speed_rpm : float or None
        Shaft speed, taken as constant over the signal.
    settings : InputSettings
    rate_hz : float
        The rate that all signals are brought to, Hz.

    Returns
    -------
    (N,) float32
        Without its mean; in the unit of the signal.
    """
    finite = np.isfinite(samples)
    mean = float(samples[finite].mean(dtype=np.float64)) if finite.any() else 0.0
    x = np.where(finite, samples - mean, 0.0).astype(np.float32)
    if settings.representation in ENVELOPED:
        x = np.asarray(
            analytic_envelope(x, own_rate_hz, band=(ENVELOPE_FROM * own_rate_hz, own_rate_hz / 2)).values, np.float32
        )
        x -= x.mean(dtype=np.float64)
    wanted = series_rate(settings, rate_hz, speed_rpm)
    if wanted == own_rate_hz:
        return x
    # by the Fourier transform: any ratio of rates; a constant speed makes equal angles of equal times
    points = length_of_series(len(x), own_rate_hz, wanted)
    if points < 1:
        raise InputError(f"{len(x)} samples are less than one step at the new rate", hint="Use longer records.")
    return np.asarray(resample(x[: scipy.fft.prev_fast_len(len(x), real=True)], points), np.float32)


def length_of_series(length: int, own_rate_hz: float, wanted_hz: float) -> int:
    """Samples at the rate of the series that are made of `length` samples."""
    if wanted_hz == own_rate_hz:
        return length
    return int(scipy.fft.prev_fast_len(length, real=True) * wanted_hz / own_rate_hz)


def _as_it_is(x: Series) -> Series:
    return x


def _spectrum(x: Series) -> Series:
    """ln of the lines of a Hann-windowed block over their median: what stands out of the floor, at any amplitude."""
    n = x.shape[-1]
    lines = np.abs(scipy.fft.rfft(x * np.hanning(n).astype(np.float32), axis=-1))[..., 1:]
    lines = np.maximum(lines, FLOOR * lines.max(axis=-1, keepdims=True) + np.finfo(np.float32).tiny)
    return np.log(lines / np.median(lines, axis=-1, keepdims=True)).astype(np.float32)


def _order_spectrum(x: Series) -> Series:
    """Amplitude of the lines of a Hann-windowed block, from 0 to half the samples of a revolution, in the unit of x."""
    n = x.shape[-1]
    lines = np.abs(scipy.fft.rfft(x * np.hanning(n).astype(np.float32), axis=-1))
    return (lines * np.float32(4.0 / n)).astype(np.float32)


BEHIND: Mapping[str, Callable[[int], int]] = {
    "spectrum": lambda length: 2 * length,
    "order_spectrum": lambda length: 2 * (length - 1),
}
"""Samples of the series behind a window of so many lines; as many as the window has where nothing is said."""

SHOWN: Mapping[str, Callable[[Series], Series]] = {
    "raw": _as_it_is,
    "envelope": _as_it_is,
    "order_tracked": _as_it_is,
    "spectrum": _spectrum,
    "order_spectrum": _order_spectrum,
}
"""What is made of blocks (B, samples_of_window) of a series: windows (B, length)."""
