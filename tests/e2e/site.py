"""The real pages on a real port, and a browser page that keeps everything Chromium complained about."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlparse

import httpx

from dask_cluster.settings import ClusterSettings
from pfd_panel.server import ServerSettings
from pfd_panel.server.links import LoginLinks

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
WRONG = re.compile(r" (ERROR|CRITICAL) |^ERROR|has no handler|^Exception |^Unhandled ")
PATIENCE_S = 90.0
"""Long, because the machine may be busy; nothing here measures time."""


# what can be read in the page's main part, through the shadow roots
READ = """() => {
  const said = []
  const read = (node) => {
    if (node.nodeType === 3) { said.push(node.textContent); return }
    if (node.nodeType !== 1 || ['STYLE', 'SCRIPT', 'SELECT'].includes(node.tagName)) return
    if (node.tagName === 'DETAILS' && !node.open) return
    const style = getComputedStyle(node)
    if (node.getAttribute('aria-hidden') === 'true' || style.display === 'none' || style.visibility === 'hidden') return
    for (const one of (node.shadowRoot || node).childNodes) read(one)
    if (['DIV', 'P', 'TD', 'LI', 'H1', 'H2', 'H3'].includes(node.tagName)) said.push(' ')
  }
  const find = (root) => { for (const one of root.querySelectorAll('*')) {
    if (one.tagName === 'MAIN') return one
    const below = one.shadowRoot && find(one.shadowRoot)
    if (below) return below } }
  const main = find(document)
  if (main) read(main)
  return said.join('')
}"""


class WebLog:
    """The file that the web process writes its log to."""

    def __init__(self, path: Path) -> None:
        self.path, self._from = path, 0

    def forget(self) -> None:
        """What was written until now has been judged."""
        self._from = self.path.stat().st_size

    @property
    def errors(self) -> list[str]:
        """What was written since as an error, with its traceback; and controls whose handler is missing."""
        with self.path.open("rb") as stream:
            stream.seek(self._from)
            lines = stream.read().decode("utf-8", "replace").splitlines()
        bad = [number for number, line in enumerate(lines) if WRONG.search(line)]
        return ["\n".join(lines[number : number + 60]) for number in bad[:3]]


class Site:
    """A server that answers and the log it writes."""

    def __init__(self, home: Path, port: int, log: WebLog) -> None:
        self.base, self.log = f"http://127.0.0.1:{port}", log
        self.told: dict[str, str] = {}
        self._links = LoginLinks(ServerSettings(home=home, port=port))

    def telling(self, told: dict[str, str]) -> Self:
        """The same server, with other ids for addresses."""
        self.log.forget()
        self.told = told
        return self

    def login_address(self) -> str:
        """A login link that has not been used."""
        return self._links.link()


@contextmanager
def serving(home: Path, module: str = "pfd_panel.server.main") -> Iterator[Site]:
    """Serve the catalog of `home` in a process of its own: Panel keeps state that two servers of a process share."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    written = home.parent / f"web-{port}.log"
    settings = ClusterSettings(home=home, workers=1).environment()
    with written.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", module, "--port", str(port)],
            env=os.environ | settings,
            stdout=stream,
            stderr=stream,
        )
    site = Site(home, port, WebLog(written))
    try:
        _wait_until_alive(site, process)
        yield site
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_alive(site: Site, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(int(10 * PATIENCE_S)):
        assert process.poll() is None, site.log.path.read_text()
        try:
            if httpx.get(f"{site.base}/api/health", timeout=30).status_code == 200:
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
        self.sent, self.unanswered = 0, False
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
        websocket.on("framesent", lambda _: self._sent())
        websocket.on("framereceived", lambda _: self._received())

    def _sent(self) -> None:
        self.sent += 1
        self.unanswered = True

    def _received(self) -> None:
        self.unanswered = False

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
        raise AssertionError(f"never: {what}\non {self.page.url}: {self.text()[:2000]}")

    def text(self) -> str:
        """Everything that can be read on the page."""
        return " ".join(str(self.page.evaluate(READ)).split())
