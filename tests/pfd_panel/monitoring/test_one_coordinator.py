"""However many coordinators there are, one judges; who takes over goes on where the other stopped."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from dask_cluster.cluster import ClusterHandle
from dask_cluster.coordinator import Coordinator
from dask_cluster.errors import ClusterError
from data_catalog import jobs, leases, samples
from data_catalog.schema import Sample, utc_now
from pfd_panel.monitoring import CHORES
from pfd_panel.services import health, notifying
from pfd_panel.services.context import Context


def no_cluster() -> ClusterHandle:
    raise ClusterError("these tests run no jobs")


@contextmanager
def coordinating(context: Context, holder: str) -> Iterator[None]:
    stop = threading.Event()
    coordinator = Coordinator(context.catalog, no_cluster, holder=holder, lease_s=3.0, chores=CHORES)
    thread = threading.Thread(target=coordinator.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive()


def until(true: Callable[[], bool]) -> None:
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < 30
        time.sleep(0.05)


def sampled(context: Context) -> Sample | None:
    with context.catalog.read() as session:
        return samples.latest(session)


def test_two_coordinators_tell_an_alert_once_and_the_next_one_does_not_repeat_it(bare: Context) -> None:
    with bare.catalog.write() as session:
        for _ in range(11):
            job = jobs.insert(session, "selftest", "Check", {}, "ada", "signal")
            job.state, job.finished_at = "failed", utc_now()
    with coordinating(bare, "second"), coordinating(bare, "first"):
        until(lambda: notifying.unread(bare) > 0)
        with bare.catalog.read() as session:
            held = leases.current(session, jobs.COORDINATOR)
        assert held is not None
        assert health.report(bare).coordinator.alive
    first = sampled(bare)
    assert first is not None
    with coordinating(bare, "third"):
        until(lambda: (found := sampled(bare)) is not None and found.id > first.id)
    told = [row.event for row in notifying.page(bare).rows if row.event.rule_id == "default-failed-jobs"]
    assert [event.kind for event in told] == ["fired"]
