"""The measures in the text format of Prometheus, version 0.0.4."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pfd_panel.services.health import Report

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Gauge:
    """One measure: its value for each set of labels."""

    name: str
    help: str
    values: Mapping[Labels, float] = field(default_factory=dict)


def exposition(gauges: Iterable[Gauge]) -> str:
    """The text that is scraped; a gauge without values is left out."""
    lines = []
    for gauge in gauges:
        if not gauge.values:
            continue
        lines += [f"# HELP {gauge.name} {_escape(gauge.help)}", f"# TYPE {gauge.name} gauge"]
        for labels, value in gauge.values.items():
            told = ",".join(f'{name}="{_escape(words, quotes=True)}"' for name, words in labels)
            lines.append(f"{gauge.name}{{{told}}} {value!r}" if told else f"{gauge.name} {value!r}")
    return "\n".join(lines) + "\n"


def gauges(report: Report) -> list[Gauge]:
    """What a report says, in base units: seconds, bytes, shares from 0 to 1."""
    machine, database, queue = report.machine, report.database, report.queue
    cluster = report.cluster

    def one(name: str, help_text: str, value: float | None) -> Gauge:
        return Gauge(f"pfd_{name}", help_text, {} if value is None else {(): float(value)})

    def per(name: str, help_text: str, label: str, values: Mapping[str, float | None]) -> Gauge:
        known: dict[Labels, float] = {
            ((label, key),): float(value) for key, value in values.items() if value is not None
        }
        return Gauge(f"pfd_{name}", help_text, known)

    gpus = {str(number): gpu for number, gpu in enumerate(machine.gpus)}
    busy = machine.cpu_percent
    return [
        one("cpu_busy_ratio", "Busy share of all cores.", None if busy is None else busy / 100),
        one("memory_used_ratio", "Share of the main memory that is not available.", machine.memory_percent / 100),
        one("memory_total_bytes", "Main memory.", machine.memory_total_bytes),
        one("disk_used_ratio", "Used share of the disk of the data directory.", machine.disk_percent / 100),
        one("disk_free_bytes", "Free space on the disk of the data directory.", machine.disk_free_bytes),
        one("gpus", "GPUs of this machine.", len(gpus)),
        per(
            "gpu_busy_ratio",
            "Busy share of a GPU.",
            "gpu",
            {key: None if gpu.busy_percent is None else gpu.busy_percent / 100 for key, gpu in gpus.items()},
        ),
        per(
            "gpu_memory_used_ratio",
            "Used share of the memory of a GPU.",
            "gpu",
            {key: gpu.memory_percent / 100 for key, gpu in gpus.items()},
        ),
        one("database_latency_seconds", "Time of one small question to the database.", database.latency_ms / 1000),
        one("database_size_bytes", "Size of the database.", database.size_bytes),
        per(
            "database_connections",
            "Connections of this process to the database.",
            "state",
            {"used": database.pool_used, "kept": database.pool_size},
        ),
        one("database_migrations_current", "1 if every migration has been applied.", database.current),
        one("store_bytes", "Signals, features and files that are stored.", report.store.total_bytes),
        one("store_signals", "Signals that are stored.", report.store.signals),
        per(
            "jobs",
            "Jobs by state.",
            "state",
            {"queued": queue.queued, "running": queue.running, "paused": queue.paused},
        ),
        one("jobs_failed_day", "Jobs that failed in the last 24 hours.", queue.failed_in_a_day),
        one("jobs_oldest_wait_seconds", "How long the oldest waiting job has been waiting.", queue.oldest_wait_s),
        one("coordinator_up", "1 while a coordinator runs the queue.", report.coordinator.alive),
        one("workers", "Worker processes of the cluster.", None if cluster is None else cluster["workers"]),
        one("worker_memory_bytes", "Memory of all workers.", None if cluster is None else cluster["memory_bytes"]),
        one("worker_tasks", "Tasks that run on workers.", None if cluster is None else cluster["executing"]),
        one("alerts_firing", "Alert rules that fire.", report.firing),
    ]


def _escape(text: str, *, quotes: bool = False) -> str:
    escaped = text.replace("\\", "\\\\").replace("\n", "\\n")
    return escaped.replace('"', '\\"') if quotes else escaped
