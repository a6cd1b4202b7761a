"""A short form with secrets: what is typed is used once, never drawn, and forgotten whatever came of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from panel.viewable import Viewer

from pfd_panel.components.fields import FIELD_STYLE, field, fields
from pfd_panel.components.live import Live
from pfd_panel.components.markup import Text, button
from pfd_panel.errors import EXPECTED_ERRORS


@dataclass(frozen=True)
class Entry:
    """One field: what it is called, and what a browser's password store should make of it."""

    name: str
    label: str
    complete: str = "off"
    secret: bool = False
    note: str = ""

    def control(self) -> Markup:
        """The field, empty."""
        kind = "password" if self.secret else "text"
        return Markup(
            '<input type="{}" data-send="{}" value="" autocomplete="{}" autocapitalize="off" spellcheck="false">'
        ).format(kind, self.name, self.complete)


PRESENT = Entry("present", "Your password", "current-password", secret=True)


class SecretForm(Viewer):
    """Fields and a button; what `act` refuses is said below them.

    Parameters
    ----------
    entries : sequence of Entry
        What is asked.
    label, icon_name : str
        The button.
    act : callable
        ``act(values)`` with what was typed, by name.
    """

    def __init__(
        self, entries: Sequence[Entry], label: str, act: Callable[[Mapping[str, str]], Any], *, icon_name: str = ""
    ) -> None:
        super().__init__()
        self.entries, self.label, self.act, self.icon_name = tuple(entries), label, act, icon_name
        self.typed: dict[str, str] = {}
        self.body = Live(
            margin=0,
            stylesheets=[FIELD_STYLE],
            on={entry.name: self._setter(entry.name) for entry in self.entries} | {"do": lambda _: self.do()},
        )
        self.draw()

    def _setter(self, name: str) -> Callable[[str], None]:
        def take(value: str) -> None:
            self.typed[name] = value

        return take

    def do(self) -> None:
        """Use what was typed, once."""
        typed = {entry.name: self.typed.get(entry.name, "") for entry in self.entries}
        self.typed.clear()
        try:
            self.act(typed)
        except EXPECTED_ERRORS as refused:
            self.draw(f"{refused}. {refused.hint}")
        else:
            self.draw()

    def draw(self, wrong: Text = "") -> None:
        """Empty fields, and what was wrong."""
        said = (
            Markup('<p class="wrong" role="alert" style="color:var(--p-alarm)">{}</p>').format(wrong) if wrong else ""
        )
        asked = fields(*(field(entry.label, entry.control(), note=entry.note) for entry in self.entries))
        self.body.draw_unused(
            Markup('{}{}<div class="row" style="margin-top:12px">{}</div>').format(
                asked, said, button(self.label, icon_name=self.icon_name, send="do", kind="primary")
            )
        )

    def __panel__(self) -> Live:
        return self.body
