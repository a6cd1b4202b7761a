"""The float64 views of one signal on which the definitions stand."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import fft, signal

from pipelines.features.grid import MIN_SAMPLES, SEGMENT, SLICE_STOP, transform_length
from pipelines.features.orders_input import HasFaultOrders

Array = NDArray[np.float64]

#: Power below this part of the mean bin power (−90 dB) counts as the numerical floor of the log spectrum.
LOG_FLOOR = 1e-9

#: What lies 80 dB below the whole (in amplitude) is rounding, not signal: no shape is computed from it.
RELATIVE_FLOOR = 1e-4

#: Ranges below this are rounding of denormal numbers, not a signal.
CONSTANT_RANGE = 1e-40


class Representation:
    """One signal as the definitions see it, computed when first asked for.

    Parameters
    ----------
    x : (L,) float64
        Samples as recorded.
    rate_hz : float
    shaft_hz : float
        Shaft speed in Hz; NaN when unknown.
    orders : HasFaultOrders or None
        Fault orders of a rolling-element bearing; None when unknown.

    Notes
    -----
    The time domain sees all of `x`. Every other domain sees ``y``: the first ``M = transform_length(L)`` samples less
    their mean, because an offset belongs to the sensor, and its leakage hides slow lines.
    """

    def __init__(self, x: Array, rate_hz: float, shaft_hz: float, orders: HasFaultOrders | None) -> None:
        assert len(x) >= MIN_SAMPLES
        self.x = x
        self.rate_hz = rate_hz
        self.shaft_hz = shaft_hz
        self.orders = orders
        self.samples = transform_length(len(x))

    @cached_property
    def constant(self) -> bool:
        """True when nothing moves; shapes and positions are then undefined (NaN) and energies 0."""
        return bool(np.ptp(self.x) < CONSTANT_RANGE or np.ptp(self.x[: self.samples]) < CONSTANT_RANGE)

    @cached_property
    def y(self) -> Array:
        """(M,) samples of the transforms, mean removed."""
        head = self.x[: self.samples]
        return np.zeros(self.samples) if self.constant else head - head.mean()

    @cached_property
    def transform(self) -> NDArray[np.complex128]:
        """(M/2 + 1,) one-sided Fourier transform of y."""
        return fft.rfft(self.y)

    @cached_property
    def power(self) -> Array:
        """(M/2 + 1,) mean square per bin, A_k²/2 with the amplitude A_k = (2/M)|FFT_k|; 0 at 0 Hz and at Nyquist.

        Summed over k it is the mean square of y (Parseval) less the Nyquist bin, which holds no sine of its own.
        """
        amplitude = 2 / self.samples * np.abs(self.transform)
        amplitude[[0, -1]] = 0
        return amplitude**2 / 2

    @cached_property
    def lineless(self) -> bool:
        """True when no bin between 0 Hz and Nyquist holds power: the spectrum has no shape."""
        return not self.power.any()

    @cached_property
    def frequencies(self) -> Array:
        """(M/2 + 1,) Hz."""
        return fft.rfftfreq(self.samples, 1 / self.rate_hz)

    @cached_property
    def envelope(self) -> Array:
        """(M,) magnitude of the analytic signal of y, unfiltered."""
        return np.abs(signal.hilbert(self.y))

    @cached_property
    def modulated(self) -> bool:
        """Whether the envelope moves by more than the relative floor."""
        return bool(self.envelope.std() > RELATIVE_FLOOR * np.sqrt(np.mean(self.envelope**2)))

    @cached_property
    def cepstrum(self) -> Array:
        """(M/2,) real cepstrum of the log power at the quefrencies 1 … M/2 samples.

        0 Hz and Nyquist are set to the log mean; the quefrency 0 is the log mean itself, i.e. the gain, and left out.
        """
        log_power = np.log(self.power + LOG_FLOOR * self.power[1:-1].mean())
        log_power[[0, -1]] = log_power[1:-1].mean()
        return fft.irfft(log_power, self.samples)[1 : self.samples // 2 + 1]

    @cached_property
    def segments(self) -> NDArray[np.complex128]:
        """(S, 257) amplitude spectra (2/512) FFT of the whole segments of 512 samples, no overlap, no window."""
        count = self.samples // SEGMENT
        return 2 / SEGMENT * fft.rfft(self.y[: count * SEGMENT].reshape(count, SEGMENT))

    @cached_property
    def triads(self) -> NDArray[np.complex128]:
        """(S, 127) products X_k² conj X_2k of each segment, k = 1 … 127."""
        k = np.arange(1, SLICE_STOP)
        return self.segments[:, k] ** 2 * np.conj(self.segments[:, 2 * k])

    @cached_property
    def bispectrum(self) -> Array:
        """(127,) magnitude of the mean triad: the diagonal slice of the bispectrum."""
        return np.abs(self.triads.mean(axis=0))

    @cached_property
    def triad_scale(self) -> float:
        """Mean square of the segments to the power 3/2: the size a fully coupled triad could reach."""
        return float(np.mean(np.sum(np.abs(self.segments[:, 1:-1]) ** 2 / 2, axis=1)) ** 1.5)
