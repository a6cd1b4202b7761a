"""A running server with the component gallery."""

import importlib.util
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from pfd_panel.server import ServerSettings, build_app
from pfd_panel.server.run import make_server


@dataclass
class Running:
    """A server that answers, and a client of one browser that is logged in."""

    app: Any
    base: str
    client: httpx.Client

    @property
    def cookie(self) -> str:
        return "; ".join(f"{k}={v}" for k, v in self.client.cookies.items())

    @property
    def own(self) -> dict[str, str]:
        """The headers by which a browser says that a change comes from a page of this server."""
        return {"origin": self.base, "sec-fetch-site": "same-origin"}


def load_gallery() -> Any:
    path = Path(__file__).parent / "components" / "gallery.py"
    spec = importlib.util.spec_from_file_location("pfd_gallery", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def gallery() -> Any:
    return load_gallery()


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory, gallery: Any) -> Iterator[Running]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = ServerSettings(
        home=tmp_path_factory.mktemp("home"), port=port, upload_limit=10_000, limit_read=100_000, limit_write=100_000
    )
    app = build_app(lambda user: user, settings, gallery.PAGES)
    server = make_server(app, settings)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    base = f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=base, headers={"accept": "text/html"}, timeout=60) as client:
        for _ in range(300):
            try:
                client.get("/api/health")
                break
            except httpx.TransportError:
                time.sleep(0.1)
        assert client.get("/login", params={"token": app.state.keeper.links.issue()}).status_code == 200
        yield Running(app, base, client)
    server.should_exit = True
    thread.join(15)
