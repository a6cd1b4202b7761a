"""Worn surfaces: a raised broadband floor, slowly modulated, with weak first and second order."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.generate.journal_state import JournalState
from pipelines.generate.kernels import add_scaled
from pipelines.generate.registry import FaultClass, register

MODULATION_HZ = (0.5, 2.0)
MODULATION_DEPTH = 0.3


def add_wear(
    state: JournalState,
    rng: np.random.Generator,
    out: NDArray[np.float32],
    *,
    floor: float,
    tones: float,
    depth: float = 0.0,
) -> dict[str, Any]:
    """s m w(t) [floor · of pf N(t) + tones · (sin ωt + 0.5 sin 2ωt)], w = 1 + depth · sin(2π fm t), random phases."""
    u, phase, phase1, phase2 = rng.random(4)
    frequency = MODULATION_HZ[0] + (MODULATION_HZ[1] - MODULATION_HZ[0]) * u
    slow = 1.0 + depth * np.sin(2 * np.pi * (frequency * state.timeline.seconds + phase))
    growth = state.growth * slow
    broadband = rng.standard_normal(out.size, dtype=np.float32)
    gain = floor * state.conditions.operating_factor * state.physics_factor * growth
    add_scaled(out, broadband, gain, state.timeline.block)
    state.add_order(out, 1.0, phase1, tones * growth)
    state.add_order(out, 2.0, phase2, 0.5 * tones * growth)
    return {"wear_modulation_hz": frequency} if depth else {}


def _wear(state: JournalState, rng: np.random.Generator, out: NDArray[np.float32]) -> dict[str, Any]:
    return add_wear(state, rng, out, floor=0.25, tones=0.12, depth=MODULATION_DEPTH)


WEAR = register(
    FaultClass(
        id="wear",
        title="Wear",
        bearing_types=("journal",),
        description="A raised broadband floor that swells at 0.5 to 2 Hz, with weak one and two times the speed.",
        signature=_wear,
        highest_order=2,
    )
)
