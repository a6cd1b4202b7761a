"""Our own programs with one named point at which they hold: ``python -m tests.integration.held_process ROLE …``.

The first process that comes to the point leaves its id in the file ``held`` and waits there until the file ``go``
exists, so that a test can kill any process while this one stands exactly there. A worker of the coordinator imports
this module too (it is the main module of its parent), and holds likewise.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from dask_cluster import supervisor
from dask_cluster.kinds import extract_features, import_signals
from dask_cluster.settings import ClusterSettings
from data_catalog import database
from data_catalog.store import feature_parts, segment_writer

AT = "TEST_HOLD_AT"  # a fault point; a commit is named with its transaction, as commit.before@step or @finish
FOLDER = "TEST_HOLD_FOLDER"
CHANNELS_PER_STEP = 2  # so that a small job has several steps
ARRIVAL = 2  # of a step: the first one is through, the others are still to come
LONGEST_HOLD_S = 120.0


class Hold:
    """Holds this process at one point, once."""

    def __init__(self, at: str, folder: Path) -> None:
        self._point, _, self._transaction = at.partition("@")
        self._folder = folder
        self._arrivals = 0
        self._committing = threading.local()

    def reach(self, name: str) -> None:
        """Stand in for `data_catalog.fault_points.reach`."""
        if name != self._point:
            return
        if self._transaction:
            if not getattr(self._committing, "meant", False):
                return
            self._committing.meant = False
        else:
            self._arrivals += 1
            if self._arrivals < ARRIVAL:
                return
        self._stand()

    def watch(self, kind: type, method: str, arrival: int) -> None:
        """Mean the transaction in which `method` is called for the `arrival`-th time."""
        original: Callable[..., Any] = getattr(kind, method)
        calls = 0

        def watched(*arguments: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == arrival:
                self._committing.meant = True
            return original(*arguments)

        setattr(kind, method, watched)

    def _stand(self) -> None:
        mine = self._folder / f"held-{os.getpid()}"
        mine.write_text(str(os.getpid()))
        try:
            os.link(mine, self._folder / "held")
        except FileExistsError:
            return
        until = time.monotonic() + LONGEST_HOLD_S
        while not (self._folder / "go").exists() and time.monotonic() < until:
            time.sleep(0.01)


def small_steps() -> None:
    """Cut jobs into steps of two channels."""
    import_signals.BATCH_CHANNELS = CHANNELS_PER_STEP
    extract_features.SIGNALS_PER_STEP = CHANNELS_PER_STEP


def install(hold: Hold, transaction: str) -> None:
    """Let the modules that have fault points hold."""
    for module in (database, segment_writer, feature_parts):
        module.reach = hold.reach  # type: ignore[attr-defined]
    method, arrival = ("finish", 1) if transaction == "finish" else ("commit", ARRIVAL)
    for kind in (import_signals.ImportSignals, extract_features.ExtractFeatures):
        hold.watch(kind, method, arrival)


def coordinator(arguments: Sequence[str]) -> int:
    """Run `dask_cluster.coordinator_main`."""
    from dask_cluster.coordinator_main import main

    return main(list(arguments))


def supervise(arguments: Sequence[str]) -> int:
    """Run a supervisor of nothing but a coordinator."""
    supervisor.Supervisor(ClusterSettings.read()).run()
    return 0


def pfd(arguments: Sequence[str]) -> int:
    """Run a command of `pfd`, as ``serve --port 5006``."""
    from pfd_panel.cli import main

    sys.argv = ["pfd", *arguments]
    main()
    return 0


if FOLDER in os.environ:
    small_steps()
    install(Hold(os.environ[AT], Path(os.environ[FOLDER])), os.environ[AT].partition("@")[2])

if __name__ == "__main__":
    supervisor.coordinator_command = lambda: [sys.executable, "-m", "tests.integration.held_process", "coordinator"]
    role, *rest = sys.argv[1:]
    sys.exit({"coordinator": coordinator, "supervise": supervise, "pfd": pfd}[role](rest))
