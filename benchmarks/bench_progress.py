"""From a worker's report to the page that shows it, with five pages watching.

    python -m benchmarks.bench_progress [--pages 5] [--seconds 40]

A Dask cluster with one worker runs outside; a server with accounts joins it. A job that does nothing but report holds
a worker for the given time and counts up; each of five people has its page open over a raw websocket that speaks
Bokeh's protocol. The worker's reports are heard by a client of Dask beside the server and carry the worker's clock
(the same machine's). A page's time is that from the report by which a count was first reached to the message that
draws this count or a later one.

The alternative is Dask's own way to a client, its event stream, as its documentation shows it: what lies between both
is the coordinator, the data directory and the page.
"""

import argparse
import asyncio
import re
import tempfile
import time
from html import unescape
from pathlib import Path
from typing import Any

from distributed import Client, LocalCluster

from benchmarks.conditions import say_conditions
from benchmarks.raw_page import RawPage
from benchmarks.served import Served, fill, quantile, serving
from dask_cluster.jobs.worker import PROGRESS_TOPIC
from data_catalog import Catalog
from pfd_panel.services import work
from pfd_panel.services.context import Context, User

TARGET_MS, UNITS = 100.0, 64
_COUNT = re.compile(rf"(\d+) of {UNITS} signals")


class Reports:
    """What the worker said and when; when a client of Dask heard it."""

    def __init__(self, client: Client) -> None:
        self.said: list[tuple[float, float]] = []
        self.late_ms: list[float] = []
        client.subscribe_topic(PROGRESS_TOPIC, self._heard)

    def _heard(self, event: tuple[float, Any]) -> None:
        told = event[1]
        if "units_done" in told:
            self.said.append((told["at"], told["units_done"]))
            self.late_ms.append(1e3 * (time.time() - told["at"]))

    def reached(self, count: int) -> float | None:
        """When the worker first reported at least `count`."""
        return next((at for at, units in self.said if units >= count), None)


async def watching(served: Served, reports: Reports, seconds: float) -> list[float]:
    """Milliseconds of every count on every page."""
    with Catalog.open(served.home) as catalog:
        context = Context(catalog, User(served.people[0], "operator"))
        job = work.start(context, "selftest", {"blocks": 1, "signals": UNITS, "hold_s": seconds})
    clients = [await asyncio.to_thread(served.logged_in, name) for name in served.people]
    pages = [await RawPage.open(client, f"/jobs?id={job.id}") for client in clients]
    offset = time.time() - asyncio.get_running_loop().time()
    await asyncio.sleep(seconds + 8)
    late = []
    for page in pages:
        highest = 0
        for change in page.changes:
            found = _COUNT.search(unescape(str(change.value))) if change.name == "html" else None
            count = int(found.group(1)) if found else 0
            if highest < count < UNITS:
                highest = count
                said = reports.reached(count)
                if said is not None:
                    late.append(1e3 * (change.at + offset - said))
        await page.close()
    return late


def main() -> None:
    """Start cluster and server, run the job, tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=40.0)
    given = parser.parse_args()
    say_conditions()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        fill(home, per_class=2)
        with (
            LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster,
            Client(cluster) as client,
            serving(home, people=given.pages, processes=1, PFD_SCHEDULER=cluster.scheduler_address) as served,
        ):
            reports = Reports(client)
            late = asyncio.run(watching(served, reports, given.seconds))
    print(
        f"worker to page, {given.pages} pages, {len(late)} counts shown: p50 {quantile(late, 0.5):.0f} ms, "
        f"p95 {quantile(late, 0.95):.0f} ms, worst {max(late):.0f} ms (target: p95 ≤ {TARGET_MS:g} ms)"
    )
    heard = reports.late_ms
    print(
        f"alternative, Dask's event stream to a client: p50 {quantile(heard, 0.5):.0f} ms, "
        f"p95 {quantile(heard, 0.95):.0f} ms of {len(heard)}"
    )


if __name__ == "__main__":
    main()
