"""What each contestant said of the same recordings, where they do not agree on what is right."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.learn.contest.contestant import Contestant


@dataclass(frozen=True)
class Answers:
    """One recording: its class, the share of each contestant's runs that found it, and the label said most often.

    Both are None for a contestant that did not test it.
    """

    recording: str
    truth: str
    right: tuple[float | None, ...]
    said: tuple[str | None, ...]


def disagreements(contestants: Sequence[Contestant]) -> tuple[Answers, ...]:
    """Return the recordings that two or more tested and did not get right equally often; the widest apart first."""
    tables = [_tallies(contestant) for contestant in contestants]
    found = []
    for name in dict.fromkeys(name for table in tables for name in table):
        tallies = [table.get(name) for table in tables]
        shares = tuple(None if tally is None else tally.right / tally.runs for tally in tallies)
        known = [share for share in shares if share is not None]
        if len(known) > 1 and min(known) < max(known):
            truth = next(tally.truth for tally in tallies if tally is not None)
            said = tuple(None if tally is None else tally.said.most_common(1)[0][0] for tally in tallies)
            found.append(Answers(name, truth, shares, said))
    return tuple(sorted(found, key=lambda one: (-_spread(one), one.recording)))


@dataclass
class _Tally:
    truth: str
    runs: int
    right: int
    said: Counter[str]


def _tallies(contestant: Contestant) -> dict[str, _Tally]:
    found: dict[str, _Tally] = {}
    for run in contestant.runs:
        for row in run.recordings:
            tally = found.setdefault(str(row["recording"]), _Tally(str(row["true"]), 0, 0, Counter()))
            tally.runs += 1
            tally.right += bool(row["correct"])
            tally.said[str(row["predicted"])] += 1
    return found


def _spread(one: Answers) -> float:
    known = [share for share in one.right if share is not None]
    return max(known) - min(known)
