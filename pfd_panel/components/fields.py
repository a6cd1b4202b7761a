"""Form fields as HTML for `Live`: label, unit, help, and what is wrong with the value, in words at the field."""

from collections.abc import Iterable

from markupsafe import Markup

from pfd_panel.components.markup import Text

FIELD_STYLE = """
.field { display: flex; flex-direction: column; gap: 4px; min-width: 0; }
.field > .label, legend { font-size: 12px; line-height: 16px; color: var(--p-text2); padding: 0;
  overflow-wrap: anywhere; }
.field .row { flex-wrap: nowrap; }
.field input:not([type=checkbox]), .field select, .field textarea, select.bare, input.bare {
  height: 32px; padding: 0 10px; border: 1px solid var(--p-control); border-radius: 6px; background: var(--p-surface);
  color: var(--p-text); font: inherit; width: 100%; min-width: 0; }
select.bare, input.bare { width: auto; max-width: 100%; }
.field textarea { height: auto; min-height: 64px; padding: 6px 10px; resize: vertical; }
.field .unit { color: var(--p-text2); flex: none; }
.field.bad input, .field.bad select, .field.bad textarea, input.bare.bad { border-color: var(--p-alarm); }
.field .wrong { font-size: 12px; line-height: 16px; color: var(--p-alarm); }
.field input[disabled] { opacity: .5; }
[data-needs] .field input[disabled], [data-needs] .field textarea[disabled] { background: none; color: inherit;
  opacity: 1; resize: none; }
.field input::placeholder, .field textarea::placeholder { color: var(--p-text3); opacity: 1; }
.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(200px, 1fr)); gap: 14px 16px;
  align-items: start; }
.tick { display: inline-flex; align-items: flex-start; gap: 8px; cursor: pointer; min-height: 24px; }
.tick input { margin-top: 2px; }
.ticks { display: flex; flex-wrap: wrap; gap: 4px 16px; border: 0; margin: 0; padding: 0; min-width: 0; }
.ticks legend { margin-bottom: 4px; }
.ticks > .note { flex-basis: 100%; }
.wide { grid-column: 1 / -1; }
details.more > summary { cursor: pointer; font-weight: 700; padding: 6px 0; }
details.more > .fields { padding: 6px 0 12px; }
"""
"""Style of fields; given to the `Live` that shows them."""


def fields(*parts: Markup) -> Markup:
    """Fields beside one another, wrapping."""
    return Markup('<div class="fields">{}</div>').format(Markup("").join(parts))


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
    """One line of text; Python hears of it when the field is left or Enter is pressed.

    Numbers keep their text, so that what was typed can be answered.
    """
    marks = Markup(' inputmode="decimal"') if number else ""
    if bare:
        marks += Markup(' class="bare{}"').format(" bad" if wrong else "")
    if label:
        marks += Markup(' aria-label="{}"').format(label)
    made = Markup(
        '<input type="text" data-send="{}" value="{}" placeholder="{}" autocomplete="off" spellcheck="false"{}>'
    ).format(send, "" if value is None else value, placeholder, marks)
    return Markup('<span class="row">{}<span class="unit">{}</span></span>').format(made, unit) if unit else made


def number_input(
    send: str, value: float | str | None, *, low: float | None = None, high: float | None = None, whole: bool = False,
    placeholder: str = "",
) -> Markup:  # fmt: skip
    """A number within limits."""
    limits = Markup("").join(
        Markup(' {}="{}"').format(name, limit) for name, limit in (("min", low), ("max", high)) if limit is not None
    )
    return Markup('<input type="number" data-send="{}" value="{}" placeholder="{}" step="{}"{}>').format(
        send, "" if value is None else value, placeholder, "1" if whole else "any", limits
    )


def text_area(send: str, value: str, *, placeholder: str = "", rows: int = 3) -> Markup:
    """Several lines of text."""
    return Markup('<textarea data-send="{}" placeholder="{}" rows="{}">{}</textarea>').format(
        send, placeholder, rows, value
    )


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


def ticks(
    title: Text, send: str, choices: Iterable[tuple[str, Text]], chosen: Iterable[str], *, note: Text = "",
    wrong: Text = "",
) -> Markup:  # fmt: skip
    """Several of several, as check boxes under a title; the handler gets the value and whether it is marked."""
    wanted = set(chosen)
    boxes = Markup("").join(tick(send, value, words, on=value in wanted) for value, words in choices)
    said = Markup('<div class="field"><span class="wrong" role="alert">{}</span></div>').format(wrong) if wrong else ""
    told = Markup('<div class="note wide">{}</div>').format(note) if note else ""
    return Markup('<fieldset class="ticks wide"><legend>{}</legend>{}{}{}</fieldset>').format(title, boxes, told, said)
