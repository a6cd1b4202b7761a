"""The lines that stand out of a spectrum."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks

from pipelines.errors import InputError
from pipelines.spectra.floor import running_floor


@dataclass(frozen=True, slots=True)
class Peak:
    """A local maximum: interpolated frequency, amplitude at the line, amplitude over the local floor."""

    frequency_hz: float
    amplitude: float
    over_floor: float


def peaks(
    freq_hz: NDArray[np.floating],
    amplitude: NDArray[np.floating],
    *,
    limit: int = 20,
    at_least: float = 3.0,
    floor_lines: int = 101,
    distance_hz: float = 0.0,
) -> tuple[Peak, ...]:
    """Highest peaks that reach `at_least` times the running median, highest first.

    Parameters
    ----------
    freq_hz, amplitude : (K,) arrays
        A spectrum on an even grid.
    limit : int
        Peaks returned at most.
    at_least : float
        Amplitude over the running median of `floor_lines` lines that counts.
    distance_hz : float
        Least distance of two peaks.

    Returns
    -------
    tuple of Peak
        Frequencies by a parabola through three lines of log amplitude (Smith, Spectral Audio Signal Processing, 2011).
    """
    if freq_hz.shape != amplitude.shape or freq_hz.ndim != 1 or freq_hz.size < 5:
        raise InputError(
            f"frequencies {freq_hz.shape} and amplitudes {amplitude.shape}, expected the same (K,) with K >= 5",
            hint="Pass both arrays of one spectrum.",
        )
    step = float(freq_hz[1] - freq_hz[0])
    values = amplitude.astype(np.float64)
    tiny = max(float(values.max()) * 1e-9, np.finfo(np.float64).tiny)
    over = values / np.maximum(running_floor(values, floor_lines), tiny)
    found, _ = find_peaks(np.where(over >= at_least, values, 0.0), distance=max(1, round(distance_hz / step)))
    best = found[np.argsort(values[found])[::-1][:limit]]
    return tuple(Peak(_interpolated(freq_hz, values, k, step), float(values[k]), float(over[k])) for k in best)


def _interpolated(freq_hz: NDArray, values: NDArray[np.float64], k: int, step: float) -> float:
    left, middle, right = np.log(np.maximum(values[k - 1 : k + 2], np.finfo(np.float64).tiny))
    curvature = left - 2 * middle + right
    offset = 0.5 * (left - right) / curvature if curvature < 0 else 0.0
    return float(freq_hz[k] + np.clip(offset, -0.5, 0.5) * step)
