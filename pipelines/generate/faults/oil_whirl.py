"""Oil whirl: the film drives the shaft around the clearance at a little under half the shaft speed."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.generate.journal_state import JournalState
from pipelines.generate.registry import FaultClass, register

ORDER_RANGE = (0.42, 0.48)
DEPTH = 0.2


def _oil_whirl(state: JournalState, rng: np.random.Generator, out: NDArray[np.float32]) -> dict[str, Any]:
    """s m (0.40 / sqrt S) sin(2π fw t) (1 + 0.2 sin(2π (fw/2) t)), fw in 0.42 to 0.48 of the speed.

    The product is written as its three tones, fw/2, fw and 3 fw/2.
    """
    u, phase, slow_phase = rng.random(3)
    order = ORDER_RANGE[0] + (ORDER_RANGE[1] - ORDER_RANGE[0]) * u
    amplitude = 0.40 / np.sqrt(state.sommerfeld) * state.growth
    state.add_order(out, order, phase, amplitude)
    # sin a sin b = [cos(a - b) - cos(a + b)] / 2, and cos x is sin x a quarter turn later
    state.add_order(out, 0.5 * order, phase - slow_phase + 0.25, 0.5 * DEPTH * amplitude)
    state.add_order(out, 1.5 * order, phase + slow_phase - 0.25, 0.5 * DEPTH * amplitude)
    return {"subsynchronous_order": order}


OIL_WHIRL = register(
    FaultClass(
        id="oil_whirl",
        title="Oil whirl",
        bearing_types=("journal",),
        description="A tone at 0.42 to 0.48 of the shaft speed, stronger the lower the Sommerfeld number.",
        signature=_oil_whirl,
        highest_order=0.75,
    )
)
