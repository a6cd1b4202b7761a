"""The band that healthy recordings span at each line, how far one lies over it, and where it stands out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.signal import find_peaks

from pipelines.errors import InputError, NotEnoughDataError

QUANTILES = (0.05, 0.95)
LEAST_PIECES = 5
"""Fewer have no quantiles worth the name."""

STANDS_OUT_DB = 6.0
"""An amplitude twice the highest usual one; smaller excesses are common where thousands of lines are looked at."""

_SILENCE = 1e-12


@dataclass(frozen=True, slots=True)
class ReferenceBand:
    """Median and quantiles of each line over the pieces of a reference.

    Attributes
    ----------
    freq_hz : (K,) float64
    median, low, high : (K,) float32
        In the unit of what was given.
    quantiles : (float, float)
        Which ones `low` and `high` are.
    pieces : int
        Spectra that went in.
    power : bool
        Whether the values grow with the square of the vibration.
    """

    freq_hz: NDArray[np.float64]
    median: NDArray[np.float32]
    low: NDArray[np.float32]
    high: NDArray[np.float32]
    quantiles: tuple[float, float]
    pieces: int
    power: bool


@dataclass(frozen=True, slots=True)
class Excess:
    """A stretch of a spectrum that lies over (or, negative, under) the band.

    Attributes
    ----------
    frequency_hz : float
        Of its highest line.
    low_hz, high_hz : float
        From where to where it reaches.
    over_db : float
        Of that line over the upper quantile, or, negative, under the lower one.
    value, usual : float
        Amplitude of that line, and the median of the reference there.
    """

    frequency_hz: float
    low_hz: float
    high_hz: float
    over_db: float
    value: float
    usual: float


def reference_band(
    freq_hz: ArrayLike,
    spectra: Sequence[ArrayLike] | ArrayLike,
    *,
    quantiles: tuple[float, float] = QUANTILES,
    power: bool = False,
) -> ReferenceBand:
    """Median and quantiles of each line.

    Parameters
    ----------
    freq_hz : (K,) array_like
    spectra : (P, K) array_like
        At least five amplitude spectra on that grid.
    quantiles : (low, high)
    power : bool
        Whether they are squared amplitudes, as those of a squared envelope are.

    Raises
    ------
    NotEnoughDataError
        Fewer than five spectra.
    InputError
        Shapes that do not fit, or quantiles that are none.
    """
    freq, values = np.asarray(freq_hz, np.float64), np.asarray(spectra, np.float32)
    if values.ndim != 2 or freq.shape != values.shape[1:]:
        raise InputError(f"spectra of shape {values.shape} over {freq.shape} lines, expected (P, K) over (K,)")
    low, high = quantiles
    if not 0 <= low < 0.5 < high <= 1:
        raise InputError(f"quantiles {low:g} and {high:g}, expected 0 to 1 around 0.5", hint="0.05 and 0.95 are usual.")
    if values.shape[0] < LEAST_PIECES:
        raise NotEnoughDataError(
            f"{values.shape[0]} spectra, at least {LEAST_PIECES} make a band",
            hint="Add recordings to the reference, or use a coarser resolution.",
        )
    bottom, middle, top = np.quantile(values, (low, 0.5, high), axis=0).astype(np.float32)
    return ReferenceBand(freq, middle, bottom, top, quantiles, values.shape[0], power)


def over_band(values: ArrayLike, band: ReferenceBand) -> NDArray[np.float32]:
    """How far each line lies over the upper quantile, dB (K,); negative under the lower one, 0 within the band.

    Raises
    ------
    InputError
        Values of another grid.
    """
    given = np.asarray(values, np.float64)
    if given.shape != band.median.shape:
        raise InputError(f"{given.shape} lines over a band of {band.median.shape}, expected one grid")
    factor = 10 if band.power else 20
    tiny = max(float(band.high.max(initial=0.0)), float(given.max(initial=0.0)), 1e-30) * _SILENCE
    level, low, high = (factor * np.log10(np.maximum(part, tiny)) for part in (given, band.low, band.high))
    return np.where(level > high, level - high, np.where(level < low, level - low, 0.0)).astype(np.float32)


def standing_out(
    values: ArrayLike,
    band: ReferenceBand,
    *,
    at_least_db: float = STANDS_OUT_DB,
    limit: int = 6,
    merge_lines: int | None = 4,
) -> tuple[Excess, ...]:
    """Where a spectrum lies over its band by `at_least_db` or more, the farthest first.

    Neighbouring lines, up to `merge_lines` apart, are one stretch (a resonance); its number is that of its highest
    line. With None every line that stands out of its neighbours too counts by itself (harmonics of a defect).
    The mean and the first lines beside it are left out: they belong to no vibration.
    """
    given = np.asarray(values, np.float64)
    over = over_band(given, band)
    over[:3] = 0
    places = np.flatnonzero(over >= at_least_db)
    if places.size == 0:
        return ()
    if merge_lines is None:
        tops, _ = find_peaks(over, height=at_least_db, prominence=at_least_db / 2)
        runs = [np.array([top]) for top in tops]
    else:
        runs = np.split(places, np.flatnonzero(np.diff(places) > merge_lines) + 1)
    found = []
    for run in runs:
        top = int(run[np.argmax(over[run])])
        found.append(
            Excess(
                float(band.freq_hz[top]),
                float(band.freq_hz[run[0]]),
                float(band.freq_hz[run[-1]]),
                float(over[top]),
                float(given[top]),
                float(band.median[top]),
            )
        )
    return tuple(sorted(found, key=lambda one: -one.over_db)[:limit])
