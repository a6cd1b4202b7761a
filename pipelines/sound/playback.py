"""A stretch of vibration made fit to be heard: in a band, demodulated, shifted, slower or faster, at one loudness."""

from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError
from pipelines.filters import band_pass
from pipelines.filters import envelope as envelope_of
from pipelines.spectra.signal_input import checked_rate

HEARD_RATE_HZ = 48_000
"""Rate of what is played: what every sound device and browser takes, twice the highest pitch that is heard."""

LONGEST_S = 120.0
"""Of what is played."""

PEAK = 0.9
"""Largest sample of what is played, of full range: some players clip what comes close to it."""

FADE_S = 0.01
SLOWEST, FASTEST = 0.01, 100.0


@dataclass(frozen=True, slots=True)
class Playback:
    """What is played.

    Attributes
    ----------
    values : (N,) float32
        Samples at `HEARD_RATE_HZ`, the largest magnitude `PEAK`.
    seconds : float
        How long it sounds.
    method : str
        What was done, in order.
    """

    values: NDArray[np.float32]
    seconds: float
    method: str


def playback(
    x: ArrayLike,
    rate_hz: float,
    *,
    band: tuple[float, float] | None = None,
    envelope: bool = False,
    speed: float = 1.0,
    shift_hz: float = 0.0,
) -> Playback:
    """Make a stretch fit to be heard.

    In this order: gaps become silence, the mean goes, a band is taken (Hz of the signal), its envelope is formed, the
    stretch is played `speed` times as fast (which raises every pitch by that factor), all pitches are moved by
    `shift_hz` (Hz of what is heard, which keeps their distances), and it is made loud and faded in and out.

    The spectrum of a stretch of N samples and T seconds has a line every 1/T; played `speed` times as fast those lines
    lie ``speed / T`` apart. So resampling and shifting are the same lines at other places of a longer or shorter
    transform: exact, and nothing folds back, because lines that would leave the range are left out. The shift is
    therefore rounded to a whole number of lines.

    Parameters
    ----------
    x : (L,) array_like
        One signal; NaN in gaps.
    rate_hz : float
        Sampling rate, Hz.
    band : (low, high), optional
        Hz.
    envelope : bool
        Hear what modulates the band instead of the band: impacts become a rhythm.
    speed : float
        Between a hundredth and a hundredfold.
    shift_hz : float
        Negative is lower.

    Raises
    ------
    InputError
        Unusable signal, rate, band, speed or shift; too long to be played; or nothing is left to hear.
    """
    rate = checked_rate(rate_hz)
    samples = np.asarray(x, dtype=np.float64)
    if samples.ndim != 1 or samples.size < 16:
        raise InputError(f"a stretch of shape {samples.shape} cannot be played", hint="Choose a longer stretch.")
    if not SLOWEST <= speed <= FASTEST:
        raise InputError(f"{speed:g} times as fast", hint=f"Choose a speed from {SLOWEST:g} to {FASTEST:g}.")
    if not abs(shift_hz) < HEARD_RATE_HZ / 2:
        raise InputError(f"a shift by {shift_hz:g} Hz", hint=f"Choose less than {HEARD_RATE_HZ // 2} Hz.")
    seconds = samples.size / rate / speed
    if seconds > LONGEST_S:
        raise InputError(
            f"it would sound for {seconds:.4g} s, at most {LONGEST_S:g} s are played",
            hint="Choose a shorter stretch, or play it faster.",
        )
    done = []
    gaps = ~np.isfinite(samples)
    if gaps.any():
        samples = np.where(gaps, 0.0, samples)
        done.append("gaps are silent")
    samples = samples - samples.mean()
    if envelope:
        made = envelope_of(samples, rate, band=band)
        samples = np.asarray(made.values - made.values.mean(), dtype=np.float64)
        done.append(made.method)
    elif band is not None:
        made = band_pass(samples, rate, band)
        samples = np.asarray(made.values, dtype=np.float64)
        done.append(made.method)
    heard = _moved(samples, seconds, shift_hz)
    done += [f"{speed:g} × speed"] * (speed != 1) + [f"shifted by {shift_hz:+g} Hz"] * (shift_hz != 0)
    _fade(heard)
    loudest = float(np.abs(heard).max())
    # what is left of a constant is rounding, 150 dB below it
    if loudest <= 1e-12 * max(1.0, float(np.abs(np.nan_to_num(np.asarray(x, dtype=np.float64))).max())):
        raise InputError("nothing of this stretch can be heard", hint="Choose another stretch, band or shift.")
    return Playback((heard * (PEAK / loudest)).astype(np.float32), seconds, ", ".join(done) or "as recorded")


def _moved(x: NDArray[np.float64], seconds: float, shift_hz: float) -> NDArray[np.float64]:
    """The lines of a signal at the places where they are heard, as samples."""
    lines = scipy.fft.rfft(x)
    size = max(16, round(seconds * HEARD_RATE_HZ))
    by = round(shift_hz * seconds)
    placed = np.zeros(size // 2 + 1, dtype=np.complex128)
    first, last = max(1, 1 - by), min(lines.size, placed.size - 1 - by)
    if last > first:
        placed[first + by : last + by] = lines[first:last]
    return scipy.fft.irfft(placed, size)


def _fade(x: NDArray[np.float64]) -> None:
    """Begin and end softly: what begins at once clicks."""
    count = min(round(FADE_S * HEARD_RATE_HZ), x.size // 4)
    ramp = np.sin(np.linspace(0, np.pi / 2, count)) ** 2
    x[:count] *= ramp
    x[x.size - count :] *= ramp[::-1]
