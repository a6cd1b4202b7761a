"""Facets of the Explorer: values and counts from SQL, and the way to and from what is chosen."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from data_catalog.signals import DATES
from pfd_panel.components.facets import Facet, FacetValue
from pfd_panel.components.ranges import Bound, RangeField, as_bounds
from pfd_panel.theme import numbers
from pfd_panel.theme.classes import looks
from pfd_panel.theme.tokens import Look
from pipelines.features import FEATURES

COLUMNS: tuple[tuple[str, str], ...] = (
    ("fault", "Fault"),
    ("fault_size", "Fault size"),
    ("load", "Load"),
    ("channel", "Channel"),
    ("rate_hz", "Rate"),
    ("severity", "Severity"),
    ("position", "Position"),
    ("bearing", "Bearing"),
    ("asset", "Asset"),
    ("tag", "Tag"),
    ("quality", "Quality of the samples"),
    ("agreement", "Model and label"),
)
RANGES: Mapping[str, tuple[str, str]] = {
    "rms": ("RMS", ""),
    "kurtosis": ("Excess kurtosis", ""),
    "speed_rpm": ("Speed", "rpm"),
    "date": ("Recorded", "day, UTC"),
    "imported": ("Imported", "day, UTC"),
    "peak": ("Peak", ""),
    "crest_factor": ("Crest factor", ""),
    "load": ("Load", ""),
    "fault_size": ("Fault size", "in"),
    "rate_hz": ("Rate", "Hz"),
    "length": ("Samples", ""),
}
"""What can be bounded besides features: title and unit."""
MARK_WORDS: Mapping[str, Mapping[Any, str]] = {
    "quality": {
        None: "nothing found",
        "clipped": "clipped",
        "constant": "constant",
        "duplicate": "duplicate",
        "gaps": "gaps",
        "offset": "DC offset",
        "rate": "rate doubted",
        "spikes": "spikes",
    },
    "agreement": {None: "not tested", "agree": "agree", "disagree": "disagree", "abstained": "model abstained"},
}
"""What marks are called."""
FIRST_RANGES = ("rms", "kurtosis", "speed_rpm", "date")
"""What is offered from the start, where the signals differ in it."""
# a column with more values than this is shown by its most frequent ones; the search finds the others
MOST_VALUES = 12

Where = dict[str, list[Any]]


def facets(counted: Mapping[str, Sequence[tuple[Any, int]]], where: Where, load_unit: str) -> list[Facet]:
    """What is shown: columns that tell signals apart, each with its most frequent values and the chosen ones."""
    shown = []
    for name, title in COLUMNS:
        found = list(counted.get(name, ()))
        chosen = where.get(name, [])
        found += [(value, 0) for value in chosen if value not in [known for known, _ in found]]
        if len(found) < 2 and not chosen and (name != "quality" or not found):
            continue
        kept = [pair for place, pair in enumerate(found) if place < MOST_VALUES or pair[0] in chosen]
        kept.sort(key=lambda pair: (pair[0] is None, pair[0] if isinstance(pair[0], int | float) else 0))
        appearance = looks([value for value, _ in kept]) if name == "fault" else {}
        values = [
            FacetValue(json.dumps(value), label(name, value, load_unit, appearance), count, appearance.get(value))
            for value, count in kept
        ]
        more = f" ({len(kept)} of {numbers.integer(len(found))} values)" if len(kept) < len(found) else ""
        shown.append(Facet(name, title + more, values))
    return shown


def label(name: str, value: Any, load_unit: str, appearance: Mapping[Any, Look]) -> str:
    """How a value is called."""
    if name == "tag":
        return str(value) if value else "no tag"
    if name in MARK_WORDS:
        return MARK_WORDS[name].get(value, str(value))
    if value is None or value == "":
        return "not given"
    if name == "fault":
        return appearance[value].label
    if name == "fault_size":
        return f"{value:g} in"
    if name == "load":
        return f"{value:.3g} {load_unit}".strip()
    if name == "rate_hz":
        return numbers.rate(value)
    return str(value)


def ranges(
    spread: Mapping[str, tuple[Any, Any]], bounds: Mapping[str, Any], computed: Sequence[str]
) -> tuple[list[RangeField], list[tuple[str, str]]]:
    """From–to fields: the usual ones that tell signals apart, then those that were added; and what can be added."""
    usual = [name for name in FIRST_RANGES if _differs(spread.get(name, (None, None)))]
    named = usual + [name for name in bounds if name not in usual]
    shown = []
    for name in named:
        title, unit = _called(name)
        least, greatest = spread.get(name, (None, None))
        shown.append(RangeField(name, title, unit, least, greatest, date=name in DATES, fixed=name in usual))
    rest = [*RANGES, *(name for name in computed if name not in RANGES)]
    return shown, [(name, _called(name)[0]) for name in rest if name not in named]


def sound(given: Mapping[str, Any], computed: Sequence[str]) -> dict[str, tuple[Bound, Bound]]:
    """Those bounds of an address that can be asked of the dataset."""
    return {
        name: ends
        for name, ends in as_bounds(given).items()
        if (name in RANGES or name in computed) and all(_fits(name, end) for end in ends)
    }


def sound_choice(given: Mapping[str, Any]) -> Where:
    """Those chosen values of an address that a facet can have."""
    known = dict(COLUMNS)
    lists = {name: values for name, values in given.items() if name in known and isinstance(values, list)}
    kept = {
        name: [value for value in values if name not in MARK_WORDS or value in MARK_WORDS[name]]
        for name, values in lists.items()
    }
    return {name: values for name, values in kept.items() if values}


def _fits(name: str, end: Bound) -> bool:
    if end is None:
        return True
    if name not in DATES:
        return not isinstance(end, str)
    try:
        datetime.fromisoformat(str(end))
    except ValueError:
        return False
    return True


def _differs(ends: tuple[Any, Any]) -> bool:
    return ends[0] is not None and ends[0] != ends[1]


def _called(name: str) -> tuple[str, str]:
    if name in RANGES:
        return RANGES[name]
    declared = FEATURES[name]
    return declared.title, "" if "{unit}" in declared.unit or declared.unit == "–" else declared.unit


def to_boxes(where: Where) -> dict[str, list[str]]:
    """Chosen values as keys of check boxes."""
    return {name: [json.dumps(value) for value in values] for name, values in where.items()}


def from_boxes(chosen: Mapping[str, Sequence[str]]) -> Where:
    """Keys of check boxes as values."""
    return {name: [json.loads(key) for key in keys] for name, keys in chosen.items() if keys}
