"""Recall, precision and F1 of each class, contestant by contestant."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.learn.contest.contestant import Contestant

SCORES = ("recall", "precision", "f1")


@dataclass(frozen=True)
class ClassScores:
    """One class: how many of its recordings each contestant tested in a run, and its scores, mean over the seeds.

    None where the class was not tested (recall) or never said (precision).
    """

    name: str
    tested: tuple[int, ...]
    recall: tuple[float | None, ...]
    precision: tuple[float | None, ...]
    f1: tuple[float | None, ...]


def class_scores(contestants: Sequence[Contestant]) -> tuple[ClassScores, ...]:
    """Return the classes that any contestant knows, in alphabetical order, scored at the level of recordings."""
    by_class = [
        [{one["name"]: one for one in run.metrics["recording"]["per_class"]} for run in contestant.runs]
        for contestant in contestants
    ]
    names = sorted({name for runs in by_class for run in runs for name in run})

    def mean(runs: Sequence[dict[str, dict[str, float | None]]], name: str, score: str) -> float | None:
        values = [value for run in runs if name in run and (value := run[name][score]) is not None]
        return sum(values) / len(values) if values else None

    return tuple(
        ClassScores(
            name,
            tuple(round(mean(runs, name, "tested") or 0) for runs in by_class),
            *(tuple(mean(runs, name, score) for runs in by_class) for score in SCORES),
        )
        for name in names
    )
