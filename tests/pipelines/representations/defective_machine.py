"""A machine with a damaged bearing that can be run at any speed and recorded at any rate, gain and length."""

import numpy as np
from numpy.typing import NDArray

from pipelines.bearings import FaultOrders, lookup

ORDERS = lookup("6205").orders()
RESONANCE_HZ = 3000.0
DAMPING = 0.04


def run(
    fault: str | None,
    *,
    rate: float = 12_000.0,
    rpm: float = 1797.0,
    seconds: float = 6.0,
    gain: float = 1.0,
    slip: float = 0.008,
    orders: FaultOrders = ORDERS,
    seed: int = 0,
) -> NDArray[np.float32]:
    """Impacts at a bearing frequency ringing at 3 kHz, shaft harmonics, and noise of one density per Hz, (L,)."""
    rng = np.random.default_rng(seed)
    shaft = rpm / 60
    time = np.arange(round(rate * seconds)) / rate
    noise = 0.25 * np.sqrt(rate / 12_000)
    x = noise * rng.standard_normal(time.size)
    for k in (1, 2, 3):
        x += 0.3 / k * np.cos(2 * np.pi * (k * shaft * time + rng.uniform()))
    if fault is not None:
        order, carrier = {
            "outer_race": (orders.bpfo, 0.0),
            "inner_race": (orders.bpfi, 1.0),
            "ball": (2 * orders.bsf, orders.ftf),
        }[fault]
        x += _impacts(rng, time, rate, shaft, order * (1 - slip), carrier)
    return (gain * x).astype(np.float32)


def _impacts(
    rng: np.random.Generator, time: NDArray, rate: float, shaft: float, order: float, carrier: float
) -> NDArray:
    count = int(time[-1] * shaft * order)
    turns = np.cumsum((1 + 0.003 * rng.standard_normal(count)) / order)
    turns = turns[turns < time[-1] * shaft]
    strength = 1 + 0.8 * np.cos(2 * np.pi * carrier * turns) if carrier else np.ones(turns.size)
    ring = np.arange(int(0.01 * rate))
    x = np.zeros(time.size + ring.size)
    for turn, height in zip(turns, strength, strict=True):
        begin = turn / shaft * rate
        first = int(np.ceil(begin))
        since = (first - begin + ring) / rate
        decay = np.exp(-2 * np.pi * DAMPING * RESONANCE_HZ * since)
        x[first : first + ring.size] += height * decay * np.sin(2 * np.pi * RESONANCE_HZ * since)
    return x[: time.size]
