"""Sixteen channels of one hour: one answer of the server at every zoom, beside HoloViews' downsample1d.

Run with ``python -m benchmarks.bench_channels``; it writes 16 recordings of 73.7 million samples (about 2.4 GB). The
alternative is given what suits it best: samples in memory, a slice of them for each zoom, and no SQL; of its algorithms
both that need no further package are timed. It is timed on one channel at fewer zooms and counted sixteen times.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import holoviews as hv
import numpy as np
from holoviews.operation.downsample import downsample1d

from benchmarks.conditions import say_conditions
from data_catalog import Catalog, datasets, signals
from data_catalog.signals import MemberDraft, SignalQuery, SignalRow
from pfd_panel.components.plots.several import payload_bytes
from pfd_panel.services import comparing
from pfd_panel.services.context import Context

HOUR = 73_728_000  # one hour at 20.48 kHz
RATE = 20_480.0
CHANNELS = 16
BUCKETS = 1500
TARGET_MS, TARGET_KB = 60.0, 50.0


def fill(catalog: Catalog) -> list[SignalRow]:
    """One recording of sixteen channels, all different, with a gap in one."""
    rng = np.random.default_rng(0)
    block = rng.integers(-9000, 9000, 1 << 20).astype(np.int16)
    with catalog.write() as session:
        dataset_id = datasets.create(session, "plant", owner="bench").id
    segments, drafts = [], []
    for channel in range(CHANNELS):
        name = f"ch{channel:02d}"
        blocks = (np.roll(block, 977 * channel + at)[: HOUR - at * block.size] for at in range(-(-HOUR // block.size)))
        made = catalog.store.write_long(blocks, HOUR, channel=name)
        segments.append(made)
        drafts.append(
            MemberDraft(
                recording="hour", channel=name, rate_hz=RATE, rate_source="file", unit="g", stored=made.stored[0]
            )
        )
    with catalog.write() as session:
        signals.add_segments(session, dataset_id, segments, drafts, owner="bench", job_id="j", reason="")
        signals.seal_version(session, dataset_id, owner="bench", reason="", job_id="j")
    with catalog.read() as session:
        return signals.page(session, SignalQuery(dataset_id=dataset_id, sort="channel")).rows


def timed(call: Callable[[], object]) -> float:
    """Milliseconds of one call."""
    start = time.perf_counter()
    call()
    return 1e3 * (time.perf_counter() - start)


def run(folder: Path, repeat: int) -> None:
    """Every width from 16 samples to the hour, half powers of two, at places that were not read before."""
    rng = np.random.default_rng(1)
    with Catalog.open(folder) as catalog:
        started = time.perf_counter()
        rows = fill(catalog)
        print(f"stored {CHANNELS} channels x {HOUR:,} samples in {time.perf_counter() - started:.0f} s")
        context = Context(catalog)
        comparing.channels(context, rows, 0.0, 1.0, BUCKETS)
        medians, highest, widest = {}, {}, 0.0
        for half in range(8, 54):
            width = min(round(2 ** (half / 2)), HOUR)
            taken = []
            for _ in range(repeat):
                begin = int(rng.integers(0, HOUR - width + 1)) / RATE
                stop = begin + width / RATE
                taken.append(timed(lambda a=begin, b=stop: comparing.channels(context, rows, a, b, BUCKETS)))
            medians[width], highest[width] = statistics.median(taken), max(taken)
            found = comparing.channels(context, rows, begin, stop, BUCKETS)
            widest = max(widest, *(payload_bytes(one.low, one.high) / 1000 for one in found))
        worst = max(medians, key=lambda width: medians[width])
        print(f"16 channels, one call, median of the worst of 46 widths ({worst:,} samples): {medians[worst]:.1f} ms "
              f"(target {TARGET_MS:g})")  # fmt: skip
        print(f"  the slowest of all {46 * repeat} calls: {max(highest.values()):.1f} ms; "
              f"the hour: {medians[HOUR]:.1f} ms")  # fmt: skip
        print(f"sent for a channel at most: {widest:.1f} kB (target {TARGET_KB:g})")
        print("  width: ms  " + "  ".join(f"{width:,}: {value:.1f}" for width, value in list(medians.items())[::6]))
        against_holoviews(context, rows[0], medians)


def against_holoviews(context: Context, row: SignalRow, ours: dict[int, float]) -> None:
    """The alternative on one channel that is in memory already."""
    samples = context.catalog.store.open(row.segment_id).read(row.row)
    times = np.arange(HOUR) / RATE
    curve = hv.Curve((times, samples))
    for algorithm in ("lttb", "nth"):
        for width in (HOUR, 2**24, 2**20, 2**15):
            ends = (0.0, width / RATE)
            call = lambda ends=ends, algorithm=algorithm: downsample1d(  # noqa: E731
                curve, algorithm=algorithm, width=BUCKETS, x_range=ends, dynamic=False
            )
            call()
            taken = statistics.median(timed(call) for _ in range(3))
            nearest = min(ours, key=lambda known, width=width: abs(known - width))
            print(f"downsample1d {algorithm}, {width:,} samples: {taken:.1f} ms a channel, {CHANNELS * taken:.0f} ms "
                  f"for {CHANNELS}: {CHANNELS * taken / ours[nearest]:.1f} x ours")  # fmt: skip


if __name__ == "__main__":
    say_conditions()
    hv.extension("bokeh")
    with tempfile.TemporaryDirectory() as name:
        run(Path(name), int(sys.argv[1]) if len(sys.argv) > 1 else 7)
