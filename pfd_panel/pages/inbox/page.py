"""The Inbox page: messages, rules, how one is told, and what was sent."""

from collections.abc import Mapping
from typing import Any

import panel as pn
import param
from markupsafe import Markup

from pfd_panel.components import Live, card, stack
from pfd_panel.components import markup as m
from pfd_panel.components.notices import Notices
from pfd_panel.components.poller import Poller
from pfd_panel.components.slot import Slot
from pfd_panel.components.table import DataTable, Rows
from pfd_panel.components.tabs import TAB_STYLE, switch, tabs
from pfd_panel.monitoring.feed import feed_of
from pfd_panel.pages.factory import PageDeclaration, report
from pfd_panel.pages.inbox.channels import Channels
from pfd_panel.pages.inbox.hooks import Webhooks
from pfd_panel.pages.inbox.messages import message_columns, sent_columns
from pfd_panel.pages.inbox.rules import RuleList
from pfd_panel.pages.view import PageView
from pfd_panel.services import alerts, notifying
from pfd_panel.services.context import Context
from pfd_panel.theme import numbers

TABS = (("inbox", "Messages"), ("rules", "Rules"), ("channels", "How you are told"), ("sent", "What was sent"))
PERIOD_S = 2.0


class InboxPage(PageView):
    """One tab of four, named in the address."""

    tab = param.Selector(default="inbox", objects=[name for name, _ in TABS], doc="Which part is shown.")
    unread = param.Boolean(default=False, doc="Only messages that have not been read.")
    page = param.Integer(default=0, bounds=(0, None), doc="Page of the messages, from 0.")
    in_address = ("tab", "unread", "page")

    context: Context

    def __init__(self, context: Any = None, query: Mapping[str, str] | None = None, **params: Any) -> None:
        super().__init__(context, query, **params)
        self.administers = self.context.user.may("administer")
        self.head = Live(margin=0, on={"all": lambda _: self.mark_all()})
        self.bar = Live(margin=0, stylesheets=[TAB_STYLE], on={"tab": self.open_tab})
        self.body = Slot()
        # the browser's permission is asked for through this; the bell of the header may belong to another page's life
        self.notices = Notices(visible=False)
        self._fill()
        self.poller = Poller(self._stamp, lambda _: self.refresh(), report, period_s=PERIOD_S)

    def open_tab(self, name: str) -> None:
        """Show another part."""
        self.tab = name

    def choose_unread(self, what: str) -> None:
        """Show all messages or only the unread ones."""
        self.param.update(unread=what == "unread", page=0)
        self.table.page = 0
        self.refresh()

    def mark(self, message: str) -> None:
        """Mark one message as read."""
        notifying.mark_read(self.context, int(message))
        self._marked()

    def mark_all(self) -> None:
        """Mark everything as read."""
        notifying.mark_read(self.context)
        self._marked()

    def _marked(self) -> None:
        feed_of(self.context.catalog).nudge()
        self.refresh()

    def refresh(self) -> None:
        """Draw what may have changed meanwhile; forms are left alone."""
        self._show_head()
        if self.tab == "inbox":
            self.table.refresh()
            self._show_filter()
        elif self.tab == "sent" and self.administers:
            self.table.refresh()
        elif self.tab == "rules":
            self.rules.refresh()

    def _stamp(self) -> tuple[Any, ...]:
        newest = notifying.page(self.context, limit=1)
        states = (
            tuple((rule.id, rule.state, rule.value) for rule in alerts.page(self.context))
            if self.tab == "rules"
            else ()
        )
        sent = _sent_stamp(self.context) if self.tab == "sent" and self.administers else ()
        return notifying.unread(self.context), newest.total, states, sent

    @param.depends("tab", watch=True)
    def _fill(self) -> None:
        self._show_head()
        shown = [entry for entry in TABS if self.administers or entry[0] != "sent"]
        self.bar.html = str(tabs("tab", shown, self.tab))
        self.body.put(stack(*getattr(self, f"_{self.tab}")()))

    def _show_head(self) -> None:
        count = notifying.unread(self.context)
        firing = [rule.name for rule in alerts.page(self.context) if rule.state == "firing"]
        said = (
            f"{' and '.join(firing)} {'fires' if len(firing) == 1 else 'fire'} now." if firing else "No rule fires now."
        )
        controls = [m.button("Mark all as read", icon_name="done_all", send="all", disabled=not count)]
        self.head.html = str(m.page_head("Inbox", f"{numbers.integer(count)} unread", *controls, statement=said))

    # ---- the parts -------------------------------------------------------------------------------------------------

    def _inbox(self) -> list[Any]:
        self.filter = Live(margin=0, stylesheets=[TAB_STYLE], on={"which": self.choose_unread})
        self.table = DataTable(
            message_columns(),
            self._messages,
            page=self.page,
            page_size=15,
            nothing=("No message", "When a rule fires, or recovers, it is told here."),
        )
        self.table._body.on["read"] = self.mark
        self.table.param.watch(lambda event: setattr(self, "page", event.new), "page")
        self._show_filter()
        return [card("Messages", self.filter, self.table, qualifier="newest first · kept for 90 days")]

    def _messages(self, _sort: str, _descending: bool, offset: int, limit: int) -> Rows:
        return Rows(*notifying.page(self.context, unread=self.unread, offset=offset, limit=limit))

    def _show_filter(self) -> None:
        choices = [("all", "All"), ("unread", "Unread")]
        chosen = switch("which", choices, "unread" if self.unread else "all", "Which messages")
        self.filter.html = str(Markup('<div style="margin-bottom:12px">{}</div>').format(chosen))

    def _rules(self) -> list[Any]:
        self.rules = RuleList(self.context, may_change=self.administers)
        return [self.rules]

    def _channels(self) -> list[Any]:
        parts: list[Any] = [Channels(self.context, self.notices)]
        return [*parts, Webhooks(self.context)] if self.administers else parts

    def _sent(self) -> list[Any]:
        if not self.administers:
            return [Live(m.empty("For administrators", "What was sent to others is shown to administrators only."))]
        nothing = ("Nothing was sent yet", "E-mails and webhooks are listed here with what came of them.")
        self.table = DataTable(sent_columns(), self._deliveries, page_size=15, nothing=nothing)
        return [card("What was sent", self.table, qualifier="e-mails and webhooks, newest first")]

    def _deliveries(self, _sort: str, _descending: bool, offset: int, limit: int) -> Rows:
        return Rows(*notifying.sent(self.context, offset=offset, limit=limit))

    def __panel__(self) -> pn.Column:
        return stack(self.head, self.bar, stack(self.body), self.notices)


def _sent_stamp(context: Context) -> tuple[Any, ...]:
    found = notifying.sent(context, limit=15)
    return (found.total, *((one.id, one.state, one.attempts) for one, _ in found.rows))


PAGE = PageDeclaration("/inbox", "Inbox", "notifications", InboxPage)
