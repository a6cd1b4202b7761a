"""Too little oil: slow stick-slip and a few frictional contacts."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.generate.journal_state import JournalState
from pipelines.generate.registry import FaultClass, register

STICK_SLIP_HZ = (2.0, 5.0)


def add_stick_slip(
    state: JournalState, rng: np.random.Generator, out: NDArray[np.float32], level: float
) -> dict[str, Any]:
    """s m level · tf (0.3 / S) sin(2π fss t + φ), fss in 2 to 5 Hz: a thinner film sticks more."""
    u, phase = rng.random(2)
    frequency = STICK_SLIP_HZ[0] + (STICK_SLIP_HZ[1] - STICK_SLIP_HZ[0]) * u
    amplitude = level * state.conditions.temperature_factor * (0.3 / state.sommerfeld) * state.growth
    state.add_frequency(out, frequency, phase, amplitude)
    return {"stick_slip_hz": frequency}


def add_contacts(
    state: JournalState,
    rng: np.random.Generator,
    out: NDArray[np.float32],
    *,
    count: int,
    samples: int,
    level: float,
    decay: float,
) -> dict[str, Any]:
    """Contacts at random positions: ``samples`` values of level · s(t) m(t) exp(-decay k) N_k, k counting samples."""
    starts = np.sort(rng.integers(0, out.size - samples, count))
    shapes = np.exp(-decay * np.arange(samples)) * rng.standard_normal((count, samples))
    peaks = level * np.interp(starts / state.timeline.rate_hz, state.timeline.seconds, state.growth)
    for start, peak, shape in zip(starts, peaks, shapes, strict=True):
        out[start : start + samples] += (peak * shape).astype(np.float32)
    return {"contact_seconds": [round(start / state.timeline.rate_hz, 6) for start in starts.tolist()]}


def _lubrication(state: JournalState, rng: np.random.Generator, out: NDArray[np.float32]) -> dict[str, Any]:
    count = int(1 + 3 * state.severity.mean)
    return add_stick_slip(state, rng, out, 0.30) | add_contacts(
        state, rng, out, count=count, samples=20, level=0.5, decay=0.4
    )


LUBRICATION = register(
    FaultClass(
        id="lubrication",
        title="Lubrication deficiency",
        bearing_types=("journal",),
        description="Stick-slip at 2 to 5 Hz, stronger the thinner the film, and one to four frictional contacts.",
        signature=_lubrication,
        highest_hz=STICK_SLIP_HZ[1],
    )
)
