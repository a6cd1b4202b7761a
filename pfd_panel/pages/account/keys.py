"""API keys: mint one, shown once, and revoke those that are not needed."""

from collections.abc import Callable

import panel as pn
from markupsafe import Markup
from panel.viewable import Viewer

from pfd_panel.components.fields import FIELD_STYLE, field, fields, number_input, text_input, ticks
from pfd_panel.components.layout import stack
from pfd_panel.components.live import Live
from pfd_panel.components.markup import button, chip, empty
from pfd_panel.components.table import Column, simple_table
from pfd_panel.errors import EXPECTED_ERRORS
from pfd_panel.pages.factory import toast
from pfd_panel.services import keys
from pfd_panel.services.context import RIGHTS, Context
from pfd_panel.services.keys import Key
from pfd_panel.theme import numbers

SCOPES = {"read": "read everything you may see", "work": "change and run things", "administer": "manage people"}


class Keys(Viewer):
    """The keys of whoever looks."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.purpose, self.days, self.scopes = "", f"{keys.DEFAULT_DAYS:.0f}", {"read"}
        self.form = Live(
            margin=0,
            stylesheets=[FIELD_STYLE],
            on={
                "purpose": self._setter("purpose"),
                "days": self._setter("days"),
                "scope": self.choose,
                "mint": lambda _: self.mint(),
            },
        )
        self.minted = Live(margin=0)
        self.list = Live(margin=0, on={"revoke": self.revoke})
        self.draw_form()
        self.draw()

    def _setter(self, name: str) -> Callable[[str], None]:
        def take(value: str) -> None:
            setattr(self, name, value)

        return take

    def choose(self, scope: str, marked: bool) -> None:
        """Give the next key a right, or not."""
        self.scopes = self.scopes | {scope} if marked else self.scopes - {scope}
        self.draw_form()

    def mint(self) -> None:
        """Make the key and show it, once."""
        try:
            if not self.scopes:
                self.draw_form("Choose at least one thing that the key may do.")
                return
            days = days_of(self.days)
            made = keys.add(self.context, self.purpose, scopes=sorted(self.scopes), days=days)
        except EXPECTED_ERRORS as refused:
            self.draw_form(f"{refused}. {refused.hint}")
            return
        self.purpose = ""
        self.minted.html = str(
            Markup("<p><b>{}, shown this once:</b></p><p><code>{}</code></p>").format(made.key.name, made.token)
        )
        self.draw_form()
        self.draw()

    def revoke(self, key_id: str) -> None:
        """Make a key useless."""
        revoked = keys.revoke(self.context, key_id)
        self.minted.html = ""
        self.draw()
        toast(f"{revoked.name} opens nothing any more.")

    def draw_form(self, wrong: str = "") -> None:
        """What the next key is to be."""
        mine = [(right, words) for right, words in SCOPES.items() if right in RIGHTS[self.context.user.role]]
        self.form.draw_unused(
            Markup('{}<div class="row" style="margin-top:12px">{}</div>').format(
                fields(
                    field(
                        "What it is for", text_input("purpose", self.purpose, placeholder="nightly batch"), wrong=wrong
                    ),
                    field("Valid for", number_input("days", self.days, low=1), note="days; empty: until it is revoked"),
                    ticks("What it may do", "scope", mine, self.scopes),
                ),
                button("Make a key", icon_name="add", send="mint", kind="primary"),
            )
        )

    def draw(self) -> None:
        """The list as it is now."""
        found = keys.listing(self.context)
        if not found:
            self.list.html = str(empty("No keys yet", "A key lets a program act for you, within its scopes."))
            return
        columns = [
            Column("name", "For", lambda one: one.name, strong=True),
            Column("scopes", "May", lambda one: ", ".join(one.scopes) or "all that you may"),
            Column(
                "until",
                "Until",
                lambda one: numbers.clock(one.expires_at) if one.expires_at else "no end",
                numeric=True,
            ),
            Column("used", "Last used", lambda one: numbers.ago(one.used_at) if one.used_at else "never", numeric=True),
            Column("uses", "Uses", lambda one: numbers.integer(one.uses), numeric=True),
            Column("state", "", _state),
        ]
        self.list.html = str(simple_table(columns, found))

    def __panel__(self) -> pn.Column:
        return stack(self.form, self.minted, self.list)


def _state(key: Key) -> Markup:
    if key.valid:
        return button("Revoke", send="revoke", value=key.id)
    return chip("unknown", "Revoked" if key.revoked_at else "Expired")


def days_of(text: str) -> float | None:
    """A number of days; None for an empty field, and not a number for what is none."""
    try:
        return float(text) if text.strip() else None
    except ValueError:
        return float("nan")
