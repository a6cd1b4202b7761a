"""`pfd serve`: keeps the web process(es) and the one coordinator of a data directory running."""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping, Sequence

from dask_cluster.child import Child
from dask_cluster.home_lock import HomeLock
from dask_cluster.settings import ClusterSettings

logger = logging.getLogger(__name__)

TICK_S = 0.2
GRACE_S = 10.0
CALM = {
    # many sessions compute small things at once: threads of one matrix product would only get in their way
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    # glibc gives threads heaps of their own; what closed pages leave in many of them is hardly used again
    "MALLOC_ARENA_MAX": "2",
}
"""What children get in their environment unless it says otherwise."""


def coordinator_command() -> list[str]:
    """Command line of a coordinator; everything else reaches it through `ClusterSettings.environment`."""
    return [sys.executable, "-m", "dask_cluster.coordinator_main"]


class Supervisor:
    """Keeps processes running: each restarts alone, none outlives this one by more than 30 s.

    Parameters
    ----------
    settings : ClusterSettings
        Passed on to every child in its environment.
    commands : mapping of str to sequence of str
        Commands beside the coordinator, by name: the web processes. A child ends on SIGTERM; on Linux the kernel sends
        it when the supervisor dies, elsewhere the child calls `lifeline.follow_parent` (its parent's id is in
        ``PFD_PARENT_PID``).
    address : str
        Where people reach it, told to whoever starts a second one.
    """

    def __init__(
        self, settings: ClusterSettings, commands: Mapping[str, Sequence[str]] | None = None, *, address: str = ""
    ) -> None:
        self._settings = settings
        self._lock = HomeLock(settings.run_folder, address)
        logs = settings.home / "logs"
        named = {"coordinator": coordinator_command(), **(commands or {})}
        environment = {name: value for name, value in CALM.items() if name not in os.environ} | settings.environment()
        self._children = [Child(name, command, environment, logs) for name, command in named.items()]

    def run(self, stop: threading.Event | None = None) -> None:
        """Run until SIGTERM, SIGINT or `stop`; then end the children gracefully.

        Call it on the main thread: signals arrive there, and on Linux children die with the thread that started them.

        Raises
        ------
        SupervisorRunningError
            Another supervisor serves this data directory.
        """
        stop = stop or threading.Event()
        with self._lock, _ending_signals(stop):
            try:
                while not stop.is_set():
                    changed = [child.tend() for child in self._children]
                    if any(changed):
                        self._lock.note(
                            children={child.name: child.pid for child in self._children},
                            restarts={child.name: child.restarts for child in self._children},
                        )
                    stop.wait(TICK_S)
            finally:
                self._end_children()

    def _end_children(self) -> None:
        for child in self._children:
            child.ask_to_end()
        until = time.monotonic() + GRACE_S
        for child in self._children:
            child.end(until - time.monotonic())


class _ending_signals:  # noqa: N801 - a context manager reads as a verb
    """SIGTERM and SIGINT set `stop` inside the block, if it is entered on the main thread."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._before: dict[int, object] = {}

    def __enter__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                self._before[number] = signal.signal(number, lambda *_: self._stop.set())

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
