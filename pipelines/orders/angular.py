"""Resampling from equal steps of time to equal steps of shaft angle."""

import math
from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import map_coordinates, spline_filter1d

from pipelines.errors import InputError
from pipelines.filters.responses import butterworth
from pipelines.filters.zero_phase import extended_ends, extension, through_gain
from pipelines.orders.speed_curve import SpeedCurve, required_speed
from pipelines.spectra.signal_input import checked_rate, checked_samples

#: A cubic spline errs by less than 1e-3 where a period holds this many samples.
SAMPLES_PER_PERIOD = 8
#: More points than this from one record are refused: the speed range is too wide for one resampling.
MOST_POINTS = 1 << 24


@dataclass(frozen=True, slots=True)
class AngularSignal:
    """A signal at equal steps of shaft angle.

    Attributes
    ----------
    values : (R·S,) float32 or float64, as the signal
        Whole revolutions from the first that the speed covers.
    samples_per_revolution : int
    revolutions : int
    turn_s : (R + 1,) float64
        Time at which each revolution begins, and the last one ends.
    max_order : float
        Higher orders were filtered out.
    rpm_range : (float, float)
        Lowest and highest speed inside.
    method : str
    """

    values: NDArray[np.floating]
    samples_per_revolution: int
    revolutions: int
    turn_s: NDArray[np.float64]
    max_order: float
    rpm_range: tuple[float, float]
    method: str

    def by_revolution(self) -> NDArray[np.floating]:
        """One revolution a row, (R, S)."""
        return self.values.reshape(self.revolutions, self.samples_per_revolution)


def resample_to_angle(
    x: ArrayLike,
    rate_hz: float,
    speed: SpeedCurve | float | None,
    *,
    max_order: float | None = None,
) -> AngularSignal:
    """Computed order tracking (Fyfe and Munck, Mech. Syst. Signal Process. 11 (1997) 187).

    The signal is low-passed at `max_order` times the highest speed, interpolated by a cubic spline after an exact
    upsampling to eight samples per period, and taken at equal angles: so many a revolution that at the lowest speed,
    too, nothing folds onto the orders that are kept. What is higher is then filtered out over angle.

    Parameters
    ----------
    x : (L,) array_like
        One signal; its mean is removed.
    rate_hz : float
        Sampling rate, Hz.
    speed : SpeedCurve or float or None
        Speed over the record's time, or a constant speed in rpm. Only whole revolutions that it covers are used.
    max_order : float, optional
        Highest order kept; what half the rate holds at the highest speed (at most 100) if omitted.

    Raises
    ------
    InputError
        Unusable signal or rate, no speed, fewer than two revolutions, orders beyond half the rate at the highest speed,
        or a speed range so wide that the result would not fit.
    """
    rate = checked_rate(rate_hz)
    samples = checked_samples(x, at_least=64)
    curve = required_speed(speed, samples.size / rate)
    begin = max(0.0, float(curve.time_s[0]))
    end = min((samples.size - 1) / rate, float(curve.time_s[-1]))
    inside = np.arange(math.ceil(begin * rate - 1e-9), math.floor(end * rate + 1e-9) + 1)
    turned = curve.revolutions_at(inside / rate) if inside.size > 1 else np.zeros(1)
    rises = np.diff(turned)
    # the first whole angle inside; a curve that starts on one (up to rounding) starts there
    first = math.ceil(float(turned[0]) - 1e-9)
    revolutions = math.floor(float(turned[-1]) - first + 1e-9)
    if revolutions < 2:
        raise InputError(
            f"the speed covers {max(revolutions, 0)} whole revolutions of the record, expected at least 2",
            hint="Use a longer record or a speed that covers more of it.",
        )
    if not rises.min() > 0:
        raise InputError(
            f"the shaft stops or turns back around {inside[int(rises.argmin())] / rate:.3f} s",
            hint="Choose a stretch in which it turns in one direction.",
        )
    slowest, fastest = float(rises.min()) * rate, float(rises.max()) * rate
    visible = rate / 2 / fastest
    top = min(100.0, visible) if max_order is None else float(max_order)
    if not 0 < top <= visible * (1 + 1e-9):
        raise InputError(
            f"orders up to {top:g}, expected more than 0 and at most {visible:.4g} (half the rate at "
            f"{fastest * 60:.0f} rpm)",
            hint="Lower the highest order.",
        )
    cut = min(top * fastest * 1.25, rate / 2)
    # what the low-pass lets through (up to 1.28 of its corner) may fold, but not down to the orders that are kept
    per_revolution = 2 * math.ceil((top + 1.28 * cut / slowest) / 2)
    if revolutions * per_revolution > MOST_POINTS:
        raise InputError(
            f"{revolutions} revolutions of {per_revolution} points are too many: the speed runs from "
            f"{slowest * 60:.0f} to {fastest * 60:.0f} rpm",
            hint="Lower the highest order or choose a stretch without standstill.",
        )
    # the angle inverted: between two samples it is straight up to half a sample's change of speed
    angles = first + np.arange(revolutions * per_revolution + 1) / per_revolution
    moments = np.interp(angles, turned, inside / rate)
    values = _interpolated(samples, rate, moments[:-1], cut)
    corner = min(1.25 * top, per_revolution / 2)
    return AngularSignal(
        # where the shaft is slow, the low-pass over time lets higher orders through
        values=through_gain(
            values, per_revolution, lambda order: butterworth(order, per_revolution, (0.0, corner), 16), 16 / corner
        ),
        samples_per_revolution=per_revolution,
        revolutions=revolutions,
        turn_s=moments[::per_revolution].copy(),
        max_order=top,
        rpm_range=(slowest * 60, fastest * 60),
        method=f"{revolutions} revolutions, {slowest * 60:.0f} to {fastest * 60:.0f} rpm, "
        f"{per_revolution} points each, speed {curve.how}",
    )


def _interpolated(
    samples: NDArray[np.floating], rate: float, moments: NDArray[np.float64], cut: float
) -> NDArray[np.floating]:
    """The mean-free signal, low-passed at `cut`, at any times inside it."""
    signal = (samples - samples.mean(dtype=np.float64)).astype(samples.dtype)
    ahead = extension(signal.size, rate, 16 / cut)
    extended = extended_ends(signal, ahead)
    size = scipy.fft.next_fast_len(extended.size, real=True)
    lines = scipy.fft.rfft(extended, size)
    freq = np.arange(lines.size) * (rate / size)
    # steep, so that orders up to the highest asked for (a fifth below the corner) keep their amplitude
    lines *= butterworth(freq, rate, (0.0, cut), 16).astype(samples.dtype)
    factor = max(1, math.ceil(SAMPLES_PER_PERIOD * cut / rate))
    fine = scipy.fft.irfft(lines, size * factor, norm="forward") / samples.dtype.type(size)
    coefficients = spline_filter1d(fine, order=3, mode="mirror", output=np.float64)
    position = (moments * rate + ahead) * factor
    return map_coordinates(coefficients, position[None], order=3, mode="mirror", prefilter=False).astype(samples.dtype)
