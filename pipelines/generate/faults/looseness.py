"""Too much bearing clearance: a sub-synchronous tone beside the first two orders."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.generate.journal_state import JournalState
from pipelines.generate.registry import FaultClass, register

ORDER_RANGE = (0.43, 0.48)


def add_looseness(
    state: JournalState, rng: np.random.Generator, out: NDArray[np.float32], sub: float, first: float, second: float
) -> dict[str, Any]:
    """s m [sub · tf sin(2π r Ω t) + first · sin(ωt) + second · sin(2ωt)], r in 0.43 to 0.48, random phases."""
    u, *phases = rng.random(4)
    order = ORDER_RANGE[0] + (ORDER_RANGE[1] - ORDER_RANGE[0]) * u
    state.add_order(out, order, phases[0], sub * state.conditions.temperature_factor * state.growth)
    state.add_order(out, 1.0, phases[1], first * state.growth)
    if second:
        state.add_order(out, 2.0, phases[2], second * state.growth)
    return {"subsynchronous_order": order}


def _looseness(state: JournalState, rng: np.random.Generator, out: NDArray[np.float32]) -> dict[str, Any]:
    return add_looseness(state, rng, out, 0.25, 0.18, 0.10)


LOOSENESS = register(
    FaultClass(
        id="looseness",
        title="Looseness (bearing clearance)",
        bearing_types=("journal",),
        description="A tone at 0.43 to 0.48 of the shaft speed, with one and two times the speed.",
        signature=_looseness,
        highest_order=2,
    )
)
