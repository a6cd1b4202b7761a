"""Order domain: squared envelope spectrum of the prewhitened rows, read at the fault combs."""

import math

import numpy as np
from numpy.typing import NDArray

from pipelines.features.fast.kernel import CHUNK, kernel
from pipelines.features.fast.ratios import Column
from pipelines.features.fast.spectrum import Rows
from pipelines.features.order_domain import log_excess
from pipelines.features.order_grid import fault_comb
from pipelines.features.orders_input import HasFaultOrders
from pipelines.features.representation import LOG_FLOOR

#: Fault → (feature of its harmonics, feature of its sidebands).
FAULTS = {
    "bpfo": ("envelope_bpfo", None),
    "bpfi": ("envelope_bpfi", "envelope_bpfi_sidebands"),
    "2bsf": ("envelope_2bsf", "envelope_2bsf_sidebands"),
    "ftf": ("envelope_ftf", None),
}


@kernel
def whiten(packed: Rows, power: Rows, total: NDArray[np.float64], white: Rows, quadrature: Rows) -> None:
    """Write packed spectra of magnitude one and of their Hilbert transform; power and total as of `packed`."""
    bins = power.shape[1]
    for b in range(packed.shape[0]):
        # a constant row has no power at all: any floor above 0 whitens it to 0
        floor = np.float32(LOG_FLOOR * total[b] / (bins - 2)) if total[b] > 0 else np.float32(1)
        pairs, direct, turned = packed[b, 1:-1], white[b, 1:-1], quadrature[b, 1:-1]
        levels = power[b, 1:-1]
        for k in range(len(levels)):
            gain = np.float32(1) / np.sqrt(levels[k] + floor)
            re, im = pairs[2 * k] * gain, pairs[2 * k + 1] * gain
            direct[2 * k], direct[2 * k + 1] = re, im
            turned[2 * k], turned[2 * k + 1] = im, -re
        white[b, 0] = white[b, -1] = quadrature[b, 0] = quadrature[b, -1] = 0


@kernel
def squared_envelope(white: Rows, quadrature: Rows, edge: int) -> None:
    """Overwrite `white` with the squared envelope less its mean, 0 within `edge` samples of either end."""
    stop = white.shape[1] - edge
    for b in range(white.shape[0]):
        total = np.float64(0)
        for start in range(edge, stop, CHUNK):
            s = np.float32(0)
            direct = white[b, start : min(start + CHUNK, stop)]
            turned = quadrature[b, start : min(start + CHUNK, stop)]
            for i in range(len(direct)):
                q = direct[i] * direct[i] + turned[i] * turned[i]
                direct[i] = q
                s += q
            total += s
        mean = np.float32(total / (stop - edge))
        white[b, edge:stop] -= mean
        white[b, :edge] = 0
        white[b, stop:] = 0


def unknown(rows: int) -> dict[str, Column]:
    """Return the order domain of rows without geometry or speed: NaN."""
    return {name: np.full(rows, np.nan) for pair in FAULTS.values() for name in pair if name is not None}


def order_features(
    packed: Rows,
    lineless: NDArray[np.bool_],
    shaft_hz: Column,
    orders: HasFaultOrders,
    rate_hz: float,
) -> dict[str, Column]:
    """Read the fault combs from packed transforms of squared envelopes."""
    rows, samples = packed.shape
    features = unknown(rows)
    for b in range(rows):
        if lineless[b] or math.isnan(shaft_hz[b]):
            continue
        spectrum = _power(packed[b])
        for fault, (harmonics, sidebands) in FAULTS.items():
            comb = fault_comb(fault, orders, float(shaft_hz[b]), samples, rate_hz)
            if comb is None:
                continue
            by_slip = log_excess(spectrum, comb.harmonics, comb).mean(axis=1)
            best = int(np.argmax(by_slip))
            features[harmonics][b] = by_slip[best]
            if sidebands is not None:
                features[sidebands][b] = log_excess(spectrum, comb.sidebands, comb)[best].mean()
    return features


def _power(packed: NDArray[np.float32]) -> NDArray[np.float64]:
    power = np.zeros(len(packed) // 2 + 1)
    power[1:-1] = packed[1:-1:2].astype(np.float64) ** 2 + packed[2:-1:2].astype(np.float64) ** 2
    return power
