"""Dask's own dashboard, through the guard: for administrators, and in a place from which nothing of ours is reached.

Its pages bring inline scripts, so they are shown in a sandbox: an origin of their own, without our cookies and without
a way to ask us for anything. What they load carries a ticket in its address instead, which is signed, names the sign-in
it was given to and opens nothing but the dashboard; it ends with that sign-in.
"""

import asyncio
import logging
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from pfd_panel.errors import EXPECTED_ERRORS
from pfd_panel.server import policy, sockets, words
from pfd_panel.server.answering import NO_STORE, redirect, say
from pfd_panel.server.asgi import Headers, Receive, Send
from pfd_panel.server.aside import Aside
from pfd_panel.server.asked import Asked
from pfd_panel.server.keeper import Keeper
from pfd_panel.server.kinds import DASK_PATH
from pfd_panel.server.signing import Signer
from pfd_panel.server.user import User
from pfd_panel.services import health
from pfd_panel.services.context import Context, as_role
from pfd_panel.services.context import User as Actor

log = logging.getLogger(__name__)

TICKET_S = 8 * 3600
"""How long a page of the dashboard may stay open; another is a click away."""

FIRST_PAGE = "status"
PATIENCE_S = 10.0
LARGEST_MESSAGE = 2**25

# these lead on to other servers, or do something
_NOT_SERVED = frozenset({"proxy", "jupyter", "api", ".."})
_KEPT = (b"content-type", b"etag", b"last-modified")
_POLICY = (
    "sandbox allow-scripts; default-src 'none'; script-src {here} 'unsafe-inline' 'unsafe-eval'; "
    "style-src {here} 'unsafe-inline'; img-src {here} data: blob:; font-src {here} data:; connect-src {here} {socket}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_REPLACED = (b"cross-origin-opener-policy", b"cross-origin-resource-policy", b"referrer-policy")


@dataclass(frozen=True)
class Holder:
    """Who holds the ticket of an address, and what of the dashboard is asked for."""

    user: User
    ticket: str
    page: str


class DaskProxy:
    """Answers what lies below `DASK_PATH`.

    Parameters
    ----------
    keeper : Keeper
        Knows which sign-ins hold; its catalog says where the dashboard is.
    """

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._tickets = Signer(keeper.settings.key(), "dask ticket")
        self._ask = Aside(2, "dask")

    @staticmethod
    def owns(path: str) -> bool:
        """Whether a path is below ours."""
        return path.startswith(DASK_PATH) or path == DASK_PATH.rstrip("/")

    async def holder(self, path: str) -> Holder | None:
        """Who may see what a path asks for; None without a ticket, or with one that holds no more."""
        if not self.owns(path):
            return None
        ticket, _, page = path.removeprefix(DASK_PATH).partition("/")
        session, _, until = (self._tickets.unseal(ticket) or "").rpartition(".")
        if not session or int(until) < time.time():
            return None
        user = await self._keeper.holding(session)
        return Holder(user, ticket, page) if user is not None and user.may("administer") else None

    async def begin(self, asked: Asked, user: User, send: Send) -> None:
        """Give a ticket to an administrator who is logged in."""
        if not user.may("administer"):
            await say(send, asked, words.FORBIDDEN)
        elif asked.method != "GET":
            await say(send, asked, words.NOT_FOUND)
        else:
            ticket = self._tickets.seal(f"{user.session}.{int(time.time()) + TICKET_S}")
            await redirect(send, asked, f"{DASK_PATH}{ticket}/{FIRST_PAGE}")

    async def http(self, asked: Asked, holder: Holder, send: Send) -> None:
        """Answer a request with what the dashboard answers, its headers replaced by ours."""
        if asked.method not in ("GET", "HEAD") or not _NOT_SERVED.isdisjoint(holder.page.split("/")):
            await say(send, asked, words.NOT_FOUND)
            return
        where = await self._where(holder)
        if where is None:
            await say(send, asked, words.NO_DASHBOARD)
            return
        started = False
        try:
            async with (
                httpx.AsyncClient(timeout=PATIENCE_S, follow_redirects=False, trust_env=False) as client,
                client.stream(asked.method, _target(where, holder, asked)) as answer,
            ):
                headers = self._headers(asked, holder, answer)
                await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
                started = True
                async for part in answer.aiter_bytes():
                    await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        except (httpx.HTTPError, httpx.InvalidURL) as failure:
            log.warning("Dask's dashboard does not answer: %r", failure)
            if started:
                raise
            await say(send, asked, words.NO_DASHBOARD)

    async def websocket(self, asked: Asked, holder: Holder, receive: Receive, send: Send) -> None:
        """Pass messages on, both ways, until either side ends or the sign-in does."""
        where = await self._where(holder)
        own = asked.headers.get("origin", "") == "null" or asked.from_own_page
        if where is None or not own or not holder.page.endswith("/ws"):
            await sockets.refuse(receive, send)
            return
        offered = [Subprotocol(one.strip()) for one in asked.headers.get("sec-websocket-protocol", "").split(",")]
        target = _target(where, holder, asked).replace("http", "ws", 1)
        try:
            async with connect(
                target, subprotocols=offered, max_size=LARGEST_MESSAGE, open_timeout=PATIENCE_S, proxy=None
            ) as upstream:
                await receive()
                await send({"type": "websocket.accept", "subprotocol": upstream.subprotocol})
                with sockets.Ending(self._keeper, holder.user.session) as ended:
                    await _pass_on(upstream, sockets.until(ended, receive, send), send)
        except (OSError, TimeoutError, WebSocketException) as failure:
            log.warning("a websocket of Dask's dashboard does not open: %r", failure)
            with suppress(RuntimeError):
                await sockets.refuse(receive, send)

    async def _where(self, holder: Holder) -> str | None:
        actor = Actor(holder.user.id, as_role(holder.user.role), None)
        try:
            return await self._ask(health.dashboard, Context(self._keeper.catalog, actor))
        except EXPECTED_ERRORS as refused:
            log.info("no dashboard: %s", refused)
            return None

    def _headers(self, asked: Asked, holder: Holder, answer: httpx.Response) -> Headers:
        place = f"{asked.host}{DASK_PATH}{holder.ticket}/"
        here, socket = (f"{kind}{'s' if asked.secure else ''}://{place}" for kind in ("http", "ws"))
        kept = [(name.lower(), value) for name, value in answer.headers.raw if name.lower() in _KEPT]
        ours = [one for one in policy.HEADERS if one[0] not in _REPLACED]
        if asked.secure:
            ours.append(policy.TLS_ONLY)
        return [
            *kept,
            *ours,
            NO_STORE if "static" not in holder.page else (b"cache-control", b"private, max-age=3600"),
            (b"content-security-policy", _POLICY.format(here=here, socket=socket).encode()),
            (b"x-request-id", asked.id.encode()),
            # the ticket is in the address: it must not travel on; and the sandbox is another origin than ours
            (b"referrer-policy", b"no-referrer"),
            (b"cross-origin-resource-policy", b"cross-origin"),
        ]


def _target(where: str, holder: Holder, asked: Asked) -> str:
    query = f"?{asked.query.decode('latin-1')}" if asked.query else ""
    return f"{where}/{quote(holder.page)}{query}"


async def _pass_on(upstream: ClientConnection, receive: Receive, send: Send) -> None:
    async def up() -> None:
        while (message := await receive())["type"] == "websocket.receive":
            said = message.get("text")
            await upstream.send(said if said is not None else message["bytes"])

    async def down() -> None:
        async for said in upstream:
            await send({"type": "websocket.send", **_as_message(said)})

    tasks = [asyncio.ensure_future(up()), asyncio.ensure_future(down())]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            with suppress(ConnectionClosed):
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if tasks[1] in done:
        with suppress(RuntimeError):
            await send({"type": "websocket.close", "code": 1001})


def _as_message(said: str | bytes) -> dict[str, Any]:
    return {"text": said} if isinstance(said, str) else {"bytes": said}
