"""The cluster factory: what a local cluster is like, and how each way that cannot work is refused."""

import os
from pathlib import Path

import pytest
from distributed import Client

from dask_cluster.cluster import THREAD_VARIABLES, ClusterHandle, start
from dask_cluster.errors import ClusterError
from dask_cluster.settings import ClusterSettings


def test_the_local_cluster_is_encrypted_and_on_loopback(shared_cluster: ClusterHandle) -> None:
    assert shared_cluster.address.startswith("tls://127.0.0.1:")
    workers = shared_cluster.client.scheduler_info()["workers"]
    assert all(address.startswith("tls://127.0.0.1:") for address in workers)
    with pytest.raises((OSError, ValueError)):
        Client(shared_cluster.address.replace("tls", "tcp"), timeout="1s", set_as_default=False)


def test_workers_have_one_thread_each_and_no_frozen_malloc(shared_cluster: ClusterHandle) -> None:
    for environment in shared_cluster.client.run(lambda: dict(os.environ)).values():
        assert {environment[name] for name in THREAD_VARIABLES} == {"1"}
        assert {name for name in environment if name.startswith("MALLOC_")} == {"MALLOC_ARENA_MAX"}


def test_workers_offer_what_the_handle_says(shared_cluster: ClusterHandle) -> None:
    info = shared_cluster.client.scheduler_info()["workers"].values()
    for worker in info:
        assert worker["resources"]["CPU"] == shared_cluster.offers["CPU"] == 1.0
        assert worker["memory_limit"] == shared_cluster.offers["MEMORY"] > 0
    assert shared_cluster.slots == 2


@pytest.mark.parametrize(
    ("backend", "extra"), [("cuda", "gpu"), ("slurm", "hpc"), ("pbs", "hpc"), ("kubernetes", "kubernetes")]
)
def test_a_missing_extra_is_named(tmp_path: Path, backend: str, extra: str) -> None:
    with pytest.raises(ClusterError, match="not installed") as caught:
        start(ClusterSettings(home=tmp_path, backend=backend))
    assert f"pfd-panel[{extra}]" in caught.value.hint


def test_an_unknown_backend_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match=r"'slurmy'.*local, cuda, slurm"):
        start(ClusterSettings(home=tmp_path, backend="slurmy"))


def test_joining_needs_an_answer_and_a_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ClusterError, match="no certificate"):
        start(ClusterSettings(home=tmp_path, scheduler="tls://127.0.0.1:1"))
    monkeypatch.setattr("dask_cluster.cluster.JOIN_TIMEOUT", "1s")
    with pytest.raises(ClusterError, match=r"no Dask scheduler answers at tcp://127.0.0.1:1"):
        start(ClusterSettings(home=tmp_path, scheduler="tcp://127.0.0.1:1"))


def test_a_cluster_is_joined_by_its_address(tmp_path: Path, shared_cluster: ClusterHandle) -> None:
    security = shared_cluster.client.security
    files = {}
    for name in ("tls_ca_file", "tls_client_cert", "tls_client_key"):
        files[name] = tmp_path / name
        files[name].write_text(getattr(security, name))
    joined = start(
        ClusterSettings(
            home=tmp_path,
            scheduler=shared_cluster.address,
            tls_ca=files["tls_ca_file"],
            tls_cert=files["tls_client_cert"],
            tls_key=files["tls_client_key"],
        )
    )
    assert joined.client.submit(sum, [1, 2, 3]).result(timeout=10) == 6
    assert joined.offers == dict(shared_cluster.offers)
    joined.close()
    assert shared_cluster.alive
