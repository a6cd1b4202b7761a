"""What was right and what was wrong, with intervals and what guessing and a baseline get."""

from typing import Any

from pipelines.learn.curves import ClassRow
from pipelines.learn.intervals import Interval
from pipelines.reports import words
from pipelines.reports.document import Block, Column, Figure, Heading, Paragraph, Table
from pipelines.reports.facts import ModelFacts
from pipelines.reports.held_out import HeldOut
from pipelines.reports.plots import MOST_CLASSES, Whisker, confusion_figure, reliability_figure, whisker_figure

SCORES = {"accuracy": "Right", "balanced_accuracy": "Balanced accuracy", "macro_f1": "Macro F1"}


def scores(facts: ModelFacts, tested: HeldOut) -> list[Block]:
    """Scores at both levels, beside guessing and the baseline; confusion, classes, calibration."""
    told = facts.metrics
    rows = [
        _score_row("This model", told),
        *(
            [_score_row(f"Baseline: {_kind(told['baseline']['model'])}", told["baseline"])]
            if _has_baseline(told)
            else []
        ),
        _guess_row("Guessing: the most common class", told["baselines"]["most_common"]),
        _guess_row("Guessing: at random, as often as in training", told["baselines"]["at_random"]),
    ]
    without = (
        ""
        if _has_baseline(told)
        else " No other model was trained on the same split for this result: there is no baseline."
    )
    blocks: list[Block] = [
        Heading("Scores"),
        Table(
            (
                Column("On what was held out"),
                Column("Recordings right", numeric=True),
                Column("Balanced accuracy", numeric=True),
                Column("Macro F1", numeric=True),
                Column("Windows right", numeric=True),
            ),
            tuple(rows),
            "In brackets 95 % intervals: recordings right by Clopper and Pearson, the others by a bootstrap over "
            f"{'groups' if facts.groups else 'recordings'}. Guessing has no interval of its own." + without,
        ),
        Heading("What was taken for what", 2),
        *_confusion(facts),
        Heading("Classes", 2),
        *classes(tested.class_rows()),
        Heading("Does its confidence come true?", 2),
        Figure(
            reliability_figure(
                {name.capitalize() + "s": told["calibration"][name] for name in ("recording", "window")}
            ),
            "Reliability: of all answers given with a confidence between two ticks, the share that was right, with the "
            "number of answers; on the dashed line a confidence comes true. ECE, the expected calibration error, is "
            "the mean distance from it, weighted by the number of answers.",
        ),
    ]
    return blocks


def classes(rows: tuple[ClassRow, ...]) -> list[Block]:
    """The table and the figure of the classes."""
    table = Table(
        (
            Column("Class"),
            Column("Tested", numeric=True),
            Column("Found (recall)", numeric=True),
            Column("95 %", numeric=True),
            Column("Of those named, right (precision)", numeric=True),
            Column("95 %", numeric=True),
            Column("F1", numeric=True),
            Column("Most taken for"),
        ),
        tuple(
            (
                row.name,
                words.integer(row.tested),
                words.percent(row.recall.value),
                _ends(row.recall),
                words.percent(row.precision.value),
                _ends(row.precision),
                words.percent(row.f1.value),
                row.most_taken_for or words.NOT_KNOWN,
            )
            for row in rows
        ),
        "Recordings. Intervals of independent recordings are exact (Clopper and Pearson), others are bootstraps over "
        "groups; a dash: not tested, or all groups alike, which shows no spread.",
    )
    figure = whisker_figure(
        "Share found (%)",
        [
            Whisker(one.name, one.recall.value, one.recall.low, one.recall.high, f"{one.right} of {one.tested}")
            for one in rows
        ],
    )
    return [table, Figure(figure, "Share of each class that was found, with its 95 % interval.")]


def _confusion(facts: ModelFacts) -> list[Block]:
    counts = facts.metrics["recording"]["confusion"]
    if len(facts.classes) <= MOST_CLASSES:
        drawn = confusion_figure(facts.classes, counts, "recordings")
        return [Figure(drawn, "Recordings by what they were (rows) and what they were taken for (columns).")]
    wrong = sorted(
        (
            (count, facts.classes[i], facts.classes[j])
            for i, row in enumerate(counts)
            for j, count in enumerate(row)
            if i != j and count
        ),
        reverse=True,
    )[:20]
    if not wrong:
        return [Paragraph("No class was taken for another.")]
    rows = tuple((true, taken, words.integer(count)) for count, true, taken in wrong)
    columns = (Column("Was"), Column("Taken for"), Column("Recordings", numeric=True))
    return [
        Table(columns, rows, f"{len(facts.classes)} classes are too many for a matrix: the most frequent mistakes.")
    ]


def _has_baseline(told: dict[str, Any]) -> bool:
    return told.get("baseline") is not None


def _kind(name: str) -> str:
    return name.replace("_", " ")


def _score_row(name: str, told: dict[str, Any]) -> tuple[str, ...]:
    recording, window, bounds = told["recording"], told["window"], told["intervals"]
    return (
        name,
        f"{words.percent(recording['accuracy'])} ({words.interval(told['exact_accuracy'])})",
        f"{words.percent(recording['balanced_accuracy'])} ({words.interval(bounds['recording']['balanced_accuracy'])})",
        f"{words.percent(recording['macro_f1'])} ({words.interval(bounds['recording']['macro_f1'])})",
        f"{words.percent(window['accuracy'])} ({words.interval(bounds['window']['accuracy'])})",
    )


def _guess_row(name: str, told: dict[str, Any]) -> tuple[str, ...]:
    return (
        name,
        words.percent(told["accuracy"]),
        words.percent(told["balanced_accuracy"]),
        words.percent(told["macro_f1"]),
        words.NOT_KNOWN,
    )


def _ends(bounds: Interval) -> str:
    return words.between(bounds.low, bounds.high)
