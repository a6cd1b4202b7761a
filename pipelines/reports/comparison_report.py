"""The report that holds 2 to 10 model versions against one another."""

from collections.abc import Sequence
from itertools import combinations

import pandas as pd

from pipelines.errors import InputError, NotEnoughDataError
from pipelines.learn.comparison import SavedResult, explain_difference
from pipelines.learn.paired import Comparison, PairTest, compare_models
from pipelines.reports import words
from pipelines.reports.document import (
    Block,
    Code,
    Column,
    Document,
    Facts,
    Figure,
    Heading,
    Paragraph,
    Points,
    State,
    Table,
)
from pipelines.reports.facts import ModelFacts
from pipelines.reports.held_out import HeldOut, verdicts_of
from pipelines.reports.limits import limits
from pipelines.reports.plots import Whisker, whisker_figure
from pipelines.reports.sections.repeating import command

FEWEST, MOST = 2, 10
OF_A_MODEL = "parameters."
PAIRS_EXPLAINED = 4
"""Pairs whose difference is told in words: the one with the highest score beside these."""


def comparison_report(models: Sequence[ModelFacts]) -> Document:
    """Say which of several models is better, how sure that is, and in what they differ.

    Raises
    ------
    InputError
        Fewer than 2 or more than 10 models, or one of them twice.
    """
    if not FEWEST <= len(models) <= MOST or len({one.id for one in models}) != len(models):
        raise InputError(
            f"{words.counted(len(models), 'model')} cannot be compared",
            hint=f"Name {FEWEST} to {MOST} different model versions.",
        )
    names = [one.reference for one in models]
    synthetic = " · simulated data" if any(one.data.synthetic for one in models) else ""
    blocks: list[Block] = [
        *_verdict(models),
        *_scores(models),
        *_pairs(models),
        *_explained(models),
        *_per_class(models),
        *_differences(models),
        *_limits(models),
        *_origins(models),
    ]
    return Document(
        title=f"Comparison of {words.counted(len(models), 'model')}",
        subtitle=f"{words.listed(names, MOST)}{synthetic}",
        blocks=tuple(blocks),
        dated=max(one.created_at for one in models),
        footer=f"Comparison of {words.counted(len(models), 'model')} · {models[0].product}".removesuffix(" · "),
    )


def _compared(models: Sequence[ModelFacts]) -> Comparison | str:
    """What the paired test says, or why there is none."""
    try:
        return compare_models(pd.concat([verdicts_of(one) for one in models], ignore_index=True))
    except (InputError, NotEnoughDataError) as error:
        text = str(error)
        return f"{text[0].upper()}{text[1:]}. To have one: {error.hint}." if error.hint else f"{text}."


def _verdict(models: Sequence[ModelFacts]) -> list[Block]:
    found = _compared(models)
    if isinstance(found, Comparison):
        return [Paragraph(found.words, "lead")]
    best = max(models, key=lambda one: one.metrics["recording"]["accuracy"])
    score = words.percent(best.metrics["recording"]["accuracy"])
    return [
        Paragraph(
            f"{best.reference} has the highest share of recordings right, {score}, but no paired test stands behind "
            "the order: the models were not tested alike, or too little was tested.",
            "lead",
        )
    ]


def _scores(models: Sequence[ModelFacts]) -> list[Block]:
    rows = []
    for one in models:
        told = one.metrics
        beside = told.get("baseline")
        rows.append(
            (
                one.reference,
                one.kept_apart,
                f"{words.integer(told['recording']['right'])} of {words.integer(told['recording']['tested'])}",
                words.interval(told["exact_accuracy"]),
                words.percent(told["recording"]["balanced_accuracy"]),
                words.percent(told["window"]["accuracy"]),
                words.percent(told["calibration"]["recording"]["ece"]),
                words.percent(told["baselines"]["most_common"]["accuracy"]),
                words.percent(beside["recording"]["accuracy"]) if beside else words.NOT_KNOWN,
            )
        )
    whiskers = [
        Whisker(
            one.reference,
            one.metrics["recording"]["accuracy"],
            one.metrics["exact_accuracy"]["low"],
            one.metrics["exact_accuracy"]["high"],
            f"{one.metrics['recording']['right']} of {one.metrics['recording']['tested']}",
        )
        for one in models
    ]
    columns = (
        Column("Model"),
        Column("Tested by"),
        Column("Recordings right", numeric=True),
        Column("95 %", numeric=True),
        Column("Balanced", numeric=True),
        Column("Windows right", numeric=True),
        Column("ECE", numeric=True),
        Column("Guessing", numeric=True),
        Column("Baseline", numeric=True),
    )
    note = "Baseline: a model on features, tested on the same split; a dash: none was trained beside this model."
    return [
        Heading("Scores"),
        Table(columns, tuple(rows), note),
        Figure(
            whisker_figure("Recordings right (%)", whiskers),
            "Recordings right with the exact 95 % interval of each model by itself. Overlapping intervals do not say "
            "that models are alike: the paired tests do, because all were asked about the same recordings.",
        ),
    ]


def _pairs(models: Sequence[ModelFacts]) -> list[Block]:
    found = _compared(models)
    blocks: list[Block] = [Heading("Paired tests")]
    if not isinstance(found, Comparison):
        return [*blocks, Paragraph(f"There is none. {found}")]
    blocks += [Paragraph(f"{found.title}. {found.why}"), Paragraph(f"{found.correction} {found.citation}.", "note")]
    if found.omnibus is not None:
        blocks.append(Paragraph(found.omnibus.words))
    columns = (
        Column("Pair"),
        Column("Difference (points)", numeric=True),
        Column("95 %", numeric=True),
        Column("p", numeric=True),
        Column("p, corrected", numeric=True),
        Column("Effect"),
        Column("Beyond chance"),
    )
    blocks.append(Table(columns, tuple(map(_pair_row, found.pairs))))
    blocks += [Paragraph(pair.words) for pair in found.pairs]
    told: list[tuple[State, str]] = [("watch", caveat) for caveat in found.caveats]
    return [*blocks, Points(tuple(told))] if told else blocks


def _pair_row(pair: PairTest) -> tuple[str, ...]:
    bounds = pair.interval
    effects = "; ".join(f"{one.title} {_effect(one.value)} ({one.size})" for one in pair.effects)
    return (
        f"{pair.a} and {pair.b}",
        f"{100 * pair.difference:+.1f}".replace("-", words.MINUS),
        words.NOT_KNOWN
        if bounds is None or bounds.low != bounds.low
        else f"{100 * bounds.low:+.1f} to {100 * bounds.high:+.1f}".replace("-", words.MINUS),
        words.p_value(pair.p),
        words.p_value(pair.p_adjusted),
        effects or words.NOT_KNOWN,
        "yes" if pair.significant else "no",
    )


def _effect(value: float) -> str:
    return "infinite" if abs(value) == float("inf") else words.number(value, 3)


def _explained(models: Sequence[ModelFacts]) -> list[Block]:
    """Why scores differ, in words: the best model beside the others of the same dataset."""
    by_score = sorted(models, key=lambda one: -one.metrics["recording"]["accuracy"])
    pairs = [pair for pair in combinations(by_score, 2) if pair[0] is by_score[0]]
    told: list[Block] = []
    for first, second in pairs[:PAIRS_EXPLAINED]:
        both = f"{first.reference} and {second.reference}"
        if first.data.id != second.data.id:
            said = "have learned from different datasets: their scores answer different questions."
            told.append(Paragraph(f"{both} {said}"))
        elif first.metrics["split"]["hash"] == second.metrics["split"]["hash"]:
            told.append(Paragraph(f"{both} were tested on the same split: what differs is their configuration."))
        else:
            saved = [SavedResult.from_json(one.metrics, one.metrics["recordings"]) for one in (first, second)]
            told += [Heading(both, 2), Paragraph(explain_difference(*saved))]
    return [Heading("Why they differ"), *told]


def _per_class(models: Sequence[ModelFacts]) -> list[Block]:
    names = list(dict.fromkeys(name for one in models for name in one.classes))
    found = {one.id: {row.name: row for row in HeldOut.of(one).class_rows()} for one in models}

    def cell(one: ModelFacts, name: str) -> str:
        row = found[one.id].get(name)
        return words.NOT_KNOWN if row is None else f"{words.percent(row.recall.value, 0)} ({row.right} of {row.tested})"

    columns = (Column("Class"), *(Column(f"{letter(place)}", numeric=True) for place in range(len(models))))
    rows = tuple((name, *(cell(one, name) for one in models)) for name in names)
    return [
        Heading("Classes"),
        Paragraph("The share of each class that was found (recall), in recordings."),
        Table(columns, rows, _legend(models)),
    ]


def _differences(models: Sequence[ModelFacts]) -> list[Block]:
    configs = [
        words.flat(
            {
                "model": one.title,
                "data": f"{one.data.name}, version {one.data.version}",
                "target": one.target,
                "seed": one.seed,
                "channels": one.config.get("channels"),
                "split": one.metrics["split"]["config"],
                "parameters": one.metrics["trained_on"].get("params") or {},
                "features": one.config.get("features") or {},
            }
        )
        for one in models
    ]
    names = list(dict.fromkeys(name for one in configs for name in one))
    own = [name for name in names if name.startswith(OF_A_MODEL) and any(name not in one for one in configs)]
    rows = tuple(
        (name.replace("_", " "), *(one.get(name, words.NOT_KNOWN) for one in configs))
        for name in names
        if name not in own and len({one.get(name) for one in configs}) > 1
    )
    blocks: list[Block] = [Heading("What differs in the configuration")]
    columns = (Column("Setting"), *(Column(letter(place)) for place in range(len(models))))
    if rows:
        blocks.append(Table(columns, rows, f"Settings that are alike are left out. {_legend(models)}"))
    if own:
        some = words.counted(len(own), "parameter")
        blocks.append(Paragraph(f"Only some of these models have them, so not listed: {some}; see the report of each."))
    if not rows and not own:
        blocks.append(Paragraph("Nothing: the same settings, trained more than once."))
    return blocks


def _limits(models: Sequence[ModelFacts]) -> list[Block]:
    """Each limit once, with the models it is true of where it is not all."""
    of: dict[tuple[State, str], list[str]] = {}
    for place, one in enumerate(models):
        for limit in limits(one, HeldOut.of(one)):
            of.setdefault(limit, []).append(letter(place))
    order: dict[State, int] = {"bad": 0, "watch": 1, "unknown": 2, "good": 3}
    items = tuple(
        (state, text if len(known) == len(models) else f"{', '.join(known)}: {text}")
        for (state, text), known in sorted(of.items(), key=lambda entry: order[entry[0][0]])
    )
    return [Heading("Limits"), Paragraph(_legend(models), "note"), Points(items)]


def _origins(models: Sequence[ModelFacts]) -> list[Block]:
    blocks: list[Block] = [Heading("Where they come from")]
    for one in models:
        environment = ", ".join(f"{name} {version}" for name, version in one.environment.items())
        blocks += [
            Heading(one.reference, 2),
            Facts(
                (
                    ("Trained", f"{one.created_at:%Y-%m-%d %H:%M} UTC by {one.owner}, seed {one.seed}"),
                    ("Learned from", f"{one.data.name}, version {one.data.version}"),
                    ("With", environment or "not recorded"),
                )
            ),
            Facts(
                (
                    ("Data manifest", one.data.manifest_hash),
                    ("Split", str(one.metrics["split"].get("hash", one.split_id))),
                    ("Model file, SHA-256", one.artifact_id),
                ),
                code=True,
            ),
            Code(command(one)),
        ]
    return blocks


def letter(place: int) -> str:
    """A, B, C …: what a model is called where its name would not fit."""
    return chr(ord("A") + place)


def _legend(models: Sequence[ModelFacts]) -> str:
    return "; ".join(f"{letter(place)}: {one.reference}" for place, one in enumerate(models)) + "."
