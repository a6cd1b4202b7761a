"""One real cluster of two worker processes for the whole suite; catalogs and coordinators are each test's own."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from distributed import Client

from dask_cluster.cluster import ClusterHandle, start
from dask_cluster.coordinator import Coordinator
from dask_cluster.jobs import submit
from dask_cluster.settings import ClusterSettings
from data_catalog import Catalog, jobs
from data_catalog.schema import Job
from tests.blank import New
from tests.dask_cluster import sample_kinds

assert sample_kinds.Count.name == "count"  # imported to register it


@pytest.fixture(scope="session")
def shared_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClusterHandle]:
    handle = start(ClusterSettings(home=tmp_path_factory.mktemp("cluster"), workers=2))
    handle.client.wait_for_workers(2, timeout=60)
    yield handle
    handle.close()


@pytest.fixture
def catalog(tmp_path: Path, new_home: New) -> Iterator[Catalog]:
    with Catalog.open(new_home(tmp_path / "home")) as opened:
        yield opened


@pytest.fixture
def connect(shared_cluster: ClusterHandle) -> Callable[[], ClusterHandle]:
    """A factory as the coordinator wants one: each call is a client of its own to the shared cluster."""

    def factory() -> ClusterHandle:
        client = Client(shared_cluster.cluster, set_as_default=False)
        return ClusterHandle(client, shared_cluster.offers, shared_cluster.slots)

    return factory


@pytest.fixture
def coordinator(catalog: Catalog, connect: Callable[[], ClusterHandle]) -> Iterator[Coordinator]:
    """A coordinator that runs the queue of `catalog` for the duration of the test."""
    running = Coordinator(catalog, connect, lease_s=5.0)
    stop = threading.Event()
    thread = threading.Thread(target=running.run, args=(stop,))
    thread.start()
    yield running
    stop.set()
    thread.join(30)
    assert not thread.is_alive()


@pytest.fixture
def count(catalog: Catalog) -> Callable[..., Job]:
    """Submit a counting job."""
    return lambda **params: submit(catalog, "count", params, owner="tester")


@pytest.fixture
def state_of(catalog: Catalog) -> Callable[[str], Job]:
    def look(job_id: str) -> Job:
        with catalog.read() as session:
            return jobs.get(session, job_id)

    return look


@pytest.fixture
def until(state_of: Callable[[str], Job]) -> Callable[..., float]:
    """Wait until a job's row satisfies a condition; returns the seconds it took."""

    def wait_until(job_id: str, condition: Callable[[Job], bool], timeout: float = 60.0) -> float:
        started = time.monotonic()
        while not condition(state_of(job_id)):
            assert time.monotonic() - started < timeout, f"still {state_of(job_id).state}"
            time.sleep(0.01)
        return time.monotonic() - started

    return wait_until
