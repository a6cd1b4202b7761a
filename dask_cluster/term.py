"""One coordinator's term of office: the lease taken, kept alive, and given back or lost."""

import logging
import threading
import time
from types import TracebackType
from typing import Any, Self

from dask_cluster.identity import surely_dead
from data_catalog import Catalog, jobs, leases
from data_catalog.errors import CatalogError

logger = logging.getLogger(__name__)


class Term:
    """A held lease, renewed by a thread every third of its length; a context manager that releases it.

    `lost` is set when another holder has the lease, and also when it could not be renewed for its whole length: a
    holder that cannot reach the database must assume that someone else has taken over.
    """

    def __init__(self, catalog: Catalog, holder: str, fence: int, lease_s: float) -> None:
        self.fence = fence
        self.lost = threading.Event()
        self._catalog = catalog
        self._holder = holder
        self._lease_s = lease_s
        self._over = threading.Event()
        self._renewed_at = time.monotonic()
        self._thread = threading.Thread(target=self._keep, name="lease", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(timeout=self._lease_s)
        if self.lost.is_set():
            return
        try:
            with self._catalog.write() as session:
                leases.release(session, jobs.COORDINATOR, self._holder, self.fence)
        except CatalogError as failure:
            logger.warning("the lease could not be released and will expire: %s", failure)

    def _keep(self) -> None:
        while not self._over.wait(self._lease_s / 3):
            try:
                with self._catalog.write() as session:
                    held = leases.renew(session, jobs.COORDINATOR, self._holder, self.fence, self._lease_s)
            except CatalogError as failure:
                logger.warning("the lease could not be renewed: %s", failure)
                held = time.monotonic() - self._renewed_at < self._lease_s
            else:
                self._renewed_at = time.monotonic()
            if not held:
                self.lost.set()
                return


def take_lease(catalog: Catalog, holder: str, identity: dict[str, Any], lease_s: float) -> int | None:
    """Try to become the coordinator; return the fencing number, or None while another one lives.

    A holder that died on this machine need not be waited for: its lease is taken over at once.
    """
    with catalog.read() as session:
        held = leases.current(session, jobs.COORDINATOR)
    if held is not None and held.holder != holder and not surely_dead(held.detail):
        return None
    with catalog.write() as session:
        if held is not None and held.holder != holder:
            leases.release(session, jobs.COORDINATOR, held.holder, held.fence)
        return leases.acquire(session, jobs.COORDINATOR, holder, lease_s, detail=identity)
