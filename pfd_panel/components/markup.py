"""Small pieces of HTML: markers, chips, stats, lists and states. Values are escaped; only `Markup` passes as it is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from pfd_panel.theme import numbers
from pfd_panel.theme.tokens import HEALTH, TRACE, Look

Text = str | Markup

_SHAPES = {
    "circle": '<circle cx="6" cy="6" r="4.6"/>',
    "square": '<rect x="1.7" y="1.7" width="8.6" height="8.6"/>',
    "triangle": '<path d="M6 1.2 11 10.4H1z"/>',
    "diamond": '<path d="M6 .6 10 6 6 11.4 2 6z"/>',
    "inverted_triangle": '<path d="M6 10.8 1 1.6h10z"/>',
    "hex": '<path d="M3.3 1.4h5.4L11.4 6l-2.7 4.6H3.3L.6 6z"/>',
    "cross": '<path d="M6 .8v10.4M.8 6h10.4" fill="none" stroke-width="2"/>',
    "x": '<path d="M2 2l8 8M10 2l-8 8" fill="none" stroke-width="2"/>',
    "star": '<path d="M6 .5 7.5 4.2l4 .3-3 2.6.9 3.9L6 8.9 2.6 11l.9-3.9-3-2.6 4-.3z"/>',
    "plus": '<path d="M4.2 1h3.6v3.2H11v3.6H7.8V11H4.2V7.8H1V4.2h3.2z"/>',
    "ring": '<circle cx="6" cy="6" r="3.9" fill="none" stroke-width="2"/>',
}


def icon(name: str) -> Markup:
    """A Material icon by name, for decoration only."""
    return Markup('<span class="icon" aria-hidden="true">{}</span>').format(name)


def marker(look: Look, size: int = 10) -> Markup:
    """The true marker shape of a class in its colour."""
    shape = Markup(_SHAPES[look.marker])  # noqa: S704 - our own constants
    return Markup(
        '<svg width="{0}" height="{0}" viewBox="0 0 12 12" fill="{1}" stroke="{1}" stroke-width="0" '
        'aria-hidden="true">{2}</svg>'
    ).format(size, look.color, shape)


def chip(state: str, text: Text | None = None) -> Markup:
    """A health chip: shape, word and colour.

    Parameters
    ----------
    state : {"healthy", "watch", "alarm", "unknown"}
        What it means.
    text : str, optional
        The word; by default the state's own.
    """
    look = HEALTH[state]
    shape = marker(Look(look.label, "currentColor", look.marker), 8)
    return Markup('<span class="chip {}">{}{}</span>').format(state, shape, look.label if text is None else text)


def class_name(look: Look) -> Markup:
    """Marker and word of a class, for tables and lists."""
    return Markup('<span class="name">{}<span>{}</span></span>').format(marker(look), look.label)


def legend(looks: Iterable[Look]) -> Markup:
    """Legend of a plot: true marker shapes and words, for the card head."""
    entries = Markup("").join(Markup("<span>{}{}</span>").format(marker(look, 12), look.label) for look in looks)
    return Markup('<span class="legend">{}</span>').format(entries)


def line_legend(entries: Sequence[tuple[str, str, str]]) -> Markup:
    """Legend of lines: (label, colour, dash) with dash ``solid``, ``dashed`` or ``dotted``."""
    dashes = {"solid": "none", "dashed": "4 3", "dotted": "1.5 2"}
    parts = [
        Markup(
            '<span><svg width="18" height="8" aria-hidden="true"><path d="M0 4h18" stroke="{}" stroke-width="2" '
            'stroke-dasharray="{}"/></svg>{}</span>'
        ).format(color, dashes[dash], label)
        for label, color, dash in entries
    ]
    return Markup('<span class="legend">{}</span>').format(Markup("").join(parts))


def button(
    label: str,
    *,
    icon_name: str = "",
    send: str = "",
    value: str = "",
    href: str = "",
    kind: str = "",
    disabled: bool = False,
    needs: str = "",
) -> Markup:
    """A real control: a link when `href` is given, else a button whose click reaches Python as `send` (see `Live`).

    With `needs` it is offered to those only who have that right.
    """
    face = (icon(icon_name) if icon_name else Markup("")) + escape(label)
    if href:
        return Markup('<a class="button {}" href="{}"{}>{}</a>').format(kind, href, needed(needs), face)
    return Markup('<button type="button" class="button {}" data-send="{}" data-value="{}"{}{}>{}</button>').format(
        kind, send, value, needed(needs), Markup(" disabled") if disabled else "", face
    )


def copy_button(label: str, text: str) -> Markup:
    """A control that puts a text on the clipboard."""
    return Markup('<button type="button" class="button" data-copy="{}">{}{}</button>').format(
        text, icon("content_copy"), label
    )


def needed(right: str) -> Markup:
    """The attribute of what is offered only to those who have `right`; nothing without one (see `Withheld`)."""
    return Markup(' data-needs="{}"').format(right) if right else Markup("")


def for_those_who(right: str, words: Text) -> Markup:
    """A form that others may read only."""
    return Markup("<div{}>{}</div>").format(needed(right), words)


def stat(label: str, value: Text, unit: str = "", note: Text = "", state_chip: Markup | None = None) -> Markup:
    """One number a person came for: label, value and unit, then what it rests on."""
    return Markup(
        '<div class="stat"><div class="label"><span>{}</span>{}</div><div class="value">{}{}</div>'
        '<div class="note">{}</div></div>'
    ).format(
        label,
        state_chip or "",
        value,
        Markup("<small>{}</small>").format(unit) if unit else "",
        note,
    )


SENTENCE = 90
"""A value longer than this is prose."""


def key_values(pairs: Iterable[tuple[str, Text]]) -> Markup:
    """A list of names and values; numbers and names stand at the right, sentences are read from the left."""
    prose = Markup(' class="prose"')
    rows = Markup("").join(
        Markup("<dt>{}</dt><dd{}>{}</dd>").format(name, prose if len(value) > SENTENCE else "", value)
        for name, value in pairs
    )
    return Markup('<dl class="kv">{}</dl>').format(rows)


def status_lines(rows: Iterable[tuple[Text, Text, Text]]) -> Markup:
    """Lines of name, detail and chip (system health)."""
    lines = Markup("").join(
        Markup('<div><span>{}</span><span class="grow muted num">{}</span>{}</div>').format(*row) for row in rows
    )
    return Markup('<div class="lines">{}</div>').format(lines)


def bar(share: float, color: str = TRACE, tick: float | None = None, label: str = "") -> Markup:
    """A horizontal bar 0–1, with an optional tick (a gate, a threshold)."""
    width = 100 * min(max(share, 0.0), 1.0)
    mark = Markup('<u style="left:{:.2f}%"></u>').format(100 * min(max(tick, 0.0), 1.0)) if tick is not None else ""
    role = Markup(' role="img" aria-label="{}"').format(label) if label else Markup(' aria-hidden="true"')
    return Markup('<span class="bar"{}><i style="width:{:.2f}%;background:{}"></i>{}</span>').format(
        role, width, color, mark
    )


def bar_list(rows: Sequence[tuple[Look, float]], total: float | None = None, *, digits: int = 4) -> Markup:
    """Class balance: marker, name, bar against the largest, value and share of `total`.

    Parameters
    ----------
    rows : sequence of (Look, float)
        One class and its count.
    total : float, optional
        What the share refers to; without it no share is shown.
    """
    most = max((value for _, value in rows), default=0) or 1
    lines = []
    for look, value in rows:
        shown = numbers.integer(value) if float(value).is_integer() else numbers.number(value, digits)
        share = Markup('<span class="share">{}</span>').format(numbers.percent(value / total, 0)) if total else ""
        lines.append(
            Markup('<div><span class="grow">{}</span>{}<span class="count">{}</span>{}</div>').format(
                class_name(look), bar(value / most, look.color), shown, share
            )
        )
    return Markup('<div class="lines">{}</div>').format(Markup("").join(lines))


@dataclass(frozen=True)
class Evidence:
    """One hypothesis of a diagnosis: its class, the frequency it rests on, its score against the gate, and the slip."""

    look: Look
    marker_name: str
    score: float
    gate: float
    slip: float | None = None


def evidence_rows(rows: Sequence[Evidence]) -> Markup:
    """Ranked evidence: bar with the gate tick, score, slip. A bar below the gate stays grey."""
    reach = max([1.0, *(row.score for row in rows), *(1.4 * row.gate for row in rows)])
    lines = []
    for row in rows:
        color = row.look.color if row.score >= row.gate else "var(--p-control)"
        said = f"{row.look.label}: score {numbers.fixed(row.score)}, gate {numbers.fixed(row.gate)}"
        lines.append(
            Markup(
                "<tr><td>{} <span class=muted>{}</span></td><td style='width:34%'>{}</td>"
                "<td class='num strong'>{}</td><td class='num muted'>{}</td></tr>"
            ).format(
                class_name(row.look),
                row.marker_name,
                bar(row.score / reach, color, row.gate / reach, said),
                numbers.fixed(row.score),
                "" if row.slip is None else f"{numbers.fixed(100 * row.slip, signed=True)} %",
            )
        )
    return Markup(
        "<div class=scroll><table><thead><tr><th>Evidence</th><th></th><th class=num>Score</th><th class=num>Slip</th>"
        "</tr></thead><tbody>{}</tbody></table></div>"
    ).format(Markup("").join(lines))


def empty(title: Text, why: Text, *actions: Markup) -> Markup:
    """Nothing here: why, and the next step."""
    controls = Markup('<div class="row">{}</div>').format(Markup("").join(actions)) if actions else ""
    return Markup('<div class="empty"><b>{}</b><span class="note">{}</span>{}</div>').format(title, why, controls)


def skeleton(*heights: int) -> Markup:
    """Something is coming: grey blocks in the shape of the content (heights in px)."""
    blocks = Markup("").join(Markup('<i style="height:{}px"></i>').format(height) for height in heights or (16, 160))
    return Markup('<div class="skeleton" role="status" aria-label="Loading">{}</div>').format(blocks)


def sentence(words: str) -> str:
    """What an error says, as a sentence: errors begin small and end without a stop, to stand within one."""
    words = words.strip()
    return words[:1].upper() + words[1:] + ("" if not words or words[-1] in ".!?" else ".")


def error(word: str, sentence: Text, advice: Text = "", *actions: Markup) -> Markup:
    """Something failed: chip, one sentence, what to do and a control. The rest of the page lives on."""
    controls = Markup('<div class="row">{}</div>').format(Markup("").join(actions)) if actions else ""
    return Markup(
        '<div class="failure" role="alert"><div class="row">{}<b>{}</b></div><span class="note">{}</span>{}</div>'
    ).format(chip("alarm", word), sentence, advice, controls)


def action_link(title: str, note: str, icon_name: str, href: str) -> Markup:
    """A quick action: icon, what it does, and a line about what it takes."""
    return Markup('<a class="action" href="{}">{}<span><b>{}</b><span class="note">{}</span></span></a>').format(
        href, icon(icon_name), title, note
    )


def page_head(title: Text, identity: Text = "", *controls: Markup, statement: Text = "") -> Markup:
    """Title and identity line left, controls right (at most one of them primary), then one plain sentence."""
    right = Markup('<div class="row">{}</div>').format(Markup("").join(controls)) if controls else ""
    said = Markup('<p class="statement">{}</p>').format(statement) if statement else ""
    return Markup(
        '<div class="head"><div class="grow"><h1>{}</h1><div class="identity">{}</div></div>{}</div>{}'
    ).format(title, identity, right, said)


def attributes(values: Mapping[str, str]) -> Markup:
    """HTML attributes, escaped."""
    return Markup("").join(Markup(' {}="{}"').format(name, value) for name, value in values.items())
