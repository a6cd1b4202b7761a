"""Order domain: fault lines of rolling-element bearings in the squared envelope spectrum, over the local floor.

The signal is whitened first (each bin to magnitude one: cepstral prewhitening), which removes the transfer path, gear
and shaft lines and the gain; every line is then divided by the floor around it. The values depend neither on load nor
on the rate. Noise gives about 1 at the harmonics (the best of many slips)
and 0.6 at the sidebands. All are NaN where geometry or speed is unknown.

Starting points: Borghesani et al., Mechanical Systems and Signal Processing 36, 2013 (cepstral prewhitening);
Randall and Antoni, Mechanical Systems and Signal Processing 25, 2011 (squared envelope, slip, sidebands).
"""

import math

import numpy as np
from scipy import fft

from pipelines.features.declaration import feature
from pipelines.features.order_grid import Comb, edge_samples, fault_comb
from pipelines.features.representation import LOG_FLOOR, Array, Representation

_SOURCE = "Borghesani et al., MSSP 36, 2013 (prewhitening); Randall and Antoni, MSSP 25, 2011 (squared envelope)"
_COMB = r"\max_{|\epsilon| \le 2\%} \frac15 \sum_{h=1}^5 \ln\left(1 + \frac{E(LINE)}{\text{floor}}\right)"
_NAN = float("nan")


def squared_envelope_spectrum(s: Representation) -> Array:
    """Return the (M/2 + 1,) power spectrum of the squared envelope of the prewhitened signal."""
    power = np.abs(s.transform) ** 2
    power[[0, -1]] = 0
    floor = LOG_FLOOR * power[1:-1].mean()
    white = np.where(power > 0, s.transform, 0) / np.sqrt(power + (floor if floor > 0 else 1))
    analytic = fft.ifft(2 * white, s.samples)
    squared = np.abs(analytic) ** 2
    edge = edge_samples(s.samples)
    moving = np.zeros(s.samples)
    moving[edge:-edge] = squared[edge:-edge] - squared[edge:-edge].mean()
    return np.abs(fft.rfft(moving)) ** 2


def log_excess(spectrum: Array, lines: np.ndarray, comb: Comb) -> Array:
    """Return ln(1 + energy / floor) of each line, shaped as `lines` (slips, lines).

    The energy is the mean of three bins, the floor the mean that the local median implies for noise (the power of a
    bin of noise is exponentially distributed: mean = median / ln 2). A line on a multiple of the shaft speed counts as
    floor, and so does everything where the floor is 0 (an exact tone).
    """
    shaft = np.abs(lines - np.rint(lines / comb.shaft_bins) * comb.shaft_bins) <= 1.5
    energy = (spectrum[lines - 1] + spectrum[lines] + spectrum[lines + 1]) / 3
    floors = np.broadcast_to(_floors(spectrum, lines, comb), lines.shape)
    return np.log1p(np.divide(energy, floors, out=np.ones(lines.shape), where=~shaft & (floors > 0)))


def _floors(spectrum: Array, lines: np.ndarray, comb: Comb) -> Array:
    floors = np.empty(lines.shape[1])
    for column, centre in enumerate(lines[lines.shape[0] // 2]):
        near = spectrum[max(1, centre - comb.floor_reach) : min(len(spectrum) - 1, centre + comb.floor_reach + 1)]
        floors[column] = _median(near) / math.log(2)
    return floors


def _median(values: Array) -> float:
    # numpy's own spends ten times the partition's time on options and checks
    low, high = (len(values) - 1) // 2, len(values) // 2
    ordered = np.partition(values, (low, high))
    return float(ordered[low] + ordered[high]) / 2


def _evidence(s: Representation, fault: str) -> tuple[float, float]:
    """Return mean log excess of harmonics and of sidebands at the slip that fits the harmonics best."""
    if s.orders is None or s.lineless:
        return _NAN, _NAN
    comb = fault_comb(fault, s.orders, s.shaft_hz, s.samples, s.rate_hz)
    if comb is None:
        return _NAN, _NAN
    spectrum = squared_envelope_spectrum(s)
    by_slip = log_excess(spectrum, comb.harmonics, comb).mean(axis=1)
    best = int(np.argmax(by_slip))
    if comb.sidebands.shape[1] == 0:
        return float(by_slip[best]), _NAN
    return float(by_slip[best]), float(log_excess(spectrum, comb.sidebands, comb)[best].mean())


@feature(
    title="Envelope energy at BPFO",
    unit="–",
    formula=_COMB.replace("LINE", r"h(1+\epsilon)\,\mathrm{BPFO}"),
    source=_SOURCE,
    domain="order",
    meaning="Impacts at the outer-race frequency: rises with an outer-race defect.",
)
def envelope_bpfo(s: Representation) -> float:
    return _evidence(s, "bpfo")[0]


@feature(
    title="Envelope energy at BPFI",
    unit="–",
    formula=_COMB.replace("LINE", r"h(1+\epsilon)\,\mathrm{BPFI}"),
    source=_SOURCE,
    domain="order",
    meaning="Impacts at the inner-race frequency: rises with an inner-race defect.",
)
def envelope_bpfi(s: Representation) -> float:
    return _evidence(s, "bpfi")[0]


@feature(
    title="Shaft sidebands of BPFI",
    unit="–",
    formula=r"\overline{\ln\left(1 + \frac{E(h\,\mathrm{BPFI} \pm f_r)}{\text{floor}}\right)},\ h = 1 \dots 5",
    source=_SOURCE,
    domain="order",
    meaning="An inner-race defect passes the load zone once a turn, so its lines carry shaft-speed sidebands.",
)
def envelope_bpfi_sidebands(s: Representation) -> float:
    return _evidence(s, "bpfi")[1]


@feature(
    title="Envelope energy at 2·BSF",
    unit="–",
    formula=_COMB.replace("LINE", r"2h(1+\epsilon)\,\mathrm{BSF}"),
    source=_SOURCE,
    domain="order",
    meaning="A damaged ball hits both races each turn of its own: rises with a rolling-element defect.",
)
def envelope_2bsf(s: Representation) -> float:
    return _evidence(s, "2bsf")[0]


@feature(
    title="Cage sidebands of 2·BSF",
    unit="–",
    formula=r"\overline{\ln\left(1 + \frac{E(2h\,\mathrm{BSF} \pm \mathrm{FTF})}{\text{floor}}\right)},\ h = 1 \dots 5",
    source=_SOURCE,
    domain="order",
    meaning="A damaged ball travels through the load zone with the cage, so its lines carry cage sidebands.",
)
def envelope_2bsf_sidebands(s: Representation) -> float:
    return _evidence(s, "2bsf")[1]


@feature(
    title="Envelope energy at FTF",
    unit="–",
    formula=_COMB.replace("LINE", r"h(1+\epsilon)\,\mathrm{FTF}"),
    source=_SOURCE,
    domain="order",
    meaning="Modulation at the cage frequency: cage damage, or a single damaged ball.",
)
def envelope_ftf(s: Representation) -> float:
    return _evidence(s, "ftf")[0]
