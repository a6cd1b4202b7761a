"""The feature job on one and two worker processes, against the same kernel in a plain loop over the same signals.

    python -m benchmarks.bench_feature_job [--signals 1024] [--rounds 3]

The job is the product's `extract_features`: planned from the catalog, read from the store, 42 features of each record,
written as a part with fsync, committed with its rows. The loop is what its kernel costs alone: the samples read in the
same way from the same store and `extract_record`, in a process of its own, nothing kept. Starting the cluster and first
imports are left out; what they take is said. Rates per CPU-second stand beside those by the clock: on a machine that
others use too, only those compare.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

# before numpy loads
os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np

from benchmarks.conditions import say_conditions
from benchmarks.job_runner import Cost, running
from dask_cluster.kinds.extract_features import with_samples
from data_catalog import Catalog, datasets, signals
from data_catalog.signals import MemberDraft
from data_catalog.store import RowInput, SegmentManifest, SignalStore
from pipelines.bearings import lookup
from pipelines.features import FeatureConfig, extract_record

BLOCK, SAMPLES, RATE_HZ, SPEED_RPM, BEARING = 64, 102_400, 20_480.0, 1797.0, "6205-2RS"
CONFIG = FeatureConfig(window_s=None)
DASK_DEFAULT = {"MALLOC_TRIM_THRESHOLD_": "65536"}  # what Dask's nanny sets if it is let


def fill(catalog: Catalog, count: int) -> list[SegmentManifest]:
    """Store `count` different signals of 16-bit values."""
    rng = np.random.default_rng(0)
    store = SignalStore(catalog.home / "store")
    segments = []
    for _ in range(count // BLOCK):
        counts = np.round(1000 * rng.standard_normal((BLOCK, SAMPLES), dtype=np.float32))
        segments.append(store.write_short([RowInput("DE", row * np.float32(0.0002)) for row in counts]))
    return segments


def add_dataset(catalog: Catalog, name: str, segments: list[SegmentManifest]) -> None:
    """A dataset with these signals: features are kept for each dataset, so each job needs one of its own."""
    drafts = [
        MemberDraft(
            recording=f"record {place}-{one.row}",
            channel="DE",
            rate_hz=RATE_HZ,
            rate_source="bench",
            speed_rpm=SPEED_RPM,
            bearing=BEARING,
            stored=one,
        )
        for place, segment in enumerate(segments)
        for one in segment.stored
    ]
    with catalog.write() as session:
        dataset = datasets.create(session, name, owner="bench").id
        signals.add_segments(session, dataset, segments, drafts, owner="bench", job_id=name, reason="")
        signals.seal_version(session, dataset, owner="bench", reason="", job_id=name)


def loop(home: Path, segment_ids: list[str]) -> tuple[float, float]:
    """Seconds by the clock and of CPU for all signals of the segments."""
    store = SignalStore(home / "store")
    orders = lookup(BEARING).orders()

    def over(chosen: list[str]) -> None:
        wanted = [{"segment_id": segment, "row": row} for segment in chosen for row in range(BLOCK)]
        for _, samples in with_samples(store, wanted):
            extract_record(samples, RATE_HZ, SPEED_RPM, orders, CONFIG)

    over(segment_ids[:1])
    started, spent = time.perf_counter(), time.process_time()
    over(segment_ids)
    return time.perf_counter() - started, time.process_time() - spent


def in_its_own_process(home: Path, segments: list[SegmentManifest]) -> tuple[float, float]:
    """`loop` where nothing else runs."""
    named = [sys.executable, "-m", "benchmarks.bench_feature_job", "--loop", str(home), *(one.id for one in segments)]
    told = subprocess.run(named, check=True, capture_output=True, text=True).stdout.split()
    return float(told[0]), float(told[1])


def as_job(
    home: Path, segments: list[SegmentManifest], workers: int, extra: dict[str, str], name: str
) -> tuple[Cost, float]:
    """The job on a cluster of its own, and the megabytes of a worker afterwards."""
    with running(workers, home=home, environment=extra) as runner:
        add_dataset(runner.catalog, name, segments)
        runner.on_every_worker(partial(warm, str(home), segments[0].id))
        cost = runner.run("extract_features", {"dataset": name, "config": CONFIG.model_dump(mode="json")})
        return cost, runner.worker_megabytes()


def warm(home: str, segment_id: str) -> None:
    """Let a worker import and compile what a step needs."""
    loop(Path(home), [segment_id])


def main() -> None:
    """Print every rate beside that of the loop."""
    if "--loop" in sys.argv:
        home, *segment_ids = sys.argv[sys.argv.index("--loop") + 1 :]
        print(*loop(Path(home), segment_ids))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--signals", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    say_conditions()
    count = options.signals // BLOCK * BLOCK
    print(f"{count} signals of {SAMPLES} samples, 42 features, medians of {options.rounds} rounds")
    variants = {"one worker": (1, {}), "two workers": (2, {}), "one worker, Dask's malloc setting": (1, DASK_DEFAULT)}
    walls: dict[str, list[float]] = {name: [] for name in ("plain loop", *variants)}
    cpus: dict[str, list[float]] = {name: [] for name in walls}
    memory: dict[str, float] = {}
    starts = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with Catalog.open(home) as catalog:
            segments = fill(catalog, count)
        for turn in range(options.rounds):
            wall, cpu = in_its_own_process(home, segments)
            walls["plain loop"].append(wall)
            cpus["plain loop"].append(cpu)
            for name, (workers, extra) in variants.items():
                started = time.perf_counter()
                cost, memory[name] = as_job(home, segments, workers, extra, f"{name} {turn}")
                starts.append(time.perf_counter() - started - cost.wall_s)
                walls[name].append(cost.running_s)
                cpus[name].append(cost.workers_cpu_s)
    rate = {name: count / statistics.median(times) for name, times in walls.items()}
    per_cpu = {name: count / statistics.median(times) for name, times in cpus.items()}
    for name in walls:
        told = f", {memory[name]:.0f} MB a worker" if name in memory else ""
        print(
            f"{name:34} {rate[name]:6.0f} signals/s = {rate[name] / rate['plain loop']:.2f} × the loop; "
            f"{per_cpu[name]:5.0f} per CPU-second of the workers = {per_cpu[name] / per_cpu['plain loop']:.2f} ×{told}"
        )
    print(f"one worker against the loop: {rate['one worker'] / rate['plain loop']:.2f} × (target ≥ 0.9)")
    print(f"two workers against one: {rate['two workers'] / rate['one worker']:.2f} × (target ≥ 1.75)")
    print(f"starting and warming a cluster, not counted: median {statistics.median(starts):.1f} s")


if __name__ == "__main__":
    main()
