"""Continuous wavelet transform with Morlet wavelets, from the lines each of them sees."""

import math
from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError
from pipelines.spectra.decibels import highest_power
from pipelines.spectra.signal_input import checked_rate, checked_signal

#: Half width of a wavelet's band in standard deviations of its Gaussian: e^(-4²/2) = 3e-4 of its peak is left out.
_REACH = 4.0
#: Points within a column, as a power of two, also where slow wavelets would need less.
_LEAST_POINTS = 2


@dataclass(frozen=True, slots=True)
class Scalogram:
    """Amplitude over time and (logarithmic) frequency.

    Attributes
    ----------
    time_s : (T,) float64
        Centre of each column.
    freq_hz : (S,) float64
        Centre frequency of each wavelet, rising.
    amplitude : (S, T) float32
        Highest amplitude within each column, in the unit of the signal: a sine of amplitude A reads A.
    edge_s : (S,) float64
        So far from both ends of the record the ends themselves are seen (cone of influence; Torrence and Compo, Bull.
        Am. Meteorol. Soc. 79 (1998) 61, table 1).
    cycles : float
        ω0 of the wavelet: its envelope's standard deviation is ω0/(2πf) seconds, its band's f/ω0 hertz.
    method : str
    """

    time_s: NDArray[np.float64]
    freq_hz: NDArray[np.float64]
    amplitude: NDArray[np.float32]
    edge_s: NDArray[np.float64]
    cycles: float
    method: str

    def decibels(self, reference: float = 1.0) -> NDArray[np.float32]:
        """Amplitude in dB re `reference`, (S, T); silence lies 400 dB below one."""
        if not (math.isfinite(reference) and reference > 0):
            raise InputError(f"reference {reference}, expected a positive number", hint="1 g or 1 mm/s suits.")
        return 20 * np.log10(np.maximum(self.amplitude, np.float32(1e-20)) / np.float32(reference))


def scalogram(
    x: ArrayLike,
    rate_hz: float,
    *,
    scales: int = 128,
    low_hz: float | None = None,
    high_hz: float | None = None,
    cycles: float = 6.0,
    columns: int = 1024,
) -> Scalogram:
    """Morlet wavelet transform at logarithmically spaced frequencies.

    Each wavelet is a Gaussian over the record's spectral lines (Torrence and Compo 1998, eq. 4), normalised so that a
    sine keeps its amplitude. Only the lines within four standard deviations are transformed back, on a grid that holds
    at least twice as many points as lines; each column shows the highest of its points, so that no impact is missed.
    The record is continued by zeros.

    Parameters
    ----------
    x : (L,) array_like
        One signal; its mean is removed.
    rate_hz : float
        Sampling rate, Hz.
    scales : int
        Frequencies, 2 to 1024.
    low_hz, high_hz : float, optional
        Lowest and highest frequency; the lowest the record can hold (its wavelet's six standard deviations fill the
        record; at least a thousandth of the highest) and 0.4 times the rate if omitted.
    cycles : float
        ω0, 4 to 100: more resolves frequency better and time worse.
    columns : int
        Columns of the result at most, 16 to 8192.

    Raises
    ------
    InputError
        Unusable signal, rate or parameter, or frequencies outside what the record and its rate can hold.
    """
    rate = checked_rate(rate_hz)
    signal = checked_signal(x, at_least=64)
    for name, value, least, most in (
        ("scales", scales, 2, 1024),
        ("cycles", cycles, 4, 100),
        ("columns", columns, 16, 8192),
    ):
        if not least <= value <= most:
            raise InputError(f"{value} {name}, expected {least} to {most}", hint=f"Change the {name}.")
    low, high = _frequencies(low_hz, high_hz, cycles, rate, signal.size)
    freq = np.geomspace(low, high, scales)
    bucket = scipy.fft.next_fast_len(math.ceil(signal.size / columns))
    shown = math.ceil(signal.size / bucket)
    tail = math.ceil(3 * cycles / (2 * np.pi * low) * rate / bucket)
    buckets = scipy.fft.next_fast_len(shown + tail)
    lines = scipy.fft.rfft(signal, bucket * buckets)
    step = rate / (bucket * buckets)
    amplitude = np.empty((scales, shown), dtype=np.float32)
    power = np.empty(buckets, dtype=np.float32)
    for row, centre in enumerate(freq):
        spread = centre / cycles
        lo = max(1, math.ceil((centre - _REACH * spread) / step))
        hi = min(lines.size, math.floor((centre + _REACH * spread) / step) + 1)
        each = min(bucket, 1 << max(_LEAST_POINTS, math.ceil(math.log2(2 * (hi - lo) / buckets))))
        band = np.zeros(buckets * each, dtype=np.complex64)
        distance = (np.arange(lo, hi, dtype=np.float32) * np.float32(step) - np.float32(centre)) / np.float32(spread)
        np.multiply(lines[lo:hi], np.exp(np.float32(-0.5) * distance * distance), out=band[: hi - lo])
        values = scipy.fft.ifft(band, norm="forward", overwrite_x=True)
        highest_power(values.view(np.float32), each, power)
        np.sqrt(power[:shown], out=amplitude[row])
    amplitude *= np.float32(2 / (bucket * buckets))
    return Scalogram(
        time_s=(np.arange(shown, dtype=np.float64) + 0.5) * (bucket / rate),
        freq_hz=freq,
        amplitude=amplitude,
        edge_s=math.sqrt(2) * cycles / (2 * np.pi * freq),
        cycles=float(cycles),
        method=f"Morlet wavelets, ω0 {cycles:g}, {scales} scales from {low:.3g} to {high:.4g} Hz",
    )


def _frequencies(
    low_hz: float | None, high_hz: float | None, cycles: float, rate: float, length: int
) -> tuple[float, float]:
    longest = 6 * cycles / (2 * math.pi) * rate / length
    high = 0.4 * rate if high_hz is None else float(high_hz)
    low = max(longest, high / 1000) if low_hz is None else float(low_hz)
    if not low < high <= rate / 2:
        raise InputError(
            f"scales from {low:g} to {high:g} Hz, expected low < high <= {rate / 2:g} Hz (half the rate)",
            hint="Choose frequencies inside the spectrum of this signal.",
        )
    if not low >= longest * (1 - 1e-9):
        raise InputError(
            f"a wavelet of {low:g} Hz and ω0 {cycles:g} is longer than the record of {length / rate:.3g} s",
            hint=f"Start at {longest:.3g} Hz or higher, lower ω0 or use a longer record.",
        )
    return low, high
