"""What a cluster is doing, in plain values: for the coordinator to write down, never to be asked on an event loop."""

from typing import Any
from urllib.parse import urlsplit

from dask_cluster.cluster import ClusterHandle


def cluster_facts(handle: ClusterHandle) -> dict[str, Any]:
    """Workers, threads, memory in bytes and tasks of a running cluster.

    Asks the scheduler, which takes milliseconds.

    Returns
    -------
    dict
        ``dashboard``: its address as ``http://host:port``, empty without one; ``workers``, ``threads``,
        ``memory_bytes``, ``memory_limit_bytes``, ``executing``, ``waiting`` and ``each``: name, threads, memory, limit,
        cpu (percent of one core) and tasks of every worker.
    """
    told = handle.client.scheduler_info(n_workers=-1)
    each = [_worker(address, worker) for address, worker in told["workers"].items()]
    each.sort(key=lambda one: one["name"])
    return {
        "dashboard": _dashboard(handle, told),
        "workers": len(each),
        "threads": sum(one["threads"] for one in each),
        "memory_bytes": sum(one["memory_bytes"] for one in each),
        "memory_limit_bytes": sum(one["memory_limit_bytes"] for one in each),
        "executing": sum(one["executing"] for one in each),
        "waiting": sum(one["waiting"] for one in each),
        "each": each,
    }


def _dashboard(handle: ClusterHandle, told: dict[str, Any]) -> str:
    port = told.get("services", {}).get("dashboard") if handle.has_dashboard else None
    return f"http://{urlsplit(told['address']).hostname}:{port}" if port else ""


def _worker(address: str, told: dict[str, Any]) -> dict[str, Any]:
    metrics = told.get("metrics", {})
    counts = metrics.get("task_counts", {})
    return {
        "name": str(told.get("name", address)),
        "threads": int(told.get("nthreads", 0)),
        "memory_bytes": int(metrics.get("memory", 0)),
        "memory_limit_bytes": int(told.get("memory_limit") or 0),
        "cpu_percent": float(metrics.get("cpu", 0.0)),
        "executing": int(counts.get("executing", 0)),
        "waiting": sum(int(counts.get(state, 0)) for state in ("waiting", "ready", "constrained", "fetch")),
    }
