"""Faults of the rotor: misalignment and imbalance, tones at whole orders of the shaft speed."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.generate.journal_state import JournalState
from pipelines.generate.registry import FaultClass, register


def add_misalignment(
    state: JournalState, rng: np.random.Generator, out: NDArray[np.float32], second: float, third: float
) -> dict[str, Any]:
    """s m [second · sin(2ωt + φ2) + third · sin(3ωt + φ3)]."""
    phase2, phase3 = rng.random(2)
    state.add_order(out, 2.0, phase2, second * state.growth)
    state.add_order(out, 3.0, phase3, third * state.growth)
    return {"phase_2x_turns": phase2, "phase_3x_turns": phase3}


def add_imbalance(
    state: JournalState, rng: np.random.Generator, out: NDArray[np.float32], first: float
) -> dict[str, Any]:
    """s m first · lf v² sin(ωt + φ): the force of an imbalance grows with the square of the speed."""
    phase = rng.random()
    state.add_order(out, 1.0, phase, first * state.conditions.load_factor * state.speed_factor**2 * state.growth)
    return {"phase_1x_turns": phase}


def _misalignment(state: JournalState, rng: np.random.Generator, out: NDArray[np.float32]) -> dict[str, Any]:
    return add_misalignment(state, rng, out, 0.35, 0.20)


def _imbalance(state: JournalState, rng: np.random.Generator, out: NDArray[np.float32]) -> dict[str, Any]:
    return add_imbalance(state, rng, out, 0.5)


MISALIGNMENT = register(
    FaultClass(
        id="misalignment",
        title="Misalignment",
        bearing_types=("journal",),
        description="Twice the shaft speed dominates, with three times beside it.",
        signature=_misalignment,
        highest_order=3,
    )
)

IMBALANCE = register(
    FaultClass(
        id="imbalance",
        title="Imbalance",
        bearing_types=("journal",),
        description="One tone at the shaft speed whose amplitude grows with the square of the speed.",
        signature=_imbalance,
        highest_order=1,
    )
)
