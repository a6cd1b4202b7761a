"""What could explain a record, and how probable each explanation is: the shipped calibration decides, nothing here."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.diagnose.gates import Gates, calibration, earned
from pipelines.diagnose.search import FAULT_LINES, SearchResult

EXPLANATIONS = ("healthy", "outer_race", "inner_race", "ball")
TERMS = ("outer_race", "inner_race", "ball", "score", "depth", "turning", "both_races", "standing", "length")
_OTHER_RACE = {"outer_race": "inner_race", "inner_race": "outer_race"}


@dataclass(frozen=True, slots=True)
class Explanation:
    """One state of the bearing and its probability; those of a record sum to 1.

    ``what`` is "healthy" or a fault; "ball" includes the cage.
    """

    what: str
    probability: float


@dataclass(frozen=True, slots=True)
class Measures:
    """What decides about a record; see `SearchResult`. ``turns`` is its length in turns of the shaft."""

    scores: Mapping[str, float]
    depths: Mapping[str, float]
    turning: Mapping[str, float]
    standing: int
    turns: float

    @classmethod
    def of(cls, found: SearchResult, turns: float) -> "Measures":
        """Those of a search."""
        return cls(found.scores, found.depths, found.turning, found.standing, turns)

    def features(self) -> dict[str, tuple[float, ...]]:
        """Inputs of each fault's utility, named by `TERMS`.

        Every fault is weighed by the same evidence of its own: score and depth of its line. A line that turns with the
        shaft speaks for the inner race. Both races at once speak for what runs on both.
        """
        heights = {line: math.log1p(min(max(self.scores[line], 0.0), 30.0)) for line in self.scores}
        depths = {line: math.log(min(max(self.depths[line], 0.02), 1.0)) for line in self.depths}
        rolling = max(("ball", "cage"), key=lambda line: self.scores[line])
        turning = min(max(self.turning["inner_race"], 0.0), 4.0)
        both = min(heights["outer_race"], heights["inner_race"])
        standing = min(self.standing, 15) / 5
        length = math.log(min(max(self.turns, 25.0), 1000.0))
        return {
            "outer_race": (1, 0, 0, heights["outer_race"], depths["outer_race"], 0, 0, standing, length),
            "inner_race": (0, 1, 0, heights["inner_race"], depths["inner_race"], turning, 0, standing, length),
            "ball": (0, 0, 1, heights[rolling], depths[rolling], 0, both, standing, length),
        }

    def passes(self, line: str, gates: Gates) -> bool:
        """Score and depth of a line exceed their gates."""
        return bool(self.scores[line] > gates.score and self.depths[line] > gates.depth)

    def lines(self, gates: Gates) -> dict[str, str]:
        """The line that speaks for each fault.

        A race defect modulates the cage too: the cage speaks for a ball only when neither race stands out.
        """
        cage = self.scores["cage"] > self.scores["ball"] and not any(
            self.passes(race, gates) for race in ("outer_race", "inner_race")
        )
        return {"outer_race": "outer_race", "inner_race": "inner_race", "ball": "cage" if cage else "ball"}


def explain(measures: Measures) -> tuple[Explanation, ...]:
    """Every explanation, most probable first: conditional logit (McFadden 1974) fitted on simulated machines."""
    weights_of = calibration()["explanations"]["weights"]
    utilities = [0.0] + [
        sum(weights_of[term] * value for term, value in zip(TERMS, features, strict=True))
        for features in measures.features().values()
    ]
    top = max(utilities)
    weights = [math.exp(utility - top) for utility in utilities]
    explained = [Explanation(what, weight / sum(weights)) for what, weight in zip(EXPLANATIONS, weights, strict=True)]
    return tuple(sorted(explained, key=lambda one: one.probability, reverse=True))


def leading_fault(measures: Measures, gates: Gates, explanations: tuple[Explanation, ...]) -> Explanation | None:
    """The most probable fault whose line passes both gates."""
    lines = measures.lines(gates)
    passed = [one for one in explanations if one.what in lines and measures.passes(lines[one.what], gates)]
    return passed[0] if passed else None


def second_race(measures: Measures, gates: Gates, fault: str) -> str | None:
    """The other race, where a shallow finding is not alone: marks on both races come from what runs on both."""
    if fault not in _OTHER_RACE or measures.depths[fault] >= gates.deep:
        return None
    other = _OTHER_RACE[fault]
    return other if measures.scores[other] > gates.clear else None


def unremarkable(measures: Measures, gates: Gates) -> list[str]:
    """What speaks against calling a record healthy; empty where every statistic is well inside the healthy ones."""
    line = max(FAULT_LINES, key=lambda one: measures.depths[one])
    against = []
    if max(measures.scores.values()) > gates.clear:
        against.append(f"a score above {gates.clear:.1f}, which one healthy record in twenty exceeds")
    if measures.depths[line] > gates.settled:
        against.append(
            f"a line at a bearing frequency modulates the noise by {measures.depths[line]:.0%}, "
            f"more than {gates.settled:.0%}, which one healthy record in four exceeds"
        )
    if measures.standing > gates.standing:
        against.append(
            f"{measures.standing} lines at bearing frequencies stand out of the floor, "
            f"more than the {gates.standing} that nine healthy records in ten stay within"
        )
    return against


def stated(answer: str, probability: float) -> float:
    """What a probability is worth: the share of right answers on records that took no part in fitting it.

    `answer` is "fault" or "healthy". Lower 90 % bound of that share among answers claimed as sure (Wilson), never more
    than claimed, nor more than the real healthy recordings, of which there are few, can vouch for.
    """
    return min(earned(calibration()["reliability"][answer], probability), calibration()["at_most"])
