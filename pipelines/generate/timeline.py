"""The grid on which slow quantities live: speed, severity and envelopes are known at knots, samples lie between."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

KNOTS_PER_SECOND = 320
"""Slow quantities change below about 15 Hz, so linear interpolation at this rate errs by less than 0.3 %."""

LARGEST_BLOCK = 64


@dataclass(frozen=True)
class Timeline:
    """Samples of one record and the knots between which slow quantities are linear.

    Parameters
    ----------
    samples
        Number of samples N.
    rate_hz
        Sampling rate.
    block
        Samples between two knots.
    seconds
        Time of each knot, shape ``(K,)``; the last knot lies at or after the last sample.
    """

    samples: int
    rate_hz: float
    block: int
    seconds: NDArray[np.float64]

    @classmethod
    def of(cls, samples: int, rate_hz: float) -> "Timeline":
        """Lay the grid for a record."""
        block = max(1, min(LARGEST_BLOCK, int(rate_hz / KNOTS_PER_SECOND)))
        count = -(-samples // block) + 1
        return cls(samples, rate_hz, block, np.arange(count, dtype=np.float64) * (block / rate_hz))

    @property
    def duration_s(self) -> float:
        """Length of the record in seconds."""
        return self.samples / self.rate_hz

    @property
    def fraction(self) -> NDArray[np.float64]:
        """Time of each knot as a share of the record, shape ``(K,)``."""
        return self.seconds / self.duration_s

    def integral(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Time integral from the start to each knot of a quantity given at the knots (trapezoidal, exact if linear)."""
        steps = 0.5 * (values[1:] + values[:-1]) * (self.block / self.rate_hz)
        return np.concatenate(([0.0], np.cumsum(steps)))

    def constant(self, value: float) -> NDArray[np.float64]:
        """The same value at every knot."""
        return np.full(self.seconds.size, value)
