"""Somebody runs the queue: the coordinator that is there already, or one for the duration of a command."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dask_cluster.errors import NoCoordinatorError
from dask_cluster.identity import surely_dead
from dask_cluster.settings import ClusterSettings
from dask_cluster.supervisor import coordinator_command
from data_catalog import Catalog, jobs, leases

IDLE_EXIT_S = 10.0
START_WITHIN_S = 30.0
END_WITHIN_S = 10.0


@contextmanager
def ensure_coordinator(catalog: Catalog, settings: ClusterSettings) -> Iterator[bool]:
    """Make sure inside the block that a coordinator runs the queue of `catalog`; yields whether it was started here.

    One that was started here ends with the block, unless jobs are still open: then it goes on alone and ends when the
    queue has been empty for ten seconds.

    Raises
    ------
    NoCoordinatorError
        None runs and none could be started; says what it wrote last.
    """
    if coordinator_lives(catalog):
        yield False
        return
    log = catalog.home / "logs" / "coordinator.log"
    process = _start(settings, log)
    try:
        _await_lease(catalog, process, log)
        yield True
    finally:
        if process.poll() is None and not _open_jobs(catalog):
            process.send_signal(signal.SIGTERM)
        # the caller need not wait while the workers shut down, only until the queue is free for the next one
        threading.Thread(target=process.wait, name="coordinator-end", daemon=True).start()
        until = time.monotonic() + END_WITHIN_S
        while not _open_jobs(catalog) and coordinator_lives(catalog) and time.monotonic() < until:
            time.sleep(0.03)


def coordinator_lives(catalog: Catalog) -> bool:
    """Whether a coordinator holds the lease and is not known to be dead."""
    with catalog.read() as session:
        held = leases.current(session, jobs.COORDINATOR)
    return held is not None and not surely_dead(held.detail)


def _start(settings: ClusterSettings, log: Path) -> "subprocess.Popen[bytes]":
    command = [*coordinator_command(), "--idle-exit", str(IDLE_EXIT_S)]
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - our own module, no shell
            command,
            env=os.environ | settings.environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # a Ctrl-C in the terminal is for the command, which decides what becomes of its job
            start_new_session=True,
        )


def _await_lease(catalog: Catalog, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + START_WITHIN_S
    while not coordinator_lives(catalog):
        if process.poll() is not None or time.monotonic() > until:
            process.kill()
            last = log.read_text(errors="replace").strip().splitlines()[-2:]
            raise NoCoordinatorError(
                f"the coordinator did not start: {' '.join(last) or 'it wrote nothing'}", hint=f"its log is {log}"
            )
        time.sleep(0.03)


def _open_jobs(catalog: Catalog) -> bool:
    with catalog.read() as session:
        return jobs.page(session, states=("queued", "running"), limit=1).total > 0
