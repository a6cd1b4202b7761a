"""Scripts of other origins on the API: refused, unless an origin is named in the settings."""

from collections.abc import Iterable

from pfd_panel.server.asgi import Headers
from pfd_panel.server.asked import Asked

_METHODS = b"GET, HEAD, POST, PUT, PATCH, DELETE"
_SENT = b"authorization, content-type, idempotency-key, if-match, if-none-match"
_SHOWN = b"etag, location, retry-after, x-request-id"
_REMEMBERED_S = b"600"


class CrossOrigin:
    """Which other origins may call the API, always with a key and never with a cookie."""

    def __init__(self, origins: Iterable[str] = ()) -> None:
        self._origins = frozenset(origin.lower() for origin in origins)

    def headers(self, asked: Asked) -> Headers:
        """What the answer must carry for a script of another origin to read it."""
        if not self._allows(asked):
            return []
        origin = asked.headers["origin"].encode("latin-1")
        return [
            (b"access-control-allow-origin", origin),
            (b"access-control-expose-headers", _SHOWN),
            (b"vary", b"origin"),
        ]

    def is_preflight(self, asked: Asked) -> bool:
        """Whether a browser asks in advance, for an origin that is allowed."""
        return asked.method == "OPTIONS" and "access-control-request-method" in asked.headers and self._allows(asked)

    def preflight(self, asked: Asked) -> Headers:
        """The answer to such a question."""
        return [
            *self.headers(asked),
            (b"access-control-allow-methods", _METHODS),
            (b"access-control-allow-headers", _SENT),
            (b"access-control-max-age", _REMEMBERED_S),
        ]

    def _allows(self, asked: Asked) -> bool:
        return asked.for_programs and asked.headers.get("origin", "").lower() in self._origins
