"""What the coordinator does now and then: removing what was never committed, and checkpoints of ended jobs."""

import logging
import threading
import time

from dask_cluster import checkpoints
from data_catalog import Catalog, jobs, retention
from data_catalog.errors import CatalogError
from data_catalog.schema import utc_now

logger = logging.getLogger(__name__)

INTERVAL_S = 600.0
HORIZON_S = 3600.0


class Housekeeping:
    """Sweeps the store at the start of a term and every ten minutes, on a thread of its own."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._next = time.monotonic()
        self._thread: threading.Thread | None = None

    def turn(self) -> None:
        """Start a sweep if one is due and none is running."""
        if time.monotonic() < self._next or (self._thread is not None and self._thread.is_alive()):
            return
        self._next = time.monotonic() + INTERVAL_S
        self._thread = threading.Thread(target=self._sweep, name="sweep", daemon=True)
        self._thread.start()

    def _sweep(self) -> None:
        try:
            removed = sweep(self._catalog)
            checkpoints.sweep(self._catalog)
        except CatalogError as error:
            logger.warning("what nothing refers to could not be swept: %s", error)
        else:
            if removed:
                logger.info("swept %d segments and feature parts that nothing refers to", len(removed))


def sweep(catalog: Catalog, horizon_s: float = HORIZON_S) -> list[str]:
    """Remove segments and feature parts that nothing refers to and no running job can still commit; their names.

    Those are older than `horizon_s` and than the start of every job that has not ended: a result waits to be committed
    only while its job runs.
    """
    with catalog.read() as session:
        running = jobs.page(session, states=("running",), limit=10_000).rows
    now = utc_now()
    ages = [(now - job.started_at).total_seconds() for job in running if job.started_at is not None]
    return retention.sweep(catalog, older_than_s=max([horizon_s, *ages]))
