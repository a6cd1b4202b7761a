"""What was shared: saved views, and links with how often they were opened; to change and to revoke."""

from typing import Any

from markupsafe import Markup

from pfd_panel.components import Live, card, stack, static
from pfd_panel.components import markup as m
from pfd_panel.components.table import Column, row_button, simple_table
from pfd_panel.errors import EXPECTED_ERRORS
from pfd_panel.pages.factory import PageDeclaration, toast
from pfd_panel.pages.view import PageView
from pfd_panel.services import links, views
from pfd_panel.services.links import Link
from pfd_panel.services.views import PARTS, Saved, View
from pfd_panel.theme import numbers

STATES = {"opens": "healthy", "expired": "unknown", "revoked": "unknown"}
VIEWS_HELP = (
    "A saved view is an address under a name. Private ones are seen by their owner and administrators, those of the "
    "team by everyone who may see the data."
)
LINKS_HELP = (
    "A link shows one view to whoever has it, without logging in. Pages of the named sites may frame it. It ends when "
    "it expires, is revoked, or its owner may not share any more; what is open then is closed within a second."
)


class SharedPage(PageView):
    """Saved views and links."""

    def __init__(self, context: Any = None, query: Any = None, **params: Any) -> None:
        super().__init__(context, query, **params)
        self.views = Live(margin=0, on={"seen": self.turn, "forget": self.forget})
        self.links = Live(margin=0, on={"revoke": self.revoke})
        self.draw()

    def draw(self) -> None:
        """Both lists as they are now."""
        kept = views.listing(self.context)
        self.views.html = str(simple_table(self._view_columns(), kept) if kept else _no_views())
        all_of_them = self.context.user.may("administer")
        shown = links.everyones(self.context) if all_of_them else links.listing(self.context)
        self.links.html = str(simple_table(_link_columns(self._state), shown) if shown else _no_links())

    # ---- saved views -----------------------------------------------------------------------------------------------

    def _view_columns(self) -> list[Column]:
        return [
            Column(
                "name", "View", lambda one: Markup('<a href="{}">{}</a>').format(one.address, one.name), strong=True
            ),
            Column("what", "Shows", _what),
            Column("owner", "Owner", lambda one: one.owner),
            Column("seen", "Seen by", lambda one: "The team" if one.visibility == "team" else "Only the owner"),
            Column("made", "Saved", lambda one: numbers.ago(one.created_at), numeric=True),
            Column("acts", "", self._view_acts),
        ]

    def _view_acts(self, one: Saved) -> Markup:
        if one.owner != self.context.user.name and not self.context.user.may("administer"):
            return Markup("")
        private = one.visibility == "private"
        turn = row_button(
            "seen",
            one.id,
            "group" if private else "lock",
            "Show to the team" if private else "Show to the owner only",
            one.name,
        )
        return Markup('<span class="row" style="gap:0;flex-wrap:nowrap">{}{}</span>').format(
            turn, row_button("forget", one.id, "delete", "Forget", one.name)
        )

    def turn(self, view_id: str) -> None:
        """Show a view to the team, or to its owner only."""
        try:
            before = views.get(self.context, view_id)
            seen = "team" if before.visibility == "private" else "private"
            views.change(self.context, view_id, visibility=seen)
        except EXPECTED_ERRORS as refused:
            toast(f"{refused}. {refused.hint}", "warning", 8)
        self.draw()

    def forget(self, view_id: str) -> None:
        """Remove a saved view."""
        try:
            gone = views.get(self.context, view_id)
            views.remove(self.context, view_id)
            toast(f"{gone.name} is forgotten.")
        except EXPECTED_ERRORS as refused:
            toast(f"{refused}. {refused.hint}", "warning", 8)
        self.draw()

    # ---- links -----------------------------------------------------------------------------------------------------

    def _state(self, one: Link) -> Markup:
        if one.valid:
            return m.button("Revoke", send="revoke", value=one.id)
        return m.chip("unknown", "Revoked" if one.revoked_at else "Expired")

    def revoke(self, link_id: str) -> None:
        """Make a link useless."""
        try:
            toast(f"{links.revoke(self.context, link_id).title} is not shown any more.")
        except EXPECTED_ERRORS as refused:
            toast(f"{refused}. {refused.hint}", "warning", 8)
        self.draw()

    def __panel__(self) -> Any:
        return stack(
            static(
                m.page_head("Shared", "Views under a name, and links that show one view to people without an account.")
            ),
            card("Saved views", self.views, help_text=VIEWS_HELP),
            card("Links", self.links, help_text=LINKS_HELP, qualifier="each shows one view and nothing else"),
        )


def _link_columns(state: Any) -> list[Column]:
    return [
        Column("title", "Title", lambda one: one.title, strong=True),
        Column(
            "what",
            "Shows",
            lambda one: Markup('<a href="{}">{}</a>').format(View(one.page, one.query).address, _what(one)),
        ),
        Column("owner", "Owner", lambda one: one.owner),
        Column("sites", "Framed by", lambda one: ", ".join(one.ancestors) or "nobody"),
        Column("until", "Until", lambda one: numbers.clock(one.expires_at), numeric=True),
        Column("opened", "Opened", _opened, numeric=True),
        Column("state", "", state),
    ]


def _what(one: Saved | Link) -> str:
    part = PARTS.get(one.page, {}).get(one.part, "")
    return f"{part} on {one.page}" if part else one.page


def _opened(one: Link) -> str:
    if not one.opened:
        return "never"
    last = f", {numbers.ago(one.opened_at)}" if one.opened_at else ""
    return f"{numbers.integer(one.opened)} times{last}" if one.opened > 1 else f"once{last}"


def _no_views() -> Markup:
    return m.empty("No saved views yet", "The share button at the top of every page keeps what it shows under a name.")


def _no_links() -> Markup:
    return m.empty("No links yet", "The share button at the top of a page makes a link that shows it in a report.")


PAGE = PageDeclaration("/shared", "Shared", "share", lambda context, query: SharedPage(context, query))
