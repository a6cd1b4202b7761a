"""Sending answers: whole ones, files, and refusals in words for people or JSON for programs."""

from pfd_panel.server import policy, words
from pfd_panel.server.asgi import Headers, Send
from pfd_panel.server.asked import Asked
from pfd_panel.server.static import StaticFile

NO_STORE = (b"cache-control", b"no-store")
_BARE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors "


def seal(asked: Asked) -> Headers:
    """The headers that every answer carries."""
    told = policy.HEADERS if asked.framed_by is None else policy.SHARED_HEADERS
    own = [*told, (b"x-request-id", asked.id.encode())]
    return [*own, policy.TLS_ONLY] if asked.secure else own


async def answer(send: Send, asked: Asked, status: int, headers: Headers, body: bytes) -> None:
    """Send a whole answer."""
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *seal(asked), length]})
    await send({"type": "http.response.body", "body": b"" if asked.method == "HEAD" else body})


async def redirect(send: Send, asked: Asked, target: str, more: Headers | None = None) -> None:
    """Send the browser elsewhere on this server, with GET."""
    await answer(send, asked, 303, [(b"location", target.encode()), NO_STORE, *(more or [])], b"")


async def answer_file(send: Send, asked: Asked, file: StaticFile) -> None:
    """Send a static file, packed if the browser takes it."""
    headers, body = list(file.headers), file.plain
    if file.packed is not None and "gzip" in asked.headers.get("accept-encoding", ""):
        body = file.packed
        headers.append((b"content-encoding", b"gzip"))
    await answer(send, asked, 200, headers, body)


async def say(send: Send, asked: Asked, said: words.Answer, more: Headers | None = None) -> None:
    """Say in words why there is no other answer; failures carry the number under which the log has the details."""
    reference = asked.id if said.status >= 500 else ""
    as_page = asked.wants_page
    body = words.as_html(said, reference) if as_page else words.as_json(said, asked.path, reference)
    kind = b"text/html; charset=utf-8" if as_page else b"application/problem+json"
    bare = _BARE_POLICY + policy.ancestors(asked.framed_by)
    headers = [(b"content-type", kind), NO_STORE, (b"content-security-policy", bare.encode())]
    await answer(send, asked, said.status, [*headers, *(more or [])], body)
