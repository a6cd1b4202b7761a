"""Pages get their nonce and token; a file that is kept gets neither."""

import asyncio
from typing import Any

import pytest

from pfd_panel.server.asked import Asked
from pfd_panel.server.polish import Polish
from tests.pfd_panel.server.rig import HOST

PAGE = b"<html><head></head><script>1</script></html>"


def polished(*headers: tuple[bytes, bytes]) -> list[Any]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def run() -> None:
        scope = {"type": "http", "method": "GET", "path": "/x", "headers": [(b"host", HOST.encode())], "root_path": ""}
        polish = Polish(Asked(scope), send, csrf="the token")
        await polish(
            {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html"), *headers]}
        )
        await polish({"type": "http.response.body", "body": PAGE})

    asyncio.run(run())
    return sent


def test_a_page_gets_its_token_and_its_nonce() -> None:
    start, body = polished()
    assert b'content="the token"' in body["body"]
    assert b"<script nonce=" in body["body"]
    assert any(name == b"content-security-policy" for name, _ in start["headers"])


@pytest.mark.parametrize("how", [b"attachment", b"attachment; filename*=UTF-8''a.html"])
def test_a_file_that_is_kept_stays_as_it_is(how: bytes) -> None:
    start, body = polished((b"content-disposition", how))
    assert body["body"] == PAGE
    assert (b"x-content-type-options", b"nosniff") in start["headers"]
