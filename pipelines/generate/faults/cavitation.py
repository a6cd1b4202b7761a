"""Cavitation: a few short bursts of 1.5 to 2.5 kHz where the film is torn open.

Vapour collapses where the film diverges, so the bursts of a record share one shaft angle, with some scatter. They feel
s(t) and m(t) of their own moment.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InputError
from pipelines.generate.journal_state import JournalState
from pipelines.generate.kernels import add_burst
from pipelines.generate.registry import FaultClass, register

BURST_S = 0.008
CARRIER_HZ = (1500.0, 2500.0)
DECAY_PER_S = 100.0
ANGLE_SCATTER_TURNS = 0.03
"""Standard deviation of the shaft angle at which a burst starts."""


def burst_samples(samples: int, rate_hz: float) -> int:
    """Samples of a burst, or `InputError` where a record of ``samples`` cannot hold one."""
    length = int(BURST_S * rate_hz)
    if length >= samples:
        raise InputError(f"a record of {samples} samples is shorter than a burst", hint="Lengthen duration_s.")
    return length


def add_bursts(
    state: JournalState, rng: np.random.Generator, out: NDArray[np.float32], *, count: int, level: float
) -> dict[str, Any]:
    """``count`` bursts of 8 ms: level · s m · Hann · sin(2π fc t + φ) exp(-100 t), fc in 1.5 to 2.5 kHz each."""
    timeline = state.timeline
    length = burst_samples(out.size, timeline.rate_hz)
    turns = state.shaft_turns
    angle = rng.random()
    last = turns[-1]
    revolutions = np.floor(rng.random(count) * max(1.0, last))
    wanted = revolutions + angle + ANGLE_SCATTER_TURNS * rng.standard_normal(count)
    starts = np.sort(np.interp(wanted, turns, timeline.seconds) * timeline.rate_hz).astype(int)
    starts = np.clip(starts, 0, out.size - length - 1)
    carriers = CARRIER_HZ[0] + (CARRIER_HZ[1] - CARRIER_HZ[0]) * rng.random(count)
    phases = 2 * np.pi * rng.random(count)
    peaks = level * np.interp(starts / timeline.rate_hz, timeline.seconds, state.growth)
    for start, carrier, phase, peak in zip(starts, carriers, phases, peaks, strict=True):
        add_burst(out, start, length, timeline.rate_hz, carrier, phase, DECAY_PER_S, peak)
    return {
        "burst_angle_turns": angle,
        "burst_seconds": [round(start / timeline.rate_hz, 6) for start in starts.tolist()],
        "burst_carrier_hz": [round(carrier, 1) for carrier in carriers.tolist()],
    }


def _cavitation(state: JournalState, rng: np.random.Generator, out: NDArray[np.float32]) -> dict[str, Any]:
    return add_bursts(state, rng, out, count=int(2 + 5 * state.severity.mean), level=0.6)


CAVITATION = register(
    FaultClass(
        id="cavitation",
        title="Cavitation",
        bearing_types=("journal",),
        description="Three to seven bursts of 8 ms at 1.5 to 2.5 kHz in a record, at one shaft angle; no tones.",
        signature=_cavitation,
        highest_hz=CARRIER_HZ[1],
    )
)
