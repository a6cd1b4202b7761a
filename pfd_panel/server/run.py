"""Listening: uvicorn on loopback, and the words for anything else."""

import ipaddress
import socket
from typing import Any

import uvicorn

from pfd_panel.errors import ServiceError


class AddressRefusedError(ServiceError, ValueError):
    """The address to listen on is not loopback."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            f"{host} is reachable from other machines, and this version has no accounts yet: "
            "it listens on 127.0.0.1 only.",
            hint=f"Start it on 127.0.0.1 and reach it through an SSH tunnel: ssh -L {port}:127.0.0.1:{port} "
            "this-machine, then open the login link on your own machine.",
        )


def require_loopback(host: str, port: int) -> None:
    """Raise `AddressRefusedError` unless `host` can be reached from this machine only."""
    if host == "localhost":
        return
    try:
        loopback = ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise AddressRefusedError(host, port)


def port_is_free(host: str, port: int) -> bool:
    """Whether nobody listens there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), port))
        except OSError:
            return False
    return True


def make_server(app: Any, host: str = "127.0.0.1", port: int = 5006, *, log_level: str = "warning") -> uvicorn.Server:
    """A uvicorn server that is not yet running; ``.run()`` blocks, ``.should_exit = True`` ends it."""
    require_loopback(host, port)
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level=log_level,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        # the document of a page is text that packs to a tenth, which a reader behind an SSH tunnel waits for
        ws_per_message_deflate=True,
        ws_max_size=32 * 2**20,
        timeout_graceful_shutdown=3,
    )
    return uvicorn.Server(config)


def serve(app: Any, host: str = "127.0.0.1", port: int = 5006) -> None:
    """Serve until interrupted.

    Raises
    ------
    AddressRefusedError
        `host` is not a loopback address.
    """
    make_server(app, host, port).run()
