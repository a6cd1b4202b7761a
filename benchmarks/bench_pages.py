"""Home in Chromium, the first picture of the Signal page from the server, and what is asked of other hosts.

    python -m benchmarks.bench_pages [--rounds 10]

A catalog is generated, measured and trained on; a real server process serves it; Chromium logs in. Then, with no job
running, the server warm and the browser's cache filled:

- *Home usable*: from the navigation until the heading and the counts are there, no skeleton is left, the chart is
  painted (its canvas holds drawn pixels) and the websocket, over which every control answers, is open. How long the
  page then takes to answer a control (another dataset is chosen: numbers and chart change) is printed beside it.
- *Signal, first picture*: what the server takes for the page's HTML and for the document that holds the waveform, the
  latter from the browser's question on the websocket to the last frame of the answer. Bytes are those of the HTML as
  they cross the wire and of these frames, which the websocket compresses (permessage-deflate, if the handshake agreed
  on it: Chromium tells only the unpacked frames, so they are packed again here the same way). Spectra and diagnosis
  are computed after the first picture and are not part of it.

Every request and websocket of the visit is looked at: one to another host is an error of the run.
"""

import argparse
import base64
import json
import shutil
import statistics
import tempfile
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import sync_playwright

from benchmarks.conditions import say_conditions
from pfd_panel.workbench import Workbench
from tests.e2e.site import FLAGS, Site, Visit, serving

HOME_TARGET_S, SIGNAL_TARGET_MS, SIGNAL_TARGET_KB = 1.5, 150.0, 150.0
SHOWN, OTHER = "Rolling bearings", "Journal bearings"
PATIENCE_S = 60.0

READY = """() => {
  const found = {heading: false, numbers: 0, painted: 0, charts: 0, skeletons: 0}
  const drawn = (canvas) => {
    if (!canvas.width || !canvas.height) return false
    const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data
    for (let at = 3; at < pixels.length; at += 16) if (pixels[at]) return true
    return false
  }
  const look = (root) => { for (const one of root.querySelectorAll('*')) {
    if (one.tagName === 'H1' && one.textContent.trim()) found.heading = true
    if (one.classList.contains('stat') || one.classList.contains('value')) found.numbers += 1
    if (one.classList.contains('skeleton')) found.skeletons += 1
    if (one.classList.contains('bk-Canvas')) found.charts += 1
    if (one.tagName === 'CANVAS' && drawn(one)) found.painted += 1
    if (one.shadowRoot) look(one.shadowRoot) } }
  look(document)
  return found
}"""


def fill(home: Path) -> str:
    """Two generated datasets with features and a model; the id of the one whose signals are looked at."""
    with Workbench(home, workers=2) as bench:
        for name, settings in (
            (SHOWN, {"kind": "rolling", "per_class": 24}),
            (OTHER, {"kind": "journal", "per_class": 8}),
        ):
            bench.generate(name, settings)
            bench.extract_features(name)
        bench.train(SHOWN, model="random_forest", folds=3)
        for one in bench.datasets():
            print(f"  {one.name}: {one.signals} signals")
        return next(one.id for one in bench.datasets() if one.name == SHOWN)


def until(visit: Visit, check: Callable[[], bool], what: str) -> None:
    """Look again and again, from here: the page's policy forbids scripts that wait."""
    end = time.perf_counter() + PATIENCE_S
    while not check():
        if time.perf_counter() > end:
            raise RuntimeError(f"never: {what}; {visit.page.evaluate(READY)}; {visit.complaints}")
        time.sleep(0.01)


def home_usable(visit: Visit) -> float:
    """Seconds from the navigation until Home can be used."""
    connected: list[str] = []

    def note(websocket: Any) -> None:
        connected.append(websocket.url)

    visit.page.on("websocket", note)
    started = time.perf_counter()
    visit.page.goto(f"{visit.site.base}/", wait_until="commit")

    def ready() -> bool:
        found = visit.page.evaluate(READY)
        whole = found["heading"] and found["charts"] and found["painted"] and not found["skeletons"]
        return bool(whole and connected)

    until(visit, ready, "Home is drawn")
    visit.page.locator("main select").first.focus()
    taken = time.perf_counter() - started
    visit.page.remove_listener("websocket", note)
    return taken


def other_dataset(visit: Visit) -> float:
    """Seconds from choosing another dataset on Home until its chart and numbers are there."""
    before = visit.text()
    started = time.perf_counter()
    chooser = visit.page.locator("main select").first
    chooser.select_option(OTHER if chooser.input_value() == SHOWN else SHOWN)

    def changed() -> bool:
        found = visit.page.evaluate(READY)
        return bool(found["painted"] and not found["skeletons"]) and visit.text() != before

    until(visit, changed, "the other dataset is shown")
    return time.perf_counter() - started


class Wire:
    """What Chromium's network layer saw of one navigation, in its own clock."""

    def __init__(self, visit: Visit) -> None:
        self._session = visit.context.new_cdp_session(visit.page)
        self.asked: dict[str, dict[str, Any]] = {}
        self.html_ms = self.html_bytes = 0.0
        self.document_ms = self.document_bytes = self.unpacked_bytes = 0.0
        self.packs = False
        self._deflate = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        self._document: str | None = None
        self._pulled: float | None = None
        self._more = 0
        self._session.send("Network.enable")
        for name, handler in (
            ("requestWillBeSent", self._requested),
            ("responseReceived", self._answered),
            ("loadingFinished", self._finished),
            ("webSocketHandshakeResponseReceived", self._agreed),
            ("webSocketFrameSent", self._sent),
            ("webSocketFrameReceived", self._received),
        ):
            self._session.on(f"Network.{name}", handler)

    def _requested(self, event: dict[str, Any]) -> None:
        if event.get("type") == "Document" and self._document is None:
            self._document = event["requestId"]

    def _answered(self, event: dict[str, Any]) -> None:
        if event["requestId"] == self._document:
            timing = event["response"]["timing"]
            self.html_ms = timing["receiveHeadersEnd"] - timing["sendStart"]

    def _finished(self, event: dict[str, Any]) -> None:
        if event["requestId"] == self._document:
            self.html_bytes = event["encodedDataLength"]

    def _agreed(self, event: dict[str, Any]) -> None:
        headers = {name.lower(): value for name, value in event["response"]["headers"].items()}
        self.packs = "permessage-deflate" in headers.get("sec-websocket-extensions", "")

    def _sent(self, event: dict[str, Any]) -> None:
        if "PULL-DOC-REQ" in event["response"]["payloadData"]:
            self._pulled = event["timestamp"]

    def _received(self, event: dict[str, Any]) -> None:
        payload = event["response"]["payloadData"]
        if "PULL-DOC-REPLY" in payload:
            # header, metadata and content follow one another; buffers come after them, two frames each
            self._more = 3 + 2 * int(json.loads(payload).get("num_buffers", 0))
        if self._more and self._pulled is not None:
            raw = base64.b64decode(payload) if event["response"]["opcode"] == 2 else payload.encode()
            self.unpacked_bytes += len(raw)
            packed = self._deflate.compress(raw) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
            self.document_bytes += len(packed) if self.packs else len(raw)
            self._more -= 1
            if self._more == 0:
                self.document_ms = 1e3 * (event["timestamp"] - self._pulled)

    @property
    def whole(self) -> bool:
        """Whether everything has come."""
        return bool(self.html_ms and self.document_ms)

    def close(self) -> None:
        """Stop listening."""
        self._session.detach()


def first_picture(visit: Visit, dataset_id: str) -> Wire:
    """Open the Signal page and see what the server took."""
    wire = Wire(visit)
    visit.page.goto(f"{visit.site.base}/signal?dataset={quote(dataset_id)}", wait_until="commit")

    def arrived() -> bool:
        visit.page.wait_for_timeout(10)
        return wire.whole and bool(visit.page.evaluate(READY)["painted"])

    until(visit, arrived, "the waveform is drawn")
    wire.close()
    return wire


def measure(site: Site, dataset_id: str, rounds: int) -> None:
    """All pages, each `rounds` times after two that warm up."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        visit = Visit(browser, site)
        homes, answers, wires = [], [], []
        for turn in range(rounds + 2):
            usable, answered, wire = home_usable(visit), other_dataset(visit), first_picture(visit, dataset_id)
            if turn >= 2:
                homes.append(usable)
                answers.append(answered)
                wires.append(wire)
        browser.close()
    print(
        f"Home usable: median {statistics.median(homes):.2f} s of {rounds}, {min(homes):.2f} to {max(homes):.2f} "
        f"(target ≤ {HOME_TARGET_S} s); another dataset shown {statistics.median(answers):.2f} s after it was chosen"
    )
    html, document = (
        statistics.median(values) for values in zip(*((w.html_ms, w.document_ms) for w in wires), strict=True)
    )
    total = statistics.median(wire.html_ms + wire.document_ms for wire in wires)
    worst = max(wire.html_ms + wire.document_ms for wire in wires)
    size = max(wire.html_bytes + wire.document_bytes for wire in wires) / 1e3
    print(
        f"Signal page, server time to first picture: median {total:.0f} ms, worst {worst:.0f} "
        f"(HTML {html:.0f}, document {document:.0f}; target ≤ {SIGNAL_TARGET_MS:g} ms)"
    )
    print(
        f"Signal page, bytes of the first picture: {size:.0f} kB (HTML {wires[-1].html_bytes / 1e3:.0f}, document "
        f"{wires[-1].document_bytes / 1e3:.0f}, {wires[-1].unpacked_bytes / 1e3:.0f} before "
        f"{'compression' if wires[-1].packs else 'nothing: the websocket does not compress'}; "
        f"target ≤ {SIGNAL_TARGET_KB:g} kB)"
    )
    elsewhere = [one for one in visit.complaints if "another host" in one]
    print(f"requests and websockets to another host: {len(elsewhere)} (target 0) {elsewhere[:3] or ''}")


def main() -> None:
    """Build a catalog, serve it, measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10)
    rounds = parser.parse_args().rounds
    say_conditions()
    if shutil.which("chromium") is None:
        print("skipped: needs chromium (apt-get install chromium)")
        return
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        dataset_id = fill(home)
        with serving(home) as site:
            measure(site, dataset_id, rounds)


if __name__ == "__main__":
    main()
