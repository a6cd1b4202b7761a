"""What a hundred reloads and an idle time leave behind in a web process.

    python -m benchmarks.bench_memory [--reloads 100] [--idle-minutes 60]

A catalog of generated signals with features is served with accounts by one process. Home, Explorer and Signal are
opened in turn over raw websockets that speak Bokeh's protocol, and closed again, as a reload does. The first sixty are
not counted: caches fill up and the allocator keeps what it has once taken. Then memory is read (unique set size: what
other processes do changes none of it), a hundred reloads follow, and it is read again when the last session has been
let go; at last after the idle time with one page open.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from benchmarks.conditions import say_conditions
from benchmarks.raw_page import RawPage
from benchmarks.served import Served, fill, serving

TARGET, WARM, LET_GO_S = 0.05, 60, 40.0
PATHS = ("/", "/explorer", "/signal")


async def reload(served: Served, times: int) -> None:
    """Open a page, wait until it has drawn what it draws later, and close it; `times` times."""
    client = await asyncio.to_thread(served.logged_in, served.people[0])
    for turn in range(times):
        page = await RawPage.open(client, PATHS[turn % len(PATHS)])
        await asyncio.sleep(0.5)
        await page.close()


async def idle(served: Served, minutes: float) -> None:
    """One page stays open, unused."""
    client = await asyncio.to_thread(served.logged_in, served.people[0])
    page = await RawPage.open(client, "/")
    await asyncio.sleep(60 * minutes)
    await page.close()


def main() -> None:
    """Fill, serve, reload, wait."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reloads", type=int, default=100)
    parser.add_argument("--idle-minutes", type=float, default=60.0)
    given = parser.parse_args()
    say_conditions()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        print(f"{fill(home, per_class=24)} signals, one web process (target: within {TARGET:.0%})")
        with serving(home, people=1, processes=1) as served:

            def settled(what: str, base: float = 0.0) -> float:
                time.sleep(LET_GO_S)
                now = served.memory_mb()
                print(f"  {what}: {now:.1f} MB" + (f", {now / base - 1:+.1%}" if base else ""))
                return now

            asyncio.run(reload(served, WARM))
            warm = settled(f"after {WARM} loads")
            asyncio.run(reload(served, given.reloads))
            settled(f"after {given.reloads} more", warm)
            asyncio.run(idle(served, given.idle_minutes))
            settled(f"after {given.idle_minutes:g} idle minutes", warm)


if __name__ == "__main__":
    main()
