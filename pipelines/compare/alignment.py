"""Two waveforms laid over one another in time, and what is left when one is taken from the other."""

from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError
from pipelines.spectra.signal_input import checked_rate, checked_samples

LEAST_OVERLAP = 0.5
"""Share of the shorter signal that must overlap where an offset is looked for; fewer samples correlate by chance."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where the second of two signals lies best over the first.

    Attributes
    ----------
    offset_s : float
        To be added to the time of the second signal.
    correlation : float
        Of the samples that then lie over one another, −1 to 1.
    method : str
        In words, for captions.
    """

    offset_s: float
    correlation: float
    method: str


@dataclass(frozen=True, slots=True)
class Difference:
    """Second minus first where both are.

    Attributes
    ----------
    values : (M,) float32 or float64, as the signals
    start_s : float
        Time of the first value on the clock of the first signal.
    rate_hz : float
    offset_s : float
        By which the second was moved: that asked for, to the nearest sample.
    rms, share : float
        Of the difference, and that over the rms of the first signal in the same stretch (NaN if it is silent).
    method : str
    """

    values: NDArray[np.floating]
    start_s: float
    rate_hz: float
    offset_s: float
    rms: float
    share: float
    method: str


def suggest_offset(first: ArrayLike, second: ArrayLike, rate_hz: float) -> Alignment:
    """The offset at which two signals of one rate correlate most.

    Parameters
    ----------
    first, second : (L,), (M,) array_like
        Finite samples; at least half of the shorter one overlaps at every offset that is tried.
    rate_hz : float
        Rate of both, Hz.

    Notes
    -----
    Correlation coefficient of the overlapping samples at each lag: cross-correlation by FFT over the root of the
    energies that overlap (Knapp and Carter 1976, section II, without weighting), each signal less its mean.

    Raises
    ------
    InputError
        Unusable signals or rate, or a signal that is constant.
    """
    rate = checked_rate(rate_hz)
    one, other = (np.asarray(checked_samples(part), np.float64) for part in (first, second))
    one, other = one - one.mean(), other - other.mean()
    for part, name in ((one, "first"), (other, "second")):
        if not np.any(np.abs(part) > 0):
            raise InputError(f"the {name} signal is constant", hint="Choose a signal that moves, or type the offset.")
    size = scipy.fft.next_fast_len(one.size + other.size, real=True)
    product = scipy.fft.rfft(one, size) * np.conj(scipy.fft.rfft(other, size))
    circular = scipy.fft.irfft(product, size)
    lags = np.arange(-(other.size - 1), one.size)
    start, stop = np.maximum(lags, 0), np.minimum(lags + other.size, one.size)
    kept = stop - start >= max(16, LEAST_OVERLAP * min(one.size, other.size))
    lags, start, stop = lags[kept], start[kept], stop[kept]
    energy_one, energy_other = (np.concatenate([[0.0], np.cumsum(part**2)]) for part in (one, other))
    energies = (energy_one[stop] - energy_one[start]) * (energy_other[stop - lags] - energy_other[start - lags])
    tiny = 1e-12 * energy_one[-1] * energy_other[-1]
    correlation = np.where(energies > tiny, circular[lags] / np.sqrt(np.maximum(energies, tiny)), 0.0)
    best = int(np.argmax(correlation))
    return Alignment(
        float(lags[best] / rate), float(np.clip(correlation[best], -1, 1)), "greatest cross-correlation coefficient"
    )


def difference(first: ArrayLike, second: ArrayLike, rate_hz: float, *, offset_s: float = 0.0) -> Difference:
    """Second minus first, the second moved by `offset_s`, over the time in which both are.

    Parameters
    ----------
    first, second : (L,), (M,) array_like
        Two signals of one rate and unit; a gap (NaN) in either is a gap of the difference.
    rate_hz : float
        Rate of both, Hz.
    offset_s : float
        Added to the time of the second, s; taken to the nearest sample.

    Raises
    ------
    InputError
        Signals that are no channels, an unusable rate or offset, or one at which they do not overlap.
    """
    rate = checked_rate(rate_hz)
    one, other = np.asarray(first), np.asarray(second)
    if one.ndim != 1 or other.ndim != 1 or "f" not in (one.dtype.kind, other.dtype.kind):
        raise InputError(f"signals of shapes {one.shape} and {other.shape}, expected two channels of real numbers")
    if not np.isfinite(offset_s):
        raise InputError(f"offset {offset_s} s, expected a number", hint="Give seconds, as 0.012.")
    lag = round(offset_s * rate)
    start, stop = max(lag, 0), min(lag + other.size, one.size)
    if stop - start < 2:
        raise InputError(
            f"moved by {offset_s:g} s, the second signal ({other.size / rate:g} s) does not overlap the first "
            f"({one.size / rate:g} s)",
            hint="Choose a smaller offset.",
        )
    base = one[start:stop]
    values = other[start - lag : stop - lag] - base
    rms, level = (float(np.sqrt(np.nanmean(part.astype(np.float64) ** 2))) for part in (values, base))
    moved = "not moved" if lag == 0 else f"second moved by {lag / rate:+.6g} s ({lag:+d} samples)"
    return Difference(
        values,
        start / rate,
        rate,
        lag / rate,
        rms,
        rms / level if level > 0 else float("nan"),
        f"second minus first, {moved}".replace("-", "\u2212"),
    )
