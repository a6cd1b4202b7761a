"""The measures that a sample holds and a rule can watch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pfd_panel.errors import RequestError
from pfd_panel.theme import numbers


@dataclass(frozen=True)
class Metric:
    """One measure.

    Attributes
    ----------
    name : str
        Its key in a sample, and in the names of Prometheus after ``pfd_``.
    title : str
        What people call it.
    unit : str
        ``%``, ``ms``, ``s``, or empty for a count.
    help : str
        What exactly is measured.
    """

    name: str
    title: str
    unit: str
    help: str

    def of(self, sample: Mapping[str, Any]) -> float | None:
        """Its value in a sample; None where it is not known."""
        value = sample.get(self.name)
        return None if value is None else float(value)

    def words(self, value: float | None) -> str:
        """A value with its unit."""
        if value is None:
            return "not known"
        shown = numbers.integer(value) if not self.unit else numbers.fixed(value, 0 if abs(value) >= 10 else 1)
        return f"{shown} {self.unit}".strip()


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("cpu_percent", "CPU", "%", "busy share of all cores since the last look"),
        Metric("memory_percent", "Memory", "%", "share of the main memory that is not available to new programs"),
        Metric("disk_percent", "Disk", "%", "used share of the disk that holds the data directory"),
        Metric("gpu_percent", "GPU", "%", "busy share of the busiest GPU"),
        Metric("gpu_memory_percent", "GPU memory", "%", "used share of the memory of the fullest GPU"),
        Metric("database_ms", "Database", "ms", "time of one small question to the database"),
        Metric("queued_jobs", "Waiting jobs", "", "jobs that wait to be run"),
        Metric("oldest_wait_s", "Longest wait", "s", "how long the oldest waiting job has been waiting"),
        Metric("running_jobs", "Running jobs", "", "jobs that run"),
        Metric("failed_jobs", "Failed jobs", "", "jobs that failed in the last 24 hours"),
        Metric("workers", "Workers", "", "worker processes of the cluster"),
        Metric("worker_memory_percent", "Worker memory", "%", "share of their limit that the workers use together"),
    )
}


def metric(name: str) -> Metric:
    """One measure by name.

    Raises
    ------
    RequestError
        Nothing of that name is measured.
    """
    if name not in METRICS:
        raise RequestError(f"nothing called {name!r} is measured", hint=f"Measured are {', '.join(METRICS)}.")
    return METRICS[name]
