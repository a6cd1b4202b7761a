"""What a shared link lets through: its one view, that view's websocket and the files it is drawn with. Nothing else."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from pfd_panel.server import words
from pfd_panel.server.answering import answer, redirect, say
from pfd_panel.server.asgi import Send
from pfd_panel.server.asked import Asked
from pfd_panel.server.embed_token import EmbedAddress, embed_address
from pfd_panel.server.keeper import Keeper, Visit
from pfd_panel.server.static import is_static
from pfd_panel.server.user import User

_THEMES = ("dark", "light")
_SCRIPT = (Path(__file__).parent / "embed_frame.js").read_bytes()
_SCRIPT_HEADERS = [(b"content-type", b"text/javascript; charset=utf-8"), (b"cache-control", b"no-cache")]


@dataclass(frozen=True)
class EmbedDoor:
    """What becomes of a request below a shared link.

    Attributes
    ----------
    asked : Asked
        The request as the application gets it.
    user : User, optional
        The visitor; None where the link opens nothing.
    answer : callable, optional
        ``answer(send, asked)`` answers without the application.
    """

    asked: Asked
    user: User | None = None
    answer: Callable[[Send, Asked], Awaitable[None]] | None = None


class Embeds:
    """Looks at what is asked below ``/embed/``.

    Parameters
    ----------
    keeper : Keeper
        Knows the links.
    """

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper

    async def door(self, asked: Asked) -> EmbedDoor:
        """Where a request leads."""
        place = embed_address(asked.path)
        visit = await self._keeper.visit(place.token) if place else None
        if place is None or visit is None:
            return EmbedDoor(asked)
        framed_by = visit.opened.ancestors
        if visit.user is None:
            return EmbedDoor(asked.inside("", asked.path, b"", framed_by))
        door = EmbedDoor(asked.inside("", place.rest, asked.query, framed_by), visit.user)
        if asked.method not in ("GET", "HEAD"):
            return replace(door, answer=_nothing)
        return self._reading(asked, place, visit, door)

    def _reading(self, asked: Asked, place: EmbedAddress, visit: Visit, door: EmbedDoor) -> EmbedDoor:
        if place.rest == "":
            # the view names its files relative to its address, which must therefore end with a slash
            theme = asked.argument("theme")
            target = f"{place.root}/" + (f"?theme={theme}" if theme in _THEMES else "")
            return replace(door, answer=lambda send, inner: redirect(send, inner, target))
        if place.rest == "/frame.js":
            return replace(door, answer=_frame_script)
        if place.rest == "/":
            if asked.method == "GET":
                self._keeper.count_opening(visit.opened.link_id)
            query = _query(visit.opened.query, asked.argument("theme"))
            return replace(door, asked=asked.inside(place.root, visit.opened.page, query, visit.opened.ancestors))
        if is_static(place.rest) and _is_plain(place.rest):
            return door
        return replace(door, answer=_nothing)

    async def socket_door(self, asked: Asked) -> EmbedDoor:
        """Where a websocket leads; without a user nowhere."""
        place = embed_address(asked.path)
        visit = await self._keeper.visit(place.token) if place else None
        if place is None or visit is None or visit.user is None or place.rest != "/ws":
            return EmbedDoor(asked)
        path = visit.opened.page.rstrip("/") + "/ws"
        return EmbedDoor(asked.inside(place.root, path, asked.query, visit.opened.ancestors), visit.user)


def _query(kept: str, theme: str) -> bytes:
    """What the view was shared with; only the theme is up to whoever looks."""
    return (kept + (f"{'&' if kept else ''}theme={theme}" if theme in _THEMES else "")).encode()


def _is_plain(path: str) -> bool:
    """Whether a path means the same to everyone who reads it."""
    return "\\" not in path and "//" not in path and ".." not in path and urlsplit(path).path == path


async def _frame_script(send: Send, asked: Asked) -> None:
    await answer(send, asked, 200, _SCRIPT_HEADERS, _SCRIPT)


async def _nothing(send: Send, asked: Asked) -> None:
    await say(send, asked, words.NOT_FOUND)
