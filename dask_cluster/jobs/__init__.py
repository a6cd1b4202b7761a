"""Durable jobs: what a kind declares, and how a door submits, steers and awaits one.

- ``submit(catalog, kind, params, owner=...)`` queues; ``request`` pauses, resumes, cancels; ``retry`` queues again;
- ``wait(catalog, job_id)`` returns when it has ended;
- ``load_job_file(path)`` reads a job from YAML; ``JobKind`` and ``register`` add a new kind.
"""

from dask_cluster.jobs.job_file import load_job_file
from dask_cluster.jobs.kind import JobContext, JobKind, JobParams, Plan, Step
from dask_cluster.jobs.queue import parse_params, request, retry, submit, wait
from dask_cluster.jobs.registry import get_kind, kind_names, register
from dask_cluster.jobs.worker import Cancelled, Interrupted, Paused, WorkerContext

__all__ = [
    "Cancelled",
    "Interrupted",
    "JobContext",
    "JobKind",
    "JobParams",
    "Paused",
    "Plan",
    "Step",
    "WorkerContext",
    "get_kind",
    "kind_names",
    "load_job_file",
    "parse_params",
    "register",
    "request",
    "retry",
    "submit",
    "wait",
]
