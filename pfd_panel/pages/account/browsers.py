"""Signed-in browsers, each with a way to end it."""

from markupsafe import Markup
from panel.viewable import Viewer

from pfd_panel.components.live import Live
from pfd_panel.components.markup import button, chip, empty
from pfd_panel.components.table import Column, simple_table
from pfd_panel.pages.account.agents import browser_words
from pfd_panel.pages.factory import toast
from pfd_panel.server.session import page_session
from pfd_panel.services import sessions
from pfd_panel.services.context import Context
from pfd_panel.services.sessions import Browser
from pfd_panel.theme import numbers


def _named(one: Browser) -> Markup:
    return Markup('<span title="{}">{}</span>').format(one.agent, browser_words(one.agent))


class Browsers(Viewer):
    """Where someone is signed in."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.here = page_session().user.session
        self.body = Live(margin=0, on={"end": self.end, "others": lambda _: self.end_others()})
        self.draw()

    def draw(self) -> None:
        """The list as it is now."""
        found = sessions.listing(self.context)
        if not found:
            self.body.html = str(empty("Nobody is signed in by name", "This page was opened with a one-time link."))
            return
        others = button("Sign out everywhere else", icon_name="close", send="others", disabled=len(found) < 2)
        columns = [
            Column("agent", "Browser", _named, strong=True),
            Column("seen", "Last used", lambda one: numbers.ago(one.seen_at), numeric=True),
            Column("end", "", self._control),
            Column("address", "Address", lambda one: one.address or "not told"),
            Column("created", "Signed in", lambda one: numbers.clock(one.created_at), numeric=True),
        ]
        table = simple_table(columns, found)
        self.body.html = str(Markup('{}<div class="row" style="margin-top:12px">{}</div>').format(table, others))

    def _control(self, one: Browser) -> Markup:
        return chip("healthy", "This one") if one.id == self.here else button("Sign out", send="end", value=one.id)

    def end(self, session_id: str) -> None:
        """Sign one browser out."""
        sessions.end(self.context, session_id)
        self.draw()
        toast("That browser is signed out.")

    def end_others(self) -> None:
        """Sign every browser out but this one."""
        ended = sessions.end_all(self.context, keep=self.here)
        self.draw()
        toast(f"{numbers.integer(ended)} other sign-ins ended.")

    def __panel__(self) -> Live:
        return self.body
