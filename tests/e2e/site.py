"""The real pages on a real port, and a browser page that keeps everything Chromium complained about."""

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import httpx

from dask_cluster.settings import ClusterSettings
from pfd_panel.server import ServerSettings
from pfd_panel.server.main import make_app
from pfd_panel.server.run import make_server

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
OURS = ("pfd_panel", "dask_cluster", "data_catalog", "pipelines", "panel", "bokeh", "uvicorn", "asyncio", "fastapi")
PATIENCE_S = 90.0
"""Long, because the machine may be busy; nothing here measures time."""


class WebLog(logging.Handler):
    """What the web process would have written as an error, and controls whose handler is missing."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        said = record.getMessage()
        wrong = record.levelno >= logging.ERROR or "has no handler" in said
        if wrong and record.name.split(".")[0] in OURS:
            self.errors.append(f"{record.name}: {said} {record.exc_info[1]!r}" if record.exc_info else said)


class Site:
    """A server that answers and the log it writes."""

    def __init__(self, app: Any, base: str, log: WebLog) -> None:
        self.app, self.base, self.log = app, base, log
        self.told: dict[str, str] = {}

    def login_address(self) -> str:
        """A login link that has not been used."""
        return f"{self.base}/login?token={self.app.state.keeper.issue()}"


@contextmanager
def serving(home: Path) -> Iterator[Site]:
    """Serve the catalog of `home` as the web process does."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    app = make_app(ClusterSettings(home=home, workers=1), ServerSettings(home, port=port))
    server = make_server(app, port=port)
    log = WebLog()
    loggers = [logging.getLogger(), logging.getLogger("uvicorn"), logging.getLogger("uvicorn.error")]
    for one in loggers:
        one.addHandler(log)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    base = f"http://127.0.0.1:{port}"
    try:
        _wait_until_alive(base)
        yield Site(app, base, log)
    finally:
        server.should_exit = True
        thread.join(30)
        for one in loggers:
            one.removeHandler(log)


def _wait_until_alive(base: str) -> None:
    for _ in range(int(10 * PATIENCE_S)):
        try:
            if httpx.get(f"{base}/api/health", timeout=30).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the server did not start")


class Visit:
    """One browser page that is logged in."""

    def __init__(self, browser: Any, site: Site, *, width: int = 1440, height: int = 1000, **options: Any) -> None:
        self.site = site
        self.context = browser.new_context(viewport={"width": width, "height": height}, **options)
        self.context.set_default_timeout(1000 * PATIENCE_S)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.sent = 0
        self.page.expose_binding("reportPolicy", lambda _source, text: self.complaints.append(f"policy: {text}"))
        self.page.add_init_script(
            "document.addEventListener('securitypolicyviolation', e => "
            "reportPolicy(e.violatedDirective + ' ' + e.blockedURI))"
        )
        self.page.on("console", lambda m: self._complain("console", m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self._complain("page", error))
        self.page.on("request", self._requested)
        self.page.on("response", lambda r: self._complain(r.status, r.url) if r.status >= 400 else None)
        self.page.on("websocket", self._connected)
        self.choosers = 0
        self.page.on("filechooser", lambda _: self._chooser())
        self.page.goto(site.login_address())
        self.shown()

    def _complain(self, kind: object, what: object) -> None:
        self.complaints.append(f"{kind}: {what}")

    def _requested(self, request: Any) -> None:
        if not request.url.startswith((self.site.base, "data:", "blob:")):
            self._complain("request to another host", request.url)

    def _connected(self, websocket: Any) -> None:
        if urlparse(websocket.url).netloc != urlparse(self.site.base).netloc:
            self._complain("websocket to another host", websocket.url)
        websocket.on("framesent", lambda _: self._count())

    def _count(self) -> None:
        self.sent += 1

    def _chooser(self) -> None:
        self.choosers += 1

    def open(self, address: str) -> None:
        """Go to a page of the product and wait until it shows its heading."""
        answer = self.page.goto(self.site.base + address)
        assert answer.status == 200, f"{address} answered {answer.status}"
        self.shown()

    def shown(self) -> None:
        """Wait until the page has been put together."""
        self.page.locator("main h1, main [role=alert]").first.wait_for()

    def until(self, check: Callable[[], Any], what: str, seconds: float = PATIENCE_S) -> Any:
        """Poll from here: the content security policy forbids the browser to do it."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = check()
            if found:
                return found
            self.page.wait_for_timeout(50)
        raise AssertionError(f"never: {what}")

    def text(self) -> str:
        """Everything that can be read on the page."""
        return str(self.page.locator("main").inner_text())
