"""Where on the frequency grid a bearing fault's comb of lines lies, for each slip that is tried."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipelines.features.grid import RESOLVED_BINS
from pipelines.features.orders_input import HasFaultOrders

HARMONICS = 5

#: Rolling elements slip: real fault frequencies lie up to 2 % beside the geometric ones (Randall and Antoni 2011).
MAX_SLIP = 0.02

#: The floor is taken from at least this many bins to each side, however slow the shaft.
MIN_FLOOR_REACH = 16

#: Part of a record at each end that the squared envelope leaves out.
EDGE = 0.01


def edge_samples(samples: int) -> int:
    """Return how many samples at each end of the squared envelope are left out.

    The jump from the end of a record to its start leaks over all bins in one phase; where a band is empty, as above an
    anti-alias filter, whitening turns that leakage into an impact at the ends which would outshout the bearing's.
    """
    return max(1, round(EDGE * samples))


@dataclass(frozen=True)
class Comb:
    """One fault's lines, in bins.

    Attributes
    ----------
    harmonics : (S, H) int64
        Bin of the harmonics that are visible, for each of S slips.
    sidebands : (S, 2H) int64
        Bin of the sidebands below and above each harmonic; (S, 0) for a fault without sidebands.
    floor_reach : int
        Bins to each side from which the local floor is taken: half a shaft order.
    shaft_bins : float
        Shaft speed in bins; its multiples are masked.
    """

    harmonics: NDArray[np.int64]
    sidebands: NDArray[np.int64]
    floor_reach: int
    shaft_bins: float


def fault_comb(fault: str, orders: HasFaultOrders, shaft_hz: float, samples: int, rate_hz: float) -> Comb | None:
    """Return the comb of ``bpfo``, ``bpfi``, ``2bsf`` or ``ftf``, or None where it cannot be resolved or seen."""
    order, spacing = {
        "bpfo": (orders.bpfo, None),
        "bpfi": (orders.bpfi, 1.0),
        "2bsf": (2 * orders.bsf, orders.ftf),
        "ftf": (orders.ftf, None),
    }[fault]
    shaft_bins = shaft_hz * samples / rate_hz
    line = order * shaft_bins
    narrowest = min(shaft_bins, line, line if spacing is None else spacing * shaft_bins)
    # written so that an unknown speed (NaN) is unresolved too
    if not narrowest >= RESOLVED_BINS:
        return None
    return _comb(line, None if spacing is None else spacing * shaft_bins, shaft_bins, samples)


# the windows of a record share one comb
@lru_cache(maxsize=64)
def _comb(line: float, spacing: float | None, shaft_bins: float, samples: int) -> Comb | None:
    reach = max(MIN_FLOOR_REACH, math.ceil(shaft_bins / 2))
    top = line * (1 + MAX_SLIP)
    last = samples // 2 - 2
    visible = np.array([h for h in range(1, HARMONICS + 1) if h * top <= last], dtype=np.float64)
    if len(visible) == 0:
        return None
    # neighbouring slips move the highest harmonic by one bin
    steps = math.ceil(MAX_SLIP * line * visible[-1])
    slips = 1 + np.linspace(-MAX_SLIP, MAX_SLIP, 2 * steps + 1)
    centres = slips[:, None] * line * visible
    harmonics = np.rint(centres).astype(np.int64)
    if spacing is None:
        sidebands = np.empty((len(slips), 0), dtype=np.int64)
    else:
        pairs = np.concatenate([centres - spacing, centres + spacing], axis=1)
        sidebands = np.clip(np.rint(pairs), 1, last).astype(np.int64)
    return Comb(np.clip(harmonics, 1, last), sidebands, reach, shaft_bins)
