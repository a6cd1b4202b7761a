"""What the Share control of a page does: keeps a view, makes a link, makes a file."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from pfd_panel.components.background import in_background
from pfd_panel.components.frame import Header
from pfd_panel.components.share import Share
from pfd_panel.errors import EXPECTED_ERRORS, in_words
from pfd_panel.server.exchange import Download
from pfd_panel.server.session import page_session, under_lock
from pfd_panel.services import freezing, links, views
from pfd_panel.services.context import Context
from pfd_panel.services.views import FROZEN, PARTS, SHOWN
from pfd_panel.theme import numbers

NO_LINK = "This page is a form, or about whoever is logged in: it has no link for others."
NO_RIGHT = "Your role may not share views with people who do not log in. Ask an operator or an administrator."


def share_control(context: Context, page: str, header: Header) -> Share:
    """The control of one page, for whoever looks at it."""
    may_link = page in SHOWN and context.user.may("work")
    control = Sharing(context, header).control
    control.param.update(
        parts=dict(PARTS.get(page, {})),
        ways=[*(["link"] if may_link else []), *(["file"] if page in FROZEN else [])],
        why=NO_RIGHT if page in SHOWN else NO_LINK,
    )
    return control


class Sharing:
    """Answers the dialog."""

    def __init__(self, context: Context, header: Header) -> None:
        self.context, self.header = context, header
        acts = {"open": self.open, "save": self.save, "link": self.link, "freeze": self.freeze}
        self.control = Share(on=acts)

    def open(self, asked: dict[str, Any]) -> None:
        """Tell the dialog what is shown at this moment, also where the address bar does not say it yet."""
        state = self.header.address
        query = state() if state is not None else str(asked.get("query", ""))
        self.control.answer("open", title=self.header.heading or "This view", query=query)

    def save(self, asked: dict[str, Any]) -> None:
        """Keep the view under a name."""
        page, query, part, title = _view(asked)
        seen = str(asked.get("visibility", ""))
        self._try(
            "save",
            lambda: {"name": views.save(self.context, title, page, query, part=part, visibility=seen).name},
        )

    def link(self, asked: dict[str, Any]) -> None:
        """Make a link, and tell it with both snippets."""
        page, query, part, title = _view(asked)
        ancestors = str(asked.get("ancestors", "")).replace(",", " ").split()

        def make() -> dict[str, str]:
            made = links.add(
                self.context, title, page, query, part=part, ancestors=ancestors, days=float(asked.get("days", 0))
            )
            # the browser knows best under which name it reaches the server
            origin = urlsplit(str(asked.get("origin", "")))
            address = f"{origin.scheme}://{origin.netloc}{made.path}" if origin.netloc else made.address
            pasted = links.snippets(address, title)
            return {"address": address, "iframe": pasted.iframe, "script": pasted.script}

        self._try("link", make)

    def freeze(self, asked: dict[str, Any]) -> None:
        """Make a file in the background, and offer it."""
        page, query, part, title = _view(asked)
        session = page_session()

        def offer(made: Any) -> None:
            size = numbers.number(made.stat().st_size / 1e6, 2)
            href = session.offer(lambda: Download(made.name, made, "text/html"))
            self.control.answer("freeze", href=href, words=f"Download {made.name} ({size} MB)")

        def refuse(failure: Exception) -> None:
            told = in_words(failure)
            self.control.answer("freeze", error=told["message"], hint=told["hint"])

        under_lock(
            lambda: in_background(lambda: freezing.freeze(self.context, title, page, query, part=part), offer, refuse)
        )

    def _try(self, of: str, act: Callable[[], dict[str, str]]) -> None:
        try:
            told = act()
        except EXPECTED_ERRORS as refused:
            words = in_words(refused)
            self.control.answer(of, error=words["message"], hint=words["hint"])
        else:
            self.control.answer(of, **told)


def _view(asked: dict[str, Any]) -> tuple[str, str, str, str]:
    page, query, part, title = (str(asked.get(name, "")) for name in ("page", "query", "part", "title"))
    return page, query, part, title
