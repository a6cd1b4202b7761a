"""A real server process on a data directory, with the guard in front, and a workbench that is logged in to it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from dask_cluster.settings import ClusterSettings
from pfd_panel.server import ServerSettings
from pfd_panel.server.links import LoginLinks

ROOT = Path(__file__).parents[3]


@contextmanager
def server_process(home: Path) -> Iterator[str]:
    """Run the web process on `home`; yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    environment = os.environ | ClusterSettings(home=home, workers=1).environment() | {"PYTHONPATH": path}
    log = home.parent / "web.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "pfd_panel.server.main", "--port", str(port)],
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    base = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 60
        while not _answers(base):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.1)
        yield base
    finally:
        process.terminate()
        process.wait(20)


def _answers(base: str) -> bool:
    try:
        return httpx.get(f"{base}/api/health", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


@contextmanager
def logged_in(base: str, home: Path) -> Iterator[httpx.Client]:
    """A browser-like client that opened the server's one-time link."""
    own = {"origin": base, "sec-fetch-site": "same-origin"}
    with httpx.Client(base_url=base, timeout=120, headers=own) as client:
        token = LoginLinks(ServerSettings(home=home)).issue()
        assert client.get("/login", params={"token": token}, headers={"accept": "text/html"}).status_code == 200
        yield client
