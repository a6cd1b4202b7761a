"""The query box: a condition in words, what it can name, and what is wrong with it beside it."""

from collections.abc import Callable, Sequence
from typing import Any

from markupsafe import Markup

from data_catalog.quality import FLAGS
from data_catalog.query_text import QueryError
from pfd_panel.components.card import help_mark
from pfd_panel.components.live import Live
from pfd_panel.components.markup import sentence
from pfd_panel.errors import in_words
from pfd_panel.pages.signal.style import CONTROLS
from pfd_panel.services.querying import QueryName

STYLE = """
.controls input[type=text].query { flex: 1 1 260px; width: auto; max-width: none; text-align: left;
  font-family: 'Liberation Mono', ui-monospace, Menlo, Consolas, monospace; font-size: 12px; }
.controls.bad input.query { border-color: var(--p-alarm); }
.ask { display: flex; flex-direction: column; gap: 6px; }
.ask .wrong { color: var(--p-alarm); font-size: 12px; line-height: 16px; }
.ask mark { color: var(--p-alarm); background: var(--p-alarm-bg); border-radius: 3px; padding: 0 2px; }
.help .names { display: block; margin-top: 6px; max-height: 180px; overflow-y: auto; overflow-wrap: anywhere; }
"""


class QueryBox:
    """One line of text.

    Parameters
    ----------
    names : callable
        What a query can name.
    asked : callable
        ``asked(text)`` when a query was typed.
    placeholder : str
        An example.
    about : Markup, optional
        What opens under the question mark; that of signals without.
    """

    def __init__(
        self,
        names: Callable[[], Sequence[QueryName]],
        asked: Callable[[str], Any],
        *,
        placeholder: str = "fault:inner and (rms > 0.3 or not tag:checked)",
        about: Markup | None = None,
    ) -> None:
        self._names, self._placeholder, self._about = names, placeholder, about
        self.view = Live(on={"query": asked}, stylesheets=[CONTROLS, STYLE], margin=0)

    def show(self, text: str, problem: BaseException | None = None) -> None:
        """Show a query, and what is wrong with it."""
        self.view.html = str(
            Markup(
                '<div class="ask"><div class="controls plain{}"><input type="text" class="query" data-send="query" '
                'value="{}" aria-label="Query" placeholder="{}" '
                'autocomplete="off" autocapitalize="off" spellcheck="false"{}>{}</div>{}</div>'
            ).format(
                " bad" if problem else "",
                text,
                self._placeholder,
                Markup(' aria-invalid="true"') if problem else "",
                help_mark(self._about or self._help()),
                _told(text, problem) if problem else "",
            )
        )

    def _help(self) -> Markup:
        known = self._names()
        plain = [one.name for one in known if one.kind != "feature"]
        features = [one.name for one in known if one.kind == "feature"]
        return Markup(
            "Conditions are joined by <code>and</code>, <code>or</code>, <code>not</code> and brackets. "
            "<code>fault:inner</code> finds words that hold “inner”, <code>=</code> and <code>!=</code> compare them "
            "as a whole; numbers are compared with <code>= != &lt; &lt;= &gt; &gt;=</code> or "
            "<code>rms 0.1..0.3</code>; <code>date:2026-03-01</code> is a day; <code>speed_rpm:none</code> is what is "
            'not known; words of their own are looked for everywhere; <code>"two words"</code> belong together. '
            "<code>quality:</code> knows {}."
            '<span class="names"><b>Names</b> {}<br><b>Features</b> {}</span>'
        ).format(", ".join(FLAGS), ", ".join(plain), ", ".join(features) or "none are extracted yet")


def _told(text: str, problem: BaseException) -> Markup:
    words = in_words(problem)
    place = problem.position if isinstance(problem, QueryError) else None
    shown: Markup | str = ""
    if place is not None and text:
        stop = next((at for at in range(place, len(text)) if text[at] in ' ()"<>=!:' and at > place), len(text))
        shown = Markup("<br><code>{}<mark>{}</mark>{}</code>").format(
            text[:place], text[place:stop] or "…", text[stop:]
        )
    return Markup('<div class="wrong" role="alert">{} {}{}</div>').format(
        sentence(words["message"]), sentence(words["hint"]), shown
    )
