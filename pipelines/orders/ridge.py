"""Follow the ridge of a harmonic through a spectrogram."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InputError
from pipelines.orders.speed_curve import SpeedCurve, speed_curve
from pipelines.spectra.spectrogram import Spectrogram


@dataclass(frozen=True, slots=True)
class Ridge:
    """A line through a spectrogram.

    Attributes
    ----------
    time_s, freq_hz : (R,) float64
    stands_out_db : (R,) float64
        Level of the ridge over the median of its surroundings.
    how : str
    """

    time_s: NDArray[np.float64]
    freq_hz: NDArray[np.float64]
    stands_out_db: NDArray[np.float64]
    how: str


def follow_ridge(
    picture: Spectrogram,
    start: tuple[float, float],
    *,
    max_slope_hz_per_s: float,
    at_least_db: float = 10.0,
    lost_after_s: float | None = None,
) -> Ridge:
    """The loudest path through a point whose frequency changes no faster than a slope (dynamic programming).

    The path is refused where it does not stand out: noise always has a loudest path, some 5 dB above its median.

    Parameters
    ----------
    picture : Spectrogram
    start : (time_s, freq_hz)
        A point on the ridge, as picked; it is moved to the highest level within two lines.
    max_slope_hz_per_s : float
        Largest change of frequency.
    at_least_db : float
        Mean level over the surroundings that the path must keep over any stretch of `lost_after_s`.
    lost_after_s : float, optional
        A twentieth of the picture's duration if omitted.

    Raises
    ------
    InputError
        A start outside the picture, a slope that is not positive, or a ridge that cannot be followed: where it is
        lost and how far it stood out there is said.
    """
    times, freq, level = picture.time_s, picture.freq_hz, picture.level_db
    if times.size < 4:
        raise InputError(
            f"spectrogram of {times.size} columns, expected at least 4", hint="Use shorter windows or a longer record."
        )
    moment, frequency = float(start[0]), float(start[1])
    if not (times[0] <= moment <= times[-1] and freq[0] < frequency < freq[-1]):
        raise InputError(
            f"ridge picked at {moment:g} s, {frequency:g} Hz, expected {times[0]:.3g} to {times[-1]:.3g} s and "
            f"{freq[1]:.3g} to {freq[-2]:.3g} Hz",
            hint="Pick a point inside the spectrogram.",
        )
    slope = float(max_slope_hz_per_s)
    if not (math.isfinite(slope) and slope > 0):
        raise InputError(
            f"largest slope {slope} Hz/s, expected a positive number", hint="A tenth of the frequency per second suits."
        )
    hop, step = float(times[1] - times[0]), float(freq[1] - freq[0])
    # columns so far apart that the slope allows a line or more between them
    stride = max(1, min(math.ceil(step / (slope * hop)), (times.size - 1) // 2))
    reach = max(1, math.ceil(slope * hop * stride / step))
    first = int(np.abs(times - moment).argmin())
    columns = np.arange(first % stride, times.size, stride)
    origin = int(np.abs(columns - first).argmin())
    near = np.arange(max(1, round(frequency / step) - 2), min(freq.size - 1, round(frequency / step) + 3))
    line = int(near[level[near, columns[origin]].argmax()])
    thinned = np.ascontiguousarray(level[:, columns].T)
    path = np.concatenate([_path(thinned[origin::-1], line, reach)[:0:-1], _path(thinned[origin:], line, reach)])
    above = _stands_out(thinned, path)
    lost = lost_after_s if lost_after_s is not None else (times[-1] - times[0]) / 20
    _refuse_where_lost(times[columns], above, at_least_db, max(1, round(lost / (hop * stride))))
    return Ridge(
        times[columns],
        np.array([_interpolated(thinned[t], k) for t, k in enumerate(path)]) * step,
        above,
        f"ridge through {moment:.3g} s, {frequency:.4g} Hz, at most {slope:g} Hz/s",
    )


def speed_from_ridge(ridge: Ridge, *, order: float = 1.0, duration_s: float | None = None) -> SpeedCurve:
    """Speed curve of the shaft whose multiple `order` the ridge is.

    Parameters
    ----------
    order : float
        Multiple of the shaft speed, above 0.
    duration_s : float, optional
        Duration of the record. The first and last window of a spectrogram are centred inside the record; the curve is
        continued level to 0 and this time if it is given.
    """
    if not (math.isfinite(order) and order > 0):
        raise InputError(f"ridge of order {order}, expected a positive number", hint="1 for the shaft itself.")
    times, freq = ridge.time_s, ridge.freq_hz
    if duration_s is not None:
        before, after = times[0] > 0, times[-1] < duration_s
        times = np.concatenate([[0.0] if before else [], times, [duration_s] if after else []])
        freq = np.concatenate([freq[:1] if before else [], freq, freq[-1:] if after else []])
    return speed_curve(times, freq * 60 / order, how=f"{ridge.how}, order {order:g}")


def _path(level: NDArray[np.float32], line: int, reach: int) -> NDArray[np.intp]:
    """Loudest path through the rows of (T, F) that begins at a line and moves at most `reach` lines a row."""
    count, lines = level.shape
    best = np.full(lines, -np.inf)
    best[line] = 0.0
    moves = np.zeros((count, lines), dtype=np.int16)
    shifts = np.arange(-reach, reach + 1)
    for row in range(1, count):
        padded = np.pad(best, reach, constant_values=-np.inf)
        options = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)
        chosen = options.argmax(axis=1)
        best = options[np.arange(lines), chosen] + level[row]
        # the mean and half the rate are no ridge
        best[0] = best[-1] = -np.inf
        moves[row] = shifts[chosen]
    path = np.empty(count, dtype=np.intp)
    path[-1] = line if count == 1 else int(best.argmax())
    for row in range(count - 1, 0, -1):
        path[row - 1] = path[row] + moves[row, path[row]]
    return path


def _stands_out(level: NDArray[np.float32], path: NDArray[np.intp]) -> NDArray[np.float64]:
    """Level of the path over the median of 20 lines to each side, (T,)."""
    lines = level.shape[1]
    around = path[:, None] + np.arange(-20, 21)
    valid = (around >= 1) & (around < lines) & (np.abs(np.arange(-20, 21)) > 3)
    nearby = np.where(valid, np.take_along_axis(level, np.clip(around, 0, lines - 1), axis=1), np.nan)
    return level[np.arange(path.size), path] - np.nanmedian(nearby.astype(np.float64), axis=1)


def _refuse_where_lost(times: NDArray[np.float64], above: NDArray[np.float64], least: float, width: int) -> None:
    width = min(width, above.size)
    means = np.convolve(above, np.full(width, 1 / width), mode="valid")
    worst = int(means.argmin())
    if means[worst] < least:
        middle = times[min(worst + width // 2, times.size - 1)]
        raise InputError(
            f"the ridge cannot be followed around {middle:.3g} s: it stands {means[worst]:.1f} dB above its "
            f"surroundings, expected at least {least:g} dB",
            hint="Pick a clearer harmonic, a larger slope, longer windows, or a shorter stretch.",
        )


def _interpolated(row: NDArray[np.float32], k: int) -> float:
    """Line number between the lines by a parabola through three levels."""
    left, middle, right = (float(value) for value in row[k - 1 : k + 2])
    curvature = left - 2 * middle + right
    return k + (min(max(0.5 * (left - right) / curvature, -0.5), 0.5) if curvature < 0 else 0.0)
