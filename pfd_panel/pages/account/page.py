"""The page of one's own account."""

from collections.abc import Mapping
from typing import Any

import panel as pn
from markupsafe import Markup

from pfd_panel.components import card, grid, stack, static
from pfd_panel.components import markup as m
from pfd_panel.errors import RequestError
from pfd_panel.pages.account.browsers import Browsers
from pfd_panel.pages.account.form import PRESENT, Entry, SecretForm
from pfd_panel.pages.account.keys import Keys
from pfd_panel.pages.account.second_factor import SecondFactor
from pfd_panel.pages.factory import PageDeclaration, toast
from pfd_panel.pages.view import PageView
from pfd_panel.server.session import page_session
from pfd_panel.services import account

NEW = Entry("new", "New password", "new-password", secret=True, note="at least 12 characters")
AGAIN = Entry("again", "New password again", "new-password", secret=True)


class AccountPage(PageView):
    """Password, second factor, signed-in browsers and keys of whoever looks."""

    def __init__(self, context: Any = None, query: Any = None, **params: Any) -> None:
        super().__init__(context, query, **params)
        self.password = SecretForm([PRESENT, NEW, AGAIN], "Change the password", self.change, icon_name="save")

    def change(self, typed: Mapping[str, str]) -> None:
        """Replace the password; other browsers are signed out."""
        if typed["new"] != typed["again"]:
            raise RequestError("the two new passwords differ", hint="Type the same twice.")
        account.change_password(self.context, typed["present"], typed["new"], keep=page_session().user.session)
        toast("The password was changed; other browsers are signed out.")

    def __panel__(self) -> pn.Column:
        keys = card("API keys", Keys(self.context), qualifier="for programs that act for you")
        if not account.has_account(self.context):
            words = m.empty(
                "There are no accounts here",
                "Whoever opens the one-time link of this machine may do everything. In a shell, "
                "pfd users add NAME --role admin makes the first account.",
            )
            return stack(
                static(m.page_head("Account", "This data directory has no accounts yet.")), static(words), keys
            )
        me = account.me(self.context)
        identity = Markup("{} · {} · since {}").format(me.name, me.role, f"{me.created_at:%Y-%m-%d}")
        return stack(
            static(m.page_head(me.display_name, identity)),
            grid(
                (card("Password", self.password, qualifier="changing it signs other browsers out"), 6),
                (card("Second factor", SecondFactor(self.context), qualifier="a code of your phone"), 6),
            ),
            card("Signed in", Browsers(self.context), qualifier="browsers that may act for you"),
            keys,
        )


PAGE = PageDeclaration("/account", "Account", "account_circle", lambda context, query: AccountPage(context, query))
