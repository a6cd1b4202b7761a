"""What the Compare page says in words and tables."""

import math
from collections.abc import Iterable, Sequence
from urllib.parse import urlencode

from markupsafe import Markup

from data_catalog.signals import SignalRow
from pfd_panel.components import markup as m
from pfd_panel.components.table import Column, simple_table
from pfd_panel.pages.signal.words import short
from pfd_panel.services.comparing import MOST, Problem
from pfd_panel.services.feature_deviating import FeatureDeviation
from pfd_panel.theme import numbers
from pfd_panel.theme.classes import look
from pfd_panel.theme.series import SeriesLook, series_look

_DASHES = {"solid": "none", "dashed": "4 3"}


def swatch(one: SeriesLook) -> Markup:
    """The line of a signal as it is drawn."""
    return Markup(
        '<svg width="22" height="8" aria-hidden="true"><path d="M0 4h22" stroke="{}" stroke-width="2.5" '
        'stroke-dasharray="{}"/></svg>'
    ).format(one.color, _DASHES[one.dash])


def row_label(number: int, row: SignalRow) -> str:
    """What a stacked line is called at its row."""
    return f"{number + 1} · {row.channel[:9]}"


def chosen_table(rows: Sequence[SignalRow]) -> Markup:
    """The signals that are compared, which is the legend too, with controls that order and remove them."""
    head = ("", "Signal", "Fault", "Speed (rpm)", "Rate", "Length", "")
    numeric = {3, 4, 5}
    lines = [_chosen_line(number, row, len(rows)) for number, row in enumerate(rows)]
    titles = Markup("").join(
        Markup("<th{}>{}</th>").format(Markup(' class="num"') if place in numeric else "", title)
        for place, title in enumerate(head)
    )
    return Markup('<div class="scroll"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>').format(
        titles, Markup("").join(lines)
    )


def _chosen_line(number: int, row: SignalRow, count: int) -> Markup:
    href = f"/signal?{urlencode({'dataset': row.dataset, 'id': row.signal_id})}"
    name = f"{short(row.recording)} / {row.channel}"
    tools = Markup("").join(
        Markup(
            '<button type="button" class="tool" data-send="{}" data-value="{}" title="{}" aria-label="{}: {}"{}>{}'
            "</button>"
        ).format(send, row.signal_id, words, words, f"{number + 1}, {name}", Markup(" disabled") if idle else "", face)
        for send, words, idle, face in (
            ("up", "Move up", number == 0, m.icon("arrow_upward")),
            ("down", "Move down", number == count - 1, m.icon("arrow_downward")),
            ("remove", "Remove", False, m.icon("close")),
        )
    )
    return Markup(
        '<tr><td><span class="series">{}<span class="num">{}</span></span></td><td><a href="{}" title="{}">{}</a></td>'
        '<td>{}</td><td class="num">{}</td><td class="num">{}</td><td class="num">{}</td><td class="num">{}</td></tr>'
    ).format(
        swatch(series_look(number)),
        number + 1,
        href,
        row.recording,
        name,
        m.class_name(look(row.fault)),
        numbers.integer(row.speed_rpm),
        numbers.rate(row.rate_hz),
        numbers.duration(row.length / row.rate_hz),
        tools,
    )


def found_list(rows: Sequence[SignalRow], total: int, taken: Iterable[str], *, full: bool) -> Markup:
    """What a search found, each to be added by a press."""
    known = set(taken)
    if not rows:
        return Markup('<div class="remarks" style="padding:0 12px 10px">No signal has all these words.</div>')
    entries = [
        Markup(
            '<button type="button" data-send="add" data-value="{}" aria-label="Add {}"{}>{}<span>{}</span>'
            '<span class="note">{}</span></button>'
        ).format(
            row.signal_id,
            f"{short(row.recording)} / {row.channel}",
            Markup(" disabled") if full or row.signal_id in known else "",
            m.icon("check" if row.signal_id in known else "add"),
            f"{short(row.recording)} / {row.channel}",
            f"{look(row.fault).label} · {f'{row.speed_rpm:,.0f} rpm' if row.speed_rpm else 'speed unknown'}",
        )
        for row in rows
    ]
    more = (
        Markup(
            '<div class="remarks" style="padding:0 12px 10px">{} signals have these words; {} are listed.</div>'
        ).format(numbers.integer(total), len(rows))
        if total > len(rows)
        else Markup("")
    )
    return Markup('<div class="found" role="group" aria-label="Signals found">{}</div>{}').format(
        Markup("").join(entries), more
    )


def missing(count: int) -> Markup:
    """Signals of the address that cannot be shown."""
    if not count:
        return Markup("")
    what = "1 signal of this address is" if count == 1 else f"{count} signals of this address are"
    return Markup('<div class="remarks">{} {}</div>').format(
        m.chip("watch", "Left out"),
        f"{what} not in this dataset any more, or not yours to see. The others are shown.",
    )


def remarks(notes: Sequence[str], problems: Sequence[Problem] = ()) -> Markup:
    """What was done to make signals comparable, and which ones have no line."""
    lines = [Markup("<span>{}</span>").format(m.sentence(note)) for note in dict.fromkeys(notes)]
    lines += [
        Markup("<span>{} <b>{}</b> {} {}</span>").format(
            m.chip("watch", "Not shown"), f"{short(one.signal)}:", m.sentence(one.message), m.sentence(one.hint)
        )
        for one in problems
    ]
    return Markup('<div class="remarks">{}</div>').format(Markup("").join(lines)) if lines else Markup("")


def feature_table(found: Sequence[FeatureDeviation]) -> Markup:
    """Features beside their usual range, the farthest off first."""
    columns = (
        Column("title", "Feature", lambda one: one.title),
        Column("value", "Signal", lambda one: numbers.with_unit(one.value, one.unit, 3), numeric=True, strong=True),
        Column("median", "Median", lambda one: numbers.number(one.median, 3), numeric=True),
        Column(
            "range", "Usual", lambda one: f"{numbers.number(one.low, 3)} to {numbers.number(one.high, 3)}", numeric=True
        ),
        Column(
            "ratio",
            "× median",
            lambda one: numbers.number(one.value / one.median, 3) if one.median else numbers.DASH,
            numeric=True,
        ),
        Column("off", "Off by", _off, numeric=True),
    )
    return simple_table(columns, found)


def _off(one: FeatureDeviation) -> str:
    if math.isnan(one.off):
        return "too few recordings"
    if not one.off:
        return "within"
    over = f"{abs(one.off):.1f} × its width" if abs(one.off) < 100 else "over 100 × its width"
    return f"{over} {'above' if one.off > 0 else 'below'}"


def too_many(count: int) -> str:
    """Why not all of them are compared."""
    return f"The first {MOST} of {numbers.integer(count)} signals: more cannot be told apart."
