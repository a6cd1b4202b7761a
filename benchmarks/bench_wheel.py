"""The wheel over an hour of samples in Chromium: from the event to the frame that shows the picture as it belongs.

    python -m benchmarks.bench_wheel [--steps 120]

A real server serves one recording of 73.7 million samples; Chromium opens it on the Signal page, shows the whole
record and makes the wheel zoom. Then, through the DevTools protocol as a mouse would: single notches of the wheel
into and out of random places, bursts of notches 16 ms apart, and drags that pan. In the page every input event, every
answer of the server and every paint of the figure is noted, a paint by the moment at which its frame is done (a
message that the browser delivers after the frame's animation callbacks). A step ends with the first frame that was
painted at the range the figure came to rest at, from data that cover it with at least two points for one and a half
pixels of the screen, all of them drawn (while the wheel turns Bokeh by itself draws one in ten of more than 2,000).
The steps for which the server had to be asked are told beside all of them: part of the wheel needs no new data.
"""

import argparse
import statistics
import tempfile
from pathlib import Path
from random import Random
from urllib.parse import quote

import numpy as np
from playwright.sync_api import sync_playwright

from benchmarks.conditions import say_conditions
from benchmarks.served import quantile
from data_catalog import Catalog, datasets, signals
from data_catalog.signals import MemberDraft
from tests.e2e.site import FLAGS, Visit, serving

HOUR, RATE, DATASET = 73_728_000, 20_480.0, "An hour"
TARGET_MS, NOTCH, REST_MS = 60.0, 100, 350

PROBE = """() => {
  const documents = Bokeh.documents[0], figure = documents.get_model_by_name('waveform')
  const feeder = [...documents.all_models].findLast((model) => model.target === 'waveform' && model.covered)
  const view = Bokeh.index.find_one(figure), range = figure.x_range
  const detail = figure.renderers[figure.renderers.length - 1].data_source
  const noted = window.noted = []
  const place = () => [range.start, range.end]
  const paint = view._actual_paint.bind(view)
  view._actual_paint = () => {
    const rough = figure.lod_threshold !== null && documents.interactive_duration() > 0
    const at = place(), newest = noted.findLast((one) => one.kind === 'data')?.number ?? 0
    paint()
    const channel = new MessageChannel()
    channel.port1.onmessage = () => noted.push({kind: 'paint', time: performance.now(), at, newest, rough})
    channel.port2.postMessage(0)
  }
  let answers = 0
  detail.properties.data.change.connect(() => noted.push({kind: 'data', time: performance.now(), number: ++answers}))
  const pixels = () => Math.max(200, Math.round((figure.inner_width || 800) * Math.min(devicePixelRatio || 1, 2)))
  const covered = () => noted.push({kind: 'covered', covered: [...feeder.covered], number: answers})
  feeder.properties.covered.change.connect(covered)
  covered()
  for (const kind of ['wheel', 'pointermove'])
    window.addEventListener(kind, ({timeStamp, buttons}) => noted.push({kind, time: timeStamp, dragged: buttons > 0}),
      {capture: true})
  figure.toolbar.active_scroll = figure.toolbar.tools.find((tool) => tool.type === 'WheelZoomTool')
  figure.toolbar.active_drag = figure.toolbar.tools.find((tool) => tool.type === 'PanTool')
  const box = view.el.getBoundingClientRect(), {bbox} = view.frame
  return {left: box.left + bbox.left, top: box.top + bbox.top, width: bbox.width, height: bbox.height, pixels: pixels()}
}"""

NOTED = "() => [window.noted.splice(0), [...Bokeh.documents[0].get_model_by_name('waveform').x_range.bounds]]"


def fill(home: Path) -> None:
    """One recording of an hour."""
    rng = np.random.default_rng(0)
    block = rng.integers(-9000, 9000, 1 << 20).astype(np.int16)
    with Catalog.open(home) as catalog:
        with catalog.write() as session:
            dataset_id = datasets.create(session, DATASET, owner="bench").id
        blocks = (np.roll(block, shift)[: HOUR - at] for shift, at in enumerate(range(0, HOUR, block.size)))
        made = catalog.store.write_long(blocks, HOUR, channel="DE")
        draft = MemberDraft(
            recording="hour", channel="DE", rate_hz=RATE, rate_source="file", unit="g", stored=made.stored[0]
        )
        with catalog.write() as session:
            signals.add_segments(session, dataset_id, [made], [draft], owner="bench", job_id="j", reason="")
            signals.seal_version(session, dataset_id, owner="bench", reason="", job_id="j")


class Bench:
    """The figure under the mouse, and what was noted of it."""

    def __init__(self, visit: Visit) -> None:
        self.page = visit.page
        self.frame: dict[str, float] = self.page.evaluate(PROBE)
        self._covered: list[float] = []
        self._held = 0
        self.page.mouse.move(*self.place(0.5))

    def place(self, part: float) -> tuple[float, float]:
        """A place in the frame of the figure, `part` of its width from the left."""
        return self.frame["left"] + part * self.frame["width"], self.frame["top"] + self.frame["height"] / 2

    def rest(self, kind: str) -> tuple[float, bool] | None:
        """Milliseconds from the last event of `kind` to the right picture, and whether it needed an answer."""
        self.page.wait_for_timeout(REST_MS)
        noted, bounds = self.page.evaluate(NOTED)
        answers = {0: self._covered} if self._covered else {}
        answers |= {one["number"]: one["covered"] for one in noted if one["kind"] == "covered"}
        held, self._covered, self._held = self._held, answers[max(answers)], max(answers)
        events = [one["time"] for one in noted if one["kind"] == kind and (kind == "wheel" or one["dragged"])]
        paints = [one for one in noted if one["kind"] == "paint"]
        if not events or not paints:
            return None
        end = paints[-1]["at"]
        for one in paints:
            told = answers.get(one["newest"] or held) or answers.get(0)
            if (
                not one["rough"]
                and one["time"] > events[-1]
                and one["at"] == end
                and told
                and self._enough(end, told, bounds)
            ):
                return one["time"] - events[-1], any(it["kind"] == "data" for it in noted)
        raise RuntimeError(f"never the right picture: {end} {answers}")

    def _enough(self, at: list[float], covered: list[float], bounds: list[float]) -> bool:
        low, high, step = covered
        inside = max(at[0], bounds[0]) >= low and min(at[1], bounds[1]) <= high
        return inside and step <= 1.5 * (at[1] - at[0]) / self.frame["pixels"]


def say(what: str, found: list[tuple[float, bool] | None]) -> None:
    """Print medians and the 95th percentile."""
    taken = [one for one in found if one is not None]
    asked = [time for time, needed in taken if needed]
    for words, times in (("all steps", [time for time, _ in taken]), ("of them with an answer of the server", asked)):
        if times:
            print(
                f"{what}, {words}: median {statistics.median(times):.1f} ms, p95 {quantile(times, 0.95):.1f}, "
                f"worst {max(times):.1f}, {len(times)} steps (target p95 ≤ {TARGET_MS:g})"
            )


def measure(visit: Visit, steps: int) -> None:
    """Notches, bursts, drags."""
    page, random = visit.page, Random(0)
    visit.open(f"/signal?dataset={quote(DATASET)}")
    page.get_by_role("button", name="Whole record").click()
    page.wait_for_timeout(4000)
    bench = Bench(visit)
    bench.rest("wheel")
    notches, bursts, drags = [], [], []
    way = -1
    for step in range(steps):
        page.mouse.move(*bench.place(0.2 + 0.6 * random.random()))
        page.mouse.wheel(0, way * NOTCH)
        notches.append(bench.rest("wheel"))
        # thirty notches into the hour and back out of it
        way = -way if step % 30 == 29 else way
    for step in range(steps // 3):
        page.mouse.move(*bench.place(0.2 + 0.6 * random.random()))
        for _ in range(8):
            page.mouse.wheel(0, (-1 if step % 6 < 3 else 1) * NOTCH)
            page.wait_for_timeout(16)
        bursts.append(bench.rest("wheel"))
    for _ in range(12):
        page.mouse.wheel(0, -NOTCH)
    bench.rest("wheel")
    for step in range(steps // 3):
        x, y = bench.place(0.9 if step % 2 else 0.1)
        page.mouse.move(x, y)
        page.mouse.down()
        for part in range(1, 9):
            page.mouse.move(x + (-1 if step % 2 else 1) * part * 0.1 * bench.frame["width"], y)
            page.wait_for_timeout(16)
        drags.append(bench.rest("pointermove"))
        page.mouse.up()
        page.wait_for_timeout(50)
    for what, found in (
        ("one notch", notches),
        ("eight notches in a row, the last", bursts),
        ("pan, the last move", drags),
    ):
        say(what, found)


def main() -> None:
    """Store the hour, serve it, turn the wheel."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=120)
    options = parser.parse_args()
    say_conditions()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        home = Path(folder) / "home"
        fill(home)
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        with serving(home) as site:
            measure(Visit(browser, site), options.steps)
        browser.close()


if __name__ == "__main__":
    main()
