"""Words, links and chips that all pages about models share."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from data_catalog.schema import ModelVersion
from pfd_panel.components.markup import Text, button, chip
from pfd_panel.services.judged import Bounds
from pfd_panel.theme import numbers
from pfd_panel.theme.classes import look

TOGETHER = 8
"""So many signals are laid over one another: more are hard to tell apart."""


def model_title(model: ModelVersion) -> str:
    """``name:number``."""
    return f"{model.name}:{model.number}"


def model_href(model_id: str, **more: str) -> str:
    """Address of a result."""
    return f"/model?{urlencode({'id': model_id, **more})}"


def signal_href(dataset: str, signal_id: str) -> str:
    """Address of a signal."""
    return f"/signal?{urlencode({'dataset': dataset, 'id': signal_id})}"


def job_href(job_id: str) -> str:
    """Address of a job."""
    return f"/jobs?{urlencode({'id': job_id})}"


def link(href: str, words: Text) -> Markup:
    """A link."""
    return Markup('<a href="{}">{}</a>').format(href, words)


def synthetic_chip(model: ModelVersion) -> Markup:
    """Says that a model has learned from simulated signals."""
    return chip("unknown", "Synthetic") if model.config.get("synthetic") else Markup("")


def interval(bounds: Mapping[str, Any] | None) -> str:
    """A 95 % interval of a share: ``73.0–99.9 %``."""
    if not bounds or bounds.get("low") is None or bounds.get("high") is None:
        return numbers.DASH
    return f"{numbers.fixed(100 * bounds['low'])}–{numbers.fixed(100 * bounds['high'])} %"


def column_words(name: str) -> str:
    """A metadata column in words: ``fault_size`` as ``fault size``."""
    return name.replace("_", " ")


def right_of(scores: Mapping[str, Any]) -> int:
    """How many of a level were right: the diagonal of its confusion counts."""
    return sum(row[place] for place, row in enumerate(scores["confusion"]))


def said(model: ModelVersion, text: str) -> str:
    """A sentence about a model with classes and columns by the names a reader knows."""
    for name in model.metrics["classes"] + list(model.metrics["split"]["left_out"]):
        text = text.replace(f"{name!r}", look(name).label)
    for one in model.metrics["split"]["overlaps"]:
        text = text.replace(one["column"], column_words(one["column"]))
    return text


def plural(count: int, word: str) -> str:
    """``1 recording``, ``2 recordings``."""
    return f"{numbers.integer(count)} {word}{'' if count == 1 else 's'}"


def bounds_words(found: Bounds, *, share: bool = True, parentheses: bool = False) -> str:
    """A 95 % interval without its score: ``73.0–99.9`` for shares in percent, else ``0.912–0.997``."""
    if found.low is None or found.high is None:
        return "" if parentheses else numbers.DASH
    factor, decimals = (100, 1) if share else (1, 3)
    words = f"{numbers.fixed(factor * found.low, decimals)}–{numbers.fixed(factor * found.high, decimals)}"
    return f"({words})" if parentheses else words


def together_link(dataset: str, signal_ids: Sequence[str]) -> Markup:
    """A control that lays signals over one another."""
    query = urlencode({"dataset": dataset, "ids": ",".join(signal_ids)})
    return button(f"Compare {len(signal_ids)}", icon_name="stacked_line_chart", href=f"/compare?{query}")
