"""Faults of rolling-element bearings: trains of impacts through the resonances of the bearing and its housing."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.generate.registry import FaultClass, register
from pipelines.generate.rolling_state import RollingState

FAULT_AT_TURNS = 0.08
"""An outer-race fault lies within this angle (about 30°) of the load direction."""

INNER_STRIKE = 0.7
"""Strength with which an element's fault strikes the inner race, relative to the outer."""

RUBS, RUB_TURNS = 8, 0.03
"""A damaged cage rubs: contacts per turn of the cage, and the part of the turn they fall into."""


def _outer_race(state: RollingState, rng: np.random.Generator, out: NDArray[np.float32]) -> dict[str, Any]:
    """A fixed point of the loaded zone is struck at BPFO, always under the same load: no sidebands."""
    position = FAULT_AT_TURNS * (2.0 * rng.random() - 1.0)
    turns = state.events(state.orders.bpfo, rng)
    state.add_impacts(out, turns, state.load(np.full(turns.size, position)), rng)
    return {"fault_angle_deg": 360.0 * position}


def _inner_race(state: RollingState, rng: np.random.Generator, out: NDArray[np.float32]) -> dict[str, Any]:
    """The fault turns with the shaft through the loaded zone: BPFI with sidebands at the shaft speed."""
    phase = rng.random()
    turns = state.events(state.orders.bpfi, rng)
    state.add_impacts(out, turns, state.load(turns + phase), rng)
    return {"fault_phase_turns": phase}


def _ball(state: RollingState, rng: np.random.Generator, out: NDArray[np.float32]) -> dict[str, Any]:
    """The fault strikes both races in turn and travels with the cage: 2·BSF with sidebands at FTF, and BSF itself."""
    phase = rng.random()
    turns = state.events(state.orders.ball, rng)
    strength = state.load(state.orders.ftf * turns + phase)
    strength[1::2] *= INNER_STRIKE
    state.add_impacts(out, turns, strength, rng)
    return {"cage_phase_turns": phase}


def _cage(state: RollingState, rng: np.random.Generator, out: NDArray[np.float32]) -> dict[str, Any]:
    """The damaged part of the cage rubs once a turn of the cage: a short crowd of contacts at FTF."""
    passes = state.events(state.orders.ftf, rng)
    spread = RUB_TURNS / state.orders.ftf * rng.random((passes.size, RUBS))
    turns = np.sort((passes[:, None] + spread).ravel())
    turns = turns[turns < state.shaft_turns[-1]]
    state.add_impacts(out, turns, np.full(turns.size, 1.0), rng)
    return {"rubs_per_turn": RUBS}


INNER_RACE = register(
    FaultClass(
        id="inner_race",
        title="Inner race",
        bearing_types=("rolling",),
        description="Impacts at BPFI, strong in the loaded zone: sidebands at the shaft speed.",
        signature=_inner_race,
    )
)

OUTER_RACE = register(
    FaultClass(
        id="outer_race",
        title="Outer race",
        bearing_types=("rolling",),
        description="Impacts at BPFO of even strength.",
        signature=_outer_race,
    )
)

BALL = register(
    FaultClass(
        id="ball",
        title="Ball",
        bearing_types=("rolling",),
        description="Impacts at twice BSF, modulated by the cage: sidebands at FTF.",
        signature=_ball,
    )
)

CAGE = register(
    FaultClass(
        id="cage",
        title="Cage",
        bearing_types=("rolling",),
        description="Bursts of rubbing once a turn of the cage, at FTF.",
        signature=_cage,
    )
)
