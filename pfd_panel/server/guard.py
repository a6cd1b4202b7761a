"""The one gate in front of everything: pages, websockets, API and static files are denied until proven.

A pure ASGI middleware, added outside Panel's own dispatcher, so that nothing answers without passing it.
"""

import logging
from dataclasses import dataclass
from math import ceil

from data_catalog.errors import CatalogError
from pfd_panel.limits import Kind, Limiter
from pfd_panel.server import sockets, words
from pfd_panel.server.access_log import Watched
from pfd_panel.server.answering import answer, answer_file, redirect, say
from pfd_panel.server.asgi import App, Headers, Message, Receive, Scope, Send, without
from pfd_panel.server.aside import Aside
from pfd_panel.server.asked import Asked
from pfd_panel.server.bodies import Body, BodyLimits
from pfd_panel.server.cors import CrossOrigin
from pfd_panel.server.dask_proxy import DaskProxy
from pfd_panel.server.door import Door, login_address
from pfd_panel.server.embed_token import EMBED_PATH
from pfd_panel.server.embeds import Embeds
from pfd_panel.server.keeper import Keeper
from pfd_panel.server.kinds import LOGOUT_PATH, NOT_SERVED, OPEN_PATHS, as_logged, is_upload, kind_of
from pfd_panel.server.polish import Polish
from pfd_panel.server.proxies import TrustedProxies, counted_address
from pfd_panel.server.static import StaticCache, is_code_unknown, is_static
from pfd_panel.server.user import User, user_headers

log = logging.getLogger(__name__)

_FORGED = ("x-auth-", "x-forwarded-", "x-remote-", "remote-user", "x-real-ip", "forwarded", "x-request-id")
_CHALLENGE = (b"www-authenticate", b"Bearer")
_CLOSE = (b"connection", b"close")


@dataclass(frozen=True)
class Visitor:
    """Who asks: the user, if known, and whether a key (or a link) says so or a cookie, which browsers send along."""

    user: User | None
    by_key: bool = False

    @property
    def name(self) -> str | None:
        """The user's stable name."""
        return self.user.id if self.user else None


class Guard:
    """Deny by default.

    Parameters
    ----------
    app : ASGI application
        Everything that is guarded.
    keeper : Keeper
        Knows who may come in; its settings say what is accepted.
    limiter : Limiter, optional
        Counts requests; by default in the memory of this process.
    static : StaticCache, optional
        Holds compressed static files.
    """

    def __init__(
        self, app: App, keeper: Keeper, limiter: Limiter | None = None, static: StaticCache | None = None
    ) -> None:
        settings = keeper.settings
        self.app = app
        self.keeper = keeper
        self.static = static or StaticCache()
        self._door = Door(keeper)
        self._dask = DaskProxy(keeper)
        self._embeds = Embeds(keeper)
        self._limiter = limiter or Limiter(settings.rates())
        self._count = Aside(2, "limits")
        self._cors = CrossOrigin(settings.cors_origins)
        self._proxies = TrustedProxies(settings.believed)
        self._key = settings.key().hex().encode()
        self._places = sockets.Places(settings.limit_open)
        self._hosts = settings.served_hosts()
        self._body = BodyLimits(settings.body_limit, settings.body_seconds, settings.body_seconds)
        self._upload = BodyLimits(settings.upload_limit, settings.body_seconds)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        asked = Asked(scope, self._proxies)
        with Watched(asked, send) as watched:
            if scope["type"] == "http":
                await self._http(asked, receive, watched)
            else:
                await self._websocket(asked, receive, watched)

    # -- requests

    async def _http(self, asked: Asked, receive: Receive, watched: Watched) -> None:
        send = watched.send
        if asked.host_name not in self._hosts:
            await say(send, asked, words.WRONG_HOST)
        elif asked.path.startswith(EMBED_PATH):
            await self._shared(asked, receive, watched)
        elif self._cors.is_preflight(asked):
            await answer(send, asked, 204, self._cors.preflight(asked), b"")
        elif not asked.reads and "origin" in asked.headers and not asked.from_own_page and not self._by_key(asked):
            await say(send, asked, words.WRONG_ORIGIN)
        else:
            try:
                visitor = await self._visitor(asked)
                watched.who = visitor.name or ""
                await self._admitted(asked, visitor, receive, send)
            except CatalogError as failure:
                log.error("who asks could not be looked up: %s", failure)
                await say(send, asked, words.UNAVAILABLE)

    async def _admitted(self, asked: Asked, visitor: Visitor, receive: Receive, send: Send) -> None:
        wait = await self._wait(kind_of(asked), asked, visitor)
        if not wait and visitor.user is None and self._by_key(asked):
            wait = await self._wait("login", asked, visitor)  # a key that is guessed is a log-in
        if wait:
            await say(send, asked, words.TOO_MANY, [_retry(wait), *self._cors.headers(asked)])
        elif asked.path in OPEN_PATHS and asked.reads:
            await self._forward(asked, visitor, receive, send)
        elif (door := self._door.at(asked.path)) is not None:
            await door(asked, visitor.user, receive, send)
        elif (holder := await self._dask.holder(asked.path)) is not None:
            await self._dask.http(asked, holder, send)
        elif visitor.user is None:
            await self._turn_away(asked, send)
        elif not (asked.reads or visitor.by_key or self._is_own_change(asked, visitor.user)):
            await say(send, asked, words.NO_TOKEN)
        else:
            await self._known(asked, visitor, visitor.user, receive, send)

    async def _known(self, asked: Asked, visitor: Visitor, user: User, receive: Receive, send: Send) -> None:
        if asked.path == LOGOUT_PATH:
            await self._door.logout(asked, user, send)
        elif self._dask.owns(asked.path):
            await self._dask.begin(asked, user, send)
        elif asked.path.endswith(NOT_SERVED) or is_code_unknown(asked.path):
            await say(send, asked, words.NOT_FOUND)
        elif kind_of(asked) == "static":
            await self._file(asked, user, receive, send)
        else:
            await self._forward(asked, visitor, receive, send)

    # -- views that are shown to others

    async def _shared(self, asked: Asked, receive: Receive, watched: Watched) -> None:
        try:
            door = await self._embeds.door(asked)
        except CatalogError as failure:
            log.error("a shared link could not be looked up: %s", failure)
            await say(watched.send, asked, words.UNAVAILABLE)
            return
        watched.who = door.user.id if door.user else ""
        # a link that is guessed is a log-in; one that holds is counted for each address that opens it
        kind: Kind = "login" if door.user is None else "static" if is_static(asked.path) else "read"
        wait = await self._wait(kind, asked, Visitor(None))
        if wait:
            await say(watched.send, door.asked, words.TOO_MANY, [_retry(wait)])
        elif door.answer is not None:
            await door.answer(watched.send, door.asked)
        elif door.user is None:
            await say(watched.send, door.asked, words.LINK_ENDED)
        elif is_code_unknown(door.asked.path):
            await say(watched.send, door.asked, words.NOT_FOUND)
        elif is_static(door.asked.path):
            await self._file(door.asked, door.user, receive, watched.send)
        else:
            await self._forward(door.asked, Visitor(door.user, by_key=True), receive, watched.send)

    async def _visitor(self, asked: Asked) -> Visitor:
        if self._by_key(asked):
            return Visitor(await self.keeper.key_user(asked.bearer), by_key=True)
        return Visitor(await self.keeper.user(self._door.session_of(asked)))

    @staticmethod
    def _by_key(asked: Asked) -> bool:
        return asked.for_programs and bool(asked.bearer)

    async def _turn_away(self, asked: Asked, send: Send) -> None:
        if self._by_key(asked):
            await say(send, asked, words.WRONG_KEY, [_CHALLENGE, *self._cors.headers(asked)])
        elif not await self.keeper.has_accounts():
            await say(send, asked, words.LOGIN_NEEDED)
        elif asked.wants_page and asked.reads:
            await redirect(send, asked, login_address(asked))
        else:
            await say(send, asked, words.SIGN_IN, [_CHALLENGE] if asked.for_programs else [])

    def _is_own_change(self, asked: Asked, user: User) -> bool:
        """Whether a change comes from a page of this log-in: browsers send its cookie along with anyone's request."""
        if not asked.from_own_page:
            return False
        by_browser = asked.headers.get("sec-fetch-site") == "same-origin"
        return by_browser or self.keeper.is_csrf(user.session, asked.headers.get("x-csrf-token", ""))

    async def _wait(self, kind: Kind, asked: Asked, visitor: Visitor, cost: int = 1) -> float:
        address = counted_address(asked.address)
        if self._limiter.blocks:
            return await self._count(self._limiter.wait, kind, address, visitor.name, cost)
        return self._limiter.wait(kind, address, visitor.name, cost)

    async def _file(self, asked: Asked, user: User, receive: Receive, send: Send) -> None:
        held = self.static.get(asked.path, asked.query)
        if held is None:
            status, headers, body = await _collect(self.app, self._vouched(asked, user), receive)
            if status != 200:
                await say(send, asked, words.for_status(status))
                return
            held = await self._count(self.static.put, asked.path, asked.query, headers, body)
        await answer_file(send, asked, held)

    async def _forward(self, asked: Asked, visitor: Visitor, receive: Receive, send: Send) -> None:
        user, upload = visitor.user, is_upload(asked.path)
        limits = self._upload if upload else self._body
        declared = asked.headers.get("content-length", "0")
        if not (declared.isascii() and declared.isdigit()):
            await say(send, asked, words.NOT_UNDERSTOOD, [_CLOSE])
            return
        if len(declared) > 19 or int(declared) > limits.size:
            await say(send, asked, words.TOO_LARGE, [_CLOSE])
            return
        if upload and int(declared):
            wait = await self._wait("upload_bytes", asked, visitor, int(declared))
            if wait:
                await say(send, asked, words.TOO_MANY, [_retry(wait), _CLOSE])
                return
        body = Body(receive, limits)
        csrf = self.keeper.csrf(user.session) if user and not visitor.by_key else ""
        polish = Polish(asked, send, csrf=csrf, more=self._cors.headers(asked), refusal=lambda: body.refusal)
        try:
            await self._run(asked, user, body, polish)
        except sockets.StreamCutError:
            await self._cut(asked, polish, send)
        except sockets.NoPlaceError:
            await say(send, asked, words.TOO_MANY, [_retry(1.0)])
        except Exception:
            if body.refusal is None:
                log.exception("request %s %s failed (%s)", asked.method, as_logged(asked.path), asked.id)
            if polish.started:
                raise
            await say(send, asked, body.refusal or words.FAILED, [_CLOSE] if body.refusal else [])
        if upload and "content-length" not in asked.headers and body.size:
            await self._wait("upload_bytes", asked, visitor, body.size)

    @staticmethod
    async def _cut(asked: Asked, polish: Polish, send: Send) -> None:
        """End an answer whose log-in has ended: events just end, what is incomplete must not look whole."""
        if not polish.started:
            await say(send, asked, words.SIGN_IN)
        elif polish.is_stream:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        else:
            raise sockets.StreamCutError

    async def _run(self, asked: Asked, user: User | None, receive: Receive, send: Send) -> None:
        scope = self._vouched(asked, user)
        if user is None or not (asked.for_programs and asked.reads):
            await self.app(scope, receive, send)
            return
        with self._places.one(user) as free, sockets.Ending(self.keeper, user.session) as ended:
            if not free:
                raise sockets.NoPlaceError
            await sockets.stream_until(ended, self.app, scope, receive, send)

    # -- websockets

    async def _websocket(self, asked: Asked, receive: Receive, watched: Watched) -> None:
        try:
            holder = await self._dask.holder(asked.path) if asked.host_name in self._hosts else None
            if holder is not None:
                watched.who = holder.user.id
                await self._dask.websocket(asked, holder, receive, watched.send)
                return
            if asked.path.startswith(EMBED_PATH):
                door = await self._embeds.socket_door(asked)
                asked, visitor = door.asked, Visitor(door.user)
            else:
                visitor = await self._visitor(asked)
            allowed = asked.host_name in self._hosts and visitor.user is not None and self._may_open(asked, visitor)
            counted = visitor if asked.framed_by is None else Visitor(None)
            allowed = allowed and not await self._wait("read", asked, counted)
        except CatalogError as failure:
            log.error("who asks could not be looked up: %s", failure)
            visitor, allowed = Visitor(None), False
        if not allowed or visitor.user is None:
            await sockets.refuse(receive, watched.send)
            return
        watched.who = visitor.user.id
        with self._places.one(visitor.user) as free, sockets.Ending(self.keeper, visitor.user.session) as ended:
            if not free:
                await sockets.refuse(receive, watched.send)
                return
            receive_until = sockets.until(ended, receive, watched.send)
            await self.app(self._vouched(asked, visitor.user), receive_until, watched.send)

    def _may_open(self, asked: Asked, visitor: Visitor) -> bool:
        """Whether a script of our own opens it, or a program with a key; pages only for the log-in they were made."""
        if visitor.user is None or visitor.by_key:
            return visitor.by_key
        return asked.from_own_page and (asked.for_programs or sockets.is_own_page(asked, visitor.user, self._key))

    def _vouched(self, asked: Asked, user: User | None) -> Scope:
        """The scope with our word for who asks, in place of anything the client said about that."""
        kept = [(k, v) for k, v in asked.scope["headers"] if not k.decode("latin-1").lower().startswith(_FORGED)]
        kept = without(kept, b"authorization", b"cookie")
        shown = "" if asked.for_programs or asked.framed_by is not None else asked.shown_cookies
        own = [(b"cookie", shown.encode())] if shown else []
        own += [(b"x-request-id", asked.id.encode()), (b"x-auth-process", self.keeper.settings.process.encode())]
        own += user_headers(user) if user else []
        return {**asked.scope, "headers": kept + own}


def _retry(wait: float) -> tuple[bytes, bytes]:
    return b"retry-after", str(ceil(wait)).encode()


async def _collect(app: App, scope: Scope, receive: Receive) -> tuple[int, Headers, bytes]:
    status, headers, body = 500, [], bytearray()

    async def keep(message: Message) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status, headers = message["status"], list(message["headers"])
        else:
            body.extend(message.get("body", b""))

    await app({**scope, "method": "GET"}, receive, keep)
    return status, headers, bytes(body)
