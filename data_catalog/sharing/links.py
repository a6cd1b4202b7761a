"""Links that show one view, as rows: made, found, counted, revoked."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from data_catalog import audit
from data_catalog.batches import changed
from data_catalog.errors import NotFoundError
from data_catalog.schema import ShareLink, utc_now


def add(
    session: Session,
    title: str,
    page: str,
    query: str,
    part: str,
    *,
    owner: str,
    sees_all: bool,
    sha256: str,
    ancestors: Sequence[str],
    expires_at: datetime,
    by: str = "",
) -> ShareLink:
    """Add a link to one view, made by its owner or by someone else."""
    made = ShareLink(
        title=title,
        page=page,
        query=query,
        part=part,
        owner=owner,
        sees_all=sees_all,
        sha256=sha256,
        ancestors=list(ancestors),
        expires_at=expires_at,
    )
    session.add(made)
    session.flush()
    told = {"title": title, "owner": owner, "page": page, "part": part, "query": query, "ancestors": list(ancestors)}
    audit.record(session, by or owner, "add", "link", made.id, {**told, "expires_at": expires_at.isoformat()})
    session.flush()
    return made


def find(session: Session, link_id: str) -> ShareLink | None:
    """A link by id, whether it opens or not."""
    return session.get(ShareLink, link_id, populate_existing=True)


def get(session: Session, link_id: str, owner: str | None) -> ShareLink:
    """One link of an owner; None sees those of everyone.

    Raises
    ------
    NotFoundError
        There is none of that id.
    """
    found = find(session, link_id)
    if found is None or (owner is not None and found.owner != owner):
        raise NotFoundError(f"no link has the id {link_id!r}", hint="see the list of shared links")
    return found


def is_valid(link: ShareLink, now: datetime) -> bool:
    """Whether a link opens at a moment, as far as it itself goes."""
    return link.revoked_at is None and link.expires_at > now


def listing(session: Session, owner: str | None) -> list[ShareLink]:
    """The links of someone or, without an owner, of everyone, the newest first, expired and revoked ones too."""
    asked = [] if owner is None else [ShareLink.owner == owner]
    return list(session.scalars(select(ShareLink).where(*asked).order_by(ShareLink.created_at.desc(), ShareLink.id)))


def count(session: Session, link_id: str, times: int) -> None:
    """Add to how often a link was opened."""
    opened = {"opened": ShareLink.opened + times, "opened_at": utc_now()}
    changed(session, update(ShareLink).where(ShareLink.id == link_id).values(**opened))


def revoke(session: Session, link: ShareLink, *, by: str) -> ShareLink:
    """Make a link useless; one that is revoked already stays as it is."""
    if link.revoked_at is None:
        link.revoked_at = utc_now()
        audit.record(session, by, "revoke", "link", link.id, {"title": link.title, "owner": link.owner})
        session.flush()
    return link
