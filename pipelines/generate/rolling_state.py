"""One simulated rolling-element bearing and what it is doing during a record."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.generate.kernels import ring
from pipelines.generate.kinematics import FaultOrders
from pipelines.generate.severity import Severity
from pipelines.generate.timeline import Timeline

IMPACT_SCATTER = 0.1
"""Relative standard deviation of the strength of single impacts: no two passes are alike."""


@dataclass(frozen=True)
class Mode:
    """One decaying mode of the structure between bearing and sensor."""

    frequency_hz: float
    damping: float
    gain: float


@dataclass(frozen=True)
class SimulatedBearing:
    """What distinguishes one bearing, its housing and its sensor from another.

    Parameters
    ----------
    asset_id
        Name; records of one bearing share it, so a data set can be split by it.
    modes
        Resonances that impacts excite.
    gain
        Sensitivity of the transfer path.
    load_zone
        Load distribution factor ε: half of the projected extent of the loaded zone.
    shaft, background
        Factors on the levels of shaft orders and machine noise.
    """

    asset_id: str
    modes: tuple[Mode, ...]
    gain: float
    load_zone: float
    shaft: float
    background: float


@dataclass(frozen=True)
class RollingState:
    """Everything a fault signature needs; arrays hold values at the knots, shape ``(K,)``."""

    timeline: Timeline
    bearing: SimulatedBearing
    severity: Severity
    shaft_turns: NDArray[np.float64]
    orders: FaultOrders
    jitter: float
    impact: float

    def events(self, order: float, rng: np.random.Generator) -> NDArray[np.float64]:
        """Shaft angles in turns at which a fault with ``order`` events per turn strikes.

        Intervals scatter independently, so the deviation accumulates as in a bearing that slips: lines of the envelope
        spectrum widen with their number (Antoni & Randall, 2003).
        """
        total = self.shaft_turns[-1] * order
        count = int(total * (1 + self.jitter)) + 8
        intervals = np.maximum(1.0 + self.jitter * rng.standard_normal(count), 0.05)
        turns = (rng.random() + np.cumsum(intervals) - intervals[0]) / order
        return turns[turns < self.shaft_turns[-1]]

    def load(self, turns: NDArray[np.float64]) -> NDArray[np.float64]:
        """Load at an angle (in turns) from the load direction, 1 in it: Stribeck's (1 - (1 - cos ψ) / 2ε)^1.5."""
        base = 1.0 - (1.0 - np.cos(2 * np.pi * turns)) / (2.0 * self.bearing.load_zone)
        return np.maximum(base, 0.0) ** 1.5

    def add_impacts(
        self,
        out: NDArray[np.float32],
        turns: NDArray[np.float64],
        strength: NDArray[np.float64],
        rng: np.random.Generator,
    ) -> None:
        """Let impacts at shaft angles ``turns`` (ascending) with relative ``strength`` excite the modes, in place."""
        seconds = np.interp(turns, self.shaft_turns, self.timeline.seconds)
        severity = np.interp(seconds, self.timeline.seconds, self.severity.factor)
        scatter = np.maximum(1.0 + IMPACT_SCATTER * rng.standard_normal(turns.size), 0.0)
        amplitude = self.impact * self.bearing.gain * severity * strength * scatter
        for mode in self.bearing.modes:
            ring(out, seconds, amplitude, self.timeline.rate_hz, mode.frequency_hz, mode.damping, mode.gain)
