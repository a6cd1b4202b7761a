"""What a measurement was made on, printed above it."""

import importlib.metadata
import os
import platform
from datetime import UTC, datetime
from pathlib import Path


def say_conditions() -> None:
    """Print date, cores, processor, versions and the load of the machine."""
    load = ", ".join(f"{one:.2f}" for one in os.getloadavg())
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("numpy", "scipy", "numba", "zarr"))
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    print(f"{now}; {len(os.sched_getaffinity(0))} cores, {processor()}; load average before: {load}")
    print(f"Python {platform.python_version()}, {versions}")


def processor() -> str:
    """The processor's name where the system tells it."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.is_file() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
