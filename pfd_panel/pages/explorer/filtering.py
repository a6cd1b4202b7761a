"""Facets of the Explorer: values and counts from SQL, and the way to and from what is chosen."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pfd_panel.components.facets import Facet, FacetValue
from pfd_panel.theme import numbers
from pfd_panel.theme.classes import looks
from pfd_panel.theme.tokens import Look

COLUMNS: tuple[tuple[str, str], ...] = (
    ("fault", "Fault"),
    ("fault_size", "Fault size"),
    ("load", "Load"),
    ("channel", "Channel"),
    ("rate_hz", "Rate"),
    ("severity", "Severity"),
    ("asset", "Asset"),
)
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
        if len(found) < 2 and not chosen:
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


def to_boxes(where: Where) -> dict[str, list[str]]:
    """Chosen values as keys of check boxes."""
    return {name: [json.dumps(value) for value in values] for name, values in where.items()}


def from_boxes(chosen: Mapping[str, Sequence[str]]) -> Where:
    """Keys of check boxes as values."""
    return {name: [json.loads(key) for key in keys] for name, keys in chosen.items() if keys}
