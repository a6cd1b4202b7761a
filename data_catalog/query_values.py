"""What the values of a query say: numbers, days and moments, or that a value is not known."""

import math
from datetime import UTC, datetime, timedelta

from data_catalog.query_text import Compare, QueryError, Range

NONE = "none"
"""Stands for a value that is not known; in quotation marks it is a word like others."""


def asks_none(node: Compare) -> bool:
    """Whether signals are asked for of which the value is not known.

    Raises
    ------
    QueryError
        It is compared by order.
    """
    plain = node.value.text.casefold() == NONE and not node.value.quoted
    if plain and node.operator not in (":", "=", "!="):
        raise QueryError(
            f"what is not known cannot be {node.operator} anything", node.value.at, hint=f"write {node.name}:none"
        )
    return plain


def number_of(name: str, text: str, at: int) -> float:
    """The number that a text says; finite, or a `QueryError`."""
    try:
        found = float(text.replace("−", "-"))
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise QueryError(f"{name} is a number, not {text!r}", at, hint=f"write it as {name} > 0.3")
    return found


def moment_of(node: Compare | Range, text: str) -> tuple[datetime, datetime]:
    """When a day or moment begins and what comes right after it; a `QueryError` if it is none."""
    at = node.value.at if isinstance(node, Compare) else node.value_at
    try:
        found = datetime.fromisoformat(text)
        begin = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        return begin, begin + (timedelta(microseconds=1) if "T" in text else timedelta(days=1))
    except (ValueError, OverflowError):
        hint = f"write a day as {node.name}:2026-03-01, or 2026-03-01..2026-03-31"
        raise QueryError(f"{node.name} is a date, not {text!r}", at, hint=hint) from None
