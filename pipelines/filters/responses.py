"""Responses of digital filters run forwards and backwards, in closed form over frequency."""

import numpy as np
from numpy.typing import NDArray


def butterworth(
    freq_hz: NDArray[np.float64], rate_hz: float, band: tuple[float, float], order: int
) -> NDArray[np.float64]:
    """|H|² of a digital Butterworth filter, one half at the corners.

    The response of ``scipy.signal.butter(order, band, fs=rate_hz)`` run with ``sosfiltfilt`` (Oppenheim and Schafer,
    Discrete-Time Signal Processing, 3rd ed. 2010, section 7.3: bilinear transform, corners prewarped). A band that
    begins at 0 is a low-pass, one that ends at half the rate a high-pass, one that does both lets everything pass.
    """
    low, high = band
    nyquist = rate_hz / 2
    warped = np.tan(np.pi * np.minimum(freq_hz, nyquist * (1 - 1e-9)) / rate_hz)
    lower, upper = np.tan(np.pi * low / rate_hz), np.tan(np.pi * high / rate_hz)
    # at zero frequency the ratio is infinite, and the gain the zero that it should be
    with np.errstate(over="ignore", divide="ignore"):
        if low <= 0 and high >= nyquist:
            return np.ones_like(warped)
        if high >= nyquist:
            ratio = lower / warped
        elif low <= 0:
            ratio = warped / upper
        else:
            ratio = (warped**2 - lower * upper) / (warped * (upper - lower))
        return 1 / (1 + ratio ** (2 * order))


def notch(freq_hz: NDArray[np.float64], rate_hz: float, centre_hz: float, width_hz: float) -> NDArray[np.float64]:
    """|H|² of a second-order digital notch: zero at the centre, one half at the edges of the width.

    The response of ``scipy.signal.iirnotch(centre_hz, centre_hz / width_hz, fs=rate_hz)`` run with ``filtfilt``.
    """
    angle = 2 * np.pi * freq_hz / rate_hz
    distance = (np.cos(angle) - np.cos(2 * np.pi * centre_hz / rate_hz)) ** 2
    beside = (np.tan(np.pi * width_hz / rate_hz) * np.sin(angle)) ** 2
    return distance / np.maximum(distance + beside, np.finfo(np.float64).tiny)
