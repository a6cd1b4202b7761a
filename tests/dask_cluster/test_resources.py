"""Steps that ask for a GPU or for memory, on workers that offer them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from distributed import Client, LocalCluster

from dask_cluster.cluster import ClusterHandle, start
from dask_cluster.coordinator import Coordinator
from dask_cluster.jobs import submit, wait
from dask_cluster.settings import ClusterSettings
from data_catalog import Catalog
from data_catalog.schema import Job

GIB = 2.0**30


@contextmanager
def coordinating(catalog: Catalog, handle: ClusterHandle) -> Iterator[None]:
    """Run the queue of `catalog` on a cluster for the duration of the block."""

    def connect() -> ClusterHandle:
        return ClusterHandle(Client(handle.cluster, set_as_default=False), handle.offers, handle.slots)

    stop = threading.Event()
    thread = threading.Thread(target=Coordinator(catalog, connect, lease_s=5.0).run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)


def ended(catalog: Catalog, **params: Any) -> Job:
    return wait(catalog, submit(catalog, "place", params, owner="tester").id, 60)


# -- GPU ---------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def one_gpu(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClusterHandle]:
    """Two worker processes on a machine that is said to have one GPU."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("dask_cluster.cluster.gpu_count", lambda: 1)
        handle = start(ClusterSettings(home=tmp_path_factory.mktemp("gpu"), workers=2))
    handle.client.wait_for_workers(2, timeout=60)
    yield handle
    handle.close()


def test_a_gpu_is_offered_by_one_worker_of_two(one_gpu: ClusterHandle) -> None:
    assert one_gpu.offers is not None
    assert one_gpu.offers["GPU"] == 1
    workers = one_gpu.client.scheduler_info()["workers"].values()
    assert sorted(worker["resources"].get("GPU", 0) for worker in workers) == [0, 1]


def test_steps_that_ask_for_a_gpu_run_only_where_it_is_and_one_at_a_time(
    catalog: Catalog, one_gpu: ClusterHandle
) -> None:
    workers = one_gpu.client.scheduler_info()["workers"].values()
    (owner,) = {str(worker["name"]) for worker in workers if "GPU" in worker["resources"]}
    with coordinating(catalog, one_gpu):
        anywhere = ended(catalog, steps=8, hold_s=0.2)
        asking = ended(catalog, steps=8, hold_s=0.05, resources={"GPU": 1})
        refused = ended(catalog, steps=1, resources={"GPU": 2})
    assert len({place["worker"] for place in anywhere.result["places"]}) == 2
    places = asking.result["places"]
    assert [place["worker"] for place in places] == [owner] * 8
    assert {place["gpus"] for place in places} == {"0"}
    assert one_after_the_other(places)
    assert refused.state == "failed"
    assert "needs 2 GPU, and no worker offers more than 1" in refused.error["message"]


# -- memory ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def two_threads() -> Iterator[ClusterHandle]:
    """One worker of two threads that offers 4 GiB."""
    offers = {"CPU": 2.0, "MEMORY": 4 * GIB}
    cluster = LocalCluster(
        processes=False, n_workers=1, threads_per_worker=2, dashboard_address="127.0.0.1:0", resources=offers
    )
    with Client(cluster, set_as_default=False) as client:
        yield ClusterHandle(client, offers, 2, cluster)
    cluster.close()


def one_after_the_other(places: list[dict[str, Any]]) -> bool:
    ordered = sorted(places, key=lambda place: place["began"])
    return all(before["ended"] <= after["began"] for before, after in pairwise(ordered))


def test_a_worker_runs_two_steps_at_once_only_if_both_fit_into_its_memory(
    catalog: Catalog, two_threads: ClusterHandle
) -> None:
    with coordinating(catalog, two_threads):
        large = ended(catalog, steps=4, resources={"MEMORY": 3 * GIB})
        small = ended(catalog, steps=4, resources={"MEMORY": 1.5 * GIB})
    assert one_after_the_other(large.result["places"])
    assert not one_after_the_other(small.result["places"])


def test_a_step_larger_than_any_worker_is_refused_with_both_sizes(catalog: Catalog, two_threads: ClusterHandle) -> None:
    with coordinating(catalog, two_threads):
        job = ended(catalog, steps=1, resources={"MEMORY": 6 * GIB})
    assert job.state == "failed"
    assert "needs about 6.00 GiB of memory, and the largest worker has 4.00 GiB" in job.error["message"]
    assert "PFD_MEMORY_LIMIT" in job.error["hint"]


def test_workers_that_do_not_say_what_memory_they_have_are_asked_for_none(catalog: Catalog) -> None:
    with (
        LocalCluster(processes=False, n_workers=1, threads_per_worker=1, dashboard_address="127.0.0.1:0") as cluster,
        Client(cluster, set_as_default=False) as client,
        coordinating(catalog, ClusterHandle(client, {}, 1, cluster)),
    ):
        assert ended(catalog, steps=2, resources={"MEMORY": 6 * GIB}).state == "done"


def test_a_worker_without_a_limit_offers_no_memory(tmp_path: Path) -> None:
    handle = start(ClusterSettings(home=tmp_path, workers=1, memory_limit="0"))
    try:
        assert handle.offers == {"CPU": 1.0}
    finally:
        handle.close()
