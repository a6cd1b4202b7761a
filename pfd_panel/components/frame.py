"""What surrounds every page: the header with the search box, and the navigation."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import panel as pn
import param
from markupsafe import Markup

from pfd_panel.components.live import static
from pfd_panel.components.markup import icon
from pfd_panel.components.styles import STYLE_ADDRESS
from pfd_panel.components.told import Told
from pfd_panel.server.session import under_lock

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SearchHit:
    """One result of the search box: what it is called, where it lives, and a few words."""

    title: str
    href: str
    note: str = ""


@dataclass(frozen=True)
class NavItem:
    """One entry of the navigation."""

    title: str
    href: str
    icon: str
    active: bool = False


class Header(Told):
    """Mark, breadcrumb and a search box that acts; it also keeps theme, width and address in the browser.

    Parameters
    ----------
    crumbs : list of (text, href)
        Where the reader is; an empty href is plain text.
    query : str
        The page's query string; the address bar follows it without a new history entry, unless one of `remembered`
        is another now.
    person : str
        Name of who is logged in; empty where there are no accounts, and then no menu.
    find : callable, optional
        ``find(text)`` gives the hits shown while typing.
    """

    crumbs = param.List(doc="Breadcrumb as [text, href] pairs.")
    hits = param.Dict(default={}, doc="Search results of `asked`.")
    query = param.String(doc="Query string without the question mark.")
    remembered = param.List(doc="Names in the query string whose change the browser's way back leads over.")
    dark = param.Boolean(doc="Theme now shown.")
    heading = param.String(doc="What the page calls itself, when that is more than its declaration.")
    person = param.String(doc="Name of who is logged in, if there are accounts.")
    narrow = param.Boolean(doc="Whether the window was narrow when it was opened.")

    _in_turn = False  # a search may take a while, and each answer says what was asked
    _esm = (Path(__file__).parent / "header.mjs").read_text(encoding="utf-8")

    def __init__(self, *, find: Callable[[str], Sequence[SearchHit]] | None = None, **params: Any) -> None:
        super().__init__(
            stylesheets=[STYLE_ADDRESS], css_classes=["p-header"], margin=0, sizing_mode="stretch_width", **params
        )
        self._find = find
        self.on_browser: Callable[[bool | None, bool | None], None] | None = None
        self.on_return: Callable[[dict[str, str]], None] | None = None
        self.address: Callable[[], str] | None = None
        """The query string that reproduces what is shown now, for pages that keep their state in it."""

    def _handle_msg(self, msg: dict[str, Any]) -> None:
        if "find" in msg:
            asked = str(msg["find"])[:200]
            found = self._find(asked) if self._find else []
            self.hits = {"asked": asked, "found": [asdict(hit) for hit in found]}
        elif "returned" in msg:
            if self.on_return is not None:
                under_lock(partial(self.on_return, dict(parse_qsl(str(msg["returned"])[:20_000]))))
        elif self.on_browser is not None:
            self.on_browser(msg.get("dark"), msg.get("narrow"))

    def go(self, href: str) -> None:
        """Send the browser to another page of this server."""
        self._send_msg({"go": href})


def navigation(items: Sequence[NavItem]) -> pn.pane.HTML:
    """The navigation: real links, the current one marked."""
    links = Markup("").join(
        Markup('<a href="{}"{}>{}<span>{}</span></a>').format(
            item.href, Markup(' aria-current="page"') if item.active else "", icon(item.icon), item.title
        )
        for item in items
    )
    return static(Markup('<nav class="pages-nav" aria-label="Pages">{}</nav>').format(links))
