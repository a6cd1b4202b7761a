"""The list of people: invite, change a role, reset, disable, remove."""

from collections.abc import Callable
from typing import Any

import panel as pn
from markupsafe import Markup

from pfd_panel.components import Live, card, stack, static
from pfd_panel.components import markup as m
from pfd_panel.components.fields import FIELD_STYLE, field, fields, select, text_input
from pfd_panel.components.table import Column, simple_table
from pfd_panel.errors import EXPECTED_ERRORS
from pfd_panel.pages.factory import PageDeclaration, toast
from pfd_panel.pages.view import PageView
from pfd_panel.services import people
from pfd_panel.services.context import RIGHTS
from pfd_panel.services.people import Issued, Person
from pfd_panel.theme import numbers

ROLES = {"viewer": "Viewer: reads", "operator": "Operator: works", "admin": "Administrator: manages people too"}
STATES = {"active": "healthy", "invited": "watch", "disabled": "unknown"}

ACTS: dict[str, tuple[str, Callable[[Any, str], Any]]] = {
    "disable": ("Disable", people.disable),
    "enable": ("Enable", people.enable),
    "unlock": ("Lift a lock-out", people.unlock),
    "drop": ("Drop the second factor", people.drop_second_factor),
    "remove": ("Remove for good", people.remove),
}
"""What can be done to one account besides a role and a reset: its words, and the service."""


class People(PageView):
    """Everyone with an account, and one of them to change."""

    def __init__(self, context: Any = None, query: Any = None, **params: Any) -> None:
        super().__init__(context, query, **params)
        self.wanted = {"name": "", "display": "", "role": "viewer"}
        self.chosen = ""
        self.asked = ""
        self.form = Live(
            margin=0,
            stylesheets=[FIELD_STYLE],
            on={name: self._setter(name) for name in self.wanted} | {"invite": lambda _: self.invite()},
        )
        self.issued = Live(margin=0)
        self.list = Live(margin=0, on={"choose": self.choose})
        self.one = Live(
            margin=0,
            stylesheets=[FIELD_STYLE],
            on={"role": self.set_role, "reset": lambda _: self.reset(), "act": self.act, "sure": self.act},
        )
        self.draw_form()
        self.draw()

    def _setter(self, name: str) -> Callable[[str], None]:
        def take(value: str) -> None:
            self.wanted[name] = value

        return take

    # ---- everyone --------------------------------------------------------------------------------------------------

    def draw(self) -> None:
        """The list and the chosen account as they are now."""
        found = people.listing(self.context)
        columns = [
            Column("name", "User", lambda one: m.button(one.name, send="choose", value=one.name), strong=True),
            Column("shown", "Name", lambda one: one.display_name),
            Column("role", "Role", lambda one: one.role),
            Column("state", "State", lambda one: m.chip(STATES[one.state], one.state.capitalize())),
            Column("factor", "Second factor", lambda one: "on" if one.second_factor else "off"),
            Column("seen", "Last seen", lambda one: numbers.ago(one.seen_at) if one.seen_at else "–", numeric=True),
            Column("keys", "Keys", lambda one: numbers.integer(one.keys), numeric=True),
        ]
        nobody = m.empty("No accounts yet", "In a shell, pfd users add NAME --role admin makes the first one.")
        self.list.html = str(simple_table(columns, found) if found else nobody)
        here = next((one for one in found if one.name == self.chosen), None)
        self.one.html = str(
            self._controls(here) if here else m.empty("Nobody is chosen", "Choose someone in the list.")
        )

    def choose(self, name: str) -> None:
        """Look at one account."""
        self.chosen, self.asked = name, ""
        self.draw()

    # ---- an invitation ---------------------------------------------------------------------------------------------

    def draw_form(self, wrong: str = "") -> None:
        """Who is to be invited."""
        self.form.draw_unused(
            Markup('{}<div class="row" style="margin-top:12px">{}</div>').format(
                fields(
                    field("Name to sign in with", text_input("name", self.wanted["name"]), wrong=wrong),
                    field("Name shown to people", text_input("display", self.wanted["display"])),
                    field("Role", select("role", list(ROLES.items()), self.wanted["role"])),
                ),
                m.button("Invite", icon_name="add", send="invite", kind="primary"),
            )
        )

    def invite(self) -> None:
        """Make the account, and show the token once."""
        asked = self.wanted
        try:
            issued = people.invite(self.context, asked["name"], asked["role"], display_name=asked["display"])
        except EXPECTED_ERRORS as refused:
            self.draw_form(f"{refused}. {refused.hint}")
            return
        self.wanted.update(name="", display="")
        self.draw_form()
        self._tell(issued)
        self.choose(issued.name)

    def _tell(self, issued: Issued) -> None:
        self.issued.html = str(
            Markup(
                '<p style="margin-top:12px"><b>For {0}, shown this once.</b> It sets a password until {1} UTC. Copy '
                'the address of <a href="/reset?token={2}">this link</a> and send it, or tell the token, which the '
                "log-in page takes under <i>I have an invitation</i>:</p><p><code>{2}</code></p>"
            ).format(issued.name, f"{issued.expires_at:%Y-%m-%d %H:%M}", issued.token)
        )

    # ---- one account -----------------------------------------------------------------------------------------------

    def _controls(self, one: Person) -> Markup:
        offered = ["enable" if one.state == "disabled" else "disable", "unlock", "remove"]
        if one.second_factor:
            offered.insert(2, "drop")
        buttons = [m.button("Let choose a new password", icon_name="restore", send="reset")]
        buttons += [m.button(ACTS[name][0], send="act", value=name) for name in offered]
        sure = Markup("")
        if self.asked:
            sure = Markup(
                '<p class="note">{} Sign-ins and keys of {} end at once.</p><div class="row">{}</div>'
            ).format(
                "The name is not given again." if self.asked == "remove" else "",
                one.name,
                m.button(f"{ACTS[self.asked][0]}: {one.name}", send="sure", value=self.asked, kind="danger"),
            )
        return Markup('<div class="fields">{}</div><div class="row" style="margin:12px 0">{}</div>{}').format(
            field(f"Role of {one.display_name}", select("role", list(ROLES.items()), one.role)),
            Markup("").join(buttons),
            sure,
        )

    def set_role(self, role: str) -> None:
        """Give the chosen one another role."""
        if role in RIGHTS:
            self._do(lambda name: people.set_role(self.context, name, role), f"is {role} now")

    def reset(self) -> None:
        """A token with which the chosen one sets a new password."""
        self._do(lambda name: self._tell(people.reset(self.context, name)), "can choose a new password")

    def act(self, what: str) -> None:
        """Do something to the chosen one; what ends access asks first."""
        if what in ("disable", "remove", "drop") and self.asked != what:
            self.asked = what
            self.draw()
            return
        self._do(lambda name: ACTS[what][1](self.context, name), f"– {ACTS[what][0].lower()}: done")

    def _do(self, change: Callable[[str], Any], done: str) -> None:
        self.asked = ""
        try:
            change(self.chosen)
        except EXPECTED_ERRORS as refused:
            toast(f"{refused}. {refused.hint}", "warning", 8)
        else:
            toast(f"{self.chosen} {done}.")
        self.draw()

    def __panel__(self) -> pn.Column:
        return stack(
            static(
                m.page_head(
                    "People",
                    "Accounts, what they may do, and how to let someone in.",
                    m.button("Audit log", icon_name="list", href="/audit"),
                )
            ),
            card("Accounts", self.list),
            card("Change an account", self.one),
            card("Invite", self.form, self.issued, qualifier="they choose the password themselves"),
        )


PAGE = PageDeclaration("/people", "People", "group", lambda context, query: People(context, query), right="administer")
