"""Search one record for the four combs of a bearing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.bearings import FaultOrders
from pipelines.diagnose.comb import CombResult, measure_comb
from pipelines.diagnose.config import DiagnoseConfig
from pipelines.diagnose.modulation import ModulationSpectrum, band_edges, modulation_spectrum
from pipelines.diagnose.shaft import MAINS_MODULATION_HZ, refined_shaft, shaft_evidence, tone_excess, without_multiples

FAULT_LINES = ("outer_race", "inner_race", "ball", "cage")


def line_orders(orders: FaultOrders) -> dict[str, float]:
    """Order whose harmonics each fault shows; a ball strikes both races, hence twice its spin."""
    return {"outer_race": orders.bpfo, "inner_race": orders.bpfi, "ball": 2 * orders.bsf, "cage": orders.ftf}


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What the search found.

    Attributes
    ----------
    modulation : ModulationSpectrum
    masked : (K,) float32
        Excess without shaft and mains multiples.
    shaft_lines : float
        Shaft frequency in lines, refined.
    combs : dict of fault to CombResult
    scores : dict of fault to float
        Robust z of each comb against unrelated combs of the same record.
    depths : dict of fault to float
        Highest modulation depth among the teeth of each comb.
    """

    modulation: ModulationSpectrum
    masked: NDArray[np.float32]
    shaft_lines: float
    combs: dict[str, CombResult]
    scores: dict[str, float]
    depths: dict[str, float]


def related_orders(orders: FaultOrders) -> NDArray[np.float64]:
    """Orders that no unrelated comb may lie on: the faults, their halves, doubles and first sidebands."""
    lines = np.array(list(line_orders(orders).values()))
    races = np.array([orders.bpfo, orders.bpfi])
    sidebands = np.concatenate((races + 1, races - 1, [orders.bpfi + 2, orders.bpfi - 2]))
    spin = 2 * orders.bsf + orders.ftf * np.array([-1.0, 1.0])
    related = np.concatenate((lines, lines / 2, lines * 2, [3 * orders.ftf], sidebands, spin))
    return related[related > 0]


def search_combs(
    x: NDArray[np.float32], rate_hz: float, orders: FaultOrders, shaft_hz: float, config: DiagnoseConfig
) -> SearchResult:
    """Search `x` (mean removed) for the fault combs of `orders` at `shaft_hz`."""
    wanted = line_orders(orders)
    highest = max(wanted.values()) * shaft_hz
    bands = band_edges(rate_hz, highest, config)
    widest = max(high - low for low, high in bands)
    max_hz = min(1.05 * config.unrelated_span * config.harmonics * highest, 0.9 * widest)
    modulation = modulation_spectrum(x, rate_hz, bands, max_hz, shaft_hz, config)
    resolution = modulation.resolution_hz
    tones = tone_excess(x, rate_hz, 1.02 * config.shaft_harmonics * shaft_hz, shaft_hz)
    shaft_lines = refined_shaft(shaft_evidence(tones, modulation.excess), shaft_hz / resolution, config)
    spacings = (shaft_lines, *(mains / resolution for mains in MAINS_MODULATION_HZ))
    masked = without_multiples(modulation.excess, spacings, config)
    masked[: int(np.ceil(0.15 * shaft_lines))] = 0
    related = related_orders(orders)
    combs = {fault: measure_comb(masked, order, shaft_lines, related, config) for fault, order in wanted.items()}
    spread = float(np.median([comb.spread for comb in combs.values()]))
    scores = {fault: comb.score(spread) for fault, comb in combs.items()}
    depths = {
        fault: _depth(modulation, masked, wanted[fault] * (1 + comb.slip) * shaft_lines, config.harmonics)
        for fault, comb in combs.items()
    }
    return SearchResult(modulation, masked, shaft_lines, combs, scores, depths)


def _depth(modulation: ModulationSpectrum, masked: NDArray[np.float32], base: float, harmonics: int) -> float:
    lines = (base * np.arange(1, harmonics + 1) + 0.5).astype(int)
    lines = lines[lines < masked.size]
    lines = lines[masked[lines] != 0]
    return float(modulation.depth[lines].max(initial=0.0))
