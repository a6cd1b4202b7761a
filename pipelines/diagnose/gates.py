"""What healthy records reach: the shipped calibration."""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Gates:
    """Limits for a record of some length.

    Attributes
    ----------
    score : float
        Exceeded by 1 % of healthy records (highest of the four combs).
    clear : float
        Exceeded by 5 % of healthy records; below it nothing stands out.
    depth : float
        Modulation depth exceeded by 10 % of healthy records of this length, sound bearings that show their own
        frequencies included.
    deep : float
        Modulation depth exceeded by 1 % of them; a finding below is shallow and never certain.
    settled : float
        Modulation depth exceeded by one healthy record in four; a record called healthy stays below.
    standing : int
        Harmonics of the four faults above the record's 99 % line that 10 % of healthy records exceed.
    source : str
        Where they come from, in words.
    """

    score: float
    clear: float
    depth: float
    deep: float
    settled: float
    standing: int
    source: str


@cache
def calibration() -> dict:
    """The calibration file as written by ``benchmarks/calibrate_diagnosis.py``."""
    return json.loads(resources.files("pipelines.diagnose").joinpath("calibration.json").read_text(encoding="utf-8"))


def gates_for(revolutions: float) -> Gates:
    """Gates for a record of `revolutions` shaft turns."""
    data = calibration()
    score = data["score"]
    row = next(row for row in reversed(data["depth_by_length"]) if revolutions >= row["from_revolutions"])
    return Gates(
        score=score["0.99"],
        clear=score["0.95"],
        depth=row["depth"]["0.9"],
        deep=row["depth"]["0.99"],
        settled=row["depth"]["0.75"],
        standing=int(data["standing"]["0.9"]),
        source=f"{score['records']} simulated healthy records and {data['real']['searched']} searches of real ones, "
        f"the higher of both: 1 % exceed the score gate, 5 % the clear limit, and 10 % of those of "
        f"{row['from_revolutions']:g} shaft turns and more the depth gate",
    )


def earned(reliability: list[dict[str, float]], probability: float) -> float:
    """What a claimed probability is worth: the lower bound of the share right among answers as sure, or the claim."""
    row = next((row for row in reversed(reliability) if probability >= row["from"]), reliability[0])
    return min(probability, row["at_least"])
