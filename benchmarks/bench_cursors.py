"""A harmonic cursor dragged over a spectrum in Chromium: from the mouse to the frame in which all lines follow.

    python -m benchmarks.bench_cursors [--steps 100]

A real server serves a generated catalog; Chromium opens a signal, puts a harmonic cursor with ten lines on its envelope
spectrum and drags one of them. A step is timed in the page, from the pointer event to the end of the frame in which
another line has moved. Messages on the websocket meanwhile are counted: where they are no more than in as much time
without a drag (the page asks whether its server lives), the network has no part in a step, whatever its delay.

The alternative in the same run is Bokeh's documented way without script of one's own: a figure with ten editable spans,
of which a Python callback (``Span.on_change("location", …)``) moves the others; its server runs on the same machine, so
that no network delays it.
"""

import argparse
import asyncio
import statistics
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
from playwright.sync_api import sync_playwright

from benchmarks.conditions import say_conditions
from benchmarks.served import quantile
from pfd_panel.workbench import Workbench
from tests.e2e.site import FLAGS, Visit, serving

TARGET_MS, DATASET, LABEL, HARMONICS, PAUSE_MS = 25.0, "Rolling bearings", "envelope spectrum", 10, 120

LINES = "figure.center.filter((model) => model.name?.startsWith('cursor-') && model.visible)"
FIGURE = """const every = [...Bokeh.documents[0].all_models]
  const target = every.find((model) => model.label === label && model.target)?.target ?? label
  const figure = Bokeh.documents[0].get_model_by_name(target)"""

PROBE = f"""(label) => {{
  {FIGURE}
  window.steps = []
  const shown = Bokeh.index.find_one(figure), root = shown.shadow_el ?? shown.el
  let last = null, start = null
  const look = () => {{
    const now = root.querySelector('.cursor-floating')?.firstChild.style.transform ?? {LINES}[0]?.location
    if (start !== null && now !== last) {{
      const since = start, channel = new MessageChannel()
      start = null
      channel.port1.onmessage = () => window.steps.push(performance.now() - since)
      channel.port2.postMessage(0)
    }}
    last = now
    requestAnimationFrame(look)
  }}
  window.addEventListener('pointermove', () => {{ start = performance.now() }}, {{capture: true}})
  look()
}}"""

PLACES = f"""(label) => {{
  {FIGURE}
  const shown = Bokeh.index.find_one(figure), box = shown.el.getBoundingClientRect(), {{frame}} = shown
  const x = {LINES}.map((line) => box.left + frame.x_scale.compute(line.location))
  return {{x: x.filter((one) => one < box.left + frame.bbox.right - 60), y: box.top + frame.bbox.top + frame.bbox.height / 2}}
}}"""  # noqa: E501 - one expression


def drag(page: Any, label: str, steps: int, sent: Callable[[], int] = lambda: 0) -> tuple[list[float], int]:
    """Times of the steps, ms, and messages sent meanwhile; the mouse is still down afterwards."""
    page.evaluate(PROBE, label)
    found: dict[str, Any] = page.evaluate(PLACES, label)
    # the last one in view: the others must follow
    x, y = found["x"][-1], found["y"]
    page.mouse.move(x, y)
    page.wait_for_timeout(200)
    page.mouse.down()
    # at once: a mouse that rests after it was pressed is no drag
    for part in (4, 8, 12):
        page.mouse.move(x + part, y)
        page.wait_for_timeout(20)
    page.wait_for_timeout(PAUSE_MS)
    page.evaluate("() => { window.steps = [] }")
    before = sent()
    for step in range(steps):
        page.mouse.move(x - 40 * abs((step % 40) / 20 - 1), y)
        page.wait_for_timeout(PAUSE_MS)
    taken: list[float] = page.evaluate("() => window.steps")
    return taken, sent() - before


def ours(home: Path, browser: Any, steps: int) -> tuple[list[float], int, int]:
    """Steps on the Signal page, messages sent meanwhile, and in as much time without a drag."""
    with serving(home) as site:
        visit = Visit(browser, site, height=1400)
        visit.open(f"/signal?dataset={quote(DATASET)}")
        page = visit.page
        chooser = page.get_by_label(f"Cursor on the {LABEL}")
        chooser.wait_for()
        chooser.scroll_into_view_if_needed()
        chooser.select_option("harmonic")
        page.get_by_label(f"Cursor position on the {LABEL}").wait_for()
        for _ in range(HARMONICS - 5):
            page.get_by_label(f"More lines on the {LABEL}").click()
        page.wait_for_timeout(2000)
        before = visit.sent
        page.wait_for_timeout(steps * PAUSE_MS)
        idle = visit.sent - before
        taken, sent = drag(page, LABEL, steps, lambda: visit.sent)
        return taken, sent, idle


@contextmanager
def bokeh_alone() -> Iterator[str]:
    """Serve the same picture with a Python callback a step."""
    from bokeh.models import Span
    from bokeh.plotting import figure
    from bokeh.server.server import Server

    values = np.random.default_rng(0).exponential(size=10_000)

    def application(document: Any) -> None:
        plot = figure(name="alternative", width=800, height=300, tools="", x_range=(0, 1000))
        plot.line(np.linspace(0, 1000, len(values)), values)
        spans = [Span(location=90.0 * k, dimension="height", editable=True, name=f"cursor-{k}") for k in range(1, 11)]
        busy = [False]

        def follow(order: int, new: float) -> None:
            if not busy[0]:
                busy[0] = True
                for k, span in enumerate(spans, 1):
                    if k != order:
                        span.location = new / order * k
                busy[0] = False

        for order, span in enumerate(spans, 1):
            span.on_change("location", lambda _attr, _old, new, order=order: follow(order, new))
            plot.add_layout(span)
        document.add_root(plot)

    ready, ended = threading.Event(), threading.Event()
    told: list[Any] = []

    def run() -> None:
        asyncio.set_event_loop(asyncio.new_event_loop())
        server = Server({"/": application}, port=0, address="127.0.0.1")
        server.start()
        told.extend([server.port, server.io_loop])
        ready.set()
        server.io_loop.start()
        ended.set()

    threading.Thread(target=run, daemon=True).start()
    ready.wait(30)
    try:
        yield f"http://127.0.0.1:{told[0]}/"
    finally:
        told[1].add_callback(told[1].stop)
        ended.wait(10)


def alternative(browser: Any, steps: int) -> list[float]:
    """Steps where Python moves the lines."""
    with bokeh_alone() as address:
        page = browser.new_page(viewport={"width": 1000, "height": 500})
        page.goto(address)
        page.wait_for_timeout(2000)
        return drag(page, "alternative", steps)[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=100)
    options = parser.parse_args()
    say_conditions()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        home = Path(folder) / "home"
        with Workbench(home, workers=1) as bench:
            bench.generate(DATASET, {"kind": "rolling", "per_class": 2})
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        taken, sent, idle = ours(home, browser, options.steps)
        called = alternative(browser, options.steps)
        browser.close()
    for name, found in (
        ("in the browser (the Signal page)", taken),
        ("a Python callback a step (alternative)", called),
    ):
        told = f"median {statistics.median(found):.1f} ms, p95 {quantile(found, 0.95):.1f}, worst {max(found):.1f}"
        print(f"{name}: {told}, {len(found)} steps of {options.steps}")
    ratio = statistics.median(called) / statistics.median(taken)
    print(f"target: p95 ≤ {TARGET_MS:g} ms; ratio of the medians {ratio:.1f}")
    print(f"messages to the server while the cursor was dragged: {sent}; in as much time without a drag: {idle}")


if __name__ == "__main__":
    main()
