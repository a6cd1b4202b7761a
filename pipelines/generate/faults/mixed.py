"""Two faults at once; each constituent carries the severity once, as it does alone."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.generate.faults.cavitation import CARRIER_HZ, add_bursts
from pipelines.generate.faults.looseness import add_looseness
from pipelines.generate.faults.lubrication import add_contacts, add_stick_slip
from pipelines.generate.faults.rotor import add_imbalance, add_misalignment
from pipelines.generate.faults.wear import add_wear
from pipelines.generate.journal_state import JournalState
from pipelines.generate.registry import FaultClass, register


def _misalignment_imbalance(state: JournalState, rng: np.random.Generator, out: NDArray[np.float32]) -> dict[str, Any]:
    return add_misalignment(state, rng, out, 0.25, 0.15) | add_imbalance(state, rng, out, 0.35)


def _wear_lubrication(state: JournalState, rng: np.random.Generator, out: NDArray[np.float32]) -> dict[str, Any]:
    count = int(2 + 3 * state.severity.mean)
    return (
        add_wear(state, rng, out, floor=0.18, tones=0.08)
        | add_stick_slip(state, rng, out, 0.20)
        | add_contacts(state, rng, out, count=count, samples=10, level=0.4, decay=0.5)
    )


def _cavitation_looseness(state: JournalState, rng: np.random.Generator, out: NDArray[np.float32]) -> dict[str, Any]:
    count = int(3 + 4 * state.severity.mean)
    return add_bursts(state, rng, out, count=count, level=0.5) | add_looseness(state, rng, out, 0.22, 0.15, 0.0)


MISALIGNMENT_IMBALANCE = register(
    FaultClass(
        id="misalignment_imbalance",
        title="Misalignment + imbalance",
        bearing_types=("journal",),
        description="One, two and three times the shaft speed together.",
        signature=_misalignment_imbalance,
        components=("misalignment", "imbalance"),
        highest_order=3,
    )
)

WEAR_LUBRICATION = register(
    FaultClass(
        id="wear_lubrication",
        title="Wear + lubrication deficiency",
        bearing_types=("journal",),
        description="A raised floor and weak orders with stick-slip and contacts.",
        signature=_wear_lubrication,
        components=("wear", "lubrication"),
        highest_order=2,
    )
)

CAVITATION_LOOSENESS = register(
    FaultClass(
        id="cavitation_looseness",
        title="Cavitation + looseness",
        bearing_types=("journal",),
        description="Bursts at 1.5 to 2.5 kHz with a sub-synchronous tone and the shaft speed.",
        signature=_cavitation_looseness,
        components=("cavitation", "looseness"),
        highest_hz=CARRIER_HZ[1],
        highest_order=1,
    )
)
