"""One factory for every way to get a Dask cluster: start a local one, join one, or have a backend start one.

Backends other than ``local`` come with extras and take their own keyword arguments from ``PFD_BACKEND_OPTIONS`` (JSON):

- ``cuda``: one worker a GPU through dask-cuda (``pip install 'pfd-panel[gpu]'``);
- ``slurm``, ``pbs``, ``lsf``: batch systems through dask-jobqueue (``pip install 'pfd-panel[hpc]'``), for example
  ``PFD_BACKEND=slurm PFD_BACKEND_OPTIONS='{"queue": "short", "cores": 8, "memory": "32GB"}'``;
- ``kubernetes``: the Dask operator (``pip install 'pfd-panel[kubernetes]'``), for example
  ``PFD_BACKEND_OPTIONS='{"name": "pfd", "image": "pfd-panel:latest"}'``.

A scheduler executes whatever it is sent, so the local one speaks TLS with certificates made for this one run and
listens on loopback only.
"""

import importlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import dask
from distributed import Client, LocalCluster, Security

from dask_cluster.devices import gpu_count
from dask_cluster.errors import ClusterError
from dask_cluster.settings import ClusterSettings

logger = logging.getLogger(__name__)

JOIN_TIMEOUT = "10s"
WORKER_PRELOAD = ("data_catalog.store",)  # what nearly every step uses; costs a second at its first import
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMBA_NUM_THREADS",
)


class Closable(Protocol):
    """A cluster of any backend, as far as this module needs one."""

    def close(self) -> Any:
        """End the scheduler and the workers."""


@dataclass
class ClusterHandle:
    """A running cluster: the client to it, what one worker offers, and how to end it.

    Attributes
    ----------
    client : distributed.Client
        Synchronous client with its own thread; never use it on an event loop.
    offers : mapping or None
        Abstract resources of the best-equipped worker (``CPU``, ``GPU``, ``MEMORY`` in bytes); None when a joined
        cluster's workers are not known yet.
    slots : int
        Tasks that can run at once, as far as is known.
    cluster : Closable or None
        What to close with the client; None for a cluster that was joined.
    has_dashboard : bool
        Whether the scheduler's own dashboard is meant to be shown.
    """

    client: Client
    offers: Mapping[str, float] | None
    slots: int
    cluster: Closable | None = None
    has_dashboard: bool = False

    @property
    def address(self) -> str:
        """Address of the scheduler."""
        return str(self.client.scheduler.address) if self.client.scheduler else ""

    @property
    def alive(self) -> bool:
        """Whether the client still has its scheduler."""
        return bool(self.client.status == "running")

    def close(self) -> None:
        """End the client, and the cluster if we started it; a cluster that is half gone already is no error."""
        for part in (self.client, self.cluster):
            if part is None:
                continue
            try:
                part.close()
            except (OSError, TimeoutError, RuntimeError) as error:
                logger.info("closing %s: %s", type(part).__name__, error)


def start(settings: ClusterSettings) -> ClusterHandle:
    """Start or join the cluster that `settings` describe.

    Returns at once when the scheduler answers: the worker processes of a local cluster come up while the caller plans
    its first job, and tasks wait for them.

    Raises
    ------
    ClusterError
        The scheduler does not answer, or the backend's extra is not installed.
    """
    if settings.scheduler:
        return _join(settings)
    if settings.backend not in _BACKENDS:
        raise ClusterError(
            f"unknown cluster backend {settings.backend!r}, expected one of {', '.join(_BACKENDS)}",
            hint="set PFD_BACKEND to one of them, or PFD_SCHEDULER to the address of a running scheduler",
        )
    return _BACKENDS[settings.backend](settings)


def worker_environment() -> dict[str, str]:
    """Environment of a worker process, set before it starts.

    One BLAS, OpenMP and numba thread a task: the tasks are what runs in parallel. Dask's own default also holds
    ``MALLOC_TRIM_THRESHOLD_``, which freezes glibc's mmap threshold and makes every large temporary a fresh mapping;
    it is left out here because that halves numpy-heavy work (`benchmarks/bench_feature_job.py` measures both). One
    arena for all threads was measured 2 to 4 % faster for the feature job, with 30 MB less a worker.
    """
    return dict.fromkeys(THREAD_VARIABLES, "1") | {"MALLOC_ARENA_MAX": "1"}


class _LocalCluster(LocalCluster):
    """A local cluster whose first workers own one GPU each."""

    def __init__(self, *args: Any, gpus: int = 0, **kwargs: Any) -> None:
        self._gpus = list(range(gpus))
        super().__init__(*args, **kwargs)

    def new_worker_spec(self) -> dict[Any, Any]:
        (name, spec), *_ = super().new_worker_spec().items()
        options = dict(spec["options"])
        if self._gpus:
            options["resources"] = options["resources"] | {"GPU": 1.0}
            options["env"] = {"CUDA_VISIBLE_DEVICES": str(self._gpus.pop(0))}
        return {name: {**spec, "options": options}}


def _local(settings: ClusterSettings) -> ClusterHandle:
    memory = _memory_bytes(settings)
    resources = {"CPU": float(settings.threads_per_worker)} | ({"MEMORY": float(memory)} if memory else {})
    gpus = gpu_count()
    configure()
    if not settings.dashboard:
        dask.config.set({"distributed.scheduler.http.routes": [], "distributed.worker.http.routes": []})
    cluster = _LocalCluster(
        gpus=gpus,
        n_workers=0,
        threads_per_worker=settings.threads_per_worker,
        processes=True,
        host="127.0.0.1",
        security=Security.temporary(),
        scheduler_kwargs={"dashboard": settings.dashboard, "dashboard_address": "127.0.0.1:0"},
        memory_limit=memory,
        resources=resources,
        preload=[*WORKER_PRELOAD, *settings.preload],
        silence_logs=logging.ERROR,
    )
    # the client first: it would wait for the workers that exist already
    client = Client(cluster, set_as_default=False)
    cluster.scale(settings.workers)
    offers = resources | ({"GPU": 1.0} if gpus else {})
    return ClusterHandle(client, offers, settings.workers * settings.threads_per_worker, cluster, settings.dashboard)


def configure() -> None:
    """Set Dask's configuration of this process; nannies read it whenever they start or restart a worker."""
    dask.config.set(
        {
            "distributed.nanny.pre-spawn-environ": worker_environment(),
            "distributed.worker.profile.enabled": False,
            "distributed.comm.timeouts.connect": "10s",
        }
    )


def _memory_bytes(settings: ClusterSettings) -> int:
    from distributed.worker_memory import parse_memory_limit

    limit = parse_memory_limit(settings.memory_limit, settings.threads_per_worker, settings.workers, logger=logger)
    return int(limit or 0)


def _join(settings: ClusterSettings) -> ClusterHandle:
    security = None
    if settings.tls_ca or settings.tls_cert or settings.tls_key:
        security = Security(
            require_encryption=True,
            tls_ca_file=str(settings.tls_ca),
            tls_client_cert=str(settings.tls_cert),
            tls_client_key=str(settings.tls_key),
        )
    elif (settings.scheduler or "").startswith("tls:"):
        raise ClusterError(
            f"the scheduler {settings.scheduler} speaks TLS and no certificate is configured",
            hint="set PFD_TLS_CA, PFD_TLS_CERT and PFD_TLS_KEY to the files its administrator gave you",
        )
    try:
        client = Client(settings.scheduler, security=security, set_as_default=False, timeout=JOIN_TIMEOUT)
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"no Dask scheduler answers at {settings.scheduler}: {error}",
            hint="check PFD_SCHEDULER and that the scheduler runs, or unset it to compute on this machine",
        ) from error
    return ClusterHandle(client, _offers(client), _slots(client, settings), None, settings.dashboard)


def _offers(client: Client) -> dict[str, float] | None:
    workers = client.scheduler_info(n_workers=-1)["workers"].values()
    best: dict[str, float] = {}
    for worker in workers:
        for name, amount in worker.get("resources", {}).items():
            best[name] = max(best.get(name, 0.0), float(amount))
    return best if workers else None


def _slots(client: Client, settings: ClusterSettings) -> int:
    return sum(client.nthreads().values()) or settings.workers * settings.threads_per_worker


def _started_by(module: str, name: str, extra: str) -> Callable[[ClusterSettings], ClusterHandle]:
    """Make the starter of a backend whose cluster class is `name` in `module`, installed by the extra `extra`."""

    def start_backend(settings: ClusterSettings) -> ClusterHandle:
        try:
            cluster_class = getattr(importlib.import_module(module), name)
        except ImportError as error:
            raise ClusterError(
                f"the cluster backend {settings.backend!r} needs {module.split('.')[0].replace('_', '-')}, "
                "which is not installed",
                hint=f"pip install 'pfd-panel[{extra}]'",
            ) from error
        configure()
        cluster = cluster_class(**settings.backend_options)
        if hasattr(cluster, "scale") and not getattr(cluster, "workers", None):
            cluster.scale(settings.workers)
        client = Client(cluster, set_as_default=False)
        return ClusterHandle(client, _offers(client), _slots(client, settings), cluster, settings.dashboard)

    return start_backend


_BACKENDS: dict[str, Callable[[ClusterSettings], ClusterHandle]] = {
    "local": _local,
    "cuda": _started_by("dask_cuda", "LocalCUDACluster", "gpu"),
    "slurm": _started_by("dask_jobqueue", "SLURMCluster", "hpc"),
    "pbs": _started_by("dask_jobqueue", "PBSCluster", "hpc"),
    "lsf": _started_by("dask_jobqueue", "LSFCluster", "hpc"),
    "kubernetes": _started_by("dask_kubernetes.operator", "KubeCluster", "kubernetes"),
}
