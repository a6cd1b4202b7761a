"""What a page takes the server until its first picture, beside another checkout of the product in the same run.

    python -m benchmarks.bench_first_picture [--against CHECKOUT] [--home HOME] [--rounds 40] [--path /signal]

A web process of each checkout serves the same catalog. Their pages are asked for in turns, as a browser would: the
HTML, then, over the websocket, the document. Until it has arrived, the clock and the processor time of the web
process are taken (all its threads, from the system's clock of that process). No browser competes for the processor
here; `bench_pages` measures with one.
"""

import argparse
import asyncio
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from benchmarks.conditions import say_conditions
from benchmarks.raw_page import RawPage
from dask_cluster.settings import ClusterSettings
from pfd_panel.server import ServerSettings
from pfd_panel.server.links import LoginLinks
from pfd_panel.workbench import Workbench

HERE = Path(__file__).parents[1]
DATASET = "Rolling bearings"


@dataclass
class Side:
    """A checkout, its web process, and what was measured of it."""

    name: str
    client: httpx.Client
    clock: int
    html_ms: list[float] = field(default_factory=list)
    document_ms: list[float] = field(default_factory=list)
    html_cpu_ms: list[float] = field(default_factory=list)
    document_cpu_ms: list[float] = field(default_factory=list)
    models: int = 0

    @property
    def spent_ms(self) -> float:
        """Processor time of the web process."""
        return 1e3 * time.clock_gettime(self.clock)

    def total(self, kind: str) -> float:
        """Median of HTML and document together, by the ``clock`` or of the ``processor``."""
        html, document = (
            (self.html_ms, self.document_ms) if kind == "clock" else (self.html_cpu_ms, self.document_cpu_ms)
        )
        return statistics.median(one + other for one, other in zip(html, document, strict=True))


async def visit(side: Side, path: str, *, count: bool) -> None:
    """Open a page once."""
    begun, spent = time.perf_counter(), side.spent_ms
    html = await asyncio.to_thread(side.client.get, path)
    got, then = time.perf_counter(), side.spent_ms
    page, asked, before = await RawPage.attach(side.client, path, html, lambda: side.spent_ms)
    arrived, after = time.perf_counter(), side.spent_ms
    side.models = page.models
    if count:
        side.html_ms.append(1e3 * (got - begun))
        side.html_cpu_ms.append(then - spent)
        side.document_ms.append(1e3 * (arrived - asked))
        side.document_cpu_ms.append(after - before)
    await page.close()


@contextmanager
def serving(checkout: Path, home: Path, name: str) -> Iterator[Side]:
    """A web process of a checkout, warm and logged in."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | ClusterSettings(home=home, workers=1).environment() | {"PYTHONPATH": str(checkout)}
    process = subprocess.Popen(
        [sys.executable, "-m", "pfd_panel.server.main", "--port", str(port)],
        env=environment,
        cwd=checkout,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    base = f"http://127.0.0.1:{port}"
    try:
        _wait(base, process)
        client = httpx.Client(base_url=base, timeout=60, follow_redirects=True, headers={"accept": "text/html"})
        client.get(LoginLinks(ServerSettings(home=home, port=port)).link())
        # how Linux names the clock of another process
        yield Side(name, client, (~process.pid << 3) | 2)
    finally:
        process.terminate()
        process.wait(60)


def _wait(base: str, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError("the server ended")
        try:
            if httpx.get(f"{base}/api/health", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


def say(side: Side) -> None:
    """Print what was measured of one side."""
    for what, html, document in (
        ("by the clock", side.html_ms, side.document_ms),
        ("processor", side.html_cpu_ms, side.document_cpu_ms),
    ):
        both = sorted(one + other for one, other in zip(html, document, strict=True))
        print(
            f"{side.name}, {what}: median {statistics.median(both):.0f} ms of {len(both)}, best {both[0]:.0f}, "
            f"worst {both[-1]:.0f} (HTML {statistics.median(html):.0f}, document {statistics.median(document):.0f})"
        )
    print(f"{side.name}: {side.models} models in the document")


async def measure(sides: list[Side], path: str, rounds: int) -> None:
    """All sides in turns, after three visits that warm up."""
    for turn in range(rounds + 3):
        for side in sides if turn % 2 else reversed(sides):
            await visit(side, path, count=turn >= 3)
    for side in sides:
        say(side)
    for side in sides[1:]:
        clock, processor = (sides[0].total(kind) / side.total(kind) for kind in ("clock", "processor"))
        print(f"{sides[0].name} to {side.name}: {clock:.2f} by the clock, {processor:.2f} of processor time")


def main() -> None:
    """Serve, measure, compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--against", type=Path, help="another checkout of the product")
    parser.add_argument("--home", type=Path, help="a data directory that has signals; one is generated without it")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--path", default="/signal")
    options = parser.parse_args()
    say_conditions()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        home = options.home
        if home is None:
            home = Path(folder) / "home"
            with Workbench(home, workers=2) as bench:
                bench.generate(DATASET, {"kind": "rolling", "per_class": 8})
                bench.extract_features(DATASET)
        else:
            home = Path(shutil.copytree(home, Path(folder) / "home"))
        checkouts = [(HERE, "this checkout"), *([(options.against, "the other")] if options.against else [])]
        sides = [stack.enter_context(serving(checkout.resolve(), home, name)) for checkout, name in checkouts]
        asyncio.run(measure(sides, options.path, options.rounds))


if __name__ == "__main__":
    main()
