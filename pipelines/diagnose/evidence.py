"""Evidence for each fault, with the lines that make it up."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pipelines.bearings import FaultOrders
from pipelines.diagnose.config import DiagnoseConfig
from pipelines.diagnose.gates import Gates
from pipelines.diagnose.search import SearchResult, line_orders, local_top

TITLES = {
    "inner_race": ("Inner race", "BPFI"),
    "outer_race": ("Outer race", "BPFO"),
    "ball": ("Ball", "2·BSF"),
    "cage": ("Cage", "FTF"),
}
DEFINITIONS = {
    "inner_race": "ball pass frequency of the inner race: n/2 · (1 + d/D · cos α) · shaft",
    "outer_race": "ball pass frequency of the outer race: n/2 · (1 − d/D · cos α) · shaft",
    "ball": "twice the ball spin frequency, a defect strikes both races: D/d · (1 − (d/D · cos α)²) · shaft",
    "cage": "fundamental train frequency: 1/2 · (1 − d/D · cos α) · shaft",
}


@dataclass(frozen=True, slots=True)
class Harmonic:
    """One tooth of a comb.

    ``prominence`` is the power over the local floor (1 is the floor), averaged over bands; ``counted`` says that
    it exceeds what 99 % of the record's other lines reach and that no shaft or mains multiple covers it.
    """

    n: int
    expected_hz: float
    found_hz: float
    prominence: float
    counted: bool


@dataclass(frozen=True, slots=True)
class Sideband:
    """A line beside a counted harmonic, `order` of its spacing away (negative: below)."""

    harmonic: int
    order: int
    spacing: str
    frequency_hz: float
    prominence: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the record says about one fault.

    Attributes
    ----------
    fault, title, definition : str
        Fault class, title with its frequency's abbreviation, formula in words.
    frequency_hz, order : float
        Kinematic fault frequency, and as a multiple of shaft speed.
    score : float
        Comb of harmonics against unrelated combs of the same record, (value - median)/MAD.
    gate : float
        Score that 1 % of healthy records exceed.
    slip : float
        Relative deviation of the found comb from the kinematic frequency.
    harmonics : tuple of Harmonic
    sidebands : tuple of Sideband
    modulation_depth : float
        Highest line of the comb over the mean squared envelope.
    depth_gate : float
        Depth that 10 % of healthy records of this length exceed.
    passed : bool
        Score and depth exceed their gates.
    """

    fault: str
    title: str
    definition: str
    frequency_hz: float
    order: float
    score: float
    gate: float
    slip: float
    harmonics: tuple[Harmonic, ...]
    sidebands: tuple[Sideband, ...]
    modulation_depth: float
    depth_gate: float
    passed: bool

    def to_dict(self) -> dict:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> "Evidence":
        """The evidence that `to_dict` told."""
        harmonics = tuple(Harmonic(**one) for one in told["harmonics"])
        sidebands = tuple(Sideband(**one) for one in told["sidebands"])
        return cls(**{**told, "harmonics": harmonics, "sidebands": sidebands})


def collect_evidence(
    found: SearchResult, orders: FaultOrders, gates: Gates, config: DiagnoseConfig
) -> tuple[Evidence, ...]:
    """Evidence for every fault, strongest first."""
    wanted = line_orders(orders)
    ranked = sorted(found.scores, key=lambda fault: found.scores[fault], reverse=True)
    return tuple(_evidence(fault, wanted[fault], found, orders, gates, config) for fault in ranked)


def _evidence(
    fault: str,
    order: float,
    found: SearchResult,
    orders: FaultOrders,
    gates: Gates,
    config: DiagnoseConfig,
) -> Evidence:
    comb, score, depth = found.combs[fault], found.scores[fault], found.depths[fault]
    base = order * found.shaft_lines
    harmonics = tuple(
        harmonic
        for n in range(1, config.harmonics + 1)
        if (harmonic := _harmonic(n, base, comb.slip, found)) is not None
    )
    title, abbreviation = TITLES[fault]
    return Evidence(
        fault=fault,
        title=f"{title} {abbreviation}",
        definition=DEFINITIONS[fault],
        frequency_hz=base * found.modulation.resolution_hz,
        order=order,
        score=score,
        gate=gates.score,
        slip=comb.slip,
        harmonics=harmonics,
        sidebands=_sidebands(fault, harmonics, found, orders),
        modulation_depth=depth,
        depth_gate=gates.depth,
        passed=bool(score > gates.score and depth > gates.depth),
    )


def _harmonic(n: int, base: float, slip: float, found: SearchResult) -> Harmonic | None:
    line = n * base * (1 + slip)
    if not 2 <= line < found.masked.size - 2:
        return None
    top = local_top(found.masked, line)
    resolution = found.modulation.resolution_hz
    return Harmonic(
        n=n,
        expected_hz=n * base * resolution,
        found_hz=top * resolution,
        prominence=found.modulation.over_floor(top),
        counted=bool(found.masked[top] > found.threshold),
    )


def _sidebands(
    fault: str, harmonics: tuple[Harmonic, ...], found: SearchResult, orders: FaultOrders
) -> tuple[Sideband, ...]:
    """A defect on the inner race passes the load zone once a turn, one on a ball once a turn of the cage."""
    if fault == "cage":
        return ()
    spacing, name = (orders.ftf, "cage") if fault == "ball" else (1.0, "shaft")
    step = spacing * found.shaft_lines
    excess, resolution = found.modulation.excess, found.modulation.resolution_hz
    sidebands = []
    for harmonic in harmonics:
        for side in (-2, -1, 1, 2):
            line = harmonic.found_hz / resolution + side * step
            if harmonic.counted and 2 <= line < excess.size - 2:
                top = local_top(excess, line)
                if excess[top] > found.threshold:
                    prominence = found.modulation.over_floor(top)
                    sidebands.append(Sideband(harmonic.n, side, name, top * resolution, prominence))
    return tuple(sidebands)
