"""Links that show one view to people without an account: made, listed, revoked."""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

from sqlalchemy.orm import Session

from data_catalog.accounts import users
from data_catalog.errors import NotFoundError
from data_catalog.schema import ShareLink, utc_now
from data_catalog.sharing import links
from pfd_panel.accounts.names import folded
from pfd_panel.accounts.secrets import digest, new_secret
from pfd_panel.accounts.visitors import PREFIX
from pfd_panel.errors import RequestError
from pfd_panel.server.embed_token import EMBED_PATH, embed_token
from pfd_panel.server.settings import ServerSettings
from pfd_panel.services.context import RIGHTS, Context, as_role
from pfd_panel.services.views import SHOWN, checked, titled

DEFAULT_DAYS = 30.0
LONGEST_DAYS = 366.0
MOST = 200
"""Links of one user that open; more would be a program that shares without end."""

MOST_ANCESTORS = 20
HEIGHT = 420
"""Height of the frame in the snippets, px."""

_ORIGIN = re.compile(r"(https?)://(\[[0-9a-f:]+\]|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(:\d{1,5})?", re.ASCII)


@dataclass(frozen=True)
class Link:
    """What is told of a link, which is nothing that opens it."""

    id: str
    title: str
    page: str
    query: str
    part: str
    owner: str
    ancestors: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    opened: int
    opened_at: datetime | None
    valid: bool


@dataclass(frozen=True)
class Snippets:
    """What is pasted into a report."""

    iframe: str
    script: str


@dataclass(frozen=True)
class MintedLink:
    """A new link; `path` opens it, is shown here once and stored as a hash.

    `address` is the path behind the server's own address, as far as the server knows it.
    """

    link: Link
    path: str
    address: str
    iframe: str
    script: str


def add(
    context: Context,
    title: str,
    page: str,
    query: str = "",
    *,
    part: str = "",
    ancestors: Sequence[str] = (),
    days: float = DEFAULT_DAYS,
    user: str | None = None,
) -> MintedLink:
    """Make a link that shows one view, and nothing else, to whoever has it.

    Parameters
    ----------
    page, query, part
        The view; see `pfd_panel.services.views.checked`.
    ancestors
        Web origins whose pages may frame it, ``https://reports.example``; without any it opens by itself only.
    days
        How long it opens.
    user
        Whose link it is, and through whose eyes it looks; one's own unless an administrator names another user.

    Raises
    ------
    RequestError
        No title, a page that is not shown to others, something that is no origin, no time, or too many links.
    """
    owner = context.user.name if user is None else folded(user)
    context.require("work" if owner == context.user.name else "administer")
    view, title = checked(page, query, part), titled(title, "a link")
    if view.page not in SHOWN:
        raise RequestError(
            f"{view.page} cannot be shown to others",
            hint=f"It is a form, or about whoever is logged in. These can: {', '.join(sorted(SHOWN))}.",
        )
    if not 0 < days <= LONGEST_DAYS:
        raise RequestError(f"a link cannot open for {days:g} days", hint=f"Give a number up to {LONGEST_DAYS:g}.")
    server = ServerSettings.read(home=context.catalog.home)
    named = _origins(ancestors, server)
    secret = new_secret()
    with context.write() as session:
        _require_sharer(session, owner)
        if sum(links.is_valid(one, utc_now()) for one in links.listing(session, owner)) >= MOST:
            raise RequestError(f"{owner} has {MOST} links that open", hint="Revoke those that are not used.")
        made = links.add(
            session,
            title,
            view.page,
            view.query,
            view.part,
            owner=owner,
            sees_all=context.user.may("administer"),
            sha256=digest(secret),
            ancestors=named,
            expires_at=utc_now() + timedelta(days=days),
            by=context.user.name,
        )
        told = _told(made)
    path = f"{EMBED_PATH}{embed_token(server.key(), told.id, secret)}/"
    address = server.address + path
    pasted = snippets(address, title)
    return MintedLink(told, path, address, pasted.iframe, pasted.script)


def snippets(address: str, title: str) -> Snippets:
    """What shows a link in a report: a frame, or a script that puts the frame where it stands."""
    where, named = escape(address), escape(title)
    return Snippets(
        f'<iframe src="{where}" title="{named}" style="width:100%;height:{HEIGHT}px;border:0" loading="lazy" '
        'referrerpolicy="no-referrer"></iframe>',
        f'<script src="{where}frame.js" data-title="{named}" data-height="{HEIGHT}" '
        'referrerpolicy="no-referrer"></script>',
    )


def listing(context: Context) -> list[Link]:
    """One's own links, newest first, expired and revoked ones too."""
    context.require("read")
    with context.read() as session:
        return [_told(one) for one in links.listing(session, context.user.name)]


def everyones(context: Context) -> list[Link]:
    """The links of all users, newest first, expired and revoked ones too."""
    context.require("administer")
    with context.read() as session:
        return [_told(one) for one in links.listing(session, None)]


def revoke(context: Context, link_id: str) -> Link:
    """Make a link useless: what it shows anywhere is gone within a second.

    Raises
    ------
    NotFoundError
        There is none of that id among those that this user may revoke.
    """
    context.require("read")
    owner = None if context.user.may("administer") else context.user.name
    with context.write() as session:
        return _told(links.revoke(session, links.get(session, link_id, owner), by=context.user.name))


def visited(context: Context) -> Link:
    """The link through which a visitor came.

    Raises
    ------
    NotFoundError
        This user came through no link.
    """
    context.require("read")
    with context.read() as session:
        found = links.find(session, context.user.name.removeprefix(PREFIX))
        if not context.user.name.startswith(PREFIX) or found is None:
            raise NotFoundError(f"{context.user.name} came through no link", hint="open a shared link")
        return _told(found)


def _require_sharer(session: Session, owner: str) -> None:
    """Refuse an owner whose links would not open."""
    if owner == users.LOCAL:
        if users.any_with_password(session):
            raise RequestError("this data directory has accounts", hint="Say whose link it is: --user NAME.")
        users.local(session)
    elif "work" not in RIGHTS[as_role(users.get(session, owner).role)]:
        raise RequestError(f"{owner} may not share links", hint="Name someone with the role operator or admin.")


def _origins(given: Sequence[str], server: ServerSettings) -> list[str]:
    if len(given) > MOST_ANCESTORS:
        raise RequestError(f"{len(given)} origins are too many", hint=f"Give at most {MOST_ANCESTORS}.")
    return list(dict.fromkeys(_origin(one, server) for one in given))


def _origin(given: str, server: ServerSettings) -> str:
    """A web origin; plain HTTP for this machine, or where the server itself is reached by it."""
    text = given.strip().lower().removesuffix("/")
    found = _ORIGIN.fullmatch(text)
    port = int(found.group(3)[1:]) if found and found.group(3) else 1
    if found is None or not 0 < port < 65536:
        raise RequestError(
            f"{given!r} is no web origin", hint="Give scheme, host and port only, such as https://reports.example:8443."
        )
    plain = server.allow_plain_http or not server.is_public
    if found.group(1) == "http" and not plain and not _is_this_machine(found.group(2)):
        raise RequestError(f"{given!r} is not encrypted", hint="Give its https:// address.")
    return text


def _is_this_machine(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _told(row: ShareLink) -> Link:
    named = [name for name in Link.__dataclass_fields__ if name not in ("ancestors", "valid")]
    return Link(
        **{name: getattr(row, name) for name in named},
        ancestors=tuple(row.ancestors),
        valid=links.is_valid(row, utc_now()),
    )
