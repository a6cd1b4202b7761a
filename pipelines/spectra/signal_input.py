"""What every spectrum asks of its input: one finite signal, a real rate, a band inside it."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError


def checked_rate(rate_hz: float) -> float:
    """The sampling rate as a float; raises unless it is a positive finite number."""
    if not (math.isfinite(rate_hz) and rate_hz > 0):
        raise InputError(f"sampling rate {rate_hz} Hz, expected a positive number", hint="Set the rate of the signal.")
    return float(rate_hz)


def checked_samples(x: ArrayLike, *, at_least: int = 16) -> NDArray[np.floating]:
    """One signal as it is, contiguous, float64 where it is float64 and float32 otherwise.

    Raises
    ------
    InputError
        Not one-dimensional, shorter than `at_least` samples, or with values that are not finite (counted).
    """
    values = np.asarray(x)
    if values.ndim != 1:
        raise InputError(
            f"signal of shape {values.shape}, expected one channel (L,)", hint="Choose one channel of the recording."
        )
    if values.size < at_least:
        raise InputError(
            f"signal of {values.size} samples, expected at least {at_least}", hint="Use a longer recording."
        )
    if values.dtype.kind not in "fiu":
        raise InputError(
            f"signal of type {values.dtype}, expected real numbers", hint="Convert the samples to numbers."
        )
    bad = values.size - int(np.count_nonzero(np.isfinite(values)))
    if bad:
        raise InputError(
            f"{bad} of {values.size} samples are not finite (NaN or infinite)",
            hint="Cut the gap out or import the recording again; gaps are never filled silently.",
        )
    return np.ascontiguousarray(values, dtype=np.float64 if values.dtype == np.float64 else np.float32)


def checked_signal(x: ArrayLike, *, at_least: int = 16) -> NDArray[np.float32]:
    """One signal as contiguous float32, without its mean (taken in float64); errors as in `checked_samples`."""
    checked_samples(x, at_least=at_least)
    values = np.asarray(x)
    return np.ascontiguousarray(values - values.mean(dtype=np.float64), dtype=np.float32)


def checked_band(band: tuple[float, float], rate_hz: float, *, resolution_hz: float) -> tuple[float, float]:
    """A pass band in Hz; raises unless 0 <= low < high <= rate/2 and it holds at least eight spectral lines."""
    low, high = float(band[0]), float(band[1])
    if not (math.isfinite(low) and math.isfinite(high) and 0 <= low < high <= rate_hz / 2):
        raise InputError(
            f"band {low:g} to {high:g} Hz, expected 0 <= low < high <= {rate_hz / 2:g} Hz (half the rate)",
            hint="Choose a band inside the spectrum of this signal.",
        )
    if high - low < 8 * resolution_hz:
        raise InputError(
            f"band {low:g} to {high:g} Hz holds fewer than 8 lines of {resolution_hz:g} Hz",
            hint="Choose a wider band or a longer signal.",
        )
    return low, high


def checked_overlap(overlap: float) -> float:
    """Share of a segment that the next one repeats; raises unless it is 0 to 0.95."""
    if not 0 <= overlap <= 0.95:
        raise InputError(f"overlap {overlap}, expected 0 to 0.95", hint="0.5 suits a Hann window.")
    return float(overlap)
