"""Jobs: time to accept one, what steps cost against a plain loop, and what Dask's malloc setting does to numpy.

    python benchmarks/bench_jobs.py [--signals 512] [--length 102400]

The same kernel (three FFTs and the large temporaries of a feature block) runs in a plain loop and as a job on one and
two worker processes, with our worker environment and with Dask's own. Rates per CPU-second of the computing processes
stand beside the rates by the clock: on a machine that others use too, only those can be compared.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import psutil
import scipy.fft
from sqlalchemy.orm import Session

from dask_cluster import cluster
from dask_cluster.cluster import start
from dask_cluster.coordinator import Coordinator
from dask_cluster.jobs import JobContext, JobKind, JobParams, Plan, Step, WorkerContext, register, submit, wait
from dask_cluster.settings import ClusterSettings
from data_catalog import Catalog

BLOCK = 64
DASK_DEFAULT = {"MALLOC_TRIM_THRESHOLD_": "65536"}


class BurnParams(JobParams):
    """How much is computed."""

    signals: int
    length: int


@register
class Burn(JobKind):
    """The benchmark's kernel as a job: one step a block of 64 signals."""

    name = "burn"
    title = "Benchmark"
    unit = "signal"
    Params = BurnParams

    def plan(self, context: JobContext) -> Plan:
        count = context.params.signals // BLOCK
        return Plan(
            [Step(f"{index:05d}", {"seed": index, "length": context.params.length}, BLOCK) for index in range(count)]
        )

    @staticmethod
    def run(payload: dict[str, Any], worker: WorkerContext) -> dict[str, Any]:
        return {"value": burn(payload["seed"], payload["length"], worker)}

    def commit(self, session: Session, context: JobContext, step: Step, result: dict[str, Any]) -> dict[str, Any]:
        return result

    def finish(self, session: Session, context: JobContext) -> dict[str, Any]:
        return {"value": sum(kept["value"] for kept in context.step_results(session).values())}


def burn(seed: int, length: int, worker: WorkerContext) -> float:
    """Spectrum, envelope and autocorrelation of 64 signals in batches of 8; float32 throughout."""
    signals = np.random.default_rng(seed).standard_normal((8, length), dtype=np.float32)
    total = 0.0
    for _ in range(BLOCK // 8):
        worker.check()
        centred = signals - signals.mean(axis=1, keepdims=True)
        spectrum = scipy.fft.rfft(centred)
        power = (spectrum * spectrum.conj()).real
        correlation = scipy.fft.irfft(power)
        spectrum[:, length // 4 :] = 0
        envelope = np.abs(scipy.fft.ifft(spectrum, length))
        total += float(power.max() + correlation.max() + envelope.max() + (centred**4).mean())
    return total


def accept(catalog: Catalog) -> list[float]:
    """Seconds of 50 submissions."""
    times = []
    for _ in range(50):
        started = time.perf_counter()
        submit(catalog, "selftest", {}, owner="bench")
        times.append(time.perf_counter() - started)
    return times


def plain(signals: int, length: int) -> tuple[float, float]:
    """Signals per second, and per CPU-second, of a plain loop in this process."""
    worker = WorkerContext(Path())
    burn(0, length, worker)
    started, spent = time.perf_counter(), time.process_time()
    for seed in range(signals // BLOCK):
        burn(seed, length, worker)
    return signals / (time.perf_counter() - started), signals / (time.process_time() - spent)


class Measured(NamedTuple):
    """One run on a warm cluster: rates of signals, CPU-seconds of this process, megabytes of a worker afterwards."""

    per_second: float
    per_cpu_second: float
    coordinator_cpu_s: float
    megabytes: float


def as_job(workers: int, signals: int, length: int, extra: Mapping[str, str]) -> Measured:
    """Run the kernel as a job."""
    ours = cluster.worker_environment
    cluster.worker_environment = lambda: ours() | extra
    stop = threading.Event()
    try:
        with tempfile.TemporaryDirectory() as folder, Catalog.open(Path(folder)) as catalog:
            handle = start(ClusterSettings(home=Path(folder), workers=workers))
            handle.client.wait_for_workers(workers, timeout=60)
            processes = [psutil.Process(pid) for pid in handle.client.run(os.getpid).values()]
            thread = threading.Thread(target=Coordinator(catalog, lambda: handle).run, args=(stop,))
            thread.start()
            wait(catalog, submit(catalog, "burn", {"signals": BLOCK * workers, "length": length}, owner="b").id)
            before, own = cpu_seconds(processes), time.process_time()
            job = wait(catalog, submit(catalog, "burn", {"signals": signals, "length": length}, owner="b").id)
            spent, own = cpu_seconds(processes) - before, time.process_time() - own
            assert job.state == "done", job.error
            seconds = (job.finished_at - job.started_at).total_seconds()
            memory = statistics.mean(process.memory_info().rss for process in processes) / 1e6
            stop.set()
            thread.join()
    finally:
        cluster.worker_environment = ours
        os.environ.pop("MALLOC_TRIM_THRESHOLD_", None)
    return Measured(signals / seconds, signals / spent, own, memory)


def cpu_seconds(processes: list[psutil.Process]) -> float:
    """User and system time of all of them."""
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def main() -> None:
    """Print every number beside its alternative."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--signals", type=int, default=1024)
    parser.add_argument("--length", type=int, default=102_400)
    parser.add_argument("--only", choices=["plain"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    size = (options.signals, options.length)
    if options.only == "plain":
        print(*plain(*size))
        return
    with tempfile.TemporaryDirectory() as folder, Catalog.open(Path(folder)) as catalog:
        times = accept(catalog)
    print(f"job accepted: median {1e3 * statistics.median(times):.1f} ms, worst {1e3 * max(times):.1f} ms (goal 50 ms)")

    alone = [sys.executable, __file__, "--only", "plain", *f"--signals {size[0]} --length {size[1]}".split()]
    loop = [float(word) for word in subprocess.run(alone, check=True, capture_output=True, text=True).stdout.split()]
    print(f"plain loop: {loop[0]:.0f} signals/s, {loop[1]:.0f} per CPU-second")
    runs = {}
    for name, extra in (("ours", {}), ("Dask's malloc", DASK_DEFAULT)):
        for workers in (1, 2):
            run = runs[name, workers] = as_job(workers, *size, extra)
            print(
                f"{name}, {workers} worker(s): {run.per_second:.0f} signals/s ({run.per_second / loop[0]:.2f} of it), "
                f"{run.per_cpu_second:.0f} per CPU-second ({run.per_cpu_second / loop[1]:.2f} of the loop), "
                f"coordinator {run.coordinator_cpu_s:.2f} CPU-s, {run.megabytes:.0f} MB a worker"
            )
    ours, theirs = runs["ours", 1], runs["Dask's malloc", 1]
    print(f"two workers against one: {runs['ours', 2].per_second / ours.per_second:.2f} (goal 1.75)")
    print(f"ours against Dask's malloc, per CPU-second: {ours.per_cpu_second / theirs.per_cpu_second:.2f}")


if __name__ == "__main__":
    main()
