"""Signed-in browsers: everyone sees and ends his own, administrators those of anyone."""

from dataclasses import dataclass
from datetime import datetime

from data_catalog import audit
from data_catalog.accounts import sessions
from data_catalog.errors import NotFoundError
from pfd_panel.accounts.names import folded
from pfd_panel.services.context import Context


@dataclass(frozen=True)
class Browser:
    """One signed-in browser."""

    id: str
    user: str
    address: str
    agent: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


def listing(context: Context, user: str | None = None) -> list[Browser]:
    """The browsers someone is signed in with, the last used first; one's own unless another user is named."""
    name = _whose(context, user)
    with context.catalog.read() as session:
        return [
            Browser(**{field: getattr(row, field) for field in Browser.__dataclass_fields__})
            for row in sessions.of_user(session, name)
        ]


def end(context: Context, session_id: str) -> None:
    """Sign one browser out, at once.

    Raises
    ------
    NotFoundError
        There is none of that id among those that this user may end.
    """
    context.require("read")
    with context.catalog.write() as session:
        found = sessions.find(session, session_id)
        if found is None or not (found.user == context.user.name or context.user.may("administer")):
            raise NotFoundError(f"no sign-in has the id {session_id!r}", hint="see the list of sign-ins")
        if sessions.end(session, session_id):
            audit.record(session, context.user.name, "sign out", "session", session_id, {"user": found.user})


def end_all(context: Context, user: str | None = None, *, keep: str = "") -> int:
    """Sign every browser of someone out but `keep`; one's own unless another user is named. How many there were."""
    name = _whose(context, user)
    with context.catalog.write() as session:
        ended = sessions.end_of_user(session, name, keep=keep)
        if ended:
            audit.record(session, context.user.name, "sign out", "user", name, {"sessions": ended})
        return ended


def _whose(context: Context, user: str | None) -> str:
    name = context.user.name if user is None else folded(user)
    context.require("read" if name == context.user.name else "administer")
    return name
