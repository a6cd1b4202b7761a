"""The envelope spectrum over multiples of the shaft speed, each line over its local floor."""

import math
from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincinv

from pipelines.diagnose.config import DEFAULT as WHITENING
from pipelines.diagnose.modulation import whitened
from pipelines.errors import InputError
from pipelines.representations.bands import bands_for
from pipelines.representations.config import DEFAULT, EnvelopeConfig
from pipelines.spectra.envelope import band_envelope
from pipelines.spectra.floor import running_floor
from pipelines.spectra.signal_input import checked_rate, checked_signal

INDEPENDENT = 18 / 19
"""Independent spectra for each of many Hann segments that overlap by half (Welch, IEEE Trans. AU-15 (1967) 70)."""


@dataclass(frozen=True, slots=True)
class EnvelopeOrders:
    """Envelope spectra of one or several signals on one axis of shaft orders.

    Attributes
    ----------
    orders : (K,) float64
        Modulation frequency divided by shaft frequency.
    excess : (B, K) float32
        ln(1 + power/floor) of each line, averaged over the bands where it is clearest, less its running median: 0 is
        the floor whatever the gain, the noise or the machine.
    segments : (B,) int64
        Segments that were averaged: more make the floor smoother, not the lines higher.
    config : EnvelopeConfig
    """

    orders: NDArray[np.float64]
    excess: NDArray[np.float32]
    segments: NDArray[np.int64]
    config: EnvelopeConfig


def envelope_orders(
    x: ArrayLike,
    rate_hz: float,
    speed_rpm: ArrayLike | None,
    *,
    max_order: float = 16.0,
    config: EnvelopeConfig = DEFAULT,
) -> EnvelopeOrders:
    """Squared-envelope spectra over multiples of the shaft speed, relative to the local floor.

    The spectrum is whitened with its tones clipped (which takes the transfer path, the gain and gear lines out), each
    band demodulated, the squared envelope cut into segments of a whole number of shaft turns (half overlapping, Hann),
    and their power spectra averaged. So the axis does not depend on the speed, the resolution not on the length, the
    bands not on the rate.

    Parameters
    ----------
    x : (L,) or (B, L) array_like
        Signals of one length and rate, any unit.
    rate_hz : float
        Sampling rate, Hz.
    speed_rpm : float or (B,) array_like
        Speed of the shaft that carries the inner ring, constant over a record to about 0.5 %; a run-up has to be
        resampled over the shaft angle first (`pipelines.orders`).
    max_order : float
        Highest multiple of the shaft speed.
    config : EnvelopeConfig

    Raises
    ------
    InputError
        A speed that is missing or not positive, a record shorter than ``config.turns`` turns of the shaft, a highest
        order beyond half the rate, a signal that is constant or not finite.

    Notes
    -----
    Randall and Antoni, Mech. Syst. Signal Process. 25 (2011) 485 (squared envelope, whitening, bands).
    """
    rate = checked_rate(rate_hz)
    given = np.asarray(x)
    if given.ndim not in (1, 2):
        raise InputError(f"array of shape {given.shape}, expected (samples,) or (signals, samples)")
    rows = np.atleast_2d(given)
    shafts = _shafts_hz(speed_rpm, len(rows))
    if not (math.isfinite(max_order) and max_order >= config.floor_orders):
        raise InputError(f"orders up to {max_order}, expected at least {config.floor_orders:g} (the floor's width)")
    lines = math.ceil(max_order * config.turns) + 1
    excess = np.empty((len(rows), lines), dtype=np.float32)
    segments = np.empty(len(rows), dtype=np.int64)
    for row, (signal, shaft) in enumerate(zip(rows, shafts, strict=True)):
        excess[row], segments[row] = _one(signal, rate, float(shaft), lines, config)
    return EnvelopeOrders(np.arange(lines) / config.turns, excess, segments, config)


def multiples_of(
    spectrum: EnvelopeOrders, order: float, *, up_to: float = 6.0, per_multiple: int = 32
) -> NDArray[np.float32]:
    """The envelope spectrum over multiples of a bearing frequency, for a model that reads a picture of lines.

    Parameters
    ----------
    spectrum : EnvelopeOrders
        Reaching ``order * up_to * (1 + slip)``.
    order : float
        The bearing frequency as a multiple of the shaft speed, e.g. ``geometry.orders().bpfo``.
    up_to : float
        Highest multiple.
    per_multiple : int
        Points between one multiple and the next.

    Returns
    -------
    (B, round(up_to * per_multiple)) float32
        Point k is the highest excess within ± slip (and half a point) of (k + 1)/per_multiple times the frequency:
        a line that slipped stays where it belongs.

    Raises
    ------
    InputError
        An order that is missing or not positive, or a spectrum that ends too early.
    """
    if order is None or not (math.isfinite(order) and order > 0):
        raise InputError(
            f"bearing frequency of order {order}, expected a positive multiple of the shaft speed",
            hint="Give the bearing's geometry; without it only multiples of the shaft speed can be read.",
        )
    count = round(up_to * per_multiple)
    if count < 1:
        raise InputError(f"multiples up to {up_to:g} at {per_multiple} points each, expected at least one point")
    centres = np.arange(1, count + 1) / per_multiple
    reach = np.maximum(centres * spectrum.config.slip, 0.5 / per_multiple)
    turns = spectrum.config.turns
    first = np.floor((centres - reach) * order * turns + 0.5).astype(np.int64)
    last = np.floor((centres + reach) * order * turns + 0.5).astype(np.int64)
    if last[-1] >= spectrum.excess.shape[1]:
        raise InputError(
            f"{up_to:g} multiples of order {order:g} with slip reach order {last[-1] / turns:.4g}, the spectrum ends "
            f"at {spectrum.orders[-1]:.4g}",
            hint="Compute the spectrum to a higher order, or ask for fewer multiples.",
        )
    picture = np.empty((len(spectrum.excess), count), dtype=np.float32)
    for point, (low, high) in enumerate(zip(first, last, strict=True)):
        picture[:, point] = spectrum.excess[:, low : high + 1].max(axis=1)
    return picture


def _shafts_hz(speed_rpm: ArrayLike | None, count: int) -> NDArray[np.float64]:
    if speed_rpm is None:
        raise InputError(
            "the shaft speed is missing: multiples of an unknown speed do not exist",
            hint="Store the speed with the recording, or have it estimated (pipelines.diagnose.estimate_speed).",
        )
    rpm = np.asarray(speed_rpm, dtype=np.float64)
    if rpm.ndim > 1 or (rpm.ndim == 1 and len(rpm) != count):
        raise InputError(f"speeds of shape {rpm.shape}, expected one number or one for each of {count} signals")
    wrong = rpm[~(np.isfinite(rpm) & (rpm > 0))]
    if wrong.size:
        raise InputError(
            f"shaft speed {wrong.flat[0]} rpm, expected a positive number",
            hint="Leave signals out whose speed is unknown.",
        )
    return np.broadcast_to(rpm / 60, (count,))


def _one(
    x: NDArray, rate: float, shaft_hz: float, lines: int, config: EnvelopeConfig
) -> tuple[NDArray[np.float32], int]:
    signal = checked_signal(x, at_least=256)
    signal = signal[: scipy.fft.prev_fast_len(signal.size, real=True)]  # an awkward length costs more than its tail
    turns = signal.size / rate * shaft_hz
    if turns < config.turns:
        raise InputError(
            f"{signal.size / rate:.3g} s are {turns:.1f} turns of the shaft, expected at least {config.turns}",
            hint="Use a longer record, or segments of fewer turns (which part lines less).",
        )
    if np.ptp(signal) == 0:
        raise InputError("the signal is constant: it has no envelope", hint="Check the sensor and the channel.")
    widest = lines / config.turns * shaft_hz
    bands = bands_for(config.bands, signal, rate, widest)
    spectrum = whitened(signal, rate, WHITENING)
    power = np.empty((len(bands), lines))
    for row, band in enumerate(bands):
        power[row], segments = _envelope_power(spectrum, band, turns, signal.size / rate, lines, config)
    width = max(3, round(config.floor_orders * config.turns))
    # mean of exponentially distributed noise from its median, for as many spectra as were averaged
    independent = max(1.0, segments * INDEPENDENT)
    floor = running_floor(power, width) * (independent / gammaincinv(independent, 0.5))
    excess = np.log1p(power / np.maximum(floor, np.finfo(np.float64).tiny))
    clearest = min(config.clearest, len(bands))
    combined = np.partition(excess, len(bands) - clearest, axis=0)[len(bands) - clearest :].mean(axis=0)
    return (combined - running_floor(combined, width)).astype(np.float32), segments


def _envelope_power(
    spectrum: NDArray[np.complex64],
    band: tuple[float, float],
    turns: float,
    seconds: float,
    lines: int,
    config: EnvelopeConfig,
) -> tuple[NDArray[np.float64], int]:
    """Mean power spectrum of the squared envelope of one band: `lines` lines of 1/turns order; segments averaged."""
    lo, hi = round(band[0] * seconds), min(round(band[1] * seconds), spectrum.size)
    highest = math.ceil(lines / config.turns * turns)
    # twice what keeps folded lines out, so that a whole number of samples is the segment's turns to 0.01 %
    points = scipy.fft.next_fast_len(2 * (hi - lo + highest), real=False)
    analytic = band_envelope(spectrum, lo, hi, points)
    envelope = analytic.real**2 + analytic.imag**2
    size = min(points, round(points * config.turns / turns))
    cut = sliding_window_view(envelope, size)[:: size // 2]
    window = np.hanning(size + 1)[:-1].astype(np.float32)
    transform = scipy.fft.rfft((cut - cut.mean(axis=1, keepdims=True)) * window, axis=1)[:, :lines]
    return (transform.real.astype(np.float64) ** 2 + transform.imag.astype(np.float64) ** 2).mean(axis=0), len(cut)
