"""Two sites of reports, of which a link may allow one."""

import functools
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def reports(tmp_path: Path) -> Iterator[tuple[Path, str, str]]:
    """A folder of reports, and two origins that serve it."""
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(tmp_path))) for _ in "ab"]
    for one in servers:
        threading.Thread(target=one.serve_forever, daemon=True).start()
    # another host name is another site, whose frames get no cookies
    yield tmp_path, f"http://localhost:{servers[0].server_port}", f"http://127.0.0.1:{servers[1].server_port}"
    for one in servers:
        one.shutdown()
        one.server_close()
