"""One of a few views or settings, chosen by a press: tabs and switches for `Live`."""

from collections.abc import Sequence

from markupsafe import Markup

TAB_STYLE = """
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
"""Style of tabs and switches; given to the `Live` that shows them."""


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
