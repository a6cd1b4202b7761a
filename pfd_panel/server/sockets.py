"""Websockets and streams: who may open one, and how it ends with the log-in it belongs to."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from pfd_panel.server.asgi import App, Message, Receive, Scope, Send
from pfd_panel.server.asked import Asked
from pfd_panel.server.keeper import Keeper
from pfd_panel.server.tokens import token_session
from pfd_panel.server.user import User

LOGGED_OUT, NOT_ALLOWED = 4401, 4403


async def refuse(receive: Receive, send: Send) -> None:
    """Answer the handshake with a refusal."""
    await receive()
    await send({"type": "websocket.close", "code": NOT_ALLOWED, "reason": "not allowed"})


def is_own_page(asked: Asked, user: User, key: bytes) -> bool:
    """Whether the page that opens this websocket was made for the same log-in."""
    offered = asked.headers.get("sec-websocket-protocol", "").split(",")
    return len(offered) > 1 and token_session(offered[1].strip(), key) == user.session


class Places:
    """How many websockets and requests each user has open in this process; nobody takes all of them.

    Parameters
    ----------
    most : int
        Of one user.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken: Counter[str] = Counter()

    @contextmanager
    def one(self, user: User) -> Iterator[bool]:
        """Take a place until the block is left; False if the user has none left."""
        free = self._taken[user.id] < self._most
        self._taken[user.id] += free
        try:
            yield free
        finally:
            self._taken[user.id] -= free
            if not self._taken[user.id]:
                del self._taken[user.id]


class Ending:
    """Whether the log-in has ended, and a way to wait for it; inside its block it is told when it does."""

    def __init__(self, keeper: Keeper, session: str) -> None:
        self._keeper = keeper
        self._session = session
        self._ended = asyncio.Event()

    def __enter__(self) -> asyncio.Event:
        loop = asyncio.get_running_loop()

        def cut() -> None:
            loop.call_soon_threadsafe(self._ended.set)

        self._forget = self._keeper.watch(self._session, cut)
        return self._ended

    def __exit__(self, *_: object) -> None:
        self._forget()


def until(ended: asyncio.Event, receive: Receive, send: Send) -> Receive:
    """`receive`, until the log-in ends: then the socket is closed and the application told that it is gone."""

    async def either() -> Message:
        if not ended.is_set():
            coming = asyncio.ensure_future(receive())
            ending = asyncio.ensure_future(ended.wait())
            try:
                done, _ = await asyncio.wait({coming, ending}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                ending.cancel()
                if not coming.done():
                    coming.cancel()
            if coming in done:
                return coming.result()
            await send({"type": "websocket.close", "code": LOGGED_OUT, "reason": "logged out"})
        return {"type": "websocket.disconnect", "code": LOGGED_OUT}

    return either


async def stream_until(ended: asyncio.Event, app: App, scope: Scope, receive: Receive, send: Send) -> None:
    """Run a request that may answer as a stream; when the log-in ends, the connection ends with it."""
    running = asyncio.ensure_future(app(scope, receive, send))
    ending = asyncio.ensure_future(ended.wait())
    try:
        done, _ = await asyncio.wait({running, ending}, return_when=asyncio.FIRST_COMPLETED)
        if running in done:
            await running
            return
        raise StreamCutError
    finally:
        ending.cancel()
        running.cancel()


class NoPlaceError(Exception):
    """A user has as much open as one may have."""


class StreamCutError(Exception):
    """A stream was ended because its log-in ended."""
