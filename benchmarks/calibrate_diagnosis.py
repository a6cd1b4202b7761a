"""Derive the gates of the diagnosis from healthy records and write ``pipelines/diagnose/calibration.json``.

    python -m benchmarks.calibrate_diagnosis --records 1500 --workers 2

Gates: quantiles over simulated healthy records, a third of them sound bearings that show their own frequencies. The
score is self-normalised and does not depend on the length of the record (checked: see the design note); the depth
does, noise alone reaches more in a short record. Confidence: logistic
regression on further simulated records, half healthy, half faulty. The supplied measurements take no part.
Reproducible: record i of stream s has the seed (SEED, s, i).
"""

import argparse
import json
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.diagnosis_records import FAULTS, Record, faulty_record, healthy_record
from pipelines.diagnose.config import DEFAULT, METHOD_VERSION
from pipelines.diagnose.gates import Gates, finding_features
from pipelines.diagnose.search import FAULT_LINES, search_combs
from pipelines.spectra.signal_input import checked_signal

SEED = 20260101
BINS = (25.0, 50.0, 200.0)
QUANTILES = (0.5, 0.9, 0.95, 0.99, 0.995)
TARGET = Path(__file__).parent.parent / "pipelines" / "diagnose" / "calibration.json"
PURE, SOUND, MIXED = 0, 1, 2  # streams: no kinematic line, sound bearing showing, half faulty


def measured(record: Record) -> dict:
    """Scores and depths of one record with its own bearing."""
    found = search_combs(
        checked_signal(record.x), record.rate_hz, record.bearing.orders(), record.speed_rpm / 60, DEFAULT
    )
    return {
        "fault": record.fault,
        "turns": record.x.size / record.rate_hz * record.speed_rpm / 60,
        "scores": [found.scores[fault] for fault in FAULT_LINES],
        "depths": [found.depths[fault] for fault in FAULT_LINES],
    }


def _job(job: tuple[int, int]) -> dict | None:
    stream, index = job
    rng = np.random.default_rng([SEED, stream, index])
    if stream == MIXED and index % 2:
        record = faulty_record(rng, FAULTS[index // 2 % 3])
    else:
        record = healthy_record(rng, kinematic=None if stream == MIXED else stream == SOUND)
    turns = record.x.size / record.rate_hz * record.speed_rpm / 60
    return measured(record) if turns >= DEFAULT.least_revolutions else None


def simulate(stream: int, count: int, workers: int) -> list[dict]:
    """`count` records of one stream, those too short to diagnose left out."""
    jobs = [(stream, index) for index in range(count)]
    if workers <= 1:
        return [row for row in map(_job, jobs) if row]
    with ProcessPoolExecutor(workers) as pool:
        return [row for row in pool.map(_job, jobs, chunksize=8) if row]


def null_quantiles(pure: list[dict], sound: list[dict]) -> tuple[dict, list[dict]]:
    """Quantiles of the highest score, and by length of the highest depth, per healthy record.

    Scores come from records without kinematic lines, depths from all: a sound bearing may well show its frequencies,
    and only how deep they are tells it from a defect.
    """
    score = [max(row["scores"]) for row in pure]
    bins = []
    for start, end in zip(BINS, (*BINS[1:], np.inf), strict=True):
        depth = [max(row["depths"]) for row in (*pure, *sound) if start <= row["turns"] < end]
        bins.append({"from_revolutions": start, "records": len(depth), "depth": _quantiles(depth)})
    return {"records": len(score), **_quantiles(score)}, bins


def _quantiles(values: list[float]) -> dict[str, float]:
    return {str(q): round(float(np.quantile(values, q)), 4) for q in QUANTILES}


def named(row: dict, gates: Gates) -> tuple[str, float, float, float]:
    """The fault a row speaks for: (fault, score, best other score, depth), ball being the larger of ball and cage."""
    scores, depths = (
        dict(zip(FAULT_LINES, row["scores"], strict=True)),
        dict(zip(FAULT_LINES, row["depths"], strict=True)),
    )
    line = "cage" if scores["cage"] > scores["ball"] else "ball"
    kinds = {"outer_race": "outer_race", "inner_race": "inner_race", "ball": line}
    best = max(kinds, key=lambda kind: scores[kinds[kind]])
    rival = max(scores[kinds[kind]] for kind in kinds if kind != best)
    return best, scores[kinds[best]], rival, depths[kinds[best]]


def fit_confidence(mixed: list[dict], score_gate: dict, bins: list[dict]) -> tuple[dict, dict]:
    """Logistic models: is the named fault right; is a record with this highest score healthy."""
    finding, right, highest, healthy = [], [], [], []
    for row in mixed:
        level = next(entry for entry in reversed(bins) if row["turns"] >= entry["from_revolutions"])
        gates = Gates(score_gate["0.99"], score_gate["0.95"], level["depth"]["0.9"], "")
        fault, score, rival, depth = named(row, gates)
        finding.append(finding_features(score, rival, depth, gates))
        right.append(fault == row["fault"])
        if score < gates.score:
            highest.append([score / gates.score])
            healthy.append(row["fault"] is None)
    first = LogisticRegression(C=1e3).fit(finding, right)
    second = LogisticRegression(C=1e3).fit(highest, healthy)
    return (
        {
            "intercept": round(float(first.intercept_[0]), 4),
            "coefficients": [round(float(c), 4) for c in first.coef_[0]],
        },
        {"intercept": round(float(second.intercept_[0]), 4), "coefficient": round(float(second.coef_[0, 0]), 4)},
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1500, help="healthy records; half as many sound, as many mixed")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--out", type=Path, default=TARGET)
    parser.add_argument("--rows", type=Path, help="also keep every score and depth here (JSON)")
    args = parser.parse_args()
    pure = simulate(PURE, args.records, args.workers)
    sound = simulate(SOUND, args.records // 2, args.workers)
    mixed = simulate(MIXED, args.records, args.workers)
    if args.rows:
        args.rows.write_text(json.dumps({"pure": pure, "sound": sound, "mixed": mixed}), encoding="utf-8")
    score, bins = null_quantiles(pure, sound)
    finding, clear = fit_confidence(mixed, score, bins)
    result = {
        "method_version": METHOD_VERSION,
        "made_by": f"benchmarks/calibrate_diagnosis.py --records {args.records}",
        "seed": SEED,
        "score": score,
        "depth_by_length": bins,
        "finding": finding,
        "clear": clear,
    }
    args.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
