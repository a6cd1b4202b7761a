"""Compiled loops over samples: tones whose phase is integrated, scaled noise, ringing modes, the converter."""

from math import exp, floor, pi, sin

import numpy as np
from numba import njit
from numpy.polynomial import Chebyshev, Polynomial
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Knots = NDArray[np.float64]


def _sine_coefficients() -> tuple[np.float32, ...]:
    """Coefficients in u² of sin(2πu) / (u (1 - 4u²)), smooth on |u| <= 1/2; interpolated at Chebyshev nodes."""

    def quotient(square: NDArray[np.float64]) -> NDArray[np.float64]:
        u = np.sqrt(square)
        return np.sin(2 * pi * u) / (u * (1 - 4 * square))

    fitted = Chebyshev.interpolate(quotient, deg=5, domain=[0.0, 0.25]).convert(kind=Polynomial)
    return tuple(np.float32(c) for c in fitted.coef)


# A polynomial and no libm call, and 32-bit counters: the compiler then works on eight samples at once.
_C0, _C1, _C2, _C3, _C4, _C5 = _sine_coefficients()
_ONE, _FOUR, _HALF = np.float32(1), np.float32(4), np.float32(0.5)


@njit(cache=True, fastmath=True)
def add_tone(out: Samples, turns: Knots, amplitude: Knots, block: int) -> None:
    """Add ``amplitude · sin(2π · turns)``, both linear between knots, to ``out`` in place.

    Parameters
    ----------
    out
        float32, shape ``(N,)``.
    turns
        Phase in turns at the knots (float64, any size: it is reduced before single precision is used).
    amplitude
        Amplitude at the knots.
    block
        Samples between two knots.
    """
    for b in range(turns.size - 1):
        part = out[b * block : (b + 1) * block]
        u0 = np.float32(turns[b] - floor(turns[b]))
        du = np.float32((turns[b + 1] - turns[b]) / block)
        a0 = np.float32(amplitude[b])
        da = np.float32((amplitude[b + 1] - amplitude[b]) / block)
        for i in range(part.size):
            k = np.float32(np.int32(i))
            u = u0 + k * du
            u -= np.floor(u + _HALF)
            q = u * u
            p = _C0 + q * (_C1 + q * (_C2 + q * (_C3 + q * (_C4 + q * _C5))))
            part[i] += (a0 + k * da) * (u * (_ONE - _FOUR * q) * p)


@njit(cache=True, fastmath=True)
def add_scaled(out: Samples, values: Samples, gain: Knots, block: int) -> None:
    """Add ``gain · values``, the gain linear between knots, to ``out`` in place."""
    for b in range(gain.size - 1):
        part, added = out[b * block : (b + 1) * block], values[b * block : (b + 1) * block]
        g0 = np.float32(gain[b])
        dg = np.float32((gain[b + 1] - gain[b]) / block)
        for i in range(part.size):
            part[i] += (g0 + np.float32(np.int32(i)) * dg) * added[i]


@njit(cache=True, fastmath=True)
def multiply(out: Samples, gain: Knots, block: int) -> None:
    """Multiply ``out`` in place by a gain that is linear between knots."""
    for b in range(gain.size - 1):
        part = out[b * block : (b + 1) * block]
        g0 = np.float32(gain[b])
        dg = np.float32((gain[b + 1] - gain[b]) / block)
        for i in range(part.size):
            part[i] *= g0 + np.float32(np.int32(i)) * dg


@njit(cache=True, fastmath=True)
def shape_spectrum(coefficients: Samples, power: Samples, scale: float, floor: float) -> None:
    """Multiply Fourier coefficients, real and imaginary parts in turn, by √(scale · power + floor) in place.

    The first and the last are real and carry the power of a pair, so they are multiplied by √2 as well.
    """
    s, f = np.float32(scale), np.float32(floor)
    for k in range(power.size):
        amplitude = np.sqrt(s * power[k] + f)
        coefficients[2 * k] *= amplitude
        coefficients[2 * k + 1] *= amplitude
    coefficients[0] *= np.float32(np.sqrt(2.0))
    coefficients[2 * power.size - 2] *= np.float32(np.sqrt(2.0))


@njit(cache=True)
def add_ramp(out: Samples, last: float) -> None:
    """Add a straight line from zero to ``last`` at the last sample, in place."""
    slope = last / max(1, out.size - 1)
    for n in range(out.size):
        out[n] += np.float32(slope * n)


@njit(cache=True)
def ring(
    out: Samples, seconds: Knots, strength: Knots, rate_hz: float, frequency_hz: float, damping: float, gain: float
) -> None:
    """Add the answer of one decaying mode to a train of impulses to ``out`` in place.

    The mode h(t) = exp(-ζ ω t) sin(ω √(1-ζ²) t) is a one-pole recursion of a complex state, so impulses may fall
    between samples: each enters with the decay and phase it has reached at the next sample.

    Parameters
    ----------
    out
        float32, shape ``(N,)``.
    seconds
        Ascending times of the impulses.
    strength
        Their amplitudes.
    rate_hz, frequency_hz
        Sampling rate and undamped natural frequency in Hz.
    damping
        Damping ratio ζ, below 1.
    gain
        Amplitude of the mode.
    """
    decay = 2 * pi * frequency_hz * damping
    omega = 2 * pi * frequency_hz * np.sqrt(1 - damping * damping)
    pole = np.exp(complex(-decay, omega) / rate_hz)
    state = complex(0.0, 0.0)
    event = 0
    for n in range(out.size):
        state *= pole
        while event < seconds.size and seconds[event] * rate_hz <= n:
            age = n / rate_hz - seconds[event]
            state += strength[event] * np.exp(complex(-decay, omega) * age)
            event += 1
        out[n] += np.float32(gain * state.imag)


@njit(cache=True)
def colour(out: Samples, noise: Samples, rate_hz: float, frequency_hz: float, damping: float, gain: float) -> None:
    """Add noise seen through one mode to ``out`` in place; ``gain`` is the standard deviation of what is added."""
    decay = 2 * pi * frequency_hz * damping
    omega = 2 * pi * frequency_hz * np.sqrt(1 - damping * damping)
    pole = np.exp(complex(-decay, omega) / rate_hz)
    # the impulse response is Im(pole^k): its sum of squares is the variance of the response to unit white noise
    variance = 0.5 * (1 / (1 - abs(pole) ** 2) - (1 / (1 - pole * pole)).real)
    scale = gain / np.sqrt(variance)
    state = complex(0.0, 0.0)
    for n in range(out.size):
        state = state * pole + noise[n]
        out[n] += np.float32(scale * state.imag)


@njit(cache=True)
def add_burst(
    out: Samples,
    start: int,
    length: int,
    rate_hz: float,
    carrier_hz: float,
    phase: float,
    decay_per_s: float,
    peak: float,
) -> None:
    """Add a Hann-windowed decaying tone ``peak · hann · sin(2π fc t + phase) · exp(-decay t)`` in place."""
    for k in range(length):
        t = k / rate_hz
        window = 0.5 - 0.5 * np.cos(2 * pi * k / (length - 1))
        value = peak * window * sin(2 * pi * carrier_hz * t + phase) * exp(-decay_per_s * t)
        out[start + k] += np.float32(value)


@njit(cache=True)
def quantise(out: Samples, step: float) -> None:
    """Round to multiples of ``step`` in place, as an analogue-to-digital converter does."""
    for n in range(out.size):
        out[n] = np.float32(np.rint(out[n] / step) * step)
