"""The common axis of many curves: columns of one width that every signal is brought onto."""

from dataclasses import dataclass

import numba as nb
import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError
from pipelines.spectra import amplitude_spectrum, envelope_spectrum

Columns = NDArray[np.float32]
SEGMENT_LEAST = 16
_FLOOR_DB = -200.0


@dataclass(frozen=True)
class Axis:
    """`count` columns between `start` and `stop`, s or Hz.

    Raises
    ------
    InputError
        It ends before it begins, or is not finite.
    """

    start: float
    stop: float
    count: int

    def __post_init__(self) -> None:
        if not (np.isfinite(self.start) and np.isfinite(self.stop) and 0 <= self.start < self.stop):
            raise InputError(
                f"a range from {self.start:g} to {self.stop:g}",
                hint="It begins at 0 or later, and ends after it begins.",
            )

    @property
    def step(self) -> float:
        """Width of a column."""
        return (self.stop - self.start) / self.count

    @property
    def centres(self) -> NDArray[np.float64]:
        """Middle of each column, (count,)."""
        return self.start + self.step * (np.arange(self.count, dtype=np.float64) + 0.5)


def time_columns(
    low: NDArray[np.float32], high: NDArray[np.float32], first_s: float, bucket_s: float, axis: Axis
) -> tuple[Columns, Columns]:
    """Lowest and highest sample of each column, (count,) each, from those of consecutive stretches of a waveform.

    Nothing is interpolated, so that signals of different rates can share an axis; a column without samples is NaN.

    Parameters
    ----------
    low, high : (B,) float32
        Lowest and highest sample of stretches of `bucket_s` seconds, the first beginning at `first_s`.
    """
    return _spread(low, high, first_s, bucket_s, axis.start, axis.step, axis.count)


def spectrum_columns(x: ArrayLike, rate_hz: float, resolution_hz: float, axis: Axis) -> Columns:
    """Highest amplitude (rms) of each column in dB re 1 unit, (count,); Welch with a Hann window.

    The segment is as long as `resolution_hz` asks at this rate, so that signals of different rates are told alike.

    Raises
    ------
    InputError
        The signal is too short for the resolution.
    """
    samples = np.asarray(x)
    segment = round(rate_hz / resolution_hz)
    if not SEGMENT_LEAST <= segment <= samples.size:
        raise InputError(
            f"a signal of {samples.size} samples at {rate_hz:g} Hz has no resolution of {resolution_hz:g} Hz",
            hint="Leave short signals out, or choose a wider range.",
        )
    found = amplitude_spectrum(samples, rate_hz, segment=segment, scale="rms")
    return onto(found.freq_hz, _decibels(found.amplitude), axis)


def envelope_columns(x: ArrayLike, rate_hz: float, band: tuple[float, float], axis: Axis) -> Columns:
    """Highest modulation depth of each column in dB, (count,): amplitude of the squared envelope over its mean.

    Raises
    ------
    InputError
        The band lies not between 0 and half the rate, or is narrower than the axis reaches.
    """
    found = envelope_spectrum(x, rate_hz, band=band, max_hz=min(axis.stop, band[1] - band[0]))
    depth = found.amplitude[1:] / np.float32(found.mean_level or 1.0)
    return onto(found.freq_hz[1:], _decibels(depth), axis)


def onto(places: NDArray[np.float64], values: Columns, axis: Axis) -> Columns:
    """The highest value of each column, (count,): peaks survive.

    Between lines that are farther apart than a column is wide, values are interpolated; beyond the last line they are
    NaN.
    """
    edges = axis.start + axis.step * np.arange(axis.count + 1)
    at = np.searchsorted(places, edges)
    found = np.interp(axis.centres, places, values, left=np.nan, right=np.nan).astype(np.float32)
    full = at[1:] > at[:-1]
    if full.any():
        # between a full column and the next lie no lines, so that each stretch is that of one column
        starts = at[:-1][full]
        highest = np.maximum.reduceat(values[: at[-1]], starts)
        found[full] = highest
    return found


def _decibels(amplitude: NDArray[np.float32]) -> Columns:
    return (20 * np.log10(np.maximum(amplitude, np.float32(10 ** (_FLOOR_DB / 20))))).astype(np.float32)


@nb.njit(cache=True, nogil=True)
def _spread(
    low: NDArray[np.float32],
    high: NDArray[np.float32],
    first: float,
    width: float,
    start: float,
    step: float,
    count: int,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    least, most = np.full(count, np.nan, dtype=np.float32), np.full(count, np.nan, dtype=np.float32)
    for column in range(count):
        # stretches that reach into the column; one that ends where it begins does not
        begin = int(np.floor((start + (column + 1e-6) * step - first) / width))
        end = int(np.ceil((start + (column + 1 - 1e-6) * step - first) / width))
        lowest, highest = np.float32(np.inf), np.float32(-np.inf)
        for i in range(max(begin, 0), min(end, low.size)):
            # what is not a number compares as neither
            lowest = low[i] if low[i] < lowest else lowest
            highest = high[i] if high[i] > highest else highest
        if lowest <= highest:
            least[column], most[column] = lowest, highest
    return least, most
