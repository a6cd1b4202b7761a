"""Labelled form fields as HTML, for `Live`: select, text, number, check mark, tabs; a change reaches Python."""

from collections.abc import Sequence

from markupsafe import Markup

from pfd_panel.components.markup import Text

FIELD_STYLE = """
.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(190px, 1fr)); gap: 12px 16px;
  align-items: start; }
.field { display: flex; flex-direction: column; gap: 4px; min-width: 0; }
.field > span:first-child { font-size: 12px; line-height: 16px; color: var(--p-text2); }
.field input:not([type=checkbox]), .field select, .field textarea { height: 32px; width: 100%; min-width: 0;
  padding: 0 10px; border-radius: 6px; border: 1px solid var(--p-control); background: var(--p-surface); color: var(--p-text); font: inherit; }
.field textarea { height: auto; padding: 6px 10px; resize: vertical; }
.field input::placeholder, .field textarea::placeholder { color: var(--p-text3); opacity: 1; }
.field.wide { grid-column: 1 / -1; }
.checks { display: flex; flex-wrap: wrap; gap: 4px 16px; }
.checks label, label.check { display: inline-flex; align-items: center; gap: 8px; min-height: 26px; cursor: pointer; }
.tabs { display: flex; gap: 24px; border-bottom: 1px solid var(--p-line); overflow-x: auto; }
.tabs button { border: 0; background: none; padding: 8px 0; font: inherit; color: var(--p-text2); cursor: pointer;
  white-space: nowrap; border-bottom: 2px solid transparent; margin-bottom: -1px; }
.tabs button:hover, .tabs button[aria-selected=true] { color: var(--p-text); }
.tabs button[aria-selected=true] { border-bottom-color: var(--p-accent); }
.switch { display: inline-flex; border: 1px solid var(--p-control); border-radius: 6px; overflow: hidden; }
.switch button { border: 0; background: none; padding: 0 10px; height: 26px; font: inherit; font-size: 12px;
  color: var(--p-text2); cursor: pointer; }
.switch button[aria-pressed=true] { background: var(--p-tint); color: var(--p-accent); font-weight: 700; }
"""
"""Give it to a `Live` as one of its `stylesheets`."""


def fields(*parts: Markup) -> Markup:
    """Fields beside one another, wrapping."""
    return Markup('<div class="fields">{}</div>').format(Markup("").join(parts))


def select_field(
    send: str, label: str, options: Sequence[tuple[str, str]], chosen: str, *, note: Text = "", wide: bool = False
) -> Markup:
    """A drop-down of (value, words)."""
    shown = Markup("").join(
        Markup('<option value="{}"{}>{}</option>').format(value, Markup(" selected") if value == chosen else "", words)
        for value, words in options
    )
    control = Markup('<select data-send="{}" data-value="" aria-label="{}">{}</select>').format(send, label, shown)
    return _field(label, control, note, wide=wide)


def text_field(
    send: str, label: str, value: str = "", *, placeholder: str = "", note: Text = "", wide: bool = False
) -> Markup:
    """A line of text; Python hears of it when the reader leaves the field or presses Enter."""
    control = Markup(
        '<input type="text" data-send="{}" data-value="" aria-label="{}" value="{}" placeholder="{}"'
        ' spellcheck="false">'
    ).format(send, label, value, placeholder)
    return _field(label, control, note, wide=wide)


def area_field(send: str, label: str, value: str = "", *, placeholder: str = "", rows: int = 4) -> Markup:
    """Several lines of text."""
    control = Markup(
        '<textarea data-send="{}" data-value="" aria-label="{}" placeholder="{}" rows="{}">{}</textarea>'
    ).format(send, label, placeholder, rows, value)
    return _field(label, control, "", wide=True)


def number_field(
    send: str,
    label: str,
    value: float | str | None,
    *,
    low: float | None = None,
    high: float | None = None,
    whole: bool = False,
    placeholder: str = "",
    note: Text = "",
) -> Markup:
    """A number within limits."""
    limits = Markup("").join(
        Markup(' {}="{}"').format(name, limit) for name, limit in (("min", low), ("max", high)) if limit is not None
    )
    control = Markup(
        '<input type="number" data-send="{}" data-value="" aria-label="{}" value="{}" placeholder="{}" step="{}"{}>'
    ).format(send, label, "" if value is None else value, placeholder, "1" if whole else "any", limits)
    return _field(label, control, note)


def check_field(send: str, label: Text, *, checked: bool, value: str = "") -> Markup:
    """A check mark with its words."""
    return Markup(
        '<label class="check"><input type="checkbox" data-send="{}" data-value="{}"{}><span>{}</span></label>'
    ).format(send, value, Markup(" checked") if checked else "", label)


def check_group(
    send: str, label: str, options: Sequence[tuple[str, Text]], chosen: Sequence[str], note: Text = ""
) -> Markup:
    """Several check marks under one label; the handler gets the value and whether it is checked."""
    marks = Markup("").join(check_field(send, words, checked=value in chosen, value=value) for value, words in options)
    return Markup(
        '<div class="field wide" role="group" aria-label="{0}"><span>{0}</span><div class="checks">{1}</div>{2}</div>'
    ).format(label, marks, _note(note))


def tabs(send: str, entries: Sequence[tuple[str, str]], chosen: str) -> Markup:
    """Tabs of (value, words)."""
    buttons = Markup("").join(
        Markup('<button type="button" role="tab" data-send="{}" data-value="{}" aria-selected="{}">{}</button>').format(
            send, value, "true" if value == chosen else "false", words
        )
        for value, words in entries
    )
    return Markup('<div class="tabs" role="tablist">{}</div>').format(buttons)


def switch(send: str, entries: Sequence[tuple[str, str]], chosen: str, label: str) -> Markup:
    """Two or three choices of which one holds."""
    buttons = Markup("").join(
        Markup('<button type="button" data-send="{}" data-value="{}" aria-pressed="{}">{}</button>').format(
            send, value, "true" if value == chosen else "false", words
        )
        for value, words in entries
    )
    return Markup('<span class="switch" role="group" aria-label="{}">{}</span>').format(label, buttons)


def _field(label: str, control: Markup, note: Text, *, wide: bool = False) -> Markup:
    return Markup('<div class="field{}"><span>{}</span>{}{}</div>').format(
        " wide" if wide else "", label, control, _note(note)
    )


def _note(note: Text) -> Markup:
    return Markup('<span class="note">{}</span>').format(note) if note else Markup("")
