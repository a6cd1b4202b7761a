"""The one gate in front of everything: pages, websockets, API and static files are denied until proven.

A pure ASGI middleware, added outside Panel's own dispatcher, so that nothing answers without passing it. A full
account system replaces the `Keeper` behind it and nothing else.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

import bokeh

from pfd_panel.server import policy, words
from pfd_panel.server.keeper import Keeper
from pfd_panel.server.static import StaticCache, StaticFile, is_static
from pfd_panel.server.tokens import token_session
from pfd_panel.server.user import User, user_headers

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
OPEN_PATHS = frozenset({"/api/health"})
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_FORGED = ("x-auth-", "x-forwarded-", "x-remote-", "remote-user", "x-real-ip", "forwarded")
_NOT_SERVED = ("/autoload.js", "/metadata")
_NO_STORE = (b"cache-control", b"no-store")

log = logging.getLogger(__name__)


class Asked:
    """What a request says about itself."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.method: str = scope.get("method", "GET")
        self.path: str = scope["path"]
        self.query: bytes = scope.get("query_string", b"")
        self.headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        self.host = self.headers.get("host", "").lower()

    @property
    def host_name(self) -> str:
        """The name in the Host header, without the port."""
        return (
            self.host[: self.host.index("]") + 1]
            if self.host.startswith("[") and "]" in self.host
            else self.host.split(":")[0]
        )

    @property
    def from_own_page(self) -> bool:
        """Whether the Origin is this very server."""
        origin = urlsplit(self.headers.get("origin", ""))
        return origin.scheme in ("http", "https") and origin.netloc.lower() == self.host

    @property
    def wants_page(self) -> bool:
        """Whether a person is looking: a browser that asks for HTML, not a program."""
        return "text/html" in self.headers.get("accept", "") and not self.path.startswith("/api/")

    def cookie(self, name: str) -> str:
        """The value of a cookie, or ``""``."""
        try:
            found = SimpleCookie(self.headers.get("cookie", "")).get(name)
        except CookieError:
            return ""
        return found.value if found else ""


class Guard:
    """Deny by default.

    Parameters
    ----------
    app : ASGI application
        Everything that is guarded.
    keeper : Keeper
        Knows who may come in.
    static : StaticCache, optional
        Holds compressed static files.
    hosts : iterable of str
        Host names that are served; anything else is a rebinding attempt.
    """

    def __init__(
        self, app: App, keeper: Keeper, static: StaticCache | None = None, hosts: Iterable[str] = LOOPBACK
    ) -> None:
        self.app = app
        self.keeper = keeper
        self.static = static or StaticCache()
        self.hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(Asked(scope), receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(Asked(scope), receive, send)
        else:
            await self.app(scope, receive, send)

    # -- requests

    async def _http(self, asked: Asked, receive: Receive, send: Send) -> None:
        if asked.host_name not in self.hosts:
            await _say(send, asked, words.WRONG_HOST)
            return
        if asked.method not in _READS and "origin" in asked.headers and not asked.from_own_page:
            await _say(send, asked, words.WRONG_ORIGIN)
            return
        if asked.path in OPEN_PATHS and asked.method in _READS:
            await self._forward(asked, None, receive, send)
            return
        user = self.keeper.user(asked.cookie(self.keeper.cookie))
        if asked.path == "/login":
            await self._login(asked, user, send)
        elif user is None:
            await _say(send, asked, words.LOGIN_NEEDED)
        elif asked.path == "/logout":
            await self._logout(asked, user, send)
        elif asked.path.endswith(_NOT_SERVED):
            await _say(send, asked, words.NOT_FOUND)
        elif is_static(asked.path) and asked.method in ("GET", "HEAD"):
            await self._file(asked, user, receive, send)
        else:
            await self._forward(asked, user, receive, send)

    async def _login(self, asked: Asked, user: User | None, send: Send) -> None:
        token = parse_qs(asked.query.decode("latin-1")).get("token", [""])[0]
        fresh = self.keeper.redeem(token) if asked.method == "GET" else None
        if fresh is None and user is None:
            await _say(send, asked, words.LINK_SPENT)
            return
        nonce = policy.new_nonce()
        headers: Headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-security-policy", policy.content_security_policy(nonce, asked.host)),
            _NO_STORE,
            *policy.HEADERS,
        ]
        if fresh is not None:
            headers.append((b"set-cookie", self._cookie(self.keeper.seal(fresh), asked)))
        await _send(send, 200, headers, policy.with_nonce(words.WELCOME, nonce))

    async def _logout(self, asked: Asked, user: User, send: Send) -> None:
        if asked.method != "POST":
            await _say(send, asked, words.NOT_FOUND)
            return
        self.keeper.end(user.session)
        gone = self._cookie("", asked, age=0)
        await _send(send, 303, [(b"location", b"/"), (b"set-cookie", gone), _NO_STORE, *policy.HEADERS], b"")

    def _cookie(self, value: str, asked: Asked, age: int | None = None) -> bytes:
        seconds = int(86400 * self.keeper.settings.session_days) if age is None else age
        secure = "; Secure" if asked.scope.get("scheme") in ("https", "wss") else ""
        return f"{self.keeper.cookie}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}".encode()

    async def _file(self, asked: Asked, user: User, receive: Receive, send: Send) -> None:
        held = self.static.get(asked.path, asked.query)
        if held is None:
            status, headers, body = await _collect(self.app, self._vouched(asked, user), receive)
            if status != 200:
                await _say(send, asked, words.for_status(status))
                return
            held = await asyncio.to_thread(self.static.put, asked.path, asked.query, headers, body)
        await _send_file(send, asked, held)

    async def _forward(self, asked: Asked, user: User | None, receive: Receive, send: Send) -> None:
        polish = Polish(asked, send)
        try:
            await self.app(self._vouched(asked, user), receive, polish)
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("request %s %s failed (%s)", asked.method, asked.path, reference)
            if polish.started:
                raise
            await _say(send, asked, words.FAILED, reference)

    # -- websockets

    async def _websocket(self, asked: Asked, receive: Receive, send: Send) -> None:
        user = self.keeper.user(asked.cookie(self.keeper.cookie))
        allowed = asked.host_name in self.hosts and asked.from_own_page and user is not None
        if not allowed or user is None or not self._own_page(asked, user):
            await receive()
            await send({"type": "websocket.close", "code": 4403, "reason": "not allowed"})
            return
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()

        def cut() -> None:
            loop.call_soon_threadsafe(ended.set)

        forget = self.keeper.watch(user.session, cut)
        try:
            await self.app(self._vouched(asked, user), _until(ended, receive, send), send)
        finally:
            forget()

    def _own_page(self, asked: Asked, user: User) -> bool:
        """Whether the page that opens this websocket was made for the same login."""
        offered = asked.headers.get("sec-websocket-protocol", "").split(",")
        return len(offered) > 1 and token_session(offered[1].strip()) == user.session

    def _vouched(self, asked: Asked, user: User | None) -> Scope:
        kept = [(k, v) for k, v in asked.scope["headers"] if not k.decode("latin-1").lower().startswith(_FORGED)]
        return {**asked.scope, "headers": kept + (user_headers(user) if user else [])}


class Polish:
    """Finishes what the application sends: nonce and policy on pages, words for bare errors, protective headers."""

    def __init__(self, asked: Asked, send: Send) -> None:
        self.asked = asked
        self.send = send
        self.started = False
        self._start: Message | None = None
        self._body: list[bytes] = []

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            kind = _header(message["headers"], b"content-type")
            bare_error = message["status"] >= 400 and self.asked.wants_page
            if kind.startswith(b"text/html") or bare_error:
                self._start = message
                return
            self.started = True
            await self.send({**message, "headers": [*message["headers"], *policy.HEADERS]})
        elif self._start is None:
            await self.send(message)
        else:
            self._body.append(message.get("body", b""))
            if not message.get("more_body", False):
                await self._finish(self._start)

    async def _finish(self, start: Message) -> None:
        self.started = True
        if start["status"] >= 400:
            await _say(self.send, self.asked, words.for_status(start["status"]))
            return
        nonce = policy.new_nonce()
        page = policy.with_nonce(policy.with_versions(b"".join(self._body), bokeh.__version__), nonce)
        headers = [(k, v) for k, v in start["headers"] if k.lower() not in (b"content-length", b"cache-control")]
        headers += [_NO_STORE, *policy.HEADERS]
        headers.append((b"content-security-policy", policy.content_security_policy(nonce, self.asked.host)))
        await _send(self.send, start["status"], headers, page, head=self.asked.method == "HEAD")


def _header(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> bytes:
    return next((value for key, value in headers if key.lower() == name), b"")


def _until(ended: asyncio.Event, receive: Receive, send: Send) -> Receive:
    """`receive`, until the login ends: then the socket is closed and the application told that it is gone."""

    async def either() -> Message:
        if not ended.is_set():
            coming = asyncio.ensure_future(receive())
            ending = asyncio.ensure_future(ended.wait())
            done, _ = await asyncio.wait({coming, ending}, return_when=asyncio.FIRST_COMPLETED)
            ending.cancel()
            if coming in done:
                return coming.result()
            coming.cancel()
            await send({"type": "websocket.close", "code": 4401, "reason": "logged out"})
        return {"type": "websocket.disconnect", "code": 4401}

    return either


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


async def _send(send: Send, status: int, headers: Headers, body: bytes, *, head: bool = False) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": b"" if head else body})


async def _send_file(send: Send, asked: Asked, file: StaticFile) -> None:
    headers = [*file.headers, *policy.HEADERS]
    body = file.plain
    if file.packed is not None and "gzip" in asked.headers.get("accept-encoding", ""):
        body = file.packed
        headers.append((b"content-encoding", b"gzip"))
    await _send(send, 200, headers, body, head=asked.method == "HEAD")


async def _say(send: Send, asked: Asked, answer: words.Answer, reference: str = "") -> None:
    as_page = asked.wants_page
    body = words.as_html(answer, reference) if as_page else words.as_json(answer, reference)
    kind = b"text/html; charset=utf-8" if as_page else b"application/json"
    lock = (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
    headers: Headers = [(b"content-type", kind), _NO_STORE, lock, *policy.HEADERS]
    await _send(send, answer.status, headers, body, head=asked.method == "HEAD")
