"""Whether contestants answered the same question, and with which seeds they can be paired."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipelines.learn.contest.contestant import Contestant
from pipelines.learn.paired.verdicts import FEWEST_MODELS
from pipelines.learn.wording import listed


@dataclass(frozen=True)
class Refusal:
    """Why no test is made, and what to do."""

    message: str
    hint: str


def refusal_of(contestants: Sequence[Contestant]) -> Refusal | None:
    """Return why these cannot be tested against one another, as far as it can be known before pairing them."""
    if len(contestants) < FEWEST_MODELS:
        return Refusal("there is nothing to compare it with", "Add another experiment or model version.")
    idle = [one.name for one in contestants if not one.runs]
    if idle:
        return Refusal(
            f"{listed([repr(name) for name in idle])} {'has' if len(idle) == 1 else 'have'} no finished run",
            "Wait until a run has ended, or take it out of the comparison.",
        )
    targets = {one.name: one.runs[0].metrics["config"]["target"] for one in contestants}
    if len(set(targets.values())) > 1:
        told = ", ".join(f"{name!r} {target}" for name, target in targets.items())
        return Refusal(f"they do not predict the same: {told}", "Compare experiments with the same target.")
    return _other_truths(contestants)


def same_seeds(contestants: Sequence[Contestant]) -> tuple[list[Contestant], str]:
    """Keep the runs whose seeds all contestants have, if they have any in common; and say what was left out."""
    seeds = [{run.seed for run in one.runs} for one in contestants]
    shared = set.intersection(*seeds)
    if not shared or all(one == shared for one in seeds):
        return list(contestants), ""
    kept = [replace(one, runs=tuple(run for run in one.runs if run.seed in shared)) for one in contestants]
    rest = "; ".join(
        f"{one.name!r} seed{'s' if len(extra) > 1 else ''} {listed([str(seed) for seed in sorted(extra)])}"
        for one, own in zip(contestants, seeds, strict=True)
        if (extra := own - shared)
    )
    return kept, f"Paired by the {len(shared)} seed{'s' if len(shared) > 1 else ''} that all have; not used: {rest}."


def _other_truths(contestants: Sequence[Contestant]) -> Refusal | None:
    """Labels may have been corrected between two trainings: then right and wrong do not mean the same."""
    known: dict[str, tuple[str, str]] = {}
    for one in contestants:
        for run in one.runs:
            for row in run.recordings:
                name, truth = str(row["recording"]), str(row["true"])
                before = known.setdefault(name, (truth, one.name))
                if before[0] != truth:
                    return Refusal(
                        f"recording {name!r} is {before[0]!r} to {before[1]!r} and {truth!r} to {one.name!r}",
                        "Labels were corrected in between: train the older one again on the present version.",
                    )
    return None
