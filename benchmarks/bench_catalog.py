"""How long the catalog takes: pages over 100,000 members, zooming a one-hour recording.

Run with ``python -m benchmarks.bench_catalog``; every figure is the median in milliseconds, beside its target.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sqlalchemy import column, func, select
from sqlalchemy.orm import Session

from benchmarks.conditions import say_conditions
from data_catalog import Catalog, datasets, signals
from data_catalog.class_codes import class_codes
from data_catalog.marks import Marks, flagged
from data_catalog.packed_numbers import PackedNumbers
from data_catalog.schema import Member
from data_catalog.signals import MemberDraft, SignalQuery
from data_catalog.store import SegmentManifest, SignalStore, StoredSignal
from data_catalog.visibility import live

MEMBERS = 100_000
HOUR = 73_728_000  # one hour at 20.48 kHz


def median_ms(call: Callable[[], object], repeat: int = 5, *, clock: Callable[[], float] = time.perf_counter) -> float:
    """Median of `repeat` calls after one that warms up."""
    call()
    taken = []
    for _ in range(repeat):
        start = clock()
        call()
        taken.append(1e3 * (clock() - start))
    return statistics.median(taken)


def say(what: str, value: float, target: str) -> None:
    print(f"{what:78} {value:9.1f}   target {target}")


def fill(catalog: Catalog) -> str:
    """A dataset of `MEMBERS` signals with plausible attributes."""
    rng = np.random.default_rng(0)
    faults = ["inner race", "outer race", "ball", None]
    with catalog.write() as session:
        dataset_id = datasets.create(session, "large", owner="bench").id
    for start in range(0, MEMBERS, 6400):
        segments, drafts = [], []
        for first in range(start, min(start + 6400, MEMBERS), 64):
            stored = []
            for row in range(min(64, MEMBERS - first)):
                rms, kurtosis = rng.lognormal(), rng.normal()
                identity = f"{rng.bytes(16).hex()}"
                stored.append(
                    StoredSignal(identity, "DE", 102_400, row, f"s{first}", 0.0, rms, 4 * rms, 4.0, kurtosis, 0, 0.0)
                )
            manifest = SegmentManifest(f"s{first}", "short", "int16", len(stored), 1, "", tuple(stored))
            segments.append(manifest)
            drafts += [
                MemberDraft(
                    recording=f"file {first + one.row:06d}",
                    channel="DE",
                    rate_hz=12_000.0,
                    rate_source="file",
                    speed_rpm=float(rng.integers(1700, 1800)),
                    fault=faults[rng.integers(4)],
                    fault_size=float(rng.choice([0.007, 0.014, 0.021])),
                    load=float(rng.integers(4)),
                    severity=str(rng.choice(["mild", "severe"])),
                    bearing="6205-2RS",
                    stored=one,
                )
                for one in stored
            ]
        with catalog.write() as session:
            signals.add_segments(session, dataset_id, segments, drafts, owner="bench", job_id="j", reason="")
    start_seal = time.perf_counter()
    with catalog.write() as session:
        signals.seal_version(session, dataset_id, owner="bench", reason="", job_id="j")
    say("seal 100,000 members", 1e3 * (time.perf_counter() - start_seal), "-")
    return dataset_id


def pages(folder: Path) -> None:
    """Queries over 100,000 members, on SQLite."""
    with Catalog.open(folder) as catalog:
        start = time.perf_counter()
        dataset_id = fill(catalog)
        say("add and seal 100,000 members", 1e3 * (time.perf_counter() - start), "-")
        columns = ["fault", "fault_size", "load", "severity", "bearing", "channel"]
        with catalog.read() as session:
            middle = (
                signals.page(session, SignalQuery(dataset_id, sort="rms", offset=50_000, limit=1)).rows[0].signal_id
            )
            for name, query in {
                "first page": SignalQuery(dataset_id),
                "page by rms": SignalQuery(dataset_id, sort="rms", descending=True),
                "page 1000 by kurtosis": SignalQuery(dataset_id, sort="kurtosis", offset=50_000),
                "page of one fault, a range of rms": SignalQuery(
                    dataset_id, where={"fault": ["ball"]}, ranges={"rms": (1.0, 2.0)}, sort="rms"
                ),
                "page by text": SignalQuery(dataset_id, text="file 0777"),
            }.items():
                say(name, median_ms(lambda query=query: signals.page(session, query)), "100 ms")
            plain, chosen = SignalQuery(dataset_id), SignalQuery(dataset_id, where={"fault": ["ball"]})
            say("6 facets", median_ms(lambda: signals.facets(session, plain, columns)), "100 ms")
            say("6 facets of one fault", median_ms(lambda: signals.facets(session, chosen, columns)), "100 ms")
            by_rms = SignalQuery(dataset_id, sort="rms")
            say("neighbours by rms", median_ms(lambda: signals.neighbours(session, by_rms, middle)), "100 ms")
            questions(session, dataset_id)
            say("listing", median_ms(lambda: datasets.listing(session)), "100 ms")
        say("open an up-to-date directory", median_ms(lambda: Catalog.open(folder).close()), "50 ms")


def questions(session: Session, dataset_id: str) -> None:
    """What the Explorer asks when its filter changes: a page and every facet; in the query language, with features."""
    started = time.perf_counter()
    ids = np.fromiter(signals.member_ids(session, dataset_id, 1).values(), np.int64)
    say("  read the ids of 100,000 members (once a version)", 1e3 * (time.perf_counter() - started), "-")
    rng = np.random.default_rng(1)
    values = {name: rng.normal(size=len(ids)) for name in ("spectral_centroid", "envelope_kurtosis")}
    started = time.perf_counter()
    features = {name: PackedNumbers(ids, numbers) for name, numbers in values.items()}
    say("  pack one feature (once a version)", 1e3 * (time.perf_counter() - started) / len(features), "-")
    facets = [
        "fault", "fault_size", "load", "channel", "rate_hz", "severity", "position", "bearing", "asset", "tag",
        "quality", "agreement",
    ]  # fmt: skip
    started = time.perf_counter()
    flagged(session, dataset_id, 1)
    say("  read what may be wrong with 100,000 signals (once a version)", 1e3 * (time.perf_counter() - started), "-")
    started = time.perf_counter()
    classes = class_codes(session, [Member.dataset_id == dataset_id, live()])
    say("  read the classes of 100,000 signals (once a version)", 1e3 * (time.perf_counter() - started), "-")
    # every tenth with a flag, and a model that was asked about half of them
    flags = (rng.random(len(ids)) < 0.1).astype(np.int64)
    marks = Marks(ids, flags, rng.integers(0, 2, len(ids)), None, classes)
    for name, query in {
        "fault:inner and rms > 0.3": {},
        "fault:inner and rms > 0.3, ordered by rms": {"sort": "rms"},
        "spectral_centroid > 1": {},
        "fault:inner and (spectral_centroid > 1 or not envelope_kurtosis < 0)": {"sort": "rms"},
        "not tag:checked and load 1..2": {"sort": "rms"},
        "rms > 0.3, ordered by a feature": {"sort": "spectral_centroid"},
        "no condition, ordered by a feature": {"sort": "spectral_centroid", "descending": True},
        "quality:none and agreement:agree and rms > 0.3": {"sort": "rms"},
    }.items():
        text = "" if name.startswith("no condition") else name.partition(",")[0]
        asked = SignalQuery(dataset_id, query=text, features=features, marks=marks, **query)  # type: ignore[arg-type]

        def change(asked: SignalQuery = asked) -> None:
            signals.page(session, asked)
            signals.facets(session, asked, facets)

        say(f"{name}: by the clock", median_ms(change), "100 ms")
        say(f"{name}: CPU-ms", median_ms(change, clock=time.process_time), "100 ms")
    plain = SignalQuery(dataset_id, query="spectral_centroid > 1", features=features)
    packed = median_ms(lambda: signals.page(session, plain))
    chosen = ids[values["spectral_centroid"] > 1].tolist()
    listed = select(func.count(Member.id)).where(
        Member.dataset_id == dataset_id,
        live(),
        Member.id.in_(select(column("value")).select_from(func.json_each(json.dumps(chosen)))),
    )
    say("a page under one feature, its numbers packed", packed, "-")
    say(f"  against counting alone under a list of {len(chosen):,} ids", median_ms(lambda: session.scalar(listed)), "-")


def zooming(folder: Path) -> None:
    """Overviews of a one-hour recording at every zoom."""
    rng = np.random.default_rng(0)
    store = SignalStore(folder / "long")
    block = rng.integers(-9000, 9000, 1 << 20).astype(np.int16)
    start = time.perf_counter()
    manifest = store.write_long(
        (np.roll(block, shift)[: HOUR - at] for shift, at in _blocks(block.size)), HOUR, channel="DE"
    )
    say("store one hour at 20.48 kHz", 1e3 * (time.perf_counter() - start), "-")
    reader = store.open(manifest.id)
    reader.overview(0, 0, HOUR, 1500)
    by_clock, spent = {}, {}
    # half powers of two: every level of the pyramid, just wide and just narrow enough for the next
    for half in range(8, 53):
        width = min(round(2 ** (half / 2)), HOUR)
        clocks, cpus = [], []
        for _ in range(9):
            begin = int(rng.integers(0, HOUR - width + 1))
            started, used = time.perf_counter(), time.process_time()
            reader.overview(0, begin, begin + width, 1500)
            clocks.append(1e3 * (time.perf_counter() - started))
            cpus.append(1e3 * (time.process_time() - used))
        by_clock[width], spent[width] = statistics.median(clocks), statistics.median(cpus)
    worst = max(by_clock, key=lambda width: by_clock[width])
    say(f"zoom by the clock, the worst of 45 widths ({worst:,} samples)", by_clock[worst], "10 ms")
    worst = max(spent, key=lambda width: spent[width])
    say(f"zoom in CPU-ms, the worst of 45 widths ({worst:,} samples)", spent[worst], "10 ms")
    started = time.perf_counter()
    values = reader.read(0, 0, HOUR)
    low, high = values.min(), values.max()
    say(f"  against one pass over all samples ({low:g} to {high:g})", 1e3 * (time.perf_counter() - started), "-")


def _blocks(size: int) -> list[tuple[int, int]]:
    return list(enumerate(range(0, HOUR, size)))


if __name__ == "__main__":
    say_conditions()
    with tempfile.TemporaryDirectory() as name:
        for part in (pages, zooming):
            if len(sys.argv) == 1 or part.__name__ in sys.argv[1:]:
                part(Path(name))
