"""What healthy records reach, and how sure a finding is: the shipped calibration."""

import json
import math
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
    source : str
        Where they come from, in words.
    """

    score: float
    clear: float
    depth: float
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
        source=f"{score['records']} simulated healthy records: 1 % exceed the score gate, 5 % the clear limit, "
        f"and 10 % of those of {row['from_revolutions']:g} shaft turns and more the depth gate",
    )


def finding_features(score: float, rival: float, depth: float, gates: Gates) -> tuple[float, float, float]:
    """Inputs of the confidence: score over gate, lead over the runner-up, depth over gate (the outer two in log)."""
    return (
        math.log(min(max(score / gates.score, 0.2), 4.0)),
        min(max((score - rival) / gates.score, -1.0), 2.0),
        math.log(min(max(depth / gates.depth, 0.1), 5.0)),
    )


def finding_confidence(score: float, rival: float, depth: float, gates: Gates) -> float:
    """Probability that the named fault is the true state, among simulated records half of which are healthy."""
    data = calibration()["finding"]
    features = finding_features(score, rival, depth, gates)
    return _logistic(data["intercept"] + sum(c * f for c, f in zip(data["coefficients"], features, strict=True)))


def clear_confidence(highest: float, gates: Gates) -> float:
    """Probability that a record whose highest score is `highest` is healthy, among the same simulated records."""
    data = calibration()["clear"]
    return _logistic(data["intercept"] + data["coefficient"] * min(highest / gates.score, 1.0))


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value))
