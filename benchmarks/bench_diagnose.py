"""Diagnosis on the real recordings: confusion table, control with a wrong bearing, false alarms, time.

    PFD_TEST_DATA=/data python -m benchmarks.bench_diagnose [--json]

Right: the named fault is the label. Wrong: another fault is named. Missed: a faulty recording called healthy.
"""

import argparse
import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.io
from numpy.typing import NDArray

from benchmarks.diagnosis_records import healthy_record
from pipelines.bearings import BearingGeometry, lookup
from pipelines.diagnose import Diagnosis, diagnose

LABELS = {"IR": "inner_race", "OR": "outer_race", "B": "ball", "Normal": "healthy"}
SPEED_AT_LOAD = {0: 1797.0, 1: 1772.0, 2: 1750.0, 3: 1730.0}
# Fault orders that no harmonic or half of the true ones comes near: the same records must then say nothing.
# (A ZA-2115 would not do: its BPFO is twice that of a 6205 within 1 %.)
ELSEWHERE = (lookup("7305"), lookup("DIRG B1"), lookup("N204"))
WRONG = {"6205": ELSEWHERE, "NICE": ELSEWHERE}


@dataclass(frozen=True, slots=True)
class Recording:
    """One channel of one real file with its label."""

    name: str
    channel: str
    truth: str
    x: NDArray
    rate_hz: float
    speed_rpm: float
    bearing: str


def recordings(root: Path) -> Iterator[Recording]:
    """CWRU drive and fan end and MFPT; faults sit in the drive-end bearing whatever the channel."""
    for path in sorted((root / "cwru").rglob("*.mat")):
        parts = path.relative_to(root / "cwru").parts
        content = scipy.io.loadmat(path)
        label = LABELS["Normal" if parts[0] == "Normal" else parts[1]]
        # The normal recordings and the 48k folder were sampled at 48 kHz, the rest at 12 kHz.
        rate = 12_000.0 if parts[0].startswith("12k") else 48_000.0
        stated = [float(value.item()) for key, value in content.items() if key.endswith("RPM")]
        speed = stated[0] if stated else SPEED_AT_LOAD[int(path.stem[-1])]
        for channel in ("DE", "FE"):
            found = [value for key, value in content.items() if key.endswith(f"_{channel}_time")]
            if found:
                yield Recording(path.stem, f"CWRU {channel}", label, found[0].ravel(), rate, speed, "6205")
    for path in sorted((root / "mfpt" / "train_data").glob("*.mat")):
        record = scipy.io.loadmat(path, squeeze_me=True)["bearing"]
        label = "inner_race" if path.stem.startswith("Inner") else "outer_race"
        signal, rate = np.ravel(record["gs"].item()), float(record["sr"].item())
        yield Recording(path.stem, "MFPT", label, signal, rate, 60 * float(record["rate"].item()), "NICE")


def outcome(truth: str, result: Diagnosis) -> str:
    """right, wrong, missed or abstained."""
    said = result.fault if result.verdict == "fault" else result.verdict
    if said == "abstain":
        return "abstained"
    if said == truth:
        return "right"
    return "missed" if said == "healthy" else "wrong"


def judge(recording: Recording, geometry: BearingGeometry) -> tuple[dict, float]:
    """Row of one diagnosis and its seconds."""
    start = time.perf_counter()
    result = diagnose(recording.x, recording.rate_hz, geometry=geometry, speed_rpm=recording.speed_rpm)
    seconds = time.perf_counter() - start
    row = {
        "name": recording.name,
        "channel": recording.channel,
        "truth": recording.truth,
        "bearing": geometry.designation,
        "verdict": result.verdict,
        "fault": result.fault,
        "confidence": round(result.confidence, 3),
        "outcome": outcome(recording.truth, result),
        "reason": result.reason,
    }
    return row, seconds


def false_alarms(count: int, seed: int) -> dict:
    """Verdicts on fresh simulated healthy records."""
    verdicts: Counter[str] = Counter()
    for index in range(count):
        record = healthy_record(np.random.default_rng([seed, index]))
        result = diagnose(record.x, record.rate_hz, geometry=record.bearing, speed_rpm=record.speed_rpm)
        verdicts[result.verdict] += 1
    return dict(verdicts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--healthy", type=int, default=100, help="fresh simulated healthy records")
    args = parser.parse_args()
    root = Path(os.environ["PFD_TEST_DATA"])
    rows, control, seconds = [], [], []
    for recording in recordings(root):
        row, took = judge(recording, lookup(recording.bearing))
        rows.append(row)
        seconds.append(took)
        control += [judge(recording, wrong)[0] for wrong in WRONG[recording.bearing]]
    result = {
        "recordings": rows,
        "outcomes": {
            channel: dict(Counter(row["outcome"] for row in rows if row["channel"] == channel))
            for channel in sorted({row["channel"] for row in rows})
        },
        "wrong_bearing_verdicts": dict(Counter(row["verdict"] for row in control)),
        "wrong_bearing_faults": [row for row in control if row["verdict"] == "fault"],
        "fresh_healthy_verdicts": false_alarms(args.healthy, seed=77),
        "median_ms": round(1000 * float(np.median(seconds)), 1),
    }
    if args.json:
        print(json.dumps(result, indent=1))
        return
    for row in rows:
        said = row["fault"] or row["verdict"]
        place = f"{row['channel']:8} {row['name']:24} {row['truth']:11}"
        print(f"{place} -> {said:11} {row['confidence']:.2f} {row['outcome']}")
    for channel, counts in result["outcomes"].items():
        print(f"{channel}: {counts}")
    print(f"wrong bearing: {result['wrong_bearing_verdicts']}")
    for row in result["wrong_bearing_faults"]:
        print(f"   {row['channel']} {row['name']} as {row['bearing']}: {row['fault']} {row['confidence']}")
    print(f"fresh healthy records: {result['fresh_healthy_verdicts']}; median {result['median_ms']} ms")


if __name__ == "__main__":
    main()
