"""Search one record for the four combs of a bearing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.bearings import FaultOrders
from pipelines.diagnose.comb import CombResult, CombShape, comb_means, measure_comb, plain_teeth, sideband_teeth
from pipelines.diagnose.config import DiagnoseConfig
from pipelines.diagnose.modulation import ModulationSpectrum, band_edges, modulation_spectrum
from pipelines.diagnose.shaft import MAINS_MODULATION_HZ, refined_shaft, shaft_evidence, tone_excess, without_multiples

FAULT_LINES = ("outer_race", "inner_race", "ball", "cage")


def line_orders(orders: FaultOrders) -> dict[str, float]:
    """Order whose harmonics each fault shows; a ball strikes both races, hence twice its spin."""
    return {"outer_race": orders.bpfo, "inner_race": orders.bpfi, "ball": 2 * orders.bsf, "cage": orders.ftf}


def comb_shapes(orders: FaultOrders, config: DiagnoseConfig) -> dict[str, CombShape]:
    """What each fault shows.

    A ball meets the load once a turn of the cage, so that its sidebands at FTF are as good as its harmonics; the lines
    between are its own too, where it strikes one race harder than the other. A cage shows few harmonics besides.
    """
    race = CombShape.of_harmonics(config.harmonics, odd=True)
    ball = sideband_teeth(config.ball_harmonics, orders.ftf / (2 * orders.bsf), config.ball_sideband_weight)
    cage = CombShape.of_harmonics(config.harmonics, odd=False)
    return {"outer_race": race, "inner_race": race, "ball": CombShape(ball), "cage": cage}


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
    turning : dict of race to float
        Mean excess of the shaft sidebands of the first three harmonics: a defect on the inner race turns through the
        load, one on the outer race stands still.
    threshold : float
        Excess that 1 % of the record's lines exceed.
    standing : int
        Harmonics of the four faults that stand above it.
    """

    modulation: ModulationSpectrum
    masked: NDArray[np.float32]
    shaft_lines: float
    combs: dict[str, CombResult]
    scores: dict[str, float]
    depths: dict[str, float]
    turning: dict[str, float]
    threshold: float
    standing: int


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
    related, shapes = related_orders(orders), comb_shapes(orders, config)
    combs = {
        fault: measure_comb(masked, order, shaft_lines, related, shapes[fault], config)
        for fault, order in wanted.items()
    }
    spread = float(np.median([comb.spread for comb in combs.values()]))
    found = {fault: wanted[fault] * (1 + comb.slip) * shaft_lines for fault, comb in combs.items()}
    threshold = float(np.quantile(masked[masked != 0], 0.99)) if masked.any() else np.inf
    return SearchResult(
        modulation=modulation,
        masked=masked,
        shaft_lines=shaft_lines,
        combs=combs,
        scores={fault: comb.score(spread) for fault, comb in combs.items()},
        depths={fault: _depth(modulation, masked, base * shapes[fault].teeth[:, 0]) for fault, base in found.items()},
        turning={race: _turning(masked, found[race], shaft_lines) for race in ("outer_race", "inner_race")},
        threshold=threshold,
        standing=sum(_standing(masked, base, config.harmonics, threshold) for base in found.values()),
    )


def local_top(values: NDArray[np.float32], line: float) -> int:
    """The highest of the three lines around `line`."""
    centre = int(line + 0.5)
    return centre - 1 + int(values[centre - 1 : centre + 2].argmax())


def _depth(modulation: ModulationSpectrum, masked: NDArray[np.float32], places: NDArray[np.float64]) -> float:
    lines = (places + 0.5).astype(int)
    lines = lines[(lines > 0) & (lines < masked.size)]
    lines = lines[masked[lines] != 0]
    return float(modulation.depth[lines].max(initial=0.0))


def _turning(masked: NDArray[np.float32], base: float, shaft_lines: float) -> float:
    aside = np.array([shaft_lines / base, 0.0])
    teeth = np.concatenate((plain_teeth(3) - aside, plain_teeth(3) + aside))
    return float(comb_means(masked, np.array([base]), np.zeros(1), teeth, 0.0)[0])


def _standing(masked: NDArray[np.float32], base: float, harmonics: int, threshold: float) -> int:
    lines = base * np.arange(1, harmonics + 1)
    lines = lines[(lines >= 2) & (lines < masked.size - 2)]
    return sum(bool(masked[local_top(masked, line)] > threshold) for line in lines)
