"""Ranges: a from and a to field for each number or date that is filtered by."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import param
from markupsafe import Markup
from panel.viewable import Viewer

from pfd_panel.components.live import Live
from pfd_panel.components.markup import icon
from pfd_panel.theme import numbers

RANGE_STYLE = """
.range { margin-top: 14px; padding-top: 14px; border-top: 1px solid var(--p-line); }
.range h3 { display: flex; align-items: center; font-size: 12px; line-height: 20px; font-weight: 700;
  margin-bottom: 4px; }
.range h3 .unit { font-weight: 400; color: var(--p-text2); margin-left: 6px; }
.range h3 .tool { margin: -4px -6px -4px auto; width: 26px; height: 26px; }
.range .ends { display: grid; grid-template-columns: 1fr auto 1fr; gap: 6px; align-items: center; }
.range input, .range select { height: 30px; padding: 0 8px; border: 1px solid var(--p-control); border-radius: 6px;
  background: var(--p-surface); color: var(--p-text); font: inherit; min-width: 0; width: 100%; }
.range input::placeholder { color: var(--p-text3); opacity: 1; }
.range.bad input { border-color: var(--p-alarm); }
.range .wrong { display: block; margin-top: 4px; font-size: 12px; line-height: 16px; color: var(--p-alarm); }
"""

Bound = float | str | None


@dataclass(frozen=True)
class RangeField:
    """One value that can be bounded.

    Attributes
    ----------
    name, title, unit : str
        Its key, what it is called, and its unit.
    least, greatest : float or datetime, optional
        What there is, shown in empty fields.
    date : bool
        Whether it is a day instead of a number.
    fixed : bool
        Whether it cannot be taken away.
    """

    name: str
    title: str
    unit: str = ""
    least: float | datetime | None = None
    greatest: float | datetime | None = None
    date: bool = False
    fixed: bool = False


class RangeList(Viewer):
    """From–to fields.

    `bounds` maps a name to its two bounds, None for an open one; days are ISO texts. A bound that cannot be read is
    told beside its field and changes nothing.
    """

    bounds = param.Dict(default={}, doc="Name to (low, high).")
    fields = param.List(doc="What is shown.")
    offered = param.List(doc="(name, title) of what can be added.")

    def __init__(self, fields: Sequence[RangeField] = (), **params: Any) -> None:
        super().__init__(fields=list(fields), **params)
        self._wrong: dict[str, tuple[str, int, str]] = {}
        self._body = Live(margin=0, stylesheets=[RANGE_STYLE])
        self._draw()

    @param.depends("bounds", "fields", "offered", watch=True)
    def _draw(self) -> None:
        self._body.on = {"add-range": self.add, "drop-range": self.drop}
        for field in self.fields:
            for end in (0, 1):
                self._body.on[f"{('low', 'high')[end]}-{field.name}"] = self._setter(field, end)
        self._body.html = str(Markup("").join([*map(self._one, self.fields), self._adder()]))

    def add(self, name: str) -> None:
        """Offer fields for another value."""
        if name and name not in self.bounds:
            self.bounds = {**self.bounds, name: (None, None)}

    def drop(self, name: str) -> None:
        """Take the fields of a value away, and its bounds."""
        self._wrong.pop(name, None)
        self.bounds = {known: ends for known, ends in self.bounds.items() if known != name}

    def _setter(self, field: RangeField, end: int) -> Any:
        def change(text: str) -> None:
            text = text.strip()
            ends = list(self.bounds.get(field.name, (None, None)))
            try:
                ends[end] = _read(field, text)
                if None not in ends and ends[0] > ends[1]:
                    raise ValueError("the range ends before it begins")
            except ValueError as problem:
                self._wrong[field.name] = (str(problem), end, text)
                self._draw()
                return
            self._wrong.pop(field.name, None)
            rest = {known: pair for known, pair in self.bounds.items() if known != field.name}
            kept = ends != [None, None] or not field.fixed
            bounds = {**rest, field.name: tuple(ends)} if kept else rest
            if bounds == self.bounds:
                self._draw()
            self.bounds = bounds

        return change

    def _one(self, field: RangeField) -> Markup:
        ends = list(self.bounds.get(field.name, (None, None)))
        wrong, which, typed = self._wrong.get(field.name, ("", 0, ""))
        if wrong:
            ends[which] = typed
        named = Markup('<span class="unit">{}</span>').format(field.unit) if field.unit else ""
        drop = Markup(
            '<button type="button" class="tool" data-send="drop-range" data-value="{}" title="Take this range away" '
            'aria-label="Take this range away: {}">{}</button>'
        ).format(field.name, field.title, icon("close"))
        return Markup(
            '<div class="range{}" role="group" aria-label="{}"><h3>{}{}{}</h3>'
            '<div class="ends">{}<span>–</span>{}</div>{}</div>'
        ).format(
            " bad" if wrong else "",
            field.title,
            field.title,
            named,
            "" if field.fixed else drop,
            _input(field, "low", ends[0], field.least),
            _input(field, "high", ends[1], field.greatest),
            Markup('<span class="wrong" role="alert">{}</span>').format(_sentence(wrong)) if wrong else "",
        )

    def _adder(self) -> Markup:
        if not self.offered:
            return Markup("")
        options = Markup("").join(
            Markup('<option value="{}">{}</option>').format(name, title) for name, title in self.offered
        )
        return Markup(
            '<div class="range"><select data-send="add-range" aria-label="Add a range">'
            '<option value="">Add a range…</option>{}</select></div>'
        ).format(options)

    def __panel__(self) -> Live:
        return self._body


def as_bounds(given: Mapping[str, Any]) -> dict[str, tuple[Bound, Bound]]:
    """Bounds from an address: what is none is left out."""
    found: dict[str, tuple[Bound, Bound]] = {}
    for name, ends in given.items():
        if isinstance(ends, list | tuple) and len(ends) == 2 and all(_is_bound(end) for end in ends):
            found[str(name)] = (ends[0], ends[1])
    return found


def _is_bound(end: Any) -> bool:
    return end is None or isinstance(end, str) or (isinstance(end, int | float) and math.isfinite(end))


def _read(field: RangeField, text: str) -> Bound:
    if not text:
        return None
    if field.date:
        try:
            datetime.fromisoformat(text)
        except ValueError:
            raise ValueError(f"{text!r} is no day; write 2026-03-01") from None
        return text
    try:
        found = float(text.replace(numbers.MINUS, "-"))
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise ValueError(f"{text!r} is no number")
    return found


def _input(field: RangeField, end: str, value: Bound, known: float | datetime | None) -> Markup:
    mode = "" if field.date else Markup(' inputmode="decimal"')
    return Markup(
        '<input type="text" data-send="{}-{}" value="{}" placeholder="{}" aria-label="{} {}" autocomplete="off"{}>'
    ).format(
        end, field.name, _shown(value, 12), _shown(known, 4), field.title, {"low": "from", "high": "to"}[end], mode
    )


def _shown(value: Any, digits: int) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value if isinstance(value, str) else f"{value:.{digits}g}".replace("-", numbers.MINUS)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + "."
