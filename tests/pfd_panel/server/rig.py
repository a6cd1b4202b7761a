"""The gate without a server: a request in, what was sent out."""

import asyncio
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from bokeh.util.token import generate_jwt_token, generate_session_id

from data_catalog import Catalog
from pfd_panel.accounts.sign_in import SignedIn, open_session
from pfd_panel.server.guard import Guard
from pfd_panel.server.keeper import Keeper
from pfd_panel.services import keys
from pfd_panel.services.context import Context, User

HOST = "127.0.0.1:5006"
OWN = {"origin": f"http://{HOST}", "sec_fetch_site": "same-origin"}
PASSWORD = "four unrelated words 7"
CSRF = re.compile(rb'name="csrf" value="(\w+)"')


class Inner:
    """Answers everything and remembers the scopes it saw."""

    def __init__(self) -> None:
        self.seen: list[Any] = []
        self.read = b""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.seen.append(scope)
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            self.last = await receive()
            return
        if scope["method"] in ("POST", "PUT"):
            self.read = b""
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    raise ConnectionError("the client is gone")
                self.read += message.get("body", b"")
                if not message.get("more_body"):
                    break
        status, kind = 200, b"text/html; charset=utf-8"
        body = b"<html><head></head><script>1</script><script src='a'></script></html>"
        if scope["path"] in ("/missing", "/api/missing"):
            status, kind, body = 404, b"text/plain", b"Not found"
        if scope["path"] in ("/crash", "/api/crash"):
            raise RuntimeError("SECRET-DETAIL")
        if scope["path"].startswith("/static/"):
            kind, body = b"application/javascript", b"x" * 4000
        if scope["path"] == "/api/v1/stream":
            kind = scope["query_string"] or b"text/event-stream"
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})
            await asyncio.sleep(60)
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind)]})
        await send({"type": "http.response.body", "body": body})


@dataclass
class Sent:
    """What came out."""

    messages: list[Any]

    @property
    def types(self) -> list[str]:
        return [message["type"] for message in self.messages]

    @property
    def status(self) -> int:
        return self.messages[0]["status"]

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def all(self, name: str) -> list[str]:
        return [v.decode() for k, v in self.messages[0]["headers"] if k == name.encode()]

    def header(self, name: str) -> str | None:
        return next(iter(self.all(name)), None)

    @property
    def cookies(self) -> dict[str, str]:
        """Cookies that were set, by name."""
        return dict(one.partition(";")[0].split("=", 1) for one in self.all("set-cookie"))


class Gate:
    """A guard in front of `Inner`, with one event loop for the whole test."""

    def __init__(self, keeper: Keeper) -> None:
        self.keeper = keeper
        self.inner = Inner()
        self.guard = Guard(self.inner, keeper)

    def ask(self, path: str = "/", method: str = "GET", **more: Any) -> Sent:
        """Send one request through it."""
        return asyncio.run(asyncio.wait_for(self.asking(path, method, **more), 10))

    async def asking(
        self,
        path: str = "/",
        method: str = "GET",
        *,
        query: bytes = b"",
        kind: str = "http",
        incoming: tuple[Any, ...] = (),
        scheme: str = "http",
        peer: str = "127.0.0.1",
        body: bytes = b"",
        **headers: str | None,
    ) -> Sent:
        given = {"host": HOST, "accept": "text/html", **{k.replace("_", "-"): v for k, v in headers.items()}}
        scope = {
            "type": kind,
            "method": method,
            "path": path,
            "query_string": query,
            "scheme": scheme,
            "client": (peer, 1234) if peer else None,
            "headers": [(k.encode(), v.encode()) for k, v in given.items() if v is not None],
        }
        first = {"type": "websocket.connect"} if kind == "websocket" else {"type": "http.request", "body": body}
        sent: list[Any] = []
        queue = list(incoming) or [first]

        async def receive() -> Any:
            if queue:
                return queue.pop(0)
            await asyncio.sleep(60)
            return None

        async def send(message: Any) -> None:
            sent.append(message)

        await self.guard(scope, receive, send)
        return Sent(sent)

    # -- being someone

    def signed_in(self, name: str = "local") -> SignedIn:
        """A fresh sign-in."""
        return open_session(self.keeper.catalog, name)

    def cookie_of(self, signed_in: SignedIn) -> str:
        """What the browser of a sign-in sends."""
        return f"{self.keeper.cookie_name}={self.keeper.seal(signed_in)}"

    def cookie(self, name: str = "local") -> str:
        """What the browser of a fresh sign-in sends."""
        return self.cookie_of(self.signed_in(name))

    def form(self, path: str = "/login", query: bytes = b"", **more: Any) -> tuple[str, str]:
        """The cookie and the token of a form page."""
        shown = self.ask(path, query=query, **more)
        found = CSRF.search(shown.body)
        assert found is not None, shown.body
        return "; ".join(f"{k}={v}" for k, v in shown.cookies.items()), found.group(1).decode()

    def post(self, path: str, fields: dict[str, str], **more: Any) -> Sent:
        """Post a form as a browser does."""
        kind = "application/x-www-form-urlencoded"
        given = {"origin": f"http://{HOST}", "content_type": kind, "body": urlencode(fields).encode(), **more}
        return self.ask(path, "POST", **given)

    def log_in(self, name: str, password: str = PASSWORD, *, code: str = "", **more: Any) -> Sent:
        """Fill the log-in page in."""
        cookie, token = self.form()
        given = {"cookie": cookie, **more}
        return self.post("/login", {"csrf": token, "name": name, "password": password, "code": code}, **given)


def key_of(catalog: Catalog, name: str, role: str, scopes: tuple[str, ...] = ()) -> Any:
    """A fresh API key."""
    return keys.add(Context(catalog, User(name, role)), "test", scopes=scopes)  # type: ignore[arg-type]


def page_token(gate: Gate, session: str, key: bytes = b"", **more: str) -> str:
    """A Bokeh token of a page made for a log-in, signed by this server unless another key is given."""
    key = key or gate.keeper.settings.key().hex().encode()
    payload = {"headers": {"x-auth-session": session, **more}}
    return generate_jwt_token(generate_session_id(key, signed=True), key, signed=True, extra_payload=payload)


def seen_headers(gate: Gate) -> dict[str, str]:
    return {k.decode(): v.decode() for k, v in gate.inner.seen[-1]["headers"]}
