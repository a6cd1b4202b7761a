"""Entry of a coordinator process: ``python -m dask_cluster.coordinator_main [--home H] [--idle-exit SECONDS]``."""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from dask_cluster.lifeline import PARENT_VARIABLE, follow_parent
from dask_cluster.logs import log_to_output


def main(arguments: list[str] | None = None) -> int:
    """Run a coordinator until SIGTERM; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m dask_cluster.coordinator_main", description=__doc__)
    parser.add_argument("--home", type=Path, default=None, help="data directory (PFD_HOME)")
    parser.add_argument("--idle-exit", type=float, default=None, help="end after so many seconds without a job")
    options = parser.parse_args(arguments)
    log_to_output()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    parent = os.environ.get(PARENT_VARIABLE)
    if parent is not None:
        follow_parent(int(parent), stop.set)
    return _run(options.home, options.idle_exit, stop)


def _run(home: Path | None, idle_exit_s: float | None, stop: threading.Event) -> int:
    from dask_cluster.cluster import start
    from dask_cluster.coordinator import Coordinator
    from dask_cluster.errors import ClusterError
    from dask_cluster.settings import ClusterSettings
    from data_catalog import Catalog
    from data_catalog.errors import CatalogError

    try:
        settings = ClusterSettings.read(home=home)
        with Catalog.open(settings.home, database_url=settings.database_url) as catalog:
            Coordinator(
                catalog,
                lambda: start(settings),
                lease_s=settings.lease_s,
                parallel_jobs=settings.parallel_jobs,
                chores=settings.chores,
                idle_exit_s=idle_exit_s,
            ).run(stop)
    except (CatalogError, ClusterError) as error:
        sys.stderr.write(f"{error}\n{error.hint}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
