"""A server as a plant runs it: accounts, two web processes behind one port, each a process of its own."""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from bokeh.util.token import get_token_payload
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from data_catalog import Catalog
from data_catalog.accounts import users
from tests.pfd_panel.server.rig import PASSWORD
from tests.pfd_panel.shell import command, surroundings

_CSRF = re.compile(r'name="csrf" value="(\w+)"')
_TOKEN = re.compile(r'"token":"([^"]+)"')
PATIENCE_S = 120.0


@dataclass
class Plant:
    """A running server, and what its visitors do."""

    base: str
    catalog: Catalog
    process: "subprocess.Popen[bytes]"

    @contextmanager
    def browser(self, name: str = "") -> Iterator[httpx.Client]:
        """A browser, logged in if a name is given."""
        with httpx.Client(base_url=self.base, headers={"accept": "text/html"}, timeout=60) as client:
            if name:
                answer = self.log_in(client, name)
                assert answer.status_code == 303, answer.text
            yield client

    @staticmethod
    def log_in(client: httpx.Client, name: str, password: str = PASSWORD) -> httpx.Response:
        """Fill the log-in page in."""
        shown = client.get("/login")
        found = _CSRF.search(shown.text)
        assert found is not None, f"{shown.status_code} {shown.text[:500]}"
        fields = {"csrf": found.group(1), "name": name, "password": password}
        return client.post("/login", data=fields, headers={"origin": str(client.base_url).rstrip("/")})

    def own(self) -> dict[str, str]:
        """The headers by which a browser says that a change comes from a page of this server."""
        return {"origin": self.base, "sec-fetch-site": "same-origin"}

    @staticmethod
    def page_token(client: httpx.Client, path: str = "/") -> str:
        """The Bokeh token in a page."""
        return token_in(client.get(path).text)

    def socket(self, client: httpx.Client, token: str, path: str = "/ws", **headers: str) -> Any:
        """A websocket as the page of that token opens it; an empty header is left out."""
        cookie = "; ".join(f"{k}={v}" for k, v in client.cookies.items())
        given = {k: v for k, v in {"Cookie": cookie, "Origin": self.base, **headers}.items() if v}
        return connect(
            self.base.replace("http", "ws") + path,
            subprotocols=["bokeh", token],  # type: ignore[list-item]
            additional_headers={k: v for k, v in given.items() if k != "Origin"},
            origin=given.get("Origin"),  # type: ignore[arg-type]
            max_size=2**25,
        )

    def wait_for_both(self) -> None:
        """Until either process makes pages; while one is being started the other answers in its place."""
        until = time.monotonic() + PATIENCE_S
        with self.browser() as stranger:
            while any(stranger.get("/login").status_code != 200 for _ in range(6)):
                assert time.monotonic() < until, "a process does not start"
                time.sleep(0.5)
        with self.browser("eve") as eve:
            while not {"1", "2"} <= {_maker(eve.get("/").text) for _ in range(4)}:
                assert time.monotonic() < until, "a process does not start"
                time.sleep(0.5)

    def says(self, client: httpx.Client, token: str, path: str = "/ws", **headers: str) -> str:
        """What a websocket answers first: a message, or how it was refused."""

        async def ask() -> str:
            try:
                async with self.socket(client, token, path, **headers) as opened:
                    return str(await asyncio.wait_for(opened.recv(), 30))
            except InvalidStatus as refused:
                return f"status {refused.response.status_code}"
            except ConnectionClosed as closed:
                return f"closed {closed.rcvd.code if closed.rcvd else ''}"

        return asyncio.run(ask())


def token_in(page: str) -> str:
    """The Bokeh token in the HTML of a page."""
    found = _TOKEN.search(page)
    assert found is not None
    return found.group(1)


def _maker(page: str) -> str:
    """Which web process made a page; ``""`` for one that says that the server is being started."""
    found = _TOKEN.search(page)
    return process_of(found.group(1)) if found else ""


def process_of(token: str) -> str:
    """Which web process made the page of a token."""
    return str(get_token_payload(token)["headers"]["x-auth-process"])


@contextmanager
def running_plant(home: Path, password_hash: str, **environment: str) -> Iterator[Plant]:
    """Serve a catalog with ada (admin), bob (operator) and eve (viewer)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with Catalog.open(home) as catalog:
        with catalog.write() as session:
            for name, role in (("ada", "admin"), ("bob", "operator"), ("eve", "viewer")):
                users.add(session, name, role, owner="test", password_hash=password_hash)
        base = f"http://127.0.0.1:{port}"
        process = subprocess.Popen(
            command("--home", home, "--workers", "1", "serve", "--workers", "2", "--port", str(port)),
            env=surroundings() | environment,
            stdout=subprocess.DEVNULL,
        )
        try:
            _wait(base, process, home)
            plant = Plant(base, catalog, process)
            plant.wait_for_both()
            yield plant
            started = listening(home)
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0
            assert not any(map(alive, started)), "nothing stays behind"
        finally:
            if process.poll() is None:
                process.kill()


def _wait(base: str, process: "subprocess.Popen[bytes]", home: Path) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        assert process.poll() is None
        try:
            if httpx.get(f"{base}/api/health", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    logs = {path.name: path.read_text()[-2000:] for path in (home / "logs").glob("*.log")}
    raise AssertionError(f"the server did not start: {logs}")


def children(home: Path) -> dict[str, int]:
    """Name and id of what the supervisor keeps running, as it noted them."""
    noted: dict[str, int] = json.loads((home / "run" / "supervisor.lock").read_text())["children"]
    return noted


def listening(home: Path) -> list[int]:
    """Ids of the web processes."""
    return [pid for name, pid in children(home).items() if name.startswith("web")]


def alive(pid: int) -> bool:
    """Whether a process runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
