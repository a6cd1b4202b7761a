"""How long an answer takes, measured on this machine."""

import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

WARM_UP, MOST_RUNS, ENOUGH_S = 5, 100, 2.0


@dataclass(frozen=True)
class Latency:
    """Milliseconds of one answer: the median, and what 95 of 100 do not exceed, over `runs` runs."""

    median_ms: float
    p95_ms: float
    runs: int

    def to_json(self) -> dict[str, Any]:
        """As plain numbers."""
        return {"median_ms": self.median_ms, "p95_ms": self.p95_ms, "runs": self.runs}


def measure(answer: Callable[[], object], *, runs: int = MOST_RUNS, enough_s: float = ENOUGH_S) -> Latency:
    """Time `answer`, warm: up to `runs` times, or until `enough_s` seconds have passed and ten times at least."""
    for _ in range(min(WARM_UP, runs)):
        answer()
    taken: list[float] = []
    begun = time.perf_counter()
    while len(taken) < runs and (time.perf_counter() - begun < enough_s or len(taken) < min(10, runs)):
        before = time.perf_counter()
        answer()
        taken.append(1000.0 * (time.perf_counter() - before))
    return Latency(float(np.median(taken)), float(np.percentile(taken, 95)), len(taken))


def machine() -> str:
    """The processor of this machine in words."""
    try:
        told = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        told = ""
    names = {line.partition(":")[2].strip() for line in told.splitlines() if line.startswith("model name")}
    return f"{' and '.join(sorted(names)) or platform.processor() or platform.machine()}, {platform.system()}"
