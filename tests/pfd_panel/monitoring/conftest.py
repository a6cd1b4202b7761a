"""A term of office without a coordinator process, and real servers for mail and webhooks on this machine."""

import asyncio
import base64
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from dask_cluster.chores import Duty
from data_catalog import jobs, leases
from pfd_panel.services.context import Context


@pytest.fixture
def duty(bare: Context) -> Duty:
    """The lease is held by this test; there is no cluster."""
    with bare.catalog.write() as session:
        fence = leases.acquire(session, jobs.COORDINATOR, "tester", 600.0)
    assert fence is not None
    return Duty(bare.catalog, fence, lambda: None)


@dataclass
class MailServer:
    """What a mail server was told; `answers` overrides its reply to a verb."""

    port: int = 0
    mails: list[tuple[str, list[str], str]] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One conversation of RFC 5321, as far as a client of ours goes."""

        async def say(text: str) -> None:
            writer.write(text.encode() + b"\r\n")
            await writer.drain()

        sender, recipients = "", []
        await say("220 test ready")
        while line := (await reader.readline()).decode().rstrip("\r\n"):
            verb = line.split(" ")[0].upper()
            if verb in self.answers:
                await say(self.answers[verb])
            elif verb == "EHLO":
                await say("250-test\r\n250 AUTH PLAIN")
            elif verb == "AUTH":
                _, name, password = base64.b64decode(line.split(" ")[2]).decode().split("\0")
                self.logins.append((name, password))
                await say("235 welcome")
            elif verb == "MAIL":
                sender = line
                await say("250 ok")
            elif verb == "RCPT":
                recipients.append(line)
                await say("250 ok")
            elif verb == "DATA":
                await say("354 go on")
                body = []
                while (part := (await reader.readline()).decode().rstrip("\r\n")) != ".":
                    body.append(part)
                self.mails.append((sender, recipients, "\n".join(body)))
                await say("250 kept")
            else:
                await say("221 bye" if verb == "QUIT" else "250 ok")
                if verb == "QUIT":
                    break
        writer.close()


@contextmanager
def looping(work: Callable[[asyncio.Event], Coroutine[Any, Any, None]]) -> Iterator[None]:
    """Run a coroutine on a loop of its own until the block is left."""
    loop, ready = asyncio.new_event_loop(), threading.Event()
    over = asyncio.Event()

    async def run() -> None:
        await work(over)

    thread = threading.Thread(target=lambda: (ready.set(), loop.run_until_complete(run())))
    thread.start()
    ready.wait(10)
    try:
        yield
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(10)
        loop.close()


@pytest.fixture
def mail_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """A mail server that the settings name."""
    told, listening = MailServer(), threading.Event()

    async def work(over: asyncio.Event) -> None:
        server = await asyncio.start_server(told.serve, "127.0.0.1", 0)
        told.port = server.sockets[0].getsockname()[1]
        listening.set()
        await over.wait()
        server.close()

    with looping(work):
        assert listening.wait(10)
        for name, value in (("HOST", "127.0.0.1"), ("PORT", str(told.port)), ("SECURITY", "none")):
            monkeypatch.setenv(f"PFD_SMTP_{name}", value)
        yield told


@dataclass
class Receiver:
    """What a webhook received; `statuses` are answered one after the other, then 200."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A web server that remembers what it was sent."""
    told = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.requests.append((self.path, {key.lower(): value for key, value in self.headers.items()}, body))
            self.send_response(told.statuses.pop(0) if told.statuses else 200)
            self.send_header("Location", f"{told.url}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield told
    server.shutdown()
    thread.join(10)
    server.server_close()


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings let webhooks reach this machine."""
    monkeypatch.setenv("PFD_WEBHOOK_NETWORKS", "127.0.0.0/8")
