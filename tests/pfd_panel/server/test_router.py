"""What the router passes on, in front of a process that may hang up at any byte."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pfd_panel.server.router import Router
from pfd_panel.server.settings import ServerSettings

REFUSAL = b"HTTP/1.1 413 Content Too Large\r\ncontent-length: 3\r\nconnection: close\r\n\r\nno!"
UPGRADE = b"GET /ws HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"
AGREED = b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def head_of(taken: socket.socket) -> bytes:
    """Read up to the empty line and not one byte more."""
    read = b""
    while not read.endswith(b"\r\n\r\n") and (byte := taken.recv(1)):
        read += byte
    return read


@contextlib.contextmanager
def process(folder: Path, answer: Callable[[socket.socket], None]) -> Iterator[None]:
    """A web process in a thread of its own, which answers one connection after another."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "1.sock"))
        listening.listen()

        def serve() -> None:
            while True:
                taken, _ = listening.accept()
                with taken, contextlib.suppress(ConnectionError):
                    if not head_of(taken):
                        return
                    answer(taken)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield
        finally:
            with socket.socket(socket.AF_UNIX) as last:
                last.connect(str(folder / "1.sock"))
            thread.join(20)


def asked(home: Path, sent: list[bytes], times: int, answer: Callable[[socket.socket], None]) -> list[bytes]:
    """What comes back for `sent`, on each of `times` connections through a router."""
    settings = ServerSettings.read(home=home, host="127.0.0.1", port=free_port(), web_processes=1)

    async def once() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", settings.port)
        reading = asyncio.ensure_future(reader.read())
        with contextlib.suppress(ConnectionError):
            for part in sent:
                writer.write(part)
                await writer.drain()
        try:
            return await asyncio.wait_for(reading, 20)
        finally:
            writer.close()

    async def all_of_them() -> list[bytes]:
        stop = asyncio.Event()
        routing = asyncio.create_task(Router(settings, home).run(stop))
        await asyncio.sleep(0.2)
        try:
            return [await once() for _ in range(times)]
        finally:
            stop.set()
            await routing

    with process(home, answer):
        return asyncio.run(all_of_them())


def test_a_refusal_reaches_who_is_still_sending(tmp_path: Path) -> None:
    """A process that refuses an upload by its head hangs up on the rest; the client must learn why."""
    upload = [b"POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n", *[b"x" * 100_000] * 40]
    answers = asked(tmp_path, upload, 40, lambda taken: taken.sendall(REFUSAL))
    assert answers == [REFUSAL] * 40


def test_a_handshake_that_is_refused_is_answered_whatever_follows_it(tmp_path: Path) -> None:
    answers = asked(tmp_path, [UPGRADE + b"GET / HTTP/1.1\r\n\r\n"], 200, lambda taken: taken.sendall(REFUSAL))
    assert answers == [REFUSAL] * 200


@pytest.mark.parametrize("size", [1, 700_000])
def test_frames_that_came_with_the_handshake_follow_once_it_is_agreed_to(tmp_path: Path, size: int) -> None:
    def echo(taken: socket.socket) -> None:
        taken.setblocking(False)
        with pytest.raises(BlockingIOError):  # nothing is passed on before it is agreed to
            taken.recv(1)
        taken.setblocking(True)
        taken.sendall(AGREED)
        left = size
        while left and (part := taken.recv(65536)):
            left -= len(part)
            taken.sendall(part)

    assert asked(tmp_path, [UPGRADE, b"f" * size], 3, echo) == [AGREED + b"f" * size] * 3
