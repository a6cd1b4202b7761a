"""Fifty open dashboards in two web processes, each filtering every five seconds.

    python -m benchmarks.bench_sessions [--seconds 60] [--sessions 50]

A catalog of generated signals with features is served with accounts by two web processes. Ten people have the Explorer
open in five tabs each, over raw websockets that speak Bokeh's protocol. Every five seconds, at a phase of its own, each
tab sets or clears a check box of the filter. Timed from the message of the browser:

- *answered*: the heading tells how many signals are left, the counts of the filter and the page of the table are drawn,
  and the page says that the control was dealt with;
- *charts*: the last change of the box plots and the projection, which are computed in the background. A tab that is
  filtered again before shows the newer ones only.

A question's time runs from the moment at which it was due (open loop).
"""

import argparse
import asyncio
import random
import tempfile
from pathlib import Path

from benchmarks.conditions import say_conditions
from benchmarks.raw_page import RawPage, facet_values
from benchmarks.served import DATASET, Served, fill, quantile, serving, until

TARGET_MS, EVERY_S, PEOPLE = 300.0, 5.0, 10


async def tab(page: RawPage, number: int, start: float, seconds: float) -> tuple[list[float], list[float]]:
    """One tab's filtering; milliseconds until answered, and until its charts stood still."""
    answered: list[float] = []
    charts: list[float] = []
    random_ = random.Random(number)
    phase, turn = random_.random() * EVERY_S, 0
    (component, holder, html), *_ = page.components('data-send="facet"')
    heads = {data for _, data, _ in page.components("dataset version")}
    values, chosen = facet_values(html), ""
    while (due := start + phase + turn * EVERY_S) < start + seconds:
        await until(due)
        page.changes.clear()
        value = chosen or random_.choice(values)
        await page.send(component, {"send": "facet", "value": value, "box": True, "checked": not chosen})
        chosen = "" if chosen else value
        at = await page.seen(holder, "answered", due)
        shown = [one for one in page.changes if one.model in heads and one.name == "html" and one.at <= at]
        if not shown:
            raise RuntimeError(f"tab {number}: {value} was answered without telling how many signals are left")
        answered.append(1e3 * (at - due))
        await until(min(due + EVERY_S - 0.1, start + phase + (turn + 1) * EVERY_S - 0.1))
        later = [one.at for one in page.changes if one.at > at]
        if later:
            charts.append(1e3 * (max(later) - due))
        turn += 1
    return answered, charts


async def filtering(served: Served, sessions: int, seconds: float) -> None:
    """Open all tabs, filter in all of them, tell how long it took."""
    loop = asyncio.get_running_loop()
    browsers = [await asyncio.to_thread(served.logged_in, name) for name in served.people]
    begun = loop.time()
    pages = [await RawPage.open(browsers[number % len(browsers)], "/explorer") for number in range(sessions)]
    print(f"  {sessions} tabs opened one after another in {loop.time() - begun:.1f} s")
    await asyncio.sleep(5)
    print(f"  memory of the web processes: {served.memory_mb():.0f} MB")
    used = served.processor_s()
    found = await asyncio.gather(*(tab(page, number, loop.time() + 1, seconds) for number, page in enumerate(pages)))
    answered = [one for part, _ in found for one in part]
    charts = [one for _, part in found for one in part]
    for what, times in (("answered", answered), ("charts", charts)):
        print(
            f"  {what}: {len(times)} filters, p50 {quantile(times, 0.5):.0f} ms, p95 {quantile(times, 0.95):.0f} ms, "
            f"worst {max(times):.0f} ms"
        )
    used = served.processor_s() - used
    print(f"  processor time of the web processes: {1e3 * used / len(answered):.0f} ms a filter")
    for page in pages:
        await page.close()


def main() -> None:
    """Fill, serve, filter."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--sessions", type=int, default=50)
    given = parser.parse_args()
    say_conditions()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        print(f"{fill(home, per_class=100)} signals in {DATASET!r}, two web processes (target: p95 ≤ {TARGET_MS:g} ms)")
        with serving(home, people=PEOPLE, processes=2) as served:
            asyncio.run(filtering(served, given.sessions, given.seconds))


if __name__ == "__main__":
    main()
