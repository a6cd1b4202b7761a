"""What a journal bearing is doing during one record: speed, load, temperature, film, transient."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.generate.kernels import add_tone
from pipelines.generate.severity import Severity
from pipelines.generate.timeline import Timeline

SOMMERFELD_NOMINAL = 0.15
SOMMERFELD_RANGE = (0.05, 0.50)


@dataclass(frozen=True)
class Conditions:
    """Operating conditions drawn once a record.

    Parameters
    ----------
    speed_factor
        v, speed over nominal speed before any transient.
    speed_hz
        v times the nominal speed.
    load_percent, temperature_c
        Load and oil temperature.
    sommerfeld
        Sommerfeld number S at ``speed_hz``.
    reynolds, clearance_ratio
        Drawn and stored, of no influence on a signal.
    amplitude
        Base amplitude A0.
    """

    speed_factor: float
    speed_hz: float
    load_percent: float
    temperature_c: float
    sommerfeld: float
    reynolds: float
    clearance_ratio: float
    amplitude: float

    @property
    def load_factor(self) -> float:
        """lf, 0.3 at no load to 1 at full load."""
        return load_factor(self.load_percent)

    @property
    def temperature_factor(self) -> float:
        """tf, 0.9 at 40 °C to 1.1 at 80 °C."""
        return temperature_factor(self.temperature_c)

    @property
    def operating_factor(self) -> float:
        """of = lf · tf."""
        return self.load_factor * self.temperature_factor


def load_factor(load_percent: float) -> float:
    """lf = 0.3 + 0.7 L / 100."""
    return 0.3 + 0.7 * load_percent / 100.0


def temperature_factor(temperature_c: float) -> float:
    """tf = 0.9 + 0.2 (T - 40) / 40."""
    return 0.9 + 0.2 * (temperature_c - 40.0) / 40.0


def sommerfeld_number(temperature_c: float, speed_factor: float, load: float) -> float:
    """S = 0.15 exp(-0.03 (T - 60)) v / lf, kept in 0.05 to 0.50: viscosity falls with temperature."""
    number = SOMMERFELD_NOMINAL * np.exp(-0.03 * (temperature_c - 60.0)) * speed_factor / load
    return float(np.clip(number, *SOMMERFELD_RANGE))


@dataclass(frozen=True)
class JournalState:
    """Everything a fault signature needs; arrays hold values at the knots, shape ``(K,)``.

    Parameters
    ----------
    timeline
        The record and its knots.
    conditions
        Operating conditions.
    severity
        s(t).
    speed_ratio
        Speed over ``conditions.speed_hz``: 1 unless a transient or run-up changes the speed.
    envelope
        m(t), what load and temperature transients do to the fault part.
    """

    timeline: Timeline
    conditions: Conditions
    severity: Severity
    speed_ratio: NDArray[np.float64]
    envelope: NDArray[np.float64]

    @cached_property
    def growth(self) -> NDArray[np.float64]:
        """s(t) m(t), the one place where severity enters an amplitude."""
        return self.severity.factor * self.envelope

    @property
    def speed_hz(self) -> NDArray[np.float64]:
        """Shaft speed in Hz."""
        return self.conditions.speed_hz * self.speed_ratio

    @cached_property
    def shaft_turns(self) -> NDArray[np.float64]:
        """Shaft angle in turns: the integral of the speed, so tones really change their frequency with it."""
        return self.timeline.integral(self.speed_hz)

    @property
    def speed_factor(self) -> NDArray[np.float64]:
        """v(t) = speed over nominal speed."""
        return self.conditions.speed_factor * self.speed_ratio

    @property
    def sommerfeld(self) -> NDArray[np.float64]:
        """S(t), proportional to speed, within its range."""
        return np.clip(self.conditions.sommerfeld * self.speed_ratio, *SOMMERFELD_RANGE)

    @property
    def physics_factor(self) -> NDArray[np.float64]:
        """pf = sqrt(S / 0.15)."""
        return np.sqrt(self.sommerfeld / SOMMERFELD_NOMINAL)

    def add_order(self, out: NDArray[np.float32], order: float, phase: float, amplitude: Any) -> None:
        """Add a tone at a multiple of the shaft speed; ``phase`` in turns, ``amplitude`` a number or at the knots."""
        self._add(out, order * self.shaft_turns + phase, amplitude)

    def add_frequency(self, out: NDArray[np.float32], frequency_hz: float, phase: float, amplitude: Any) -> None:
        """Add a tone at a fixed frequency; ``phase`` in turns, ``amplitude`` a number or at the knots."""
        self._add(out, frequency_hz * self.timeline.seconds + phase, amplitude)

    def _add(self, out: NDArray[np.float32], turns: NDArray[np.float64], amplitude: Any) -> None:
        knots = np.ascontiguousarray(np.broadcast_to(np.asarray(amplitude, dtype=np.float64), turns.shape))
        add_tone(out, turns, knots, self.timeline.block)
