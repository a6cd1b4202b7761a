"""Views of the product: an address that reproduces what someone sees, kept under a name for oneself or the team."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from data_catalog import privacy
from data_catalog.privacy import PRIVATE, TEAM, VISIBILITIES, Visibility
from data_catalog.schema import SavedView
from data_catalog.sharing import views
from pfd_panel.errors import RequestError
from pfd_panel.services.context import Context
from pipelines.analyses import ANALYSES

LONGEST_NAME = 120
LONGEST_QUERY = 4000
MOST = 500
"""Saved views of one user; more would be a program that saves without end."""

_SIGNAL_PARTS = {
    "waveform": "Waveform",
    "envelope": "Envelope spectrum",
    **{one.name: one.title for one in ANALYSES.values()},
    "diagnosis": "Diagnosis",
}

PARTS: Mapping[str, Mapping[str, str]] = {"/signal": _SIGNAL_PARTS, "/signals": _SIGNAL_PARTS}
"""Pages whose cards can be shown one by one: the name of each card to its title."""

SHOWN = frozenset(
    {
        "/annotations",
        "/",
        "/datasets",
        "/signals",
        "/signal",
        "/explorer",
        "/compare",
        "/models",
        "/model",
        "/jobs",
        "/experiment",
        "/experiments",
        "/experiments/compare",
        "/health",
    }
)
"""Pages that a link can show to others; the rest are forms, or about whoever is logged in."""

FROZEN = SHOWN | {"/diagnose"}
"""Pages that can be frozen into a file."""

_PAGE = re.compile(r"/[a-z0-9_-]{0,60}|/[a-z0-9_-]{1,60}/[a-z0-9_-]{1,60}")


@dataclass(frozen=True)
class View:
    """What someone sees: a page in a state, or one card of it."""

    page: str
    query: str = ""
    part: str = ""

    @property
    def address(self) -> str:
        """Path and query for someone who is logged in; the whole page, because cards have no address of their own."""
        return f"{self.page}?{self.query}" if self.query else self.page


@dataclass(frozen=True)
class Saved:
    """A view under a name."""

    id: str
    name: str
    page: str
    query: str
    part: str
    owner: str
    visibility: Visibility
    created_at: datetime

    @property
    def address(self) -> str:
        """Path and query."""
        return View(self.page, self.query).address


def checked(page: str, query: str = "", part: str = "") -> View:
    """A view as it is kept.

    Raises
    ------
    RequestError
        This is no address of the product, or the page has no such part.
    """
    if not _PAGE.fullmatch(page):
        raise RequestError(f"{page!r} is no page", hint="Give the path of a page, such as /signal.")
    known = PARTS.get(page, {})
    if part and part not in known:
        hint = f"Parts of {page}: {', '.join(known)}." if known else f"{page} is shown as a whole."
        raise RequestError(f"{page} has no part {part!r}", hint=hint)
    if len(query) > LONGEST_QUERY or not query.isprintable():
        raise RequestError(
            "the query string cannot be kept", hint=f"At most {LONGEST_QUERY} characters, none of them invisible."
        )
    pairs = parse_qsl(query.removeprefix("?"), keep_blank_values=True)
    # how it is shown is up to whoever looks
    kept = [(name, value) for name, value in pairs if name != "theme" and not name.startswith("bokeh-")]
    return View(page, urlencode(kept), part)


def titled(text: str, what: str = "a view") -> str:
    """A name as it is kept.

    Raises
    ------
    RequestError
        There is none, or it is too long.
    """
    name = " ".join(text.split())
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise RequestError(f"{what} needs a name", hint=f"Say what it shows, in at most {LONGEST_NAME} characters.")
    return name


def save(
    context: Context, name: str, page: str, query: str = "", *, part: str = "", visibility: str = PRIVATE
) -> Saved:
    """Keep a view under a name, for oneself or for the team.

    Raises
    ------
    RequestError
        No name, no such page or part, no such visibility, or too many views.
    """
    context.require("read")
    view, name, seen = checked(page, query, part), titled(name), _visibility(visibility)
    with context.write() as session:
        own = context.user.name
        if sum(one.owner == own for one in views.listing(session, own)) >= MOST:
            raise RequestError(f"{own} has {MOST} saved views", hint="Delete those that are not used.")
        made = views.add(session, name, view.page, view.query, view.part, owner=own, visibility=seen)
        return _told(made)


def listing(context: Context) -> list[Saved]:
    """The views one may see, newest first: one's own and the team's, but none of what is hidden from one."""
    context.require("read")
    with context.read() as session:
        found = views.listing(session, _viewer(context))
        return [_told(one) for one in found if not privacy.names_hidden(session, _words(one))]


def get(context: Context, view_id: str) -> Saved:
    """One saved view.

    Raises
    ------
    NotFoundError
        There is none of that id that this user may see.
    """
    context.require("read")
    with context.read() as session:
        return _told(views.get(session, view_id, _viewer(context)))


def change(context: Context, view_id: str, *, name: str | None = None, visibility: str | None = None) -> Saved:
    """Rename one's view, or say who sees it; what is None stays.

    Raises
    ------
    NotFoundError, NotAllowedError, RequestError
        No such view; it is someone else's; no such visibility, or an empty name.
    """
    context.require("read")
    wanted = None if name is None else titled(name)
    seen = None if visibility is None else _visibility(visibility)
    with context.write() as session:
        found = views.get(session, view_id, _viewer(context))
        context.require_owner(found.owner)
        return _told(views.change(session, found, name=wanted, visibility=seen, by=context.user.name))


def remove(context: Context, view_id: str) -> None:
    """Forget a saved view of one's own.

    Raises
    ------
    NotFoundError, NotAllowedError
        No such view; it is someone else's.
    """
    context.require("read")
    with context.write() as session:
        found = views.get(session, view_id, _viewer(context))
        context.require_owner(found.owner)
        views.remove(session, found, by=context.user.name)


def _viewer(context: Context) -> str | None:
    return None if context.user.may("administer") else context.user.name


def _visibility(given: str) -> Visibility:
    if given not in VISIBILITIES:
        raise RequestError(f"there is no visibility {given!r}", hint=f"There are: {TEAM} and {PRIVATE}.")
    return PRIVATE if given == PRIVATE else TEAM


def _words(row: SavedView) -> set[str]:
    """What an address names."""
    return {value for _, value in parse_qsl(row.query)}


def _told(row: SavedView) -> Saved:
    return Saved(**{name: getattr(row, name) for name in Saved.__dataclass_fields__})
