"""Saved views as rows: kept, listed, renamed, shown to the team, removed."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from data_catalog import audit
from data_catalog.errors import NotFoundError
from data_catalog.privacy import TEAM, Visibility
from data_catalog.schema import SavedView


def add(
    session: Session, name: str, page: str, query: str, part: str, *, owner: str, visibility: Visibility
) -> SavedView:
    """Keep a view under a name."""
    made = SavedView(name=name, page=page, query=query, part=part, owner=owner, visibility=visibility)
    session.add(made)
    session.flush()
    audit.record(session, owner, "add", "view", made.id, {"name": name, "page": page, "visibility": visibility})
    session.flush()
    return made


def get(session: Session, view_id: str, viewer: str | None) -> SavedView:
    """One view.

    Parameters
    ----------
    viewer
        Who asks; None sees those of everyone.

    Raises
    ------
    NotFoundError
        No view that the viewer may see has that id.
    """
    found = session.get(SavedView, view_id)
    if found is None or not (viewer is None or found.visibility == TEAM or found.owner == viewer):
        raise NotFoundError(f"no view has the id {view_id!r}", hint="see the list of saved views")
    return found


def listing(session: Session, viewer: str | None) -> list[SavedView]:
    """The views that someone may see, the newest first; None sees those of everyone."""
    seen = [] if viewer is None else [or_(SavedView.visibility == TEAM, SavedView.owner == viewer)]
    return list(session.scalars(select(SavedView).where(*seen).order_by(SavedView.created_at.desc(), SavedView.id)))


def change(
    session: Session,
    view: SavedView,
    *,
    name: str | None = None,
    visibility: Visibility | None = None,
    by: str,
) -> SavedView:
    """Rename a view or say who sees it; what is None stays."""
    wanted = {"name": name, "visibility": visibility}
    told = {
        key: [getattr(view, key), value]
        for key, value in wanted.items()
        if value is not None and value != getattr(view, key)
    }
    for key, (_, value) in told.items():
        setattr(view, key, value)
    if told:
        audit.record(session, by, "update", "view", view.id, told)
        session.flush()
    return view


def remove(session: Session, view: SavedView, *, by: str) -> None:
    """Forget a view; what it showed stays."""
    audit.record(session, by, "delete", "view", view.id, {"name": view.name, "owner": view.owner})
    session.delete(view)
    session.flush()
