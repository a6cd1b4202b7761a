"""The coordinator's hold on its cluster: started when first needed, rebuilt when the scheduler is lost."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from distributed import Event

from dask_cluster.cluster import ClusterHandle
from dask_cluster.cluster_facts import cluster_facts
from dask_cluster.jobs.worker import PROGRESS_TOPIC

logger = logging.getLogger(__name__)

FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 30.0


class ClusterLink:
    """Thread-safe; every job thread asks `handle()` before it submits and reports `lost(handle)` when it breaks.

    Parameters
    ----------
    factory : callable
        Starts or joins the cluster.
    on_event : callable
        Gets each progress event of the workers, on the client's own thread: it must only hand it over.
    """

    def __init__(self, factory: Callable[[], ClusterHandle], on_event: Callable[[dict[str, Any]], None]) -> None:
        self._factory = factory
        self._on_event = on_event
        self._lock = threading.Lock()
        self._handle: ClusterHandle | None = None
        self._wait_s = FIRST_WAIT_S
        self._not_before = 0.0
        self._closed = False

    def handle(self) -> ClusterHandle:
        """Return the live cluster, starting it if there is none.

        Raises
        ------
        ClusterError
            It cannot be started or joined.
        """
        with self._lock:
            if self._handle is not None and self._handle.alive:
                return self._handle
            if self._closed:
                raise RuntimeError("the coordinator is closing its cluster")
            if self._handle is not None:
                self._drop()
            time.sleep(max(0.0, self._not_before - time.monotonic()))
            self._not_before = time.monotonic() + self._wait_s
            self._wait_s = min(2 * self._wait_s, LONGEST_WAIT_S)
            self._handle = self._factory()
            self._handle.client.subscribe_topic(PROGRESS_TOPIC, lambda event: self._on_event(event[1]))
            return self._handle

    def facts(self) -> dict[str, Any] | None:
        """What the cluster is doing; None while there is none. Starts nothing and waits for nobody who does."""
        handle = self._handle
        if handle is None or not handle.alive:
            return None
        try:
            return cluster_facts(handle)
        except (OSError, TimeoutError, RuntimeError) as error:
            logger.info("the scheduler did not say what it is doing: %s", error)
            return None

    def worked(self) -> None:
        """A task came back: the next loss starts with a short wait again."""
        self._wait_s = FIRST_WAIT_S

    def lost(self, handle: ClusterHandle) -> None:
        """`handle` lost its scheduler; the next `handle()` starts or joins anew."""
        with self._lock:
            if handle is self._handle:
                logger.warning("the Dask scheduler at %s was lost; connecting again", handle.address)
                self._drop()

    def close(self) -> None:
        """End the cluster for good."""
        with self._lock:
            self._closed = True
            if self._handle is not None:
                self._drop()

    def _drop(self) -> None:
        assert self._handle is not None
        handle, self._handle = self._handle, None
        handle.close()


def raise_flag(handle: ClusterHandle, name: str) -> None:
    """Set the event `name`, which running steps poll; a scheduler that is gone has no running steps."""
    try:
        Event(name, client=handle.client).set()
    except (OSError, TimeoutError, RuntimeError, AttributeError) as error:
        logger.info("could not set %s: %s", name, error)
