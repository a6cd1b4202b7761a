"""How long it takes until a job is accepted: its parameters checked, its row durable, its id returned.

    python -m benchmarks.bench_accept [--jobs 100]

Measured twice: with nobody running the queue, and with a coordinator and a worker that run the jobs meanwhile, so that
both write to the same SQLite file. Each job is submitted to a catalog in WAL mode, committed with fsync. What the disk
alone takes to make 4 kB durable stands beside it, from the same minute: no acceptance can be faster.
"""

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.conditions import say_conditions
from benchmarks.job_runner import running
from dask_cluster.jobs import submit
from data_catalog import Catalog

TARGET_MS = 50.0
PAUSE_S = 0.05


def accept(catalog: Catalog, jobs: int) -> list[float]:
    """Milliseconds of each submission, after one that warms up."""
    times = []
    for _ in range(jobs + 1):
        started = time.perf_counter()
        submit(catalog, "selftest", {"blocks": 1, "signals": 1, "length": 64}, owner="bench")
        times.append(1e3 * (time.perf_counter() - started))
        time.sleep(PAUSE_S)
    return times[1:]


def bare_fsync(folder: Path, times: int) -> list[float]:
    """Milliseconds that the disk takes for a page."""
    taken = []
    with (folder / "page").open("wb") as file:
        for _ in range(times):
            started = time.perf_counter()
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
            taken.append(1e3 * (time.perf_counter() - started))
            time.sleep(PAUSE_S)
    return taken


def say(what: str, times: list[float]) -> None:
    """Median and worst beside the target."""
    print(
        f"{what}: median {statistics.median(times):.1f} ms, worst of {len(times)} {max(times):.1f} ms, "
        f"{sum(one > TARGET_MS for one in times)} over the target of {TARGET_MS:g} ms"
    )


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=100)
    jobs = parser.parse_args().jobs
    say_conditions()
    with tempfile.TemporaryDirectory() as folder, Catalog.open(Path(folder)) as catalog:
        say("4 kB written with fsync, nothing else", bare_fsync(Path(folder), jobs))
        say("job accepted, nobody runs the queue", accept(catalog, jobs))
    with running(1) as runner:
        say("job accepted while others run", accept(runner.catalog, jobs))


if __name__ == "__main__":
    main()
