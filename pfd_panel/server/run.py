"""Listening: uvicorn, with a deadline for the head of each request."""

import asyncio
import socket
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from pfd_panel.server.refusals import require_privacy
from pfd_panel.server.settings import ServerSettings

HEAD_S = 15.0
"""A client that has not sent the head of its request by then is let go."""

GRACE_S = 3
"""How long open requests and websockets may go on when the server is asked to end."""


def port_is_free(host: str, port: int) -> bool:
    """Whether nobody listens there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), port))
        except OSError:
            return False
    return True


class HeadDeadline(H11Protocol):
    """uvicorn's own protocol, which by itself would wait for the head of a request for ever."""

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """A client connected."""
        super().connection_made(transport)
        self._waiting = self.loop.call_later(HEAD_S, self._give_up)

    def data_received(self, data: bytes) -> None:
        """Some bytes came."""
        super().data_received(data)
        in_head = self.conn.their_state is h11.IDLE and bool(self.conn.trailing_data[0])
        if in_head and self._waiting is None:
            self._waiting = self.loop.call_later(HEAD_S, self._give_up)
        elif not in_head and self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        if self._waiting is not None:
            self._waiting.cancel()
        super().connection_lost(exc)

    def _give_up(self) -> None:
        self._waiting = None
        if not self.transport.is_closing():
            self.transport.close()


def make_server(
    app: Any, settings: ServerSettings, *, socket_file: str | None = None, log_level: str = "warning"
) -> uvicorn.Server:
    """A uvicorn server that is not yet running; ``.run()`` blocks, ``.should_exit = True`` ends it.

    Parameters
    ----------
    app : ASGI application
        What is served.
    settings : ServerSettings
        Where to listen, and with which certificate.
    socket_file : str, optional
        Listen there instead, for a process of ours that passes requests on.

    Raises
    ------
    AddressRefusedError
        Other machines would send passwords without TLS.
    """
    require_privacy(settings)
    where = {"uds": socket_file} if socket_file else {"host": settings.host.strip("[]"), "port": settings.port}
    tls = {"ssl_certfile": settings.tls_cert, "ssl_keyfile": settings.tls_key} if not socket_file else {}
    config = uvicorn.Config(
        app,
        **where,
        **tls,
        http=HeadDeadline,
        log_level=log_level,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=64 * 1024,
        # the document of a page is text that packs to a tenth, which a reader behind an SSH tunnel waits for
        ws_per_message_deflate=True,
        ws_max_size=32 * 2**20,
        timeout_graceful_shutdown=GRACE_S,
    )
    return uvicorn.Server(config)


def serve(app: Any, settings: ServerSettings, *, socket_file: str | None = None) -> None:
    """Serve until interrupted.

    Raises
    ------
    AddressRefusedError
        Other machines would send passwords without TLS.
    """
    make_server(app, settings, socket_file=socket_file).run()
