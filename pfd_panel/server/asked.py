"""What a request says about itself."""

import re
import secrets
from copy import copy
from functools import cached_property
from urllib.parse import parse_qs

from pfd_panel.server.asgi import Scope
from pfd_panel.server.proxies import Origin, TrustedProxies

PAGE_COOKIES = ("pfd_theme", "pfd_prefers", "pfd_narrow")
"""Theme and width that a browser asks for."""

READS = frozenset({"GET", "HEAD", "OPTIONS"})
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[\w.-]+)(?::\d{1,5})?", re.ASCII)
_PLAIN = re.compile(r"[a-z0-9]{1,16}")
_NOBODY = TrustedProxies()


class Asked:
    """One request or websocket.

    Parameters
    ----------
    scope : mapping
        Its ASGI scope.
    proxies : TrustedProxies
        Whose forwarding headers are believed.
    """

    def __init__(self, scope: Scope, proxies: TrustedProxies = _NOBODY) -> None:
        self.scope = scope
        self.method: str = scope.get("method", "GET")
        self.path: str = scope["path"]
        self.query: bytes = scope.get("query_string", b"")
        self.headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        peer = (scope.get("client") or ("",))[0]
        scheme = "https" if scope.get("scheme", "http") in ("https", "wss") else "http"
        self.origin: Origin = proxies.origin(peer, scheme, self.headers)
        self.address = self.origin.address
        self.host = self.origin.host
        forwarded = self.headers.get("x-request-id", "")
        believed = proxies.trusts(peer) and forwarded.isascii() and forwarded.replace("-", "").isalnum()
        self.id = forwarded[:64] if believed else secrets.token_hex(8)
        self.framed_by: tuple[str, ...] | None = None

    def inside(self, root: str, path: str, query: bytes, framed_by: tuple[str, ...]) -> "Asked":
        """The same request as the application gets it that is served below `root`, for a view shown to others.

        `framed_by` are the web origins whose pages may frame the answer; None on all other requests.
        """
        inner = copy(self)
        inner.scope = {
            **self.scope,
            "path": root + path,
            "raw_path": (root + path).encode(),
            "root_path": root,
            "query_string": query,
        }
        inner.path, inner.query, inner.framed_by = path, query, framed_by
        return inner

    @property
    def secure(self) -> bool:
        """Whether it came over TLS."""
        return self.origin.scheme == "https"

    @property
    def host_name(self) -> str:
        """The name in the Host header, without the port; ``""`` if it is none."""
        found = _HOST.fullmatch(self.host)
        return found.group(1) if found else ""

    @property
    def from_own_page(self) -> bool:
        """Whether the Origin is this very server."""
        return self.headers.get("origin", "").lower() == f"{self.origin.scheme}://{self.host}"

    @property
    def reads(self) -> bool:
        """Whether its method changes nothing."""
        return self.method in READS

    @property
    def for_programs(self) -> bool:
        """Whether it goes to the API or the measurements, where a key in the Authorization header counts."""
        return self.path.startswith("/api/") or self.path == "/metrics"

    @property
    def wants_page(self) -> bool:
        """Whether a person is looking: a browser that asks for HTML, not a program."""
        return "text/html" in self.headers.get("accept", "") and not self.for_programs

    @property
    def bearer(self) -> str:
        """The key in the Authorization header, or ``""``."""
        kind, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if kind.lower() == "bearer" else ""

    @property
    def address_bar(self) -> str:
        """Path and query, as the address bar shows them."""
        return self.path + (f"?{self.query.decode('latin-1')}" if self.query else "")

    def argument(self, name: str) -> str:
        """The first value of a query argument, or ``""``."""
        return parse_qs(self.query.decode("latin-1")).get(name, [""])[0]

    def cookie(self, name: str) -> str:
        """The value of a cookie, or ``""``."""
        return self._cookies.get(name, "")

    @cached_property
    def _cookies(self) -> dict[str, str]:
        # not http.cookies: what it does with backslashes in quotes takes a core for seconds, and anyone may send them
        pairs = (part.partition("=") for part in self.headers.get("cookie", "").split(";"))
        return {name.strip(): value.strip() for name, found, value in pairs if found}

    @property
    def shown_cookies(self) -> str:
        """The cookies that say how a page shall look, and no other: what a page is made by needs no more."""
        known = ((name, self.cookie(name)) for name in PAGE_COOKIES)
        return "; ".join(f"{name}={value}" for name, value in known if _PLAIN.fullmatch(value))
