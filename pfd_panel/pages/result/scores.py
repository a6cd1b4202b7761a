"""What a test found, in numbers: the four stats, scores by class, scores by fold."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import panel as pn
from markupsafe import Markup

from data_catalog.schema import ModelVersion
from pfd_panel.components import Live, card, grid, surface
from pfd_panel.components import markup as m
from pfd_panel.components.spreadsheet import csv_file
from pfd_panel.components.table import Column, simple_table
from pfd_panel.pages.result.words import bounds_words, interval, plural, right_of
from pfd_panel.server.exchange import Download
from pfd_panel.services import judging, training
from pfd_panel.services.context import Context
from pfd_panel.services.judged import Bounds, ClassScores, Score
from pfd_panel.theme import numbers
from pfd_panel.theme.classes import looks


def stat_cards(model: ModelVersion) -> pn.Column:
    """Recordings right, windows right, the baseline (or guessing) beside it, calibration."""
    told = model.metrics
    recording, window = told["recording"], told["window"]
    units = "groups" if told["config"]["split"]["groups"] else "recordings"
    bins = told["calibration"]["recording"]
    return grid(
        surface(
            m.stat(
                "Recordings right",
                f"{numbers.integer(right_of(recording))} / {numbers.integer(recording['tested'])}",
                "mean of windows",
                f"95 % {interval(told['exact_accuracy'])}, exact binomial",
            )
        ),
        surface(
            m.stat(
                "Windows right",
                numbers.percent(window["accuracy"]),
                f"of {numbers.integer(window['tested'])}",
                f"95 % {interval(told['intervals']['window']['accuracy'])}, bootstrap over {units}",
            )
        ),
        surface(_beside(model)),
        surface(
            m.stat(
                "Calibration error",
                numbers.percent(bins["ece"]),
                "ECE, 10 bins",
                f"mean confidence {numbers.percent(_confidence(bins))}"
                f" · right {numbers.percent(recording['accuracy'])}",
            )
        ),
        phone_pairs=True,
    )


def _beside(model: ModelVersion) -> Markup:
    """The baseline on features that was tested with a network; beside a baseline, guessing."""
    told = model.metrics
    own, guess, beside = told["exact_accuracy"], told["baselines"]["most_common"], told.get("baseline")
    if beside is None:
        ahead = own["low"] > guess["accuracy"]
        return m.stat(
            "Guessing",
            f"{numbers.integer(right_of(guess))} / {numbers.integer(guess['tested'])}",
            "most common class",
            "this model is itself a baseline · guessing at random: "
            + numbers.percent(told["baselines"]["at_random"]["accuracy"]),
            m.chip("healthy", "Model ahead") if ahead else m.chip("watch", "Not clearly ahead"),
        )
    scores, bounds = beside["recording"], beside["exact_accuracy"]
    right, mine = right_of(scores), right_of(told["recording"])
    if right == mine:
        state = m.chip("unknown", "As good")
    elif right > mine:
        state = m.chip("watch", "Baseline ahead")
    else:
        state = m.chip("healthy", "Model ahead")
    return m.stat(
        f"{beside['model'].replace('_', ' ').capitalize()} baseline",
        f"{numbers.integer(right)} / {numbers.integer(scores['tested'])}",
        "recordings, same split",
        f"95 % {interval(bounds)} · windows {numbers.percent(beside['window']['accuracy'])}",
        state,
    )


def scores_card(context: Context, model: ModelVersion) -> pn.Column:
    """Every measure at both levels with its interval, and the baseline beside it."""
    found = judging.scores(context, model.id)

    def cell(of: Bounds, row: Score) -> Markup:
        value = numbers.percent(of.value) if row.share else numbers.fixed(of.value, 3)
        spread = bounds_words(of, share=row.share, parentheses=True)
        return Markup("<b>{}</b><br><span class=muted>{}</span>").format(value, spread)

    beside = found.baseline.replace("_", " ").capitalize()
    columns = [
        Column("title", "Measure", lambda r: r.title),
        Column("recording", "Recordings", lambda r: cell(r.recording, r), numeric=True),
        Column("window", "Windows", lambda r: cell(r.window, r), numeric=True),
        Column("baseline", f"{beside}, recordings", lambda r: cell(r.baseline_recording, r), numeric=True),
        *(
            []
            if found.is_baseline
            else [Column("baseline_w", f"{beside}, windows", lambda r: cell(r.baseline_window, r), numeric=True)]
        ),
    ]

    def table() -> Download:
        header = ["measure", "level", "model", "low", "high", "baseline", "baseline low", "baseline high"]
        rows = [
            (one.name, level, *_plain(getattr(one, level)), *_plain(getattr(one, f"baseline_{level}")))
            for one in found.scores
            for level in ("recording", "window")
        ]
        return csv_file(f"{model.name}-scores.csv", header, rows)

    return card(
        "Scores",
        simple_table(columns, found.scores),
        qualifier=f"held out {training.split_named(model)}: {numbers.integer(found.tested_recordings)} recordings, "
        f"{numbers.integer(found.tested_windows)} windows · 95 % intervals",
        help_text="Balanced accuracy: the mean recall of the classes. Macro F1: the mean F1 of the classes. Log loss: "
        "the mean of −ln of the probability given to what it was. Intervals of accuracy over recordings are exact "
        "binomial, all others bootstraps in which whole recordings (or groups) are drawn. "
        + ("This model is itself a baseline on features; beside it stands guessing." if found.is_baseline else
           "The baseline learns from features of the same recordings and is tested by the same split."),
        download=table,
    )  # fmt: skip


def _plain(found: Bounds) -> tuple[float | None, ...]:
    return found.value, found.low, found.high


def _confidence(reliability: Mapping[str, Any]) -> float:
    counts = sum(one["count"] for one in reliability["bins"])
    return sum(one["count"] * one["confidence"] for one in reliability["bins"]) / counts if counts else float("nan")


def missed_as(classes: Sequence[str], row: Sequence[int], own: int) -> list[tuple[str, int]]:
    """What a class was taken for, most often first."""
    wrong = [
        (name, count) for place, (name, count) in enumerate(zip(classes, row, strict=True)) if count and place != own
    ]
    return sorted(wrong, key=lambda pair: -pair[1])


def class_rows(model: ModelVersion, level: str) -> list[dict[str, Any]]:
    """One row a class at a level: what was tested, precision, recall, F1 and what it was taken for."""
    told = model.metrics
    of_recordings = {one["name"]: one["tested"] for one in told["recording"]["per_class"]}
    of_windows = {one["name"]: one["tested"] for one in told["window"]["per_class"]}
    scores = told[level]
    return [
        one
        | {
            "recordings": of_recordings[one["name"]],
            "windows": of_windows[one["name"]],
            "missed": missed_as(told["classes"], scores["confusion"][place], place),
        }
        for place, one in enumerate(scores["per_class"])
    ]


def per_class_card(
    model: ModelVersion, level: str, pick: Callable[[str, str], Any], spread: Mapping[str, ClassScores] | None = None
) -> pn.Column:
    """Precision, recall and F1 of each class; a click on what it was missed as lists those signals.

    `spread` has the intervals of the classes, which are known for recordings only.
    """
    rows = class_rows(model, level)
    bounds = (spread or {}) if level == "recording" else {}
    named = looks(row["name"] for row in rows)

    def percent(value: float | None) -> str:
        return numbers.DASH if value is None else numbers.fixed(100 * value)

    def cell(row: Mapping[str, Any], name: str) -> Markup:
        found = bounds.get(row["name"])
        told = bounds_words(getattr(found, name), parentheses=True) if found else ""
        return Markup("{} <span class=muted>{}</span>").format(percent(row[name]), told)

    def missed(row: Mapping[str, Any]) -> Markup:
        if not row["missed"]:
            return Markup('<span class="muted">none missed</span>')
        return Markup(" · ").join(
            Markup('<button type="button" class="link" data-send="cell" data-value="{}\x1f{}">{} · {}</button>').format(
                row["name"], name, named[name].label, numbers.integer(count)
            )
            for name, count in row["missed"]
        )

    def bar(row: Mapping[str, Any]) -> Markup:
        return m.bar(row["f1"] or 0.0, named[row["name"]].color, label=f"F1 {percent(row['f1'])} %")

    columns = [
        Column("name", "Class", lambda r: m.class_name(named[r["name"]])),
        Column("recordings", "Recordings", lambda r: numbers.integer(r["recordings"]), numeric=True),
        Column("windows", "Windows", lambda r: numbers.integer(r["windows"]), numeric=True),
        Column("precision", "Precision (%)", lambda r: cell(r, "precision"), numeric=True),
        Column("recall", "Recall (%)", lambda r: cell(r, "recall"), numeric=True),
        Column("f1", "F1 (%)", lambda r: cell(r, "f1"), numeric=True, strong=True),
        Column("bar", "", bar),
        Column("missed", "Missed as", missed),
    ]

    def table() -> Download:
        names = ["recordings", "windows", "precision", "recall", "f1"]
        told = [[r["name"], level, *(r[name] for name in names)] for r in rows]
        return csv_file(f"{model.name}-classes.csv", ["class", "level", *names], told)

    return card(
        "Per class",
        Live(simple_table(columns, rows), on={"cell": lambda value: pick(*value.split("\x1f", 1))}, margin=0),
        qualifier=f"{level} level, held out"
        + (" · 95 % intervals in brackets" if bounds else "")
        + (" · answers of single windows are not kept, so no intervals" if level == "window" else ""),
        download=table,
        help_text="Precision: of those called this, how many were. Recall: of those that were, how many were called "
        "it. "
        "F1: their harmonic mean.",
    )


def folds_card(model: ModelVersion) -> pn.Column:
    """What each fold tested and how it went."""
    columns = [
        Column("name", "Fold", lambda r: str(r["name"])),
        Column("train", "Learned from", lambda r: plural(r["train_recordings"], "recording"), numeric=True),
        Column("test", "Tested on", lambda r: plural(r["test_recordings"], "recording"), numeric=True),
        Column(
            "right", "Recordings right", lambda r: numbers.percent(r["recording_accuracy"]), numeric=True, strong=True
        ),
        Column("balanced", "Balanced", lambda r: numbers.percent(r["balanced_accuracy"]), numeric=True),
        Column("window", "Windows right", lambda r: numbers.percent(r["window_accuracy"]), numeric=True),
    ]
    return card(
        "Folds",
        simple_table(columns, model.metrics["folds"]),
        qualifier="each tests recordings that its model never saw",
        help_text="Balanced: the mean recall of the classes tested in the fold. A fold that is much worse than the "
        "others "
        "names a condition that the model does not carry over to.",
    )
