<<<<<<< HEAD
"""Form fields as HTML for `Live`: label, unit, help, and what is wrong with the value, in words at the field."""

from collections.abc import Iterable
=======
"""Labelled form fields as HTML, for `Live`: select, text, number, check mark, tabs; each tells Python when it changes."""

from collections.abc import Sequence
>>>>>>> p-models

from markupsafe import Markup

from pfd_panel.components.markup import Text

FIELD_STYLE = """
<<<<<<< HEAD
.field { display: flex; flex-direction: column; gap: 4px; min-width: 0; }
.field > .label, legend { font-size: 12px; line-height: 16px; color: var(--p-text2); padding: 0; }
.field .row { flex-wrap: nowrap; }
.field input:not([type=checkbox]), .field select, .field textarea, select.bare, input.bare {
  height: 32px; padding: 0 10px; border: 1px solid var(--p-control); border-radius: 6px; background: var(--p-surface);
  color: var(--p-text); font: inherit; width: 100%; min-width: 0; }
select.bare, input.bare { width: auto; max-width: 100%; }
.field textarea { height: 64px; padding: 6px 10px; resize: vertical; }
.field .unit { color: var(--p-text2); flex: none; }
.field.bad input, .field.bad select, .field.bad textarea, input.bare.bad { border-color: var(--p-alarm); }
.field .wrong { font-size: 12px; line-height: 16px; color: var(--p-alarm); }
.field input[disabled] { opacity: .5; }
.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(220px, 1fr)); gap: 14px 16px; align-items: start; }
.tick { display: inline-flex; align-items: flex-start; gap: 8px; cursor: pointer; min-height: 24px; }
.tick input { margin-top: 2px; }
.ticks { display: flex; flex-wrap: wrap; gap: 4px 16px; border: 0; margin: 0; padding: 0; min-width: 0; }
.ticks legend { margin-bottom: 4px; }
.wide { grid-column: 1 / -1; }
details.more > summary { cursor: pointer; font-weight: 700; padding: 6px 0; }
details.more > .fields { padding: 6px 0 12px; }
"""
"""Style of fields; given to the `Live` that shows them."""


def field(label: Text, control: Markup, *, note: Text = "", wrong: Text = "", wide: bool = False) -> Markup:
    """A labelled control; `wrong` says what is the matter with its value."""
    said = Markup('<span class="wrong" role="alert">{}</span>').format(wrong) if wrong else ""
    told = Markup('<span class="note">{}</span>').format(note) if note else ""
    kind = f"field{' bad' if wrong else ''}{' wide' if wide else ''}"
    return Markup('<label class="{}"><span class="label">{}</span>{}{}{}</label>').format(
        kind, label, control, said, told
    )


def text_input(
    send: str, value: object, *, label: str = "", placeholder: str = "", unit: str = "", number: bool = False,
    bare: bool = False, wrong: bool = False,
) -> Markup:  # fmt: skip
    """One line of text; numbers keep their text, so that what was typed can be answered."""
    marks = Markup(' inputmode="decimal"') if number else ""
    if bare:
        marks += Markup(' class="bare{}"').format(" bad" if wrong else "")
    if label:
        marks += Markup(' aria-label="{}"').format(label)
    made = Markup('<input type="text" data-send="{}" value="{}" placeholder="{}" autocomplete="off"{}>').format(
        send, "" if value is None else value, placeholder, marks
    )
    return Markup('<span class="row">{}<span class="unit">{}</span></span>').format(made, unit) if unit else made


def text_area(send: str, value: str, *, placeholder: str = "") -> Markup:
    """Several lines of text."""
    return Markup('<textarea data-send="{}" placeholder="{}">{}</textarea>').format(send, placeholder, value)


def select(
    send: str, choices: Iterable[tuple[str, str]], chosen: str | None, *, label: str = "", bare: bool = False
) -> Markup:
    """One of several: (value, words) pairs."""
    options = Markup("").join(
        Markup('<option value="{}"{}>{}</option>').format(value, Markup(" selected") if value == chosen else "", words)
        for value, words in choices
    )
    named = Markup(' aria-label="{}"').format(label) if label else ""
    return Markup('<select data-send="{}"{}{}>{}</select>').format(
        send, Markup(' class="bare"') if bare else "", named, options
    )


def tick(send: str, value: str, words: Text, *, on: bool) -> Markup:
    """A check box with words."""
    return Markup(
        '<label class="tick"><input type="checkbox" data-send="{}" data-value="{}"{}><span>{}</span></label>'
    ).format(send, value, Markup(" checked") if on else "", words)


def ticks(title: Text, send: str, choices: Iterable[tuple[str, Text]], chosen: Iterable[str], wrong: Text = "") -> Markup:
    """Several of several, as check boxes under a title."""
    wanted = set(chosen)
    boxes = Markup("").join(tick(send, value, words, on=value in wanted) for value, words in choices)
    said = Markup('<div class="field"><span class="wrong" role="alert">{}</span></div>').format(wrong) if wrong else ""
    return Markup('<fieldset class="ticks wide"><legend>{}</legend>{}{}</fieldset>').format(title, boxes, said)
=======
.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(190px, 1fr)); gap: 12px 16px; align-items: start; }
.field { display: flex; flex-direction: column; gap: 4px; min-width: 0; }
.field > span:first-child { font-size: 12px; line-height: 16px; color: var(--p-text2); }
.field input, .field select, .field textarea { height: 32px; width: 100%; min-width: 0; padding: 0 10px; border-radius: 6px;
  border: 1px solid var(--p-control); background: var(--p-surface); color: var(--p-text); font: inherit; }
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
.switch button { border: 0; background: none; padding: 0 10px; height: 26px; font: inherit; font-size: 12px; color: var(--p-text2); cursor: pointer; }
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
        '<input type="text" data-send="{}" data-value="" aria-label="{}" value="{}" placeholder="{}" spellcheck="false">'
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
    return Markup('<label class="check"><input type="checkbox" data-send="{}" data-value="{}"{}><span>{}</span></label>').format(
        send, value, Markup(" checked") if checked else "", label
    )


def check_group(send: str, label: str, options: Sequence[tuple[str, Text]], chosen: Sequence[str], note: Text = "") -> Markup:
    """Several check marks under one label; the handler gets the value and whether it is checked."""
    marks = Markup("").join(
        check_field(send, words, checked=value in chosen, value=value) for value, words in options
    )
    return Markup('<div class="field wide" role="group" aria-label="{0}"><span>{0}</span><div class="checks">{1}</div>{2}</div>').format(
        label, marks, _note(note)
    )


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
    return Markup('<div class="field{}"><span>{}</span>{}{}</div>').format(" wide" if wide else "", label, control, _note(note))


def _note(note: Text) -> Markup:
    return Markup('<span class="note">{}</span>').format(note) if note else Markup("")
>>>>>>> p-models
