"""One port in front of several web processes: reads each head, picks the process, and passes the bytes through."""

import argparse
import asyncio
import contextlib
import logging
import signal
import socket
import ssl
import sys
from collections.abc import Iterator
from pathlib import Path

from dask_cluster.logs import log_to_output
from pfd_panel.errors import ServiceError
from pfd_panel.server.heads import BadHeadError, Head, parse_head
from pfd_panel.server.places import Places
from pfd_panel.server.proxies import TrustedProxies
from pfd_panel.server.refusals import require_privacy
from pfd_panel.server.settings import ServerSettings

log = logging.getLogger(__name__)

HEAD_LIMIT = 64 * 1024
HEAD_S = 15.0
"""Longest wait for the head of the first request."""

IDLE_S = 60.0
"""Longest wait for that of the next."""

GRACE_S = 5.0
_CHUNK = 256 * 1024

_SWITCHING = b"HTTP/1.1 101 "
_NOT_UNDERSTOOD = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
_WORDS = b"The server is being started. This page tries again by itself."
_NOT_THERE = (
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\nrefresh: 5\r\ncontent-type: text/plain\r\n"
    b"content-length: %d\r\nconnection: close\r\n\r\n%b"
) % (len(_WORDS), _WORDS)


class Router:
    """Passes connections on to web processes that listen on socket files.

    Parameters
    ----------
    settings : ServerSettings
        Where to listen, with which certificate, and whose forwarding headers are believed.
    folder : Path
        Holds ``1.sock``, ``2.sock``, …
    """

    def __init__(self, settings: ServerSettings, folder: Path) -> None:
        self._settings = settings
        self._folder = folder
        self._places = Places(settings.web_processes, settings.key().hex().encode())
        self._proxies = TrustedProxies(settings.trusted_proxies)
        self._open: set[asyncio.Task[None]] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Listen until `stop` is set; then let open connections end for a few seconds."""
        tls = None
        if self._settings.tls_cert is not None and self._settings.tls_key is not None:
            tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            tls.load_cert_chain(self._settings.tls_cert, self._settings.tls_key)
        server = await asyncio.start_server(
            self._accept, self._settings.host.strip("[]"), self._settings.port, ssl=tls, limit=HEAD_LIMIT
        )
        await stop.wait()
        server.close()
        if self._open:
            await asyncio.wait(set(self._open), timeout=GRACE_S)
        for task in self._open:
            task.cancel()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        connection = _Connection(self, reader, writer)
        try:
            await connection.serve()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            pass  # either side hung up, or the client sent nothing in time
        finally:
            await connection.end()
            self._open.discard(task)

    def choices(self, head: Head, current: str) -> Iterator[str]:
        """The process for a request, then those that may answer in its place when it is not there."""
        tried: set[str] = set()
        while (name := self._places.choose(head, current)) not in tried:
            tried.add(name)
            yield name
            # whoever asks for the next one could not reach this one
            log.warning("web process %s is not there", name)
            self._places.missed(name)
            current = ""

    async def connect(self, name: str) -> "_Upstream":
        """A connection to a process."""
        return await _Upstream.open(self._folder / f"{name}.sock")

    def passed_on(self, head: Head, peer: str) -> bytes:
        """A head as a process gets it."""
        scheme = "https" if self._settings.is_tls else "http"
        return head.forwarded(peer, scheme, trusted=self._proxies.trusts(peer))

    @contextlib.contextmanager
    def counting(self, head: Head, name: str) -> Iterator[None]:
        """A websocket weighs on its process as long as it is open."""
        if not head.is_websocket:
            yield
            return
        self._places.opened(name)
        try:
            yield
        finally:
            self._places.closed(name)


class _Upstream:
    """A connection to a web process.

    It is read and written by two descriptors: asyncio drops what has arrived but was not read yet when writing to the
    same transport fails, and a process that refuses a request answers and hangs up while more of it is being sent.
    """

    def __init__(self, reader: asyncio.StreamReader, reading: asyncio.StreamWriter, sending: socket.socket) -> None:
        self.reader = reader
        self._reading = reading
        self._sending = sending

    @classmethod
    async def open(cls, path: Path) -> "_Upstream":
        """Connect to a socket file."""
        reader, reading = await asyncio.open_unix_connection(str(path))
        return cls(reader, reading, reading.get_extra_info("socket").dup())

    async def send(self, part: bytes) -> None:
        """Send all of it; OSError when the process takes no more."""
        await asyncio.get_running_loop().sock_sendall(self._sending, part)

    def close(self) -> None:
        """Hang up."""
        self._sending.close()
        self._reading.close()


class _RefusedError(Exception):
    """The process takes nothing more of this request."""


class _Connection:
    """One connection of a client, and the one to the process that answers it now."""

    def __init__(self, router: Router, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._router = router
        self._reader = reader
        self._writer = writer
        self._peer = str((writer.get_extra_info("peername") or ("",))[0])
        self._current = ""
        self._upstream: _Upstream | None = None
        self._answering: asyncio.Task[None] | None = None
        self._agreed = asyncio.Event()

    async def serve(self) -> None:
        """Pass on one request after another."""
        patience = HEAD_S
        while True:
            head = await self._head(patience)
            if head is None:
                return
            patience = IDLE_S
            name = await self._reached(head)
            if not name:
                await self._say(_NOT_THERE)
                return
            with self._router.counting(head, name):
                try:
                    await self._send(self._router.passed_on(head, self._peer))
                    if head.last:
                        await self._rest(head)
                        return
                    await self._body(head.body)
                except _RefusedError:
                    await self._refused()
                    return

    async def end(self) -> None:
        """Hang up on both sides."""
        await self._leave()
        self._writer.close()
        with contextlib.suppress(OSError, TimeoutError):
            await asyncio.wait_for(self._writer.wait_closed(), GRACE_S)

    async def _head(self, patience: float) -> Head | None:
        reading = asyncio.ensure_future(self._reader.readuntil(b"\r\n\r\n"))
        waited_for = {reading, self._answering} if self._answering else {reading}
        try:
            # a process that hangs up ends the connection, also while the client says nothing
            done, _ = await asyncio.wait(waited_for, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            if reading not in done:
                return None
            return parse_head(reading.result())
        except (BadHeadError, asyncio.LimitOverrunError) as bad:
            log.info("not a request, from %s: %s", self._peer, bad)
            await self._say(_NOT_UNDERSTOOD)
            return None
        finally:
            reading.cancel()

    async def _reached(self, head: Head) -> str:
        """The process that a request goes to now; ``""`` when none is there."""
        for name in self._router.choices(head, self._current):
            if await self._reach(name):
                return name
        return ""

    async def _reach(self, name: str) -> bool:
        if name == self._current and self._answering is not None and not self._answering.done():
            return True
        await self._leave()
        try:
            self._upstream = await self._router.connect(name)
        except OSError:
            return False
        self._current = name
        self._agreed = asyncio.Event()
        self._answering = asyncio.create_task(self._answer(self._upstream.reader, self._agreed))
        return True

    async def _answer(self, reader: asyncio.StreamReader, agreed: asyncio.Event) -> None:
        """Pass on what the process says; `agreed` when its first words are that it speaks websocket."""
        first = await reader.read(_CHUNK)
        if first.startswith(_SWITCHING):
            agreed.set()
        while first:
            self._writer.write(first)
            await self._writer.drain()
            first = await reader.read(_CHUNK)

    async def _leave(self) -> None:
        """Let the present process go; its answer has ended, or nobody waits for it any more."""
        if self._answering is not None:
            self._answering.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError):
                await self._answering
            self._answering = None
        if self._upstream is not None:
            self._upstream.close()
            self._upstream = None

    async def _send(self, part: bytes) -> None:
        assert self._upstream is not None
        try:
            await self._upstream.send(part)
        except OSError as taken_no_more:
            raise _RefusedError from taken_no_more

    async def _body(self, size: int) -> None:
        while size:
            part = await self._reader.read(min(size, _CHUNK))
            if not part:
                raise asyncio.IncompleteReadError(part, size)
            await self._send(part)
            size -= len(part)

    async def _rest(self, head: Head) -> None:
        """Everything else both ways, until either side ends."""
        assert self._answering is not None
        if head.is_websocket and not await self._is_agreed():
            raise _RefusedError
        sending = asyncio.create_task(self._all())
        try:
            await asyncio.wait({sending, self._answering}, return_when=asyncio.FIRST_COMPLETED)
            if not self._answering.done():
                sending.result()
                # the client has said all; the answer may still be coming
                await asyncio.wait({self._answering}, timeout=IDLE_S)
            elif self._writer.can_write_eof():
                raise _RefusedError
        finally:
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError, _RefusedError):
                await sending

    async def _is_agreed(self) -> bool:
        """Whether the process speaks websocket now; before it does, nothing that follows is a frame."""
        assert self._answering is not None
        agreeing = asyncio.ensure_future(self._agreed.wait())
        try:
            await asyncio.wait({agreeing, self._answering}, timeout=IDLE_S, return_when=asyncio.FIRST_COMPLETED)
            return self._agreed.is_set()
        finally:
            agreeing.cancel()

    async def _all(self) -> None:
        while part := await self._reader.read(_CHUNK):
            await self._send(part)

    async def _refused(self) -> None:
        """The process takes no more: pass its answer on, say that it is complete, and wait until the client hangs up.

        A connection that is closed while something of the client lies unread is reset, and what the client had not
        read yet is lost with it.
        """
        assert self._answering is not None
        await asyncio.wait({self._answering}, timeout=GRACE_S)
        if self._writer.can_write_eof():
            self._writer.write_eof()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GRACE_S):
                while await self._reader.read(_CHUNK):
                    pass

    async def _say(self, answer: bytes) -> None:
        self._writer.write(answer)
        await self._writer.drain()


async def _run(settings: ServerSettings, folder: Path) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await Router(settings, folder).run(stop)


def main() -> int:
    """Route until told to end."""
    ask = argparse.ArgumentParser(prog="python -m pfd_panel.server.router")
    ask.add_argument("--home", type=Path, required=True)
    ask.add_argument("--host", required=True)
    ask.add_argument("--port", type=int, required=True)
    ask.add_argument("--processes", type=int, required=True)
    ask.add_argument("--sockets", type=Path, required=True)
    args = ask.parse_args()
    log_to_output()
    try:
        settings = ServerSettings.read(home=args.home, host=args.host, port=args.port, web_processes=args.processes)
        require_privacy(settings)
    except ServiceError as refused:
        log.critical("%s. %s", refused, refused.hint)
        return 1
    asyncio.run(_run(settings, args.sockets))
    return 0


if __name__ == "__main__":
    sys.exit(main())
