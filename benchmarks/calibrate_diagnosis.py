"""Derive the gates and probabilities of the diagnosis and write ``pipelines/diagnose/calibration.json``.

    PFD_TEST_DATA=/data python -m benchmarks.calibrate_diagnosis --records 600 --workers 2

Gates: quantiles over simulated healthy records, a third of them sound bearings that show their own frequencies, and
over the real healthy recordings; the higher of both. The score is self-normalised and does not depend on the length of
the record; the depth does, noise alone reaches more in a short record. Probabilities: conditional logit on further
simulated records, half healthy, half faulty, and on sound bearings beside a defective one; what they are worth: the
same on others that took no part. No recording of a real fault takes part. Reproducible: record i of stream s has the
seed (SEED, s, i).
"""

import argparse
import json
import os
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.diagnosis_fits import (
    ONE_SIDED_90,
    Row,
    answers,
    fit_explanations,
    fit_reliability,
    fit_speed,
    measures_of,
    quantiles,
    wilson,
)
from benchmarks.diagnosis_real import healthy_recordings
from benchmarks.diagnosis_records import FAULTS, Record, faulty_record, healthy_record
from pipelines.bearings import BearingGeometry, FaultOrders, all_bearings
from pipelines.diagnose import gates as gates_module
from pipelines.diagnose.config import DEFAULT, METHOD_VERSION
from pipelines.diagnose.search import line_orders, search_combs
from pipelines.diagnose.speed import speed_evidence
from pipelines.errors import InputError
from pipelines.spectra.signal_input import checked_signal

SEED = 20260101
BINS = (25.0, 50.0, 200.0)
TARGET = Path(__file__).parent.parent / "pipelines" / "diagnose" / "calibration.json"
STREAMS = ("pure", "sound", "mixed", "check", "speed", "foreign")
PURE, SOUND, MIXED, CHECK, SPEED, FOREIGN = range(6)
# No kinematic line; sound bearing showing; half faulty, to fit, to check and for the speed; defect of another bearing.


def measured(x: np.ndarray, rate_hz: float, orders: FaultOrders, speed_rpm: float) -> Row:
    """What one record shows with a bearing."""
    signal = checked_signal(x)
    found = search_combs(signal, rate_hz, orders, speed_rpm / 60, DEFAULT)
    return {
        "scores": found.scores,
        "depths": found.depths,
        "turning": found.turning,
        "standing": found.standing,
        "turns": signal.size / rate_hz * speed_rpm / 60,
    }


def drawn(stream: int, index: int) -> Record:
    """The simulated record of a stream."""
    rng = np.random.default_rng([SEED, stream, index])
    if stream in (PURE, SOUND):
        return healthy_record(rng, kinematic=stream == SOUND)
    return faulty_record(rng, FAULTS[index // 2 % 3]) if index % 2 or stream == FOREIGN else healthy_record(rng)


def another_bearing(record: Record, rng: np.random.Generator) -> BearingGeometry:
    """A bearing none of whose lines is a small multiple or fraction of those of the record's own."""
    own = list(line_orders(record.bearing.orders()).values())
    ratios = np.log([up / down for up in (1, 2, 3) for down in (1, 2, 3)])
    for index in rng.permutation(len(all_bearings())):
        other = all_bearings()[index]
        apart = np.subtract.outer(np.log(list(line_orders(other.orders()).values())), np.log(own))
        if np.abs(apart[:2, :2, None] - ratios).min() > 1.25 * DEFAULT.slip:
            return other
    raise InputError(f"no bearing of the table is unrelated to {record.bearing.designation}")


def _job(job: tuple[int, int]) -> Row | None:
    stream, index = job
    record = drawn(stream, index)
    if record.x.size / record.rate_hz * record.speed_rpm / 60 < DEFAULT.least_revolutions:
        return None
    if stream == FOREIGN:
        other = another_bearing(record, np.random.default_rng([SEED, FOREIGN, index, 1]))
        return {"fault": None} | measured(record.x, record.rate_hz, other.orders(), record.speed_rpm)
    row: Row = {"fault": record.fault, "snr_db": record.snr_db}
    if stream != SPEED:
        return row | measured(record.x, record.rate_hz, record.bearing.orders(), record.speed_rpm)
    try:
        found = speed_evidence(record.x, record.rate_hz, DEFAULT.search_rpm, DEFAULT)
    except InputError:
        return None  # too short for the range searched
    return row | {"speed": found.features(), "speed_right": abs(found.rpm / record.speed_rpm - 1) < 0.01}


def simulate(stream: int, count: int, workers: int) -> list[Row]:
    """`count` records of one stream, those too short to diagnose left out."""
    jobs = [(stream, index) for index in range(count)]
    if workers <= 1:
        return [row for row in map(_job, jobs) if row]
    with ProcessPoolExecutor(workers) as pool:
        return [row for row in pool.map(_job, jobs, chunksize=8) if row]


def real_rows(root: Path) -> tuple[list[Row], dict[str, Any]]:
    """Real healthy recordings searched for every bearing of the table, of which none has a defect to show."""
    rows, used, short = [], [], Counter[str]()
    for recording in healthy_recordings(root):
        if recording.turns < DEFAULT.least_revolutions:
            short[recording.channel] += 1
            continue
        used.append(f"{recording.channel} {recording.name}")
        for bearing in all_bearings():
            row = measured(recording.x, recording.rate_hz, bearing.orders(), recording.speed_rpm)
            rows.append(row | {"own": bearing.designation == recording.bearing})
    return rows, {"recordings": used, "too_short": dict(short), "searched": len(rows)}


def gates_from(pure: list[Row], sound: list[Row], real: list[Row]) -> dict[str, Any]:
    """Quantiles over healthy records: the higher of the simulated and the real ones.

    Scores come from records without kinematic lines, the rest from all: a sound bearing may well show its frequencies,
    and only how deep they are tells it from a defect.
    """
    bins = []
    for start, end in zip(BINS, (*BINS[1:], np.inf), strict=True):
        kept = [[row for row in rows if start <= row["turns"] < end] for rows in ((*pure, *sound), real)]
        depth = _higher(*([max(row["depths"].values()) for row in rows] for rows in kept))
        bins.append({"from_revolutions": start, "records": len(kept[0]), "real": len(kept[1]), "depth": depth})
    score = _higher(*([max(row["scores"].values()) for row in rows] for rows in (pure, real)))
    standing = _higher(*([row["standing"] for row in rows] for rows in ((*pure, *sound), real)))
    return {"score": {"records": len(pure), **score}, "depth_by_length": bins, "standing": standing}


def _higher(simulated: list[float], real: list[float]) -> dict[str, float]:
    one, other = quantiles(simulated), quantiles(real) if real else {}
    return {name: max(value, other.get(name, value)) for name, value in one.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=600, help="healthy records; half as many sound, twice mixed")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--out", type=Path, default=TARGET)
    parser.add_argument("--rows", type=Path, help="keep what was measured here (JSON), and start from it if it exists")
    args = parser.parse_args()
    counts = {PURE: 1.0, SOUND: 0.5, MIXED: 2.0, CHECK: 1.5, SPEED: 1.0, FOREIGN: 0.5}
    if args.rows and args.rows.exists():
        streams = {int(name): rows for name, rows in json.loads(args.rows.read_text(encoding="utf-8")).items()}
    else:
        streams = {
            stream: simulate(stream, int(share * args.records), args.workers) for stream, share in counts.items()
        }
        if args.rows:
            args.rows.write_text(json.dumps(streams), encoding="utf-8")
    real, told = real_rows(Path(os.environ["PFD_TEST_DATA"]))
    result = {
        "method_version": METHOD_VERSION,
        "made_by": f"benchmarks/calibrate_diagnosis.py --records {args.records}",
        "seed": SEED,
        "streams": {name: len(rows) for name, rows in zip(STREAMS, streams.values(), strict=True)},
        **gates_from(streams[PURE], streams[SOUND], real),
        "real": told,
        "explanations": fit_explanations(streams[MIXED] + streams[FOREIGN][::2]),
        "speed": fit_speed(streams[SPEED]),
        "reliability": {},
    }
    _write(args.out, result)
    given = answers(streams[CHECK] + streams[FOREIGN][1::2])
    result["reliability"] = {kind: fit_reliability(rows) for kind, rows in given.items()}
    for name, rows in (("own_bearing", [row for row in real if row["own"]]), ("any_bearing", real)):
        accused = sum(
            any(measures_of(row).passes(line, gates_module.gates_for(row["turns"])) for line in row["scores"])
            for row in rows
        )
        bound = round(wilson(accused, len(rows), -ONE_SIDED_90), 3)
        told[name] = {"searches": len(rows), "accused": accused, "at_most_90": bound}
    result["at_most"] = round(1 - told["any_bearing"]["at_most_90"], 3)
    _write(args.out, result)
    print(json.dumps(result, indent=1))


def _write(path: Path, result: dict[str, Any]) -> None:
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    gates_module.calibration.cache_clear()


if __name__ == "__main__":
    main()
