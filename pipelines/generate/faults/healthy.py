"""No fault: the signal is the noise floor."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.generate.registry import FaultClass, register


def _nothing(state: Any, rng: np.random.Generator, out: NDArray[np.float32]) -> dict[str, Any]:
    return {}


HEALTHY = register(
    FaultClass(
        id="healthy",
        title="Healthy",
        bearing_types=("journal", "rolling"),
        description="Noise floor only; a rolling bearing also shows weak orders of its shaft.",
        signature=_nothing,
    )
)
