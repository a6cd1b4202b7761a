"""Filtering by a gain over frequency, without delay and with continued ends."""

from collections.abc import Callable

import numpy as np
import scipy.fft
from numpy.typing import NDArray

Gain = Callable[[NDArray[np.float64]], NDArray[np.floating] | NDArray[np.complexfloating]]


def through_gain(signal: NDArray[np.floating], rate_hz: float, gain: Gain, settle_s: float) -> NDArray[np.floating]:
    """The signal with each line of its spectrum multiplied by ``gain(freq_hz)``, in its own dtype.

    Both ends are continued by `settle_s` seconds, turned about their last sample (as scipy.signal.sosfiltfilt does), so
    that the jump from the end to the start does not ring into the record.
    """
    ahead = extension(signal.size, rate_hz, settle_s)
    extended = extended_ends(signal, ahead)
    size = scipy.fft.next_fast_len(extended.size, real=True)
    lines = scipy.fft.rfft(extended, size)
    lines *= gain(np.arange(lines.size) * (rate_hz / size)).astype(lines.dtype)
    return np.ascontiguousarray(scipy.fft.irfft(lines, size)[ahead : ahead + signal.size])


def extension(length: int, rate_hz: float, settle_s: float) -> int:
    """Samples by which each end is continued: `settle_s`, as far as the record has so many to turn over."""
    return min(length - 1, int(np.ceil(settle_s * rate_hz)))


def extended_ends(signal: NDArray[np.floating], ahead: int) -> NDArray[np.floating]:
    """The signal with `ahead` samples on both sides: the ones next to the end, turned about it in both directions."""
    if ahead == 0:
        return signal
    before = 2 * signal[0] - signal[ahead:0:-1]
    after = 2 * signal[-1] - signal[-2 : -ahead - 2 : -1]
    return np.concatenate([before, signal, after])
