"""The machine: cores, memory, the disk of the data directory, GPUs."""

import logging
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

log = logging.getLogger(__name__)

FIRST_LOOK_S = 0.1


@dataclass(frozen=True)
class Gpu:
    """One NVIDIA device; shares in percent, memory in bytes, temperature in °C (None where the driver does not say)."""

    name: str
    busy_percent: float | None
    memory_bytes: int
    memory_total_bytes: int
    temperature_c: float | None

    @property
    def memory_percent(self) -> float:
        """Used share of its memory."""
        return 100.0 * self.memory_bytes / self.memory_total_bytes if self.memory_total_bytes else 0.0


@dataclass(frozen=True)
class Machine:
    """One look at the machine; shares in percent, sizes in bytes. Without a meter the CPU share is None."""

    cpu_percent: float | None
    cores: int
    load: float
    memory_bytes: int
    memory_total_bytes: int
    memory_percent: float
    disk_free_bytes: int
    disk_total_bytes: int
    disk_percent: float
    gpus: tuple[Gpu, ...]


class CpuMeter:
    """Busy share of all cores since the last reading; the first reading looks for a tenth of a second."""

    def __init__(self) -> None:
        self._before: tuple[float, float] | None = None

    def percent(self) -> float | None:
        """0 to 100; None on a system that does not count."""
        if self._before is None:
            self._before = _cpu_seconds()
            time.sleep(FIRST_LOOK_S)
        before, self._before = self._before, _cpu_seconds()
        total, idle = self._before[0] - before[0], self._before[1] - before[1]
        return 100.0 * min(max(1.0 - idle / total, 0.0), 1.0) if total > 0 else None


def measure(home: Path, meter: CpuMeter | None = None) -> Machine:
    """Look at the machine and at the disk that holds `home`; how busy the cores are is told with a `meter` only."""
    memory = psutil.virtual_memory()
    disk = shutil.disk_usage(home)
    return Machine(
        cpu_percent=meter.percent() if meter is not None else None,
        cores=psutil.cpu_count() or 1,
        load=os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0,
        memory_bytes=memory.total - memory.available,
        memory_total_bytes=memory.total,
        memory_percent=100.0 * (1.0 - memory.available / memory.total),
        disk_free_bytes=disk.free,
        disk_total_bytes=disk.total,
        disk_percent=100.0 * (1.0 - disk.free / disk.total),
        gpus=gpus(),
    )


def gpus() -> tuple[Gpu, ...]:
    """The NVIDIA devices of this machine; none without a driver."""
    import pynvml

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        log.debug("no NVIDIA driver: %s", error)
        return ()
    try:
        return tuple(_gpu(pynvml, number) for number in range(pynvml.nvmlDeviceGetCount()))
    finally:
        pynvml.nvmlShutdown()


def _gpu(pynvml: Any, number: int) -> Gpu:
    device = pynvml.nvmlDeviceGetHandleByIndex(number)
    memory = pynvml.nvmlDeviceGetMemoryInfo(device)

    def ask(question: Any) -> float | None:
        try:
            return float(question())
        except pynvml.NVMLError as error:
            log.debug("GPU %d: %s", number, error)
            return None

    return Gpu(
        name=str(pynvml.nvmlDeviceGetName(device)),
        busy_percent=ask(lambda: pynvml.nvmlDeviceGetUtilizationRates(device).gpu),
        memory_bytes=int(memory.used),
        memory_total_bytes=int(memory.total),
        temperature_c=ask(lambda: pynvml.nvmlDeviceGetTemperature(device, pynvml.NVML_TEMPERATURE_GPU)),
    )


def _cpu_seconds() -> tuple[float, float]:
    """Seconds of all cores since the machine started: all, and those without work."""
    times = psutil.cpu_times()
    # guest time is counted in user time already
    total = sum(times) - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0)
    return total, times.idle + getattr(times, "iowait", 0.0)
