"""What the comparison of experiments says in words and tables."""

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from pfd_panel.components import markup as m
from pfd_panel.components.jobs import state_chip
from pfd_panel.components.markup import Text
from pfd_panel.components.table import Column, simple_table
from pfd_panel.pages.compare.words import swatch
from pfd_panel.pages.result.words import link, model_href, signal_href
from pfd_panel.services.contestants import Candidate, Entry
from pfd_panel.services.contesting import MOST, Contest, Disagreement, MeasureRow, Pair
from pfd_panel.theme import numbers
from pfd_panel.theme.classes import look
from pfd_panel.theme.series import series_look
from pipelines.learn.contest import ClassScores, Measured, Setting

SHORT = 22
"""Letters of a name on an axis."""


def entry_href(entry: Entry) -> str:
    """Where an entry is shown by itself."""
    if entry.kind == "model":
        return model_href(entry.reference)
    return f"/experiment?{urlencode({'id': entry.reference})}"


def numbered(number: int, entry: Entry) -> str:
    """What an entry is called on an axis: its number, and as much of its name as fits."""
    name = entry.name if len(entry.name) <= SHORT else f"{entry.name[: SHORT - 1]}…"
    return f"{number + 1} · {name}"


def mark(number: int) -> Markup:
    """The line of an entry as it is drawn, and its number."""
    # in the heads of plain tables too, which have no style of their own
    place = "display:inline-flex;align-items:center;gap:6px;vertical-align:middle"
    return Markup('<span style="{}">{}<span class="num">{}</span></span>').format(
        place, swatch(series_look(number)), number + 1
    )


def legend(entries: Sequence[Entry], among: Sequence[int] | None = None) -> Markup:
    """Lines and numbers of the entries, for the head of a card."""
    shown = range(len(entries)) if among is None else among
    parts = [Markup('<span title="{}">{}</span>').format(entries[one].name, mark(one)) for one in shown]
    return Markup('<span class="legend">{}</span>').format(Markup("").join(parts))


def entries_table(entries: Sequence[Entry]) -> Markup:
    """The entries, which is the legend too, with controls that order and remove them."""
    head = ("", "Experiment or model", "Model", "Data", "Held out", "Seeds", "State", "")
    titles = Markup("").join(Markup("<th>{}</th>").format(title) for title in head)
    lines = Markup("").join(_entry_line(number, one, len(entries)) for number, one in enumerate(entries))
    return Markup('<div class="scroll"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>').format(
        titles, lines
    )


def _entry_line(number: int, entry: Entry, count: int) -> Markup:
    tools = Markup("").join(
        Markup(
            '<button type="button" class="tool" data-send="{}" data-value="{}" title="{}" aria-label="{}: {}"{}>{}'
            "</button>"
        ).format(
            send, entry.reference, words, words, f"{number + 1}, {entry.name}", Markup(" disabled") if idle else "",
            m.icon(face),
        )
        for send, words, idle, face in (
            ("up", "Move up", number == 0, "arrow_upward"),
            ("down", "Move down", number == count - 1, "arrow_downward"),
            ("remove", "Remove", False, "close"),
        )
    )  # fmt: skip
    synthetic = m.chip("unknown", "Synthetic") if entry.synthetic else Markup("")
    seeds = ", ".join(map(str, entry.seeds)) or numbers.DASH
    kind = "model version" if entry.kind == "model" else "experiment"
    return Markup(
        '<tr><td>{}</td><td><a href="{}"><b>{}</b></a> <span class="muted">{}</span></td><td>{}</td>'
        '<td>{} <span class="muted">v{}</span> {}</td><td>{}</td><td>{}</td><td>{}</td><td class="num">{}</td></tr>'
    ).format(
        mark(number), entry_href(entry), entry.name, kind, entry.title, entry.dataset, entry.dataset_version, synthetic,
        entry.split, seeds, state_chip(entry.state), tools,
    )  # fmt: skip


def found_list(found: Sequence[Candidate], taken: Sequence[str]) -> Markup:
    """What a search found, each to be added by a press."""
    if not found:
        return Markup('<div class="remarks" style="padding:0 12px 10px">Nothing has all these words.</div>')
    full = len(taken) >= MOST
    entries = [
        Markup(
            '<button type="button" data-send="add" data-value="{}" aria-label="Add {}"{}>{}<span>{}</span>'
            '<span class="note">{}</span></button>'
        ).format(
            one.reference,
            one.name,
            Markup(" disabled") if full or one.reference in taken else "",
            m.icon("check" if one.reference in taken else "add"),
            one.name,
            one.note,
        )
        for one in found
    ]
    return Markup('<div class="found" role="group" aria-label="Found">{}</div>').format(Markup("").join(entries))


def missing(references: Sequence[str]) -> Markup:
    """References of the address that cannot be shown."""
    if not references:
        return Markup("")
    what = "1 entry of this address is" if len(references) == 1 else f"{len(references)} entries of this address are"
    return Markup('<div class="remarks">{} {}</div>').format(
        m.chip("watch", "Left out"), f"{what} not there any more, or not yours to see. The others are shown."
    )


# ---- measures ------------------------------------------------------------------------------------------------------


def amount(value: float | None, unit: str, digits: int = 1) -> str:
    """A measure in its unit: a share as percent."""
    return numbers.fixed(value, 3) if unit else numbers.percent(value, digits)


def measure_table(found: Contest) -> Markup:
    """Measures down, entries across; the best of each is bold, its interval and spread below."""
    columns = [Column("title", "Measure", _measure_title), *_across(len(found.entries), _measure_cell)]
    return simple_table(columns, found.measures)


def _across(count: int, show: Callable[[int, Any], Text], *, numeric: bool = True) -> list[Column]:
    """One column an entry; ``show(place, row)`` makes a cell."""
    return [Column(str(place), mark(place), partial(show, place), numeric=numeric) for place in range(count)]


def _bold(words: str, *, best: bool) -> Markup:
    return Markup("<b>{}</b>").format(words) if best else Markup("{}").format(words)


def _measure_title(row: MeasureRow) -> Markup:
    better = "higher is better" if row.higher_is_better else "lower is better"
    unit = f" ({row.unit})" if row.unit else ""
    return Markup('<span title="{}: {}">{}{}</span>').format(row.meaning, better, row.title, unit)


def best_of(row: MeasureRow) -> set[int]:
    """The entries that reached the best value of a measure, if not all did."""
    known = {place: one.value for place, one in enumerate(row.values) if one.value is not None}
    if not known:
        return set()
    best = (max if row.higher_is_better else min)(known.values())
    found = {place for place, value in known.items() if value == best}
    return found if len(found) < len(known) else set()


def _measure_cell(place: int, row: MeasureRow) -> Markup:
    one = row.values[place]
    shown = _bold(amount(one.value, row.unit), best=place in best_of(row))
    return Markup('<span class="measured" title="{}">{}<span class="muted">{}</span></span>').format(
        one.how, shown, spread_words(one, row.unit)
    )


def spread_words(one: Measured, unit: str) -> str:
    """The interval and the deviation over the seeds, as much of them as there is."""
    scale, digits = (1.0, 3) if unit else (100.0, 1)
    parts = []
    if one.low is not None and one.high is not None:
        parts.append(f"{numbers.fixed(scale * one.low, digits)}–{numbers.fixed(scale * one.high, digits)}")
    if one.deviation is not None:
        parts.append(f"±{numbers.fixed(scale * one.deviation, digits)} over {len(one.seeds)} seeds")
    return " · ".join(parts)


# ---- classes -------------------------------------------------------------------------------------------------------


def class_table(found: Contest, score: str) -> Markup:
    """A score of each class for each entry."""

    def value(place: int, row: ClassScores) -> Markup:
        values = getattr(row, score)
        known = [one for one in values if one is not None]
        best = bool(known) and values[place] == max(known) and min(known) < max(known)
        return _bold(numbers.DASH if values[place] is None else numbers.fixed(100 * values[place]), best=best)

    columns = [
        Column("name", "Class", lambda row: m.class_name(look(row.name))),
        Column("tested", "Recordings tested", _tested, numeric=True),
        *_across(len(found.entries), value),
    ]
    return simple_table(columns, found.classes)


def _tested(row: ClassScores) -> str:
    counts = sorted(set(row.tested))
    return numbers.integer(counts[0]) if len(counts) == 1 else f"{counts[0]}–{counts[-1]}"


# ---- tests ---------------------------------------------------------------------------------------------------------


def pair_table(pairs: Sequence[Pair]) -> Markup:
    """Pairs under the test, the least likely to be chance first."""
    columns = [
        Column("pair", "Pair", lambda one: Markup("{} against&ensp;{}").format(mark(one.a), mark(one.b))),
        Column("difference", "Difference (points)", _difference, numeric=True),
        Column("p", "p", lambda one: _p(one.p), numeric=True),
        Column("adjusted", "p corrected", lambda one: _p(one.p_adjusted), numeric=True, strong=True),
        Column("effect", "Effect size", lambda one: "; ".join(effect.said for effect in one.effects)),
        Column("verdict", "Verdict", _verdict),
    ]
    ordered: list[Pair] = sorted(pairs, key=lambda one: (one.p_adjusted, one.p, one.a, one.b))
    return simple_table(columns, ordered)


def _difference(one: Pair) -> Markup:
    bounds = ""
    if one.low is not None and one.high is not None:
        bounds = f"{numbers.fixed(100 * one.low, 1, signed=True)} to {numbers.fixed(100 * one.high, 1, signed=True)}"
    return Markup('<span class="measured">{}<span class="muted">{}</span></span>').format(
        numbers.fixed(100 * one.difference, 1, signed=True), bounds
    )


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else numbers.fixed(value, 3)


def _verdict(one: Pair) -> Markup:
    if not one.significant:
        return Markup('<span title="{}">{}</span>').format(one.words, m.chip("unknown", "May be chance"))
    ahead = one.a if one.difference >= 0 else one.b
    return Markup('<span title="{}">{}</span>').format(one.words, m.chip("healthy", f"{ahead + 1} is better"))


# ---- settings ------------------------------------------------------------------------------------------------------


def settings_table(settings: Sequence[Setting], count: int) -> Markup:
    """The settings that differ, each with its value in every entry."""
    columns = [
        Column("path", "Setting", lambda row: Markup("<code>{}</code>").format(row.path)),
        *_across(count, lambda place, row: setting_value(row.values[place]), numeric=False),
    ]
    return simple_table(columns, settings)


def setting_value(value: Any) -> Markup | str:
    """A setting as it is written; one that is absent is a dash."""
    if value is None:
        return Markup('<span class="muted">{}</span>').format(numbers.DASH)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value if len(value) <= 24 else Markup('<span title="{}">{}…</span>').format(value, value[:23])
    if isinstance(value, float | int):
        return numbers.number(float(value)) if isinstance(value, float) else f"{value}"
    text = ", ".join(map(str, value)) if isinstance(value, list) else json.dumps(value)
    return text if len(text) <= 40 else Markup('<span title="{}">{}…</span>').format(text, text[:39])


# ---- answers -------------------------------------------------------------------------------------------------------


def answer_columns(places: Sequence[int], seeds: Sequence[int]) -> list[Column]:
    """Columns of the recordings on which entries disagree: its class, and what each said of it."""

    def name(row: Disagreement) -> Markup:
        if row.signal_id is None:
            return Markup("{}").format(row.recording)
        return link(signal_href(row.dataset, row.signal_id), row.recording)

    return [
        Column("recording", "Recording", name, sortable=False),
        Column("truth", "Actual", lambda row: m.class_name(look(row.truth)), sortable=False),
        *(Column(str(one), mark(one), partial(_answer, one, seeds[one]), sortable=False) for one in places),
    ]


def _answer(place: int, seeds: int, row: Disagreement) -> Markup:
    """What an entry said of a recording, right or wrong, and in how many of its runs it was right."""
    right, said = row.right[place], row.said[place]
    if right is None or said is None:
        return Markup('<span class="muted">not tested</span>')
    share = f" {round(right * seeds)} of {seeds} runs right" if seeds > 1 else ""
    wrong = m.chip("watch" if right else "alarm", look(said).label)
    face = m.chip("healthy", "Right") if right == 1.0 else wrong
    return Markup("{}<span class=muted>{}</span>").format(face, share)
