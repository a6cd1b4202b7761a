"""What a result cannot say, each found in the stored numbers and told in plain words.

Every rule is asked of every model; a rule answers with sentences, or with none where it does not apply.
"""

from collections.abc import Callable, Iterator

from pipelines.learn.intervals import FEW_UNITS, Interval
from pipelines.reports import words
from pipelines.reports.document import State
from pipelines.reports.facts import CONDITIONS, ModelFacts
from pipelines.reports.held_out import HeldOut

Limit = tuple[State, str]
Rule = Callable[[ModelFacts, HeldOut], Iterator[Limit]]

FEW_RECORDINGS = 10
"""Of a class: the exact interval of 9 right of 9 begins at 66 %, so less than that says little."""

HEALTHY = frozenset({"healthy", "normal", "baseline", "good", "ok", "no fault", "no_fault", "sain", "undamaged"})

SAME_PART = {"bearing": "bearing", "asset": "machine", "fault_size": "fault size"}
OPERATION = ("speed_rpm", "load", "rate_hz")


def limits(facts: ModelFacts, tested: HeldOut) -> list[Limit]:
    """Everything that a reader must know before trusting the scores, the gravest first."""
    order = {"bad": 0, "watch": 1, "unknown": 2, "good": 3}
    found = [limit for rule in RULES for limit in rule(facts, tested)]
    return sorted(found, key=lambda limit: order[limit[0]])


def _synthetic(facts: ModelFacts, tested: HeldOut) -> Iterator[Limit]:
    if facts.data.synthetic:
        yield "bad", "All signals are simulated: nothing here says how the model does on a measured machine."


def _leaks(facts: ModelFacts, tested: HeldOut) -> Iterator[Limit]:
    leaks = facts.metrics["leaks"]
    if pairs := len(leaks["exact"]) + len(leaks["near"]):
        yield "bad", f"{words.counted(pairs, 'pair')} of equal or nearly equal signals lie on both sides of the test."
    if leaks["telling"]:
        count = len(leaks["telling"])
        yield "watch", f"{words.counted(count, 'column')} or single features by themselves tell the class."


def _guessing(facts: ModelFacts, tested: HeldOut) -> Iterator[Limit]:
    guess = facts.metrics["baselines"]["most_common"]["accuracy"]
    low = facts.metrics["exact_accuracy"]["low"]
    if low <= guess:
        yield (
            "bad",
            f"The test does not show that the model does better than naming the most common class: the interval begins "
            f"at {words.percent(low)}, guessing gets {words.percent(guess)}.",
        )


def _baseline(facts: ModelFacts, tested: HeldOut) -> Iterator[Limit]:
    beside = facts.metrics.get("baseline")
    if beside is None:
        return
    own, other = facts.metrics["recording"]["accuracy"], beside["recording"]["accuracy"]
    if own <= other:
        yield (
            "watch",
            f"The baseline {beside['model'].replace('_', ' ')} does as well or better on the same split "
            f"({words.percent(other)} against {words.percent(own)}).",
        )


def _few_recordings(facts: ModelFacts, tested: HeldOut) -> Iterator[Limit]:
    few = [row for row in tested.class_rows() if row.tested < FEW_RECORDINGS]
    if few:
        told = [f"{row.name} {row.tested}{_interval(row.recall)}" for row in few]
        yield (
            "watch",
            f"Classes with fewer than {FEW_RECORDINGS} recordings, and the interval of the share that is found: "
            f"{words.listed(told, 12)}.",
        )


def _interval(found: Interval) -> str:
    said = words.between(found.low, found.high)
    return "" if said == words.NOT_KNOWN else f" (found: {said})"


def _no_healthy(facts: ModelFacts, tested: HeldOut) -> Iterator[Limit]:
    if facts.target == "fault" and not any(name.strip().lower() in HEALTHY for name in facts.classes):
        yield (
            "watch",
            "None of the classes is a healthy machine: how often a healthy one would be called faulty was not tested.",
        )


def _both_sides(facts: ModelFacts, tested: HeldOut) -> Iterator[Limit]:
    for overlap in facts.metrics["split"]["overlaps"]:
        part = SAME_PART.get(overlap["column"])
        if part is None:
            continue
        if overlap["state"] == "yes":
            yield (
                "watch",
                f"For {words.integer(overlap['shared'])} of {words.integer(overlap['tested'])} tested recordings a "
                f"recording of the same class with the same {part} was learned from: the scores hold for a {part} that "
                "the model has met, expect less on another.",
            )
        elif overlap["state"] == "unknown":
            yield (
                "unknown",
                f"The {part} of the recordings is not recorded: whether the same {part} is on both sides of the test "
                "is not known.",
            )
        else:
            yield "good", f"No {part} is on both sides of the test."


def _few_units(facts: ModelFacts, tested: HeldOut) -> Iterator[Limit]:
    units = len(set(tested.unit.tolist()))
    if units < FEW_UNITS:
        what = f"groups by {facts.kept_apart}" if facts.groups else "recordings"
        yield "watch", f"Only {units} {what} were tested: every interval is a rough guide."


def _left_out(facts: ModelFacts, tested: HeldOut) -> Iterator[Limit]:
    left = facts.metrics["split"]["left_out"]
    if left:
        told = [f"{name} ({words.counted(count, 'recording')})" for name, count in left.items()]
        yield "watch", f"Nothing is said about {words.listed(told, 12)}: left out as too small for this split."


def _one_seed(facts: ModelFacts, tested: HeldOut) -> Iterator[Limit]:
    yield (
        "unknown",
        f"This is one training with seed {facts.seed}: how much of the score is the luck of that training is not known "
        "from it.",
    )


def _calibration(facts: ModelFacts, tested: HeldOut) -> Iterator[Limit]:
    if not facts.metrics["trained_on"].get("calibrated", True):
        yield "watch", "The confidence of the model that is kept is not calibrated: do not read it as a probability."


def _abstaining(facts: ModelFacts, tested: HeldOut) -> Iterator[Limit]:
    yield (
        "unknown",
        "In the test the model had to name a class each time: how well it says that it does not know was not tested.",
    )
    later = facts.later
    if later.asked:
        known = f"; of {words.integer(later.known)} with a label {words.integer(later.right)} were named right"
        yield (
            "unknown",
            f"Asked of {words.counted(later.asked, 'further recording')} since, it abstained from "
            f"{words.integer(later.abstained)}{known if later.known else ', and none of them had a label'}.",
        )


def _whole_model(facts: ModelFacts, tested: HeldOut) -> Iterator[Limit]:
    everything = words.counted(facts.metrics["trained_on"]["recordings"], "recording")
    if len(facts.metrics["folds"]) > 1:
        yield (
            "watch",
            f"The scores are those of {len(facts.metrics['folds'])} models, each tested on what it had not seen; the "
            f"one that is kept was then fitted on all {everything} and was not tested itself.",
        )


def _channels(facts: ModelFacts, tested: HeldOut) -> Iterator[Limit]:
    chosen = facts.config.get("channels")
    if chosen:
        yield "watch", f"It learned from {words.listed(list(map(str, chosen)))} only: other channels were not tested."
    missing = facts.data.signals - len(facts.signals)
    if missing > 0 and not chosen:
        yield (
            "watch",
            f"Not part of the test: {words.integer(missing)} of {words.counted(facts.data.signals, 'signal')} of this "
            "dataset version, left out as above, without a label, or without features.",
        )


def _range(facts: ModelFacts, tested: HeldOut) -> Iterator[Limit]:
    for name in OPERATION:
        numbers = sorted({value for value in tested.conditions[name] if isinstance(value, int | float)})
        if numbers:
            many = f"{words.number(numbers[0])} to {words.number(numbers[-1])}"
            span = words.number(numbers[0]) if len(numbers) == 1 else many
            yield "watch", f"Tested at {words.column(name)} {span}: nothing is known of other values."
    absent = [words.column(name) for name in CONDITIONS if not tested.known(name)]
    if absent:
        yield "unknown", f"Not recorded, so not looked at: {words.listed(absent)}."


def _newer_data(facts: ModelFacts, tested: HeldOut) -> Iterator[Limit]:
    if facts.data.current > facts.data.version:
        yield (
            "watch",
            f"The dataset has changed since: it is at version {facts.data.current}, the model is of version "
            f"{facts.data.version}.",
        )


RULES: tuple[Rule, ...] = (
    _synthetic,
    _leaks,
    _guessing,
    _baseline,
    _few_recordings,
    _few_units,
    _no_healthy,
    _both_sides,
    _left_out,
    _channels,
    _calibration,
    _newer_data,
    _range,
    _whole_model,
    _one_seed,
    _abstaining,
)
