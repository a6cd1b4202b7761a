"""Compare 2 to 10 experiments or model versions: measures, classes, curves, paired tests, answers and settings."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pfd_panel.errors import EXPECTED_ERRORS, RequestError, in_words
from pfd_panel.services.contestants import CURVES, Entry, Found, found_entries
from pfd_panel.services.context import Context
from pipelines.learn import SavedResult, explain_difference
from pipelines.learn.contest import (
    MEASURES,
    Band,
    ClassScores,
    Contestant,
    Measured,
    Refusal,
    Setting,
    band_of,
    class_scores,
    curve_of,
    differing,
    disagreements,
    measured,
    refusal_of,
    same_seeds,
)
from pipelines.learn.paired import Comparison, Effect, PairTest, compare_models

MOST = 10
"""Entries of a comparison: what the paired tests take. One alone is shown, and told that it needs another."""


@dataclass(frozen=True)
class MeasureRow:
    """A measure with what each entry reached; `unit` is empty for a share of 1."""

    name: str
    title: str
    unit: str
    higher_is_better: bool
    meaning: str
    values: tuple[Measured, ...]


@dataclass(frozen=True)
class Curve:
    """A column of the history of one entry (`entry` counts from 0): mean of its seeds and the band they fill."""

    entry: int
    name: str
    band: Band


@dataclass(frozen=True)
class EffectSize:
    """How large a difference is; `value` is None where it has no finite one, `said` puts it in words."""

    title: str
    value: float | None
    size: str
    said: str


@dataclass(frozen=True)
class Pair:
    """One pair of entries (`a`, `b` count from 0) under the test.

    `difference` is the share right of `a` less that of `b`, `low` to `high` its 95 % interval where the test gives one;
    `p_adjusted` allows for the other pairs, and `significant` is about it.
    """

    a: int
    b: int
    test: str
    difference: float
    low: float | None
    high: float | None
    statistic: float | None
    p: float
    p_adjusted: float
    significant: bool
    effects: tuple[EffectSize, ...]
    words: str


@dataclass(frozen=True)
class Tests:
    """Which test was chosen, why, and what it found; `ranks` has the mean rank of each entry (1 is best)."""

    title: str
    why: str
    citation: str
    omnibus: str
    correction: str
    words: str
    caveats: tuple[str, ...]
    ranks: tuple[float | None, ...]
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class Reason:
    """Why the results of two entries differ, in words."""

    first: int
    second: int
    text: str


@dataclass(frozen=True)
class Disagreement:
    """A recording that entries did not get right equally often.

    `right` is the share of each entry's runs that named its class, `said` the label said most often; both are None for
    an entry that did not test it.
    """

    recording: str
    dataset: str
    signal_id: str | None
    truth: str
    right: tuple[float | None, ...]
    said: tuple[str | None, ...]


@dataclass(frozen=True)
class Contest:
    """Everything that is compared; lists of values are in the order of `entries`.

    `tests` is None where they cannot be made, and `refusal` then says why; `settings` are those that differ.
    """

    entries: tuple[Entry, ...]
    measures: tuple[MeasureRow, ...]
    classes: tuple[ClassScores, ...]
    curves: tuple[Curve, ...]
    tests: Tests | None
    refusal: Refusal | None
    notes: tuple[str, ...]
    settings: tuple[Setting, ...]
    reasons: tuple[Reason, ...]
    disagreements: tuple[Disagreement, ...]


def contest(context: Context, references: Sequence[str]) -> Contest:
    """Compare experiments (by id) or model versions (by id, ``name:number`` or name).

    The paired test is chosen by how the tests hang together, never by the result; where none can be made (other
    recordings or another split, too few seeds or recordings), `refusal` says so and the rest is still told.

    Raises
    ------
    RequestError
        None was named, or more than 10.
    NotFoundError
        One is not there, or not the user's to see.
    """
    context.require("read")
    wanted = list(dict.fromkeys(references))
    if not 1 <= len(wanted) <= MOST:
        raise RequestError(
            f"{len(wanted)} entries cannot be compared", hint=f"Name 2 to {MOST} experiments or model versions."
        )
    with context.read() as session:
        found = found_entries(session, wanted)
    return _compared(found)


def of_those_there(context: Context, references: Sequence[str]) -> tuple[Contest | None, list[str]]:
    """The comparison of those references that are there (None: none is), and those that are not."""
    context.require("read")
    missing: list[str] = []
    with context.read() as session:
        found = found_entries(session, list(dict.fromkeys(references))[:MOST], missing)
    return (_compared(found) if found else None), missing


def _compared(found: Sequence[Found]) -> Contest:
    contestants = [one.contestant for one in found]
    values = [measured(one) for one in contestants]
    tests, refusal, notes = _tested(contestants)
    return Contest(
        entries=tuple(one.entry for one in found),
        measures=tuple(
            MeasureRow(
                name, one.title, one.unit, one.higher_is_better, one.meaning, tuple(value[name] for value in values)
            )
            for name, one in MEASURES.items()
        ),
        classes=class_scores(contestants),
        curves=tuple(_curves(found)),
        tests=tests,
        refusal=refusal,
        notes=notes,
        settings=differing([one.settings for one in found]),
        reasons=tuple(_reasons(contestants)),
        disagreements=tuple(_disagreements(found)),
    )


def _curves(found: Sequence[Found]) -> list[Curve]:
    drawn = []
    for name in CURVES:
        for place, one in enumerate(found):
            band = band_of([curve_of(history, name) for history in one.histories])
            if band.epochs:
                drawn.append(Curve(place, name, band))
    return drawn


def _tested(contestants: Sequence[Contestant]) -> tuple[Tests | None, Refusal | None, tuple[str, ...]]:
    import pandas as pd

    refused = refusal_of(contestants)
    if refused is not None:
        return None, refused, ()
    paired, note = same_seeds(contestants)
    notes = (note,) if note else ()
    try:
        found = compare_models(pd.concat([one.verdicts() for one in paired], ignore_index=True))
    except EXPECTED_ERRORS as failure:
        told = in_words(failure)
        return None, Refusal(told["message"], told["hint"]), notes
    return _told(found), None, notes


def _told(found: Comparison) -> Tests:
    places = {model.name: place for place, model in enumerate(found.models)}
    return Tests(
        title=found.title,
        why=found.why,
        citation=found.citation,
        omnibus=found.omnibus.words if found.omnibus is not None else "",
        correction=found.correction,
        words=found.words,
        caveats=found.caveats,
        ranks=tuple(_finite(model.mean_rank) for model in found.models),
        pairs=tuple(_pair(pair, places) for pair in found.pairs),
    )


def _pair(pair: PairTest, places: Mapping[str, int]) -> Pair:
    return Pair(
        a=places[pair.a],
        b=places[pair.b],
        test=pair.test,
        difference=pair.difference,
        low=_finite(pair.interval.low) if pair.interval is not None else None,
        high=_finite(pair.interval.high) if pair.interval is not None else None,
        statistic=_finite(pair.statistic),
        p=pair.p,
        p_adjusted=pair.p_adjusted,
        significant=pair.significant,
        effects=tuple(_effect(one) for one in pair.effects),
        words=pair.words,
    )


def _effect(effect: Effect) -> EffectSize:
    if math.isnan(effect.value):
        return EffectSize(effect.title, None, effect.size, f"{effect.title} undefined: no recording tells them apart")
    bounds = "" if math.isnan(effect.low) else f", 95 % {_plain(effect.low)} to {_plain(effect.high)}"
    return EffectSize(
        effect.title,
        _finite(effect.value),
        effect.size,
        f"{effect.title} {_plain(effect.value)}{bounds}: {effect.size}",
    )


def _plain(value: float) -> str:
    if math.isinf(value):
        return "∞" if value > 0 else "\u2212∞"
    return f"{value:.2g}".replace("-", "\u2212")


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _reasons(contestants: Sequence[Contestant]) -> list[Reason]:
    """Why the best of them differs from each other one; of several seeds, by runs with the same seed if there are."""
    scored = [
        (sum(run.metrics["recording"]["accuracy"] for run in one.runs) / len(one.runs), place)
        for place, one in enumerate(contestants)
        if one.runs
    ]
    if len(scored) < 2:
        return []
    best = max(scored, key=lambda one: (one[0], -one[1]))[1]
    told = []
    for _, place in scored:
        if place != best:
            first, second = _same_run(contestants[best], contestants[place])
            told.append(Reason(best, place, explain_difference(_saved(first), _saved(second))))
    return told


def _same_run(one: Contestant, other: Contestant) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    of_other = {run.seed: run for run in other.runs}
    run = next((run for run in one.runs if run.seed in of_other), one.runs[0])
    return run.metrics, of_other.get(run.seed, other.runs[0]).metrics


def _saved(metrics: Mapping[str, Any]) -> SavedResult:
    return SavedResult.from_json(metrics, metrics["recordings"])


def _disagreements(found: Sequence[Found]) -> list[Disagreement]:
    places: dict[str, tuple[str, str | None]] = {
        recording: (one.entry.dataset_id, signal_id) for one in found for recording, signal_id in one.signals.items()
    }
    told = []
    for one in disagreements([one.contestant for one in found]):
        dataset, signal_id = places.get(one.recording, (found[0].entry.dataset_id, None))
        told.append(Disagreement(one.recording, dataset, signal_id, one.truth, one.right, one.said))
    return told
