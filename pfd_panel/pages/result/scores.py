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
from pfd_panel.pages.result.words import interval, plural, right_of
from pfd_panel.server.exchange import Download
from pfd_panel.theme import numbers
from pfd_panel.theme.classes import looks


def stat_cards(model: ModelVersion) -> pn.Column:
    """Recordings right, windows right, guessing beside it, calibration."""
    told = model.metrics
    recording, window, guess = told["recording"], told["window"], told["baselines"]["most_common"]
    units = "groups" if told["config"]["split"]["groups"] else "recordings"
    ahead = told["exact_accuracy"]["low"] > guess["accuracy"]
    verdict = m.chip("healthy", "Model ahead") if ahead else m.chip("watch", "Not clearly ahead")
    at_random = numbers.percent(told["baselines"]["at_random"]["accuracy"])
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
        surface(
            m.stat(
                "Guessing",
                f"{numbers.integer(right_of(guess))} / {numbers.integer(guess['tested'])}",
                "most common class",
                f"at random in the proportions of training: {at_random}",
                verdict,
            )
        ),
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


def per_class_card(model: ModelVersion, level: str, pick: Callable[[str, str], Any]) -> pn.Column:
    """Precision, recall and F1 of each class; a click on what it was missed as lists those signals."""
    rows = class_rows(model, level)
    named = looks(row["name"] for row in rows)

    def percent(value: float | None) -> str:
        return numbers.DASH if value is None else numbers.fixed(100 * value)

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
        Column("precision", "Precision (%)", lambda r: percent(r["precision"]), numeric=True),
        Column("recall", "Recall (%)", lambda r: percent(r["recall"]), numeric=True),
        Column("f1", "F1 (%)", lambda r: percent(r["f1"]), numeric=True, strong=True),
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
        qualifier=f"{level} level, held out",
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
