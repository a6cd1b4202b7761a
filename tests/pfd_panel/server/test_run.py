"""A real listener: what clients do to it that send nothing, or slowly."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pfd_panel.server import run
from pfd_panel.server.refusals import AddressRefusedError
from pfd_panel.server.settings import ServerSettings


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def listening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(run, "HEAD_S", 0.5)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = run.make_server(app, ServerSettings(home=tmp_path, port=port))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield port
    server.should_exit = True
    thread.join(10)


def closed_after(port: int, *pieces: bytes, pause: float = 0.1) -> float:
    """Seconds until the server hangs up on a client that sends so much and then waits."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        begun = time.monotonic()
        try:
            for piece in pieces:
                client.sendall(piece)
                time.sleep(pause)
            while client.recv(1000):
                pass
        except (BrokenPipeError, ConnectionResetError):
            pass
        return time.monotonic() - begun


def test_a_client_that_sends_nothing_is_let_go(listening: int) -> None:
    assert 0.3 < closed_after(listening) < 3


def test_a_head_that_drips_is_let_go(listening: int) -> None:
    assert closed_after(listening, b"GET / HTTP/1.1\r\nHost: x\r\n", *[b"a: b\r\n"] * 20) < 3


def test_a_second_head_that_drips_is_let_go_too(listening: int) -> None:
    whole = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    assert closed_after(listening, whole, b"GET / HTTP/1.1\r\n", *[b"a: b\r\n"] * 20) < 3


def test_an_endless_head_is_refused(listening: int) -> None:
    assert closed_after(listening, b"GET / HTTP/1.1\r\n", *[b"a: " + b"b" * 30_000 + b"\r\n"] * 10, pause=0) < 3


def test_a_whole_request_is_answered_and_the_connection_kept(listening: int) -> None:
    whole = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    with socket.create_connection(("127.0.0.1", listening), timeout=5) as client:
        for _ in range(2):
            client.sendall(whole)
            assert client.recv(1000).startswith(b"HTTP/1.1 204")
            time.sleep(0.7)


def test_other_machines_are_not_served_without_tls(tmp_path: Path) -> None:
    with pytest.raises(AddressRefusedError):
        run.make_server(app, ServerSettings(home=tmp_path, host="0.0.0.0"))
