"""Fault signatures as the reference generator of these eleven classes computes them, its quirks included.

They differ from `pipelines.generate.faults` in this: mixed faults carry severity twice (s times its mean), so a slight
one nearly vanishes; tones of looseness, wear, whirl and stick-slip start at phase zero; bursts and contacts fall
anywhere, whatever the shaft does, and feel the mean severity and no transient.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.generate.faults.cavitation import CARRIER_HZ, DECAY_PER_S, burst_samples
from pipelines.generate.faults.looseness import ORDER_RANGE as LOOSENESS_ORDERS
from pipelines.generate.faults.lubrication import STICK_SLIP_HZ
from pipelines.generate.faults.oil_whirl import DEPTH as WHIRL_DEPTH
from pipelines.generate.faults.oil_whirl import ORDER_RANGE as WHIRL_ORDERS
from pipelines.generate.faults.wear import MODULATION_DEPTH, MODULATION_HZ
from pipelines.generate.journal_state import JournalState
from pipelines.generate.kernels import add_burst, add_scaled

Samples = NDArray[np.float32]
Knots = NDArray[np.float64]
Signature = Callable[[JournalState, np.random.Generator, Samples], dict[str, Any]]


def _within(bounds: tuple[float, float], u: float) -> float:
    return bounds[0] + (bounds[1] - bounds[0]) * u


def _twice(state: JournalState) -> Knots:
    """s(t) m(t) times the mean of s: the severity of a mixed fault."""
    return state.growth * state.severity.mean


def _add_misalignment(
    state: JournalState, rng: np.random.Generator, out: Samples, growth: Knots, second: float, third: float
) -> dict[str, Any]:
    phase2, phase3 = rng.random(2)
    state.add_order(out, 2.0, phase2, second * growth)
    state.add_order(out, 3.0, phase3, third * growth)
    return {"phase_2x_turns": phase2, "phase_3x_turns": phase3}


def _add_imbalance(
    state: JournalState, rng: np.random.Generator, out: Samples, growth: Knots, first: float
) -> dict[str, Any]:
    phase, of = rng.random(), state.conditions
    state.add_order(out, 1.0, phase, first * of.load_factor * of.speed_factor**2 * growth)
    return {"phase_1x_turns": phase}


def _add_looseness(
    state: JournalState,
    rng: np.random.Generator,
    out: Samples,
    growth: Knots,
    levels: tuple[float, float, float],
) -> dict[str, Any]:
    order = _within(LOOSENESS_ORDERS, rng.random())
    sub, first, second = levels
    state.add_order(out, order, 0.0, sub * state.conditions.temperature_factor * growth)
    state.add_order(out, 1.0, 0.0, first * growth)
    state.add_order(out, 2.0, 0.0, second * growth)
    return {"subsynchronous_order": order}


def _add_stick_slip(
    state: JournalState, rng: np.random.Generator, out: Samples, growth: Knots, level: float
) -> dict[str, Any]:
    frequency = _within(STICK_SLIP_HZ, rng.random())
    of = state.conditions
    state.add_frequency(out, frequency, 0.0, level * of.temperature_factor * (0.3 / of.sommerfeld) * growth)
    return {"stick_slip_hz": frequency}


def _add_contacts(
    state: JournalState,
    rng: np.random.Generator,
    out: Samples,
    *,
    count: int,
    samples: int,
    level: float,
    decay: float,
) -> dict[str, Any]:
    starts = np.sort(rng.integers(0, out.size - samples, count))
    shapes = np.exp(-decay * np.arange(samples)) * rng.standard_normal((count, samples))
    for start, shape in zip(starts, shapes, strict=True):
        out[start : start + samples] += (level * state.severity.mean * shape).astype(np.float32)
    return {"contact_seconds": [round(start / state.timeline.rate_hz, 6) for start in starts.tolist()]}


def _add_bursts(
    state: JournalState, rng: np.random.Generator, out: Samples, *, count: int, level: float
) -> dict[str, Any]:
    rate = state.timeline.rate_hz
    length = burst_samples(out.size, rate)
    starts = np.sort(rng.integers(0, out.size - length, count))
    carriers = CARRIER_HZ[0] + (CARRIER_HZ[1] - CARRIER_HZ[0]) * rng.random(count)
    for start, carrier in zip(starts, carriers, strict=True):
        add_burst(out, start, length, rate, carrier, 0.0, DECAY_PER_S, level * state.severity.mean)
    return {
        "burst_seconds": [round(start / rate, 6) for start in starts.tolist()],
        "burst_carrier_hz": [round(carrier, 1) for carrier in carriers.tolist()],
    }


def _add_wear(
    state: JournalState, rng: np.random.Generator, out: Samples, growth: Knots, floor: float, tones: float
) -> None:
    of = state.conditions
    broadband = rng.standard_normal(out.size, dtype=np.float32)
    gain = floor * of.operating_factor * state.physics_factor * growth
    add_scaled(out, broadband, gain, state.timeline.block)
    state.add_order(out, 1.0, 0.0, tones * growth)
    state.add_order(out, 2.0, 0.0, 0.5 * tones * growth)


def _healthy(state: JournalState, rng: np.random.Generator, out: Samples) -> dict[str, Any]:
    return {}


def _misalignment(state: JournalState, rng: np.random.Generator, out: Samples) -> dict[str, Any]:
    return _add_misalignment(state, rng, out, state.growth, 0.35, 0.20)


def _imbalance(state: JournalState, rng: np.random.Generator, out: Samples) -> dict[str, Any]:
    return _add_imbalance(state, rng, out, state.growth, 0.5)


def _looseness(state: JournalState, rng: np.random.Generator, out: Samples) -> dict[str, Any]:
    return _add_looseness(state, rng, out, state.growth, (0.25, 0.18, 0.10))


def _lubrication(state: JournalState, rng: np.random.Generator, out: Samples) -> dict[str, Any]:
    count = int(1 + 3 * state.severity.mean)
    return _add_stick_slip(state, rng, out, state.growth, 0.30) | _add_contacts(
        state, rng, out, count=count, samples=20, level=0.5, decay=0.4
    )


def _cavitation(state: JournalState, rng: np.random.Generator, out: Samples) -> dict[str, Any]:
    return _add_bursts(state, rng, out, count=int(2 + 5 * state.severity.mean), level=0.6)


def _wear(state: JournalState, rng: np.random.Generator, out: Samples) -> dict[str, Any]:
    frequency = _within(MODULATION_HZ, rng.random())
    slow = 1.0 + MODULATION_DEPTH * np.sin(2 * np.pi * frequency * state.timeline.seconds)
    _add_wear(state, rng, out, state.growth * slow, 0.25, 0.12)
    return {"wear_modulation_hz": frequency}


def _oil_whirl(state: JournalState, rng: np.random.Generator, out: Samples) -> dict[str, Any]:
    order = _within(WHIRL_ORDERS, rng.random())
    amplitude = 0.40 / np.sqrt(state.conditions.sommerfeld) * state.growth
    state.add_order(out, order, 0.0, amplitude)
    # sin(a) (1 + d sin(a / 2)) as three tones: cos x is sin x a quarter turn later
    state.add_order(out, 0.5 * order, 0.25, 0.5 * WHIRL_DEPTH * amplitude)
    state.add_order(out, 1.5 * order, -0.25, 0.5 * WHIRL_DEPTH * amplitude)
    return {"subsynchronous_order": order}


def _misalignment_imbalance(state: JournalState, rng: np.random.Generator, out: Samples) -> dict[str, Any]:
    growth = _twice(state)
    return _add_misalignment(state, rng, out, growth, 0.25, 0.15) | _add_imbalance(state, rng, out, growth, 0.35)


def _wear_lubrication(state: JournalState, rng: np.random.Generator, out: Samples) -> dict[str, Any]:
    growth = _twice(state)
    _add_wear(state, rng, out, growth, 0.18, 0.08)
    return _add_stick_slip(state, rng, out, growth, 0.20) | _add_contacts(
        state, rng, out, count=int(2 + 3 * state.severity.mean), samples=10, level=0.4, decay=0.5
    )


def _cavitation_looseness(state: JournalState, rng: np.random.Generator, out: Samples) -> dict[str, Any]:
    count = int(3 + 4 * state.severity.mean)
    return _add_bursts(state, rng, out, count=count, level=0.5) | _add_looseness(
        state, rng, out, _twice(state), (0.22, 0.15, 0.0)
    )


REFERENCE_SIGNATURES: Mapping[str, Signature] = {
    "healthy": _healthy,
    "misalignment": _misalignment,
    "imbalance": _imbalance,
    "looseness": _looseness,
    "lubrication": _lubrication,
    "cavitation": _cavitation,
    "wear": _wear,
    "oil_whirl": _oil_whirl,
    "misalignment_imbalance": _misalignment_imbalance,
    "wear_lubrication": _wear_lubrication,
    "cavitation_looseness": _cavitation_looseness,
}
"""By class: adds the fault part of one record to an array in place and returns what it drew."""
