"""Band-pass, notch, detrend and envelope of a waveform."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy.fft
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError
from pipelines.filters.responses import butterworth
from pipelines.filters.responses import notch as notch_response
from pipelines.filters.zero_phase import extended_ends, extension, through_gain
from pipelines.spectra.signal_input import checked_band, checked_rate, checked_samples

#: A Butterworth filter rings for about this many periods of its narrowest feature.
SETTLING_PERIODS = 4.0


@dataclass(frozen=True, slots=True)
class FilteredSignal:
    """A waveform of the same length, rate and unit as the one it was made of.

    Attributes
    ----------
    values : (L,) float32 or float64, as the signal
    rate_hz : float
    method : str
    """

    values: NDArray[np.floating]
    rate_hz: float
    method: str


def band_pass(x: ArrayLike, rate_hz: float, band: tuple[float, float], *, order: int = 4) -> FilteredSignal:
    """Butterworth band-pass, forwards and backwards: no delay, half the amplitude at the corners.

    Parameters
    ----------
    x : (L,) array_like
        One signal.
    rate_hz : float
        Sampling rate, Hz.
    band : (low, high)
        Hz; a band from 0 is a low-pass, one up to half the rate a high-pass.
    order : int
        Of the low-pass prototype, 1 to 12.

    Raises
    ------
    InputError
        Unusable signal, rate or order, or a band outside 0 to half the rate.
    """
    rate, signal = checked_rate(rate_hz), checked_samples(x)
    low, high = checked_band(band, rate, resolution_hz=rate / signal.size)
    if not 1 <= order <= 12:
        raise InputError(f"filter of order {order}, expected 1 to 12", hint="4 suits.")
    settle = SETTLING_PERIODS / min(edge for edge in (low, high - low) if edge > 0)
    values = through_gain(signal, rate, lambda freq: butterworth(freq, rate, (low, high), order), settle)
    return FilteredSignal(values, rate, f"band-pass {low:g} to {high:g} Hz, Butterworth {order}, zero phase")


def notch(
    x: ArrayLike, rate_hz: float, frequency_hz: float, *, width_hz: float | None = None, harmonics: int = 1
) -> FilteredSignal:
    """Take out a frequency and, if asked, its multiples; no delay.

    Parameters
    ----------
    x : (L,) array_like
        One signal.
    rate_hz : float
        Sampling rate, Hz.
    frequency_hz : float
        What is taken out, inside 0 to half the rate.
    width_hz : float, optional
        Width at half the amplitude; a thirtieth of the frequency if omitted.
    harmonics : int
        1 for the frequency alone, 3 for it and its double and triple; those beyond half the rate do not exist.

    Raises
    ------
    InputError
        Unusable signal, rate, frequency, width or number.
    """
    rate, signal = checked_rate(rate_hz), checked_samples(x)
    centre = float(frequency_hz)
    if not 0 < centre < rate / 2:
        raise InputError(
            f"notch at {centre:g} Hz, expected more than 0 and less than {rate / 2:g} Hz (half the rate)",
            hint="Choose a frequency inside the spectrum of this signal.",
        )
    width = centre / 30 if width_hz is None else float(width_hz)
    if not 0 < width < min(2 * centre, rate / 2):
        raise InputError(
            f"notch {width:g} Hz wide at {centre:g} Hz, expected more than 0 and less than twice the frequency",
            hint="A thirtieth of the frequency suits.",
        )
    if not 1 <= harmonics <= 1000:
        raise InputError(f"{harmonics} harmonics, expected 1 to 1000", hint="1 takes out the frequency alone.")
    centres = [k * centre for k in range(1, harmonics + 1) if k * centre < rate / 2]

    def gain(freq: NDArray[np.float64]) -> NDArray[np.float64]:
        product = np.ones_like(freq)
        for one in centres:
            product *= notch_response(freq, rate, one, width)
        return product

    values = through_gain(signal, rate, gain, SETTLING_PERIODS / width)
    what = f"{centre:g} Hz" if len(centres) == 1 else f"{centre:g} Hz and multiples ({len(centres)})"
    return FilteredSignal(values, rate, f"notch at {what}, {width:.3g} Hz wide, zero phase")


def detrend(x: ArrayLike, rate_hz: float, *, kind: Literal["mean", "linear"] = "linear") -> FilteredSignal:
    """Take out the mean, or the straight line that fits best (least squares).

    Raises
    ------
    InputError
        Unusable signal or rate, or an unknown kind.
    """
    rate, signal = checked_rate(rate_hz), checked_samples(x)
    if kind not in ("mean", "linear"):
        raise InputError(f"detrend {kind!r}, expected 'mean' or 'linear'", hint="mean takes out an offset only.")
    trend = np.full(signal.size, signal.mean(dtype=np.float64))
    if kind == "linear":
        position = np.arange(signal.size) - (signal.size - 1) / 2
        trend += position * (float(position @ signal) / float(position @ position))
    return FilteredSignal((signal - trend).astype(signal.dtype), rate, f"{kind} removed")


def envelope(x: ArrayLike, rate_hz: float, *, band: tuple[float, float] | None = None) -> FilteredSignal:
    """Magnitude of the analytic signal in a band: what modulates the band, sample by sample.

    Parameters
    ----------
    x : (L,) array_like
        One signal; its mean is removed.
    rate_hz : float
        Sampling rate, Hz.
    band : (low, high), optional
        Band-passed first, as by `band_pass`; the whole spectrum if omitted.

    Raises
    ------
    InputError
        Unusable signal or rate, or a band outside 0 to half the rate.
    """
    rate, signal = checked_rate(rate_hz), checked_samples(x)
    low, high = checked_band(band or (0.0, rate / 2), rate, resolution_hz=rate / signal.size)
    signal = (signal - signal.mean(dtype=np.float64)).astype(signal.dtype)
    settle = 0.0 if band is None else SETTLING_PERIODS / min(edge for edge in (low, high - low) if edge > 0)
    ahead = extension(signal.size, rate, settle)
    extended = extended_ends(signal, ahead)
    size = scipy.fft.next_fast_len(extended.size)
    lines = scipy.fft.rfft(extended, size)
    lines *= butterworth(np.arange(lines.size) * (rate / size), rate, (low, high), 4).astype(signal.dtype)
    both = np.zeros(size, dtype=lines.dtype)
    both[: lines.size] = 2 * lines
    both[0] /= 2
    if size % 2 == 0:
        both[lines.size - 1] /= 2
    values = np.abs(scipy.fft.ifft(both, overwrite_x=True)[ahead : ahead + signal.size])
    where = "of the whole spectrum" if band is None else f"of {low:g} to {high:g} Hz"
    return FilteredSignal(values, rate, f"envelope {where}")
