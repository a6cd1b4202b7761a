"""The head of a request as bytes: taken apart strictly, and put together again with our own word on who sent it.

Whoever reads a head and whoever acts on it must see the same request in it; what two readers could understand
differently is refused.
"""

import re
from dataclasses import dataclass

from pfd_panel.server.asgi import Headers

_REQUEST = re.compile(rb"([A-Z]{1,20}) ([\x21-\x7e\x80-\xff]+) HTTP/1\.([01])")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00\r\n]*?)[ \t]*")
_FORWARDED = (b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"x-request-id", b"forwarded")


class BadHeadError(Exception):
    """This is no request that everyone understands in the same way."""


@dataclass(frozen=True)
class Head:
    """The head of a request.

    Attributes
    ----------
    method, target : bytes
        Of its first line.
    fields : list of (name, value)
        Names in lower case.
    body : int
        Bytes of the body that follow.
    last : bool
        Whether no other request can follow on this connection.
    """

    method: bytes
    target: bytes
    fields: Headers
    body: int
    last: bool

    def field(self, name: bytes) -> bytes:
        """The first field of that name, or nothing."""
        return next((value for key, value in self.fields if key == name), b"")

    @property
    def path(self) -> str:
        """The path, without its query."""
        return self.target.split(b"?", 1)[0].decode("latin-1")

    @property
    def is_websocket(self) -> bool:
        """Whether it asks to become a websocket, in words that nobody reads as another request of a connection."""
        said = b",".join(value for name, value in self.fields if name == b"connection").lower()
        upgrades = [value.lower() for name, value in self.fields if name == b"upgrade"]
        asks = b"upgrade" in (one.strip() for one in said.split(b","))
        bare = self.method == b"GET" and self.body == 0 and not self.field(b"transfer-encoding")
        return bare and asks and upgrades == [b"websocket"]

    def forwarded(self, peer: str, scheme: str, *, trusted: bool) -> bytes:
        """The head as it is passed on; what a stranger says of itself is left out."""
        fields = self.fields if trusted else [one for one in self.fields if one[0] not in _FORWARDED]
        told = b", ".join(value for name, value in fields if name == b"x-forwarded-for")
        fields = [one for one in fields if one[0] != b"x-forwarded-for"]
        fields.append((b"x-forwarded-for", told + b", " * bool(told) + peer.encode()))
        if not any(name == b"x-forwarded-proto" for name, _ in fields):
            fields.append((b"x-forwarded-proto", scheme.encode()))
        if self.last:
            # what follows is passed on unread: whoever answers must not take it for a request of its own
            fields = [one for one in fields if one[0] not in (b"connection", b"upgrade")]
            websocket = [(b"connection", b"Upgrade"), (b"upgrade", b"websocket")]
            fields += websocket if self.is_websocket else [(b"connection", b"close")]
        lines = [b"%s %s HTTP/1.1" % (self.method, self.target), *(b"%s: %s" % one for one in fields), b"", b""]
        return b"\r\n".join(lines)


def parse_head(raw: bytes) -> Head:
    """Take apart the bytes up to and with the empty line.

    Raises
    ------
    BadHeadError
        It is malformed, or ambiguous about where its body ends.
    """
    first, *lines = raw.removesuffix(b"\r\n\r\n").split(b"\r\n")
    request = _REQUEST.fullmatch(first)
    if request is None:
        raise BadHeadError(first[:80])
    fields: Headers = []
    for line in lines:
        field = _FIELD.fullmatch(line)
        if field is None:
            raise BadHeadError(line[:80])
        fields.append((field.group(1).lower(), field.group(2)))
    lengths = [value for name, value in fields if name == b"content-length"]
    codings = [value.lower() for name, value in fields if name == b"transfer-encoding"]
    if len(lengths) + len(codings) > 1 or not all(one.isdigit() and len(one) < 20 for one in lengths):
        raise BadHeadError(b"where does the body end?")
    if codings and codings != [b"chunked"]:
        raise BadHeadError(codings[0])
    ends = any(b"close" in value.lower() for name, value in fields if name == b"connection")
    upgrades = any(name == b"upgrade" for name, _ in fields)
    return Head(
        method=request.group(1),
        target=request.group(2),
        fields=fields,
        body=int(lengths[0]) if lengths else 0,
        # the end of a chunked body is found by whoever reads it, not here
        last=bool(codings) or upgrades or ends or request.group(3) == b"0",
    )
