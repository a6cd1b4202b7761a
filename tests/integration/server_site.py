"""A data directory served by our real processes, any of which a test can kill while one of them holds at a point."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil

from dask_cluster.home_lock import read_lock
from dask_cluster.settings import ClusterSettings
from tests.integration import held_process

ROOT = Path(__file__).parents[2]
PATIENCE_S = 120.0


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for a condition."""
    give_up = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < give_up, f"{what} did not happen within {PATIENCE_S:.0f} s"
        time.sleep(0.02)


class Site:
    """Starts a supervisor on a data directory, and leaves no process behind."""

    def __init__(self, home: Path, scratch: Path, *, hold_at: str = "", web: bool = False, workers: int = 1) -> None:
        self.home = home
        self._hold_at = hold_at
        self._scratch = scratch
        self._workers = workers
        self._port = _free_port() if web else None
        self._process: subprocess.Popen[bytes] | None = None
        self._seen: set[psutil.Process] = set()

    def start(self) -> None:
        """Run ``pfd serve``, or a supervisor without a web process."""
        settings = ClusterSettings(home=self.home, workers=self._workers, lease_s=5.0)
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        hold = {held_process.AT: self._hold_at, held_process.FOLDER: str(self._scratch)}
        role = ["pfd", "serve", "--port", str(self._port)] if self._port else ["supervise"]
        with (self._scratch / "site.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.integration.held_process", *role],
                env=os.environ | settings.environment() | {"PYTHONPATH": path} | hold,
                cwd=self._scratch,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        until(lambda: bool(self.child("coordinator")), "the start of the coordinator")

    def child(self, name: str) -> int | None:
        """Process id of a child of the supervisor."""
        pid: int | None = read_lock(self.home / "run").get("children", {}).get(name)
        return pid

    def wait_for_web(self) -> None:
        """Wait until the web process answers."""

        def answers() -> bool:
            try:
                return httpx.get(f"http://127.0.0.1:{self._port}/api/health", timeout=5).status_code == 200
            except httpx.HTTPError:
                return False

        until(answers, "an answer of the web process")

    def wait_until_held(self) -> None:
        """Wait until a process stands at the point."""
        until((self._scratch / "held").exists, f"arriving at {self._hold_at}")

    def go_on(self) -> None:
        """Let it go on."""
        (self._scratch / "go").touch()

    def kill(self, victim: str) -> None:
        """Kill -9: ``worker``, ``coordinator``, ``web``, or ``supervisor`` with everything below it."""
        assert self._process is not None
        if victim == "supervisor":
            family = self._family()
            for member in family:
                member.kill()
            self._process.wait()
            psutil.wait_procs(family, timeout=10)
        elif victim == "worker":
            (worker,) = self._workers_now()
            worker.kill()
        else:
            pid = self.child(victim)
            assert pid is not None
            self._family()
            os.kill(pid, signal.SIGKILL)

    def end(self) -> None:
        """End everything, gracefully if it listens."""
        family = self._family()
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        for member in {*family, *self._seen}:
            if member.is_running() and member.pid != os.getpid():
                member.kill()

    def _family(self) -> list[psutil.Process]:
        if self._process is None or self._process.poll() is not None:
            return []
        top = psutil.Process(self._process.pid)
        members = [top, *top.children(recursive=True)]
        self._seen.update(members)
        return members

    def _workers_now(self) -> list[psutil.Process]:
        return [member for member in self._family() if "spawn_main" in " ".join(_command(member))]


def _command(process: psutil.Process) -> list[str]:
    try:
        found: list[str] = process.cmdline()
    except psutil.Error:
        return []
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
