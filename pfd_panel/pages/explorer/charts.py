"""The pictures and tables that the Explorer makes of features."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from pfd_panel.components.markup import bar, class_name
from pfd_panel.components.table import Column, simple_table
from pfd_panel.services import extracting
from pfd_panel.services.statistics import MISSING
from pfd_panel.theme import numbers
from pfd_panel.theme.classes import looks
from pfd_panel.theme.tokens import Look
from pipelines.features import FEATURES

RANKED = 5
STATISTICS = ("rms", "kurtosis", "crest_factor")


@dataclass(frozen=True)
class Findings:
    """What was computed from the features of the chosen signals."""

    frame: pd.DataFrame
    statistics: list[Mapping[str, Any]]


def compute(frame: pd.DataFrame) -> Findings:
    """Per-class statistics of a feature table."""
    if frame.empty:
        return Findings(frame, [])
    return Findings(
        frame,
        extracting.by_class(frame, "fault", [name for name in STATISTICS if name in frame]),
    )


def appearance(labels: Sequence[str | None]) -> dict[str | None, Look]:
    """How each class is shown; signals without a label keep the look of no label."""
    return looks([None if label in (None, MISSING) else label for label in labels])


def look_of(known: Mapping[str | None, Look], label: str | None) -> Look:
    """Look of one label of a table, where a missing one is written out."""
    return known[None if label in (None, MISSING) else label]


def unit_of(frame: pd.DataFrame, feature: str) -> str:
    """Unit of a feature; signals of different units are said to be so."""
    pattern = FEATURES[feature].unit
    if "{unit}" not in pattern:
        return "no unit" if pattern == "–" else pattern
    units = sorted({str(unit) for unit in frame["unit"]})
    return pattern.replace("{unit}", units[0] or "unit not given") if len(units) == 1 else "different units"


def box_groups(frame: pd.DataFrame, feature: str) -> list[tuple[Look, np.ndarray]]:
    """Values of a feature by class, in a stable order."""
    filled = frame["fault"].fillna(MISSING)
    known = appearance(list(filled))
    return [
        (look_of(known, str(label)), values.to_numpy(dtype=float))
        for label, values in frame[feature].groupby(filled, sort=True)
    ]


def is_wide(frame: pd.DataFrame, feature: str) -> bool:
    """Whether a feature needs a logarithmic axis: its values are above zero and span more than a factor of 50."""
    values = frame[feature].dropna().to_numpy(dtype=float)
    return bool(values.size and values.min() > 0 and values.max() > 50 * values.min())


def class_entropy(frame: pd.DataFrame) -> float:
    """Entropy of the labelled classes in nats: the most that a feature could say about them."""
    share = frame["fault"].value_counts(normalize=True).to_numpy(dtype=float)
    return float(-(share * np.log(share)).sum())


def statistics_table(found: Findings) -> Markup:
    """Count, median and 10–90 % by class."""
    known = appearance([entry["label"] for entry in found.statistics])
    rms_unit = unit_of(found.frame, "rms")

    def span(name: str) -> Callable[[Any], str]:
        return lambda one: f"{numbers.number(one[name]['low'], 3)}–{numbers.number(one[name]['high'], 3)}"

    def middle(name: str) -> Callable[[Any], str]:
        return lambda one: numbers.number(one[name]["median"], 3)

    columns = [
        Column("label", "Class", lambda one: class_name(look_of(known, one["label"]))),
        Column("signals", "Signals", lambda one: numbers.integer(one["signals"]), numeric=True),
        Column("rms", f"RMS ({rms_unit})", middle("rms"), numeric=True, strong=True),
        Column("rms_span", "10–90 %", span("rms"), numeric=True),
        Column("kurtosis", "Excess kurtosis", middle("kurtosis"), numeric=True),
        Column("crest", "Crest factor", middle("crest_factor"), numeric=True),
    ]
    return simple_table(columns, found.statistics)


def ranking_list(ranking: Sequence[tuple[str, float]]) -> Markup:
    """The first features of a ranking; bars are shares of the greatest score, below zero there is none."""
    best = max((score for _, score in ranking[:RANKED]), default=1.0) or 1.0
    lines = [
        Markup(
            '<div><button type="button" class="link grow ranked" data-send="feature" data-value="{}" '
            'title="{}">{}</button>{}<span class="count strong">{}</span></div>'
        ).format(
            name, FEATURES[name].meaning, FEATURES[name].title, bar(max(score / best, 0.0)), numbers.number(score, 3)
        )
        for name, score in ranking[:RANKED]
    ]  # fmt: skip
    return Markup('<div class="lines">{}</div>').format(Markup("").join(lines))
