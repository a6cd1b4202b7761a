"""Reads of the REST API by a hundred clients, through the guard, against the same routes with nothing in front.

    python -m benchmarks.bench_api [--seconds 60] [--clients 100]

A catalog of generated signals with features is served with accounts. Each client is a program with a key of one of ten
people, and asks every two seconds at a phase of its own; a question's time runs from the moment at which it was due, so
that a server that falls behind is not excused (open loop). What is asked goes round a list of ordinary reads.

The alternative is FastAPI on uvicorn with the very same routes and nothing before them: no accounts, keys, limits,
policy or log, as its documentation shows it. The difference is what the guard costs.
"""

import argparse
import asyncio
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from benchmarks.conditions import say_conditions
from benchmarks.served import DATASET, fill, quantile, serving, until
from pfd_panel.server.user import LOCAL_USER, user_headers

TARGET_MS, EVERY_S, PEOPLE = 50.0, 2.0, 10


def questions(dataset: str, signal: str) -> dict[str, str]:
    """Ordinary reads by what they are."""
    one = f"/datasets/{dataset}/signals/{signal}"
    return {
        "datasets": "/datasets",
        "dataset": f"/datasets/{dataset}",
        "signals, filtered": f"/signals?dataset={dataset}&fault=outer_race&limit=50",
        "facets": f"/signal-facets?dataset={dataset}&column=fault&column=load",
        "signal": one,
        "window of 4096 samples": f"{one}/samples?start=0&stop=4096",
        "pyramid": f"{one}/pyramid?buckets=1000",
        "spectrum": f"{one}/spectrum",
        "features of a signal": f"{one}/features",
        "jobs": "/jobs?limit=20",
    }


def _header(tokens: list[str], number: int) -> dict[str, str]:
    """Who asks: by a key; without a guard by its word, that is by the headers it would have written."""
    if tokens:
        return {"authorization": f"Bearer {tokens[number % len(tokens)]}"}
    return {name.decode(): value.decode() for name, value in user_headers(LOCAL_USER)}


async def ask(base: str, tokens: list[str], paths: dict[str, str], clients: int, seconds: float) -> None:
    """All clients, and what they found."""
    taken: dict[str, list[float]] = defaultdict(list)
    wrong: Counter[str] = Counter()
    names = list(paths)
    loop = asyncio.get_running_loop()
    start = loop.time() + 1.0

    async def client(number: int, session: httpx.AsyncClient) -> None:
        phase = random.Random(number).random() * EVERY_S
        header = _header(tokens, number)
        turn = 0
        while (due := start + phase + turn * EVERY_S) < start + seconds:
            await until(due)
            name = names[(number + turn) % len(names)]
            try:
                answer = await session.get(f"{base}{paths[name]}", headers=header)
                if answer.status_code != 200:
                    wrong[f"{name}: {answer.status_code}"] += 1
            except httpx.HTTPError as failure:
                wrong[f"{name}: {type(failure).__name__}"] += 1
            taken[name].append(1e3 * (loop.time() - due))
            turn += 1

    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(timeout=30, limits=limits, trust_env=False) as session:
        for name in names:  # warm
            await session.get(f"{base}{paths[name]}", headers=_header(tokens, 0))
        await asyncio.gather(*(client(number, session) for number in range(clients)))
    everything = [one for times in taken.values() for one in times]
    print(
        f"  {len(everything)} reads by {clients} clients: p50 {quantile(everything, 0.5):.1f} ms, "
        f"p95 {quantile(everything, 0.95):.1f} ms, p99 {quantile(everything, 0.99):.1f} ms, "
        f"worst {max(everything):.0f} ms; errors {sum(wrong.values())} {dict(wrong) or ''}"
    )
    for name, times in taken.items():
        print(f"    {name:24} p50 {quantile(times, 0.5):6.1f}  p95 {quantile(times, 0.95):6.1f} ms")


@contextmanager
def bare(home: Path) -> Iterator[str]:
    """The same routes on uvicorn with nothing in front."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"PFD_HOME": str(home), "PFD_BENCH_PORT": str(port)}
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.bench_api", "--bare"], env=environment)
    base = f"http://127.0.0.1:{port}/api/v1"
    try:
        for _ in range(600):
            try:
                httpx.get(f"{base}/datasets", timeout=5)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield base
    finally:
        process.terminate()
        process.wait(30)


def serve_bare() -> None:
    """What `bare` runs: no guard, everybody is the local user."""
    import uvicorn
    from fastapi import FastAPI

    from data_catalog import Catalog
    from pfd_panel.api.router import build_router
    from pfd_panel.services.context import Context, User

    catalog = Catalog.open(Path(os.environ["PFD_HOME"]))
    app = FastAPI()
    app.include_router(build_router(lambda _: Context(catalog, User("local", "admin"))))
    uvicorn.run(app, port=int(os.environ["PFD_BENCH_PORT"]), log_level="error", access_log=False)


def main() -> None:
    """Fill, serve, ask."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--clients", type=int, default=100)
    parser.add_argument("--bare", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.bare:
        serve_bare()
        return
    say_conditions()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        print(f"{fill(home, per_class=40)} signals in {DATASET!r}")
        with serving(home, people=PEOPLE, processes=1) as served:
            tokens = [served.key(name) for name in served.people]
            api = f"{served.base}/api/v1"
            header = {"authorization": f"Bearer {tokens[0]}"}
            dataset = httpx.get(f"{api}/datasets", headers=header).json()["items"][0]["id"]
            found = httpx.get(f"{api}/signals", params={"dataset": dataset, "limit": 1}, headers=header).json()
            paths = questions(dataset, found["items"][0]["signal_id"])
            print(f"through the guard, one web process (target: p95 ≤ {TARGET_MS:g} ms, no error)")
            asyncio.run(ask(api, tokens, paths, given.clients, given.seconds))
        with bare(home) as base:
            print("alternative: FastAPI on uvicorn, the same routes, nothing in front")
            asyncio.run(ask(base, [], paths, given.clients, given.seconds))


if __name__ == "__main__":
    main()
