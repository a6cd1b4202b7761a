"""A server as a plant runs it, for the measurements under load: accounts, its own processes, people and keys."""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from data_catalog import Catalog
from data_catalog.accounts import users
from pfd_panel.accounts import passwords
from pfd_panel.services import keys
from pfd_panel.services.context import Context, User
from pfd_panel.workbench import Workbench

PASSWORD = "a long enough word for a measurement"
DATASET = "Rolling bearings"
_CSRF = re.compile(r'name="csrf" value="(\w+)"')
_PATIENCE_S = 120.0


@dataclass
class Served:
    """A running server and those who may use it."""

    base: str
    home: Path
    people: list[str]
    processes: list[int]

    def logged_in(self, name: str) -> httpx.Client:
        """A browser's cookies and headers after its log-in."""
        client = httpx.Client(base_url=self.base, headers={"accept": "text/html"}, timeout=60)
        found = _CSRF.search(client.get("/login").text)
        if found is None:
            raise RuntimeError("the log-in page holds no token")
        fields = {"csrf": found.group(1), "name": name, "password": PASSWORD}
        answer = client.post("/login", data=fields, headers={"origin": self.base})
        if answer.status_code != 303:
            raise RuntimeError(f"{name} could not log in: {answer.status_code} {answer.text[:200]}")
        return client

    def key(self, name: str) -> str:
        """A new key of someone."""
        with Catalog.open(self.home) as catalog:
            return keys.add(Context(catalog, User(name, "operator")), "load").token

    def processor_s(self) -> float:
        """Processor time that the web processes have used."""
        import psutil

        return sum(sum(psutil.Process(pid).cpu_times()[:2]) for pid in self.processes)

    def memory_mb(self) -> float:
        """Memory that the web processes share with nobody, in MB (10⁶ bytes)."""
        import psutil

        return sum(psutil.Process(pid).memory_full_info().uss for pid in self.processes) / 1e6


def fill(home: Path, per_class: int) -> int:
    """A generated dataset with its features; how many signals it has."""
    with Workbench(home, workers=2) as bench:
        bench.generate(DATASET, {"kind": "rolling", "per_class": per_class})
        bench.extract_features(DATASET)
        return next(one.signals for one in bench.datasets() if one.name == DATASET)


@contextmanager
def serving(home: Path, *, people: int, processes: int, **settings: str) -> Iterator[Served]:
    """Serve `home` to `people` operators with accounts, by `processes` web processes; `settings` are variables."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    names = [f"engineer{number}" for number in range(people)]
    with Catalog.open(home) as catalog, catalog.write() as session:
        hashed = passwords.hashed(PASSWORD)
        for name in names:
            users.add(session, name, "operator", owner="bench", password_hash=hashed)
    arguments = ["--home", str(home), "--workers", "1", "serve", "--workers", str(processes), "--port", str(port)]
    # everybody logs in at once here, from one address; the limits are what they are, but for this one
    environment = os.environ | {"PFD_LIMIT_LOGIN": "100000"} | settings
    process = subprocess.Popen(
        [sys.executable, "-m", "pfd_panel", *arguments], env=environment, stdout=subprocess.DEVNULL
    )
    base = f"http://127.0.0.1:{port}"
    try:
        _wait(base, process)
        noted = json.loads((home / "run" / "supervisor.lock").read_text())["children"]
        yield Served(base, home, names, [pid for name, pid in noted.items() if name.startswith("web")])
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(base: str, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end and process.poll() is None:
        try:
            if all(httpx.get(f"{base}/api/health", timeout=5).status_code == 200 for _ in range(6)):
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise RuntimeError("the server did not start")


def quantile(values: list[float], share: float) -> float:
    """The value that `share` of the sorted values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def until(moment: float) -> None:
    """Sleep until `moment` of the event loop's clock."""
    await asyncio.sleep(max(0.0, moment - asyncio.get_running_loop().time()))
