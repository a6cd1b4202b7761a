"""Speed from the pulses of a tacho channel."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.signal import savgol_filter

from pipelines.errors import InputError
from pipelines.orders.speed_curve import SpeedCurve
from pipelines.spectra.signal_input import checked_rate, checked_samples

#: Two pulses whose distance differs by more than this from one to the next: one is missing or one is too many.
IRREGULAR = 1.6


def pulse_times(
    tacho: ArrayLike,
    rate_hz: float,
    *,
    threshold: float | None = None,
    hysteresis: float | None = None,
    falling: bool = False,
) -> NDArray[np.float64]:
    """Times at which pulses begin, in seconds, interpolated between two samples.

    Parameters
    ----------
    tacho : (L,) array_like
        The tacho channel.
    rate_hz : float
        Sampling rate, Hz.
    threshold : float, optional
        Level that a pulse crosses; halfway between the 0.1 and 99.9 % quantiles if omitted.
    hysteresis : float, optional
        The channel must first have been this far below the threshold; a quarter of that span if omitted, so that noise
        on a slope is not counted twice.
    falling : bool
        Count falling edges.

    Raises
    ------
    InputError
        Unusable channel or rate, a flat channel, or a threshold it does not cross.
    """
    rate = checked_rate(rate_hz)
    level = checked_samples(tacho, at_least=64).astype(np.float64)
    if falling:
        level, threshold = -level, None if threshold is None else -threshold
    low, high = np.quantile(level, [0.001, 0.999])
    if not high > low:
        raise InputError("the tacho channel is flat: it has no pulses", hint="Choose the channel of the tacho.")
    at = (low + high) / 2 if threshold is None else float(threshold)
    back = (high - low) / 4 if hysteresis is None else float(hysteresis)
    if not back >= 0:
        raise InputError(f"hysteresis {back:g}, expected 0 or more", hint="A quarter of a pulse's height suits.")
    if not level.min() < at < level.max():
        bottom, top = (-level.max(), -level.min()) if falling else (level.min(), level.max())
        raise InputError(
            f"tacho threshold {-at if falling else at:g} is outside the channel, which runs from {bottom:g} to {top:g}",
            hint="Choose a threshold between the two.",
        )
    # +1 above the threshold, -1 below the lower one; the state between the two is the last one that was clear
    clear = np.where(level >= at, 1, np.where(level < at - back, -1, 0))
    known = np.flatnonzero(clear)
    state = clear[known]
    rises = known[1:][(state[1:] == 1) & (state[:-1] == -1)]
    before, after = level[rises - 1], level[rises]
    return (rises - 1 + (at - before) / (after - before)) / rate


def speed_from_tacho(
    tacho: ArrayLike,
    rate_hz: float,
    *,
    pulses_per_revolution: int = 1,
    threshold: float | None = None,
    hysteresis: float | None = None,
    falling: bool = False,
    smoothing: int = 7,
) -> SpeedCurve:
    """Speed curve from a tacho channel, whose pulses are equal steps of angle.

    A steep edge is only known to a sample, so the times of the pulses are smoothed by a parabola through neighbouring
    ones (Savitzky and Golay 1964), which gives the speed too.

    Parameters
    ----------
    pulses_per_revolution : int
        Pulses a turn, evenly spaced.
    tacho, rate_hz, threshold, hysteresis, falling
        As in `pulse_times`.
    smoothing : int
        Pulses that a parabola goes through, odd, at least 3 (which leaves the times as they are).

    Raises
    ------
    InputError
        As in `pulse_times`; useless numbers; fewer than four pulses; or distances that jump, which is a missing or an
        extra pulse.
    """
    if pulses_per_revolution < 1:
        raise InputError(f"{pulses_per_revolution} pulses per revolution, expected at least 1", hint="1 is usual.")
    if smoothing < 3 or smoothing % 2 == 0:
        raise InputError(f"smoothing over {smoothing} pulses, expected an odd number from 3", hint="7 suits.")
    times = pulse_times(tacho, rate_hz, threshold=threshold, hysteresis=hysteresis, falling=falling)
    if times.size < 4:
        raise InputError(
            f"{times.size} pulses in the tacho channel, expected at least 4",
            hint="Lower the threshold, choose the tacho channel or a longer record.",
        )
    apart = np.diff(times)
    jumps = np.maximum(apart[1:] / apart[:-1], apart[:-1] / apart[1:])
    worst = int(jumps.argmax())
    if jumps[worst] > IRREGULAR:
        raise InputError(
            f"tacho pulses around {times[worst + 1]:.3f} s are {apart[worst] * 1e3:.3g} and "
            f"{apart[worst + 1] * 1e3:.3g} ms apart: one is missing or one too many",
            hint="Change the threshold or the hysteresis, or choose a stretch without it.",
        )
    window = min(smoothing, times.size - 1 + times.size % 2)
    smooth, period = savgol_filter(times, window, 2), savgol_filter(times, window, 2, deriv=1)
    turned = np.arange(times.size) / pulses_per_revolution
    how = f"from {times.size} tacho pulses, {pulses_per_revolution} per revolution"
    return SpeedCurve(smooth, 60 / (period * pulses_per_revolution), turned, how)
