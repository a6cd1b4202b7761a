"""Visitors without an account: what a shared link opens, whose eyes they look through, and when it ends."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from data_catalog.accounts import users
from data_catalog.catalog import Catalog
from data_catalog.schema import ShareLink, utc_now
from data_catalog.sharing import links
from pfd_panel.accounts.secrets import digest
from pfd_panel.services.context import RIGHTS, as_role

PREFIX = "share:"
"""Begins the name under which visitors of a link come; no account can be called so."""


@dataclass(frozen=True)
class Opened:
    """What a link shows, to whose pages, and whether it still does."""

    link_id: str
    page: str
    query: str
    ancestors: tuple[str, ...]
    holds: bool


def opened(catalog: Catalog, link_id: str, secret: str) -> Opened | None:
    """What a link shows, also one that has ended; None if it is made up."""
    with catalog.read() as session:
        found = links.find(session, link_id)
        if found is None or not hmac.compare_digest(found.sha256, digest(secret)):
            return None
        return Opened(found.id, found.page, found.query, tuple(found.ancestors), _holds(session, found))


@dataclass(frozen=True)
class Lent:
    """Through whose eyes a visitor looks, and whether those may see what administrators do."""

    reads_as: str = ""
    reads_all: bool = False


def lent(catalog: Catalog, visitor: str) -> Lent:
    """What the owner of a link lends to a visitor; nothing to everyone else."""
    if not visitor.startswith(PREFIX):
        return Lent()
    with catalog.read() as session:
        found = links.find(session, visitor.removeprefix(PREFIX))
        # a name that nobody has sees what the whole team sees and nothing private
        return Lent(found.owner, found.sees_all) if found is not None else Lent(PREFIX)


def shut(catalog: Catalog, link_ids: Sequence[str]) -> list[str]:
    """Those links that open nothing any more."""
    with catalog.read() as session:
        found = {one: links.find(session, one) for one in link_ids}
        return [one for one, link in found.items() if link is None or not _holds(session, link)]


def count_openings(catalog: Catalog, link_id: str, times: int) -> None:
    """Add to how often a link was opened."""
    with catalog.write() as session:
        links.count(session, link_id, times)


def _holds(session: Session, link: ShareLink) -> bool:
    """Whether a link opens now: it is neither expired nor revoked, and whoever shared it may still share."""
    if not links.is_valid(link, utc_now()):
        return False
    owner = users.find(session, link.owner)
    if link.owner == users.LOCAL:
        return not users.any_with_password(session)
    return owner is not None and owner.disabled_at is None and "work" in RIGHTS[as_role(owner.role)]
