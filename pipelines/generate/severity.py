"""How far a fault has come: four levels, and growth within a record."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from pipelines.generate.timeline import Timeline

SeverityLevel = Literal["incipient", "mild", "moderate", "severe"]
SEVERITY_LEVELS: tuple[SeverityLevel, ...] = get_args(SeverityLevel)

SEVERITY_RANGES: dict[str, tuple[float, float]] = {
    "incipient": (0.20, 0.45),
    "mild": (0.45, 0.70),
    "moderate": (0.70, 0.90),
    "severe": (0.90, 1.00),
}

NOMINAL = "nominal"
"""Level of a record without a fault."""

GROWTH = 0.3
"""How much the factor grows over an evolving record, never beyond 1."""


@dataclass(frozen=True)
class Severity:
    """Severity of one record; ``factor`` is s(t) at the knots, shape ``(K,)``."""

    level: str
    evolving: bool
    factor: NDArray[np.float64]

    @property
    def initial(self) -> float:
        """s at the start."""
        return float(self.factor[0])

    @property
    def final(self) -> float:
        """s at the end."""
        return float(self.factor[-1])

    @property
    def mean(self) -> float:
        """Mean of s over the record."""
        return float(self.factor.mean())

    @property
    def final_level(self) -> str:
        """Level that the factor has reached at the end; the label of the record keeps the initial one."""
        if self.level == NOMINAL:
            return NOMINAL
        return next(level for level in SEVERITY_LEVELS if self.final <= SEVERITY_RANGES[level][1])


def draw_severity(level: str, evolution_probability: float, rng: np.random.Generator, timeline: Timeline) -> Severity:
    """Draw s(t): uniform within the level, growing linearly with the given probability.

    A healthy record is never evolving: nothing could grow.
    """
    within, chance = rng.random(2)
    if level == NOMINAL:
        return Severity(NOMINAL, False, timeline.constant(1.0))
    low, high = SEVERITY_RANGES[level]
    start = low + (high - low) * within
    evolving = bool(chance < evolution_probability)
    end = min(1.0, start + GROWTH) if evolving else start
    return Severity(level, evolving, start + (end - start) * np.minimum(timeline.fraction, 1.0))
