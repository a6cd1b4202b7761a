"""The row of fields in which an analysis is set."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from pipelines.analyses import Analysis, Setting, in_words

FIELDS = """
.settings { display: flex; flex-wrap: wrap; gap: 8px 12px; align-items: flex-start; padding: 8px 12px; margin: 0 0 8px;
  background: var(--p-sunken); border-radius: 6px; }
.settings label { display: inline-flex; align-items: center; gap: 6px; color: var(--p-text2); font-size: 12px;
  white-space: nowrap; }
.settings input, .settings select { height: 28px; padding: 0 8px; border: 1px solid var(--p-control);
  border-radius: 6px; background: var(--p-surface); color: var(--p-text); font: inherit; font-size: 12px;
  min-width: 0; }
.settings input { text-align: right; }
.settings input.long { text-align: left; }
.settings input::placeholder { color: var(--p-text3); opacity: 1; }
.settings .bad { border-color: var(--p-alarm); }
.settings .wrong { flex-basis: 100%; color: var(--p-alarm); font-size: 12px; line-height: 16px; }
.usual { font-size: 12px; line-height: 18px; color: var(--p-text2); margin-top: 4px;
  font-variant-numeric: tabular-nums; }
.usual ul { list-style: none; margin: 2px 0; padding: 0; display: flex; flex-wrap: wrap; gap: 2px 20px; }
.usual li { color: var(--p-text); }
.usual .legend { display: flex; flex-wrap: wrap; gap: 2px 16px; }
.usual .pair { display: inline-flex; align-items: center; gap: 6px; }
.usual i { width: 18px; height: 9px; opacity: .35; }
.how { flex: 1 1 100%; font-size: 12px; line-height: 16px; color: var(--p-text2); }
.totals { flex: 1 1 100%; font-size: 12px; color: var(--p-text2); font-variant-numeric: tabular-nums; }
@media (max-width: 700px) { .settings label { flex: 1 1 100%; justify-content: space-between; } }
"""
_LONG = ("points", "list")


def setting_fields(
    analysis: Analysis,
    settings: Mapping[str, Any],
    *,
    channels: Sequence[str] = (),
    problem: tuple[str, str] | None = None,
    palettes: Sequence[str] = (),
    more: Markup | None = None,
) -> Markup:
    """Fields of all settings that matter now and `more`; `problem` names one and says what is wrong with it."""
    used = {one.name: settings.get(one.name, one.default) for one in analysis.settings}
    wrong, words = problem or ("", "")
    parts = [
        _field(one, used[one.name], channels, bad=one.name == wrong) for one in analysis.settings if one.matters(used)
    ]
    if palettes:
        chosen = str(settings.get("palette") or palettes[0])
        parts.append(choice("palette", "Colours", [(one, one.capitalize()) for one in palettes], chosen))
    if words:
        parts.append(Markup('<span class="wrong" role="alert">{}</span>').format(words))
    return row_of(analysis.title, *parts, more or Markup(""))


def row_of(title: str, *parts: Markup) -> Markup:
    """Fields in a row below the head of a card."""
    return Markup('<div class="settings" role="group" aria-label="Settings of {}">{}</div>').format(
        title, Markup("").join(parts)
    )


def _field(setting: Setting, value: Any, channels: Sequence[str], *, bad: bool) -> Markup:
    if setting.kind == "choice":
        return choice(setting.name, setting.title, setting.choices, str(value), bad=bad)
    if setting.kind == "channel":
        choices = [("", "choose…" if channels else "there is no other"), *((one, one) for one in channels)]
        return choice(setting.name, setting.title, choices, str(value or ""), bad=bad)
    kind = " ".join([*(["long"] if setting.kind in _LONG else []), *(["bad"] if bad else [])])
    shown = in_words(value)
    if setting.kind in ("number", "whole") and shown:
        shown = shown.removesuffix(".0")
    return Markup(
        '<label>{}<input type="text" class="{}" size="{}" data-send="set-{}" value="{}" placeholder="{}" '
        'aria-label="{}" autocomplete="off" spellcheck="false">{}</label>'
    ).format(
        setting.title, kind, _size(setting, shown), setting.name, shown, setting.automatic,
        f"{setting.title} {setting.unit}".strip(), setting.unit,
    )  # fmt: skip


def _size(setting: Setting, shown: str) -> int:
    """Characters that a field is wide."""
    least = 20 if setting.kind in _LONG else 10 if setting.kind == "band" else 6
    return min(26, max(least, len(setting.automatic), len(shown)))


def choice(name: str, title: str, choices: Sequence[tuple[str, str]], chosen: str, *, bad: bool = False) -> Markup:
    """One of several, chosen in a list; ``set-NAME`` is what it sends."""
    options = Markup("").join(
        Markup('<option value="{}"{}>{}</option>').format(value, Markup(" selected") if value == chosen else "", words)
        for value, words in choices
    )
    return Markup('<label>{}<select data-send="set-{}" aria-label="{}"{}>{}</select></label>').format(
        title, name, title, Markup(' class="bad"') if bad else "", options
    )
