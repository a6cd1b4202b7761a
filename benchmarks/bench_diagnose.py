"""Diagnosis on real recordings and fresh simulated machines: table, reliability, controls, time.

    PFD_TEST_DATA=/data python -m benchmarks.bench_diagnose [--json]

Right: the named fault is the label. Wrong: another fault is named. Missed: a faulty recording called healthy.
Controls, none of which may name a fault: bearings that are not in the machine, real healthy recordings, and simulated
healthy machines. A bearing whose orders are twice or half the true ones asks whether multiples are told apart.
"""

import argparse
import json
import os
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.diagnosis_fits import ONE_SIDED_90, wilson
from benchmarks.diagnosis_real import Recording, healthy_recordings, recordings
from benchmarks.diagnosis_records import FAULTS, faulty_record, healthy_record
from pipelines.bearings import BearingGeometry, FaultOrders, lookup
from pipelines.diagnose import Diagnosis, diagnose

# Fault orders that no harmonic or half of the true ones comes near: the same records must then say nothing.
# (A ZA-2115 would not do: its BPFO is twice that of a 6205 within 1 %.)
ELSEWHERE = (lookup("7305"), lookup("DIRG B1"), lookup("N204"))
WRONG = {"6205": ELSEWHERE, "NICE": ELSEWHERE}
SURE = 0.9
SEED = 77


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said of one record and what is true."""

    said: str
    truth: str
    confidence: float

    @property
    def outcome(self) -> str:
        """right, wrong, missed or abstained."""
        if self.said == "abstain":
            return "abstained"
        if self.said == self.truth:
            return "right"
        return "missed" if self.said == "healthy" else "wrong"


def answer(truth: str, result: Diagnosis) -> Answer:
    """The verdict beside the truth."""
    return Answer(result.fault or result.verdict, truth, result.confidence)


def judge(recording: Recording, geometry: BearingGeometry, *, speed_known: bool = True) -> tuple[dict, float]:
    """Row of one diagnosis and its CPU seconds."""
    start = time.process_time()
    speed = recording.speed_rpm if speed_known else None
    result = diagnose(recording.x, recording.rate_hz, geometry=geometry, speed_rpm=speed)
    seconds = time.process_time() - start
    row = {
        "name": recording.name,
        "channel": recording.channel,
        "truth": recording.truth,
        "bearing": geometry.designation,
        "verdict": result.verdict,
        "fault": result.fault,
        "confidence": round(result.confidence, 3),
        "outcome": answer(recording.truth, result).outcome,
        "reason": result.reason,
        "seconds": recording.x.size / recording.rate_hz,
        "rate_hz": recording.rate_hz,
    }
    return row, seconds


def multiplied(orders: FaultOrders, factor: float) -> FaultOrders:
    """A bearing that does not exist, with every order `factor` times that of another."""
    return FaultOrders(*(factor * value for value in (orders.bpfo, orders.bpfi, orders.bsf, orders.ftf)))


def simulated(count: int) -> tuple[list[Answer], dict[str, dict[str, int]]]:
    """Fresh machines, every second one faulty, with their own bearing; the faulty ones also with orders not theirs."""
    answers, controls = [], {"twice the orders": Counter[str](), "half the orders": Counter[str]()}
    for index in range(count):
        rng = np.random.default_rng([SEED, index])
        record = faulty_record(rng, FAULTS[index // 2 % 3]) if index % 2 else healthy_record(rng)
        result = diagnose(record.x, record.rate_hz, geometry=record.bearing, speed_rpm=record.speed_rpm)
        answers.append(answer(record.fault or "healthy", result))
        if record.fault in {"outer_race", "inner_race"} and record.snr_db > -6:
            for name, factor in (("twice the orders", 2.0), ("half the orders", 0.5)):
                orders = multiplied(record.bearing.orders(), factor)
                if 3 * max(orders.bpfi, 2 * orders.bsf) * record.speed_rpm / 60 < record.rate_hz / 4:
                    other = diagnose(record.x, record.rate_hz, orders=orders, speed_rpm=record.speed_rpm)
                    controls[name][other.verdict] += 1
    return answers, {name: dict(counts) for name, counts in controls.items()}


def reliability(answers: list[Answer]) -> dict:
    """Of the answers that were sure, how many were right; lower 90 % bound (Wilson)."""
    sure = [one for one in answers if one.said != "abstain" and one.confidence >= SURE]
    bins = {}
    for start, end in ((0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 1.01)):
        here = [one for one in answers if one.said != "abstain" and start <= one.confidence < end]
        bins[f"{start:.1f} to {min(end, 1):.1f}"] = [sum(one.outcome == "right" for one in here), len(here)]
    right = sum(one.outcome == "right" for one in sure)
    return {
        "sure": len(sure),
        "sure_right": right,
        "at_least_90": round(wilson(right, len(sure), ONE_SIDED_90), 3),
        "right_of_answers_by_confidence": bins,
        "faulty": dict(Counter(one.outcome for one in answers if one.truth != "healthy")),
        "healthy": dict(Counter(one.outcome for one in answers if one.truth == "healthy")),
    }


def measure(root: Path, fresh: int) -> dict:
    """Everything this benchmark says."""
    rows, control, unknown, seconds = [], [], [], []
    for recording in recordings(root):
        row, took = judge(recording, lookup(recording.bearing))
        rows.append(row)
        seconds.append(took * 120_000 / recording.x.size)
        control += [judge(recording, wrong)[0] for wrong in WRONG[recording.bearing]]
        unknown.append(judge(recording, lookup(recording.bearing), speed_known=False)[0])
    sound = [judge(recording, lookup(recording.bearing))[0] for recording in healthy_recordings(root)]
    answers, multiples = simulated(fresh)
    return {
        "recordings": rows,
        "outcomes": {channel: _outcomes(rows, channel) for channel in sorted({row["channel"] for row in rows})},
        "speed_unknown": {channel: _outcomes(unknown, channel) for channel in sorted({r["channel"] for r in unknown})},
        "speed_unknown_wrong": [row for row in unknown if row["outcome"] in {"wrong", "missed"}],
        "wrong_bearing_verdicts": dict(Counter(row["verdict"] for row in control)),
        "wrong_bearing_faults": [row for row in control if row["verdict"] == "fault"],
        "real_healthy_verdicts": dict(Counter(row["verdict"] for row in sound)),
        "orders_not_theirs": multiples,
        "fresh": reliability(answers),
        "cpu_ms_for_10_s_at_12_khz": round(1000 * float(np.median(seconds)), 1),
    }


def _outcomes(rows: list[dict], channel: str) -> dict[str, int]:
    return dict(Counter(row["outcome"] for row in rows if row["channel"] == channel))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--fresh", type=int, default=300, help="fresh simulated machines, half of them faulty")
    args = parser.parse_args()
    if "PFD_TEST_DATA" not in os.environ:
        print("skipped: PFD_TEST_DATA does not name the folder of real recordings")
        return
    result = measure(Path(os.environ["PFD_TEST_DATA"]), args.fresh)
    if args.json:
        print(json.dumps(result, indent=1))
        return
    for row in result["recordings"]:
        place = f"{row['channel']:8} {row['name']:24} {row['truth']:11}"
        print(f"{place} -> {row['fault'] or row['verdict']:11} {row['confidence']:.2f} {row['outcome']}")
    print("\n| records | n | right | wrong | faulty, called healthy | abstained |\n|---|---|---|---|---|---|")
    for title, outcomes in (("", result["outcomes"]), (", speed not given", result["speed_unknown"])):
        for channel, counts in outcomes.items():
            cells = " | ".join(str(counts.get(name, 0)) for name in ("right", "wrong", "missed", "abstained"))
            print(f"| {channel}{title} | {sum(counts.values())} | {cells} |")
    print(f"wrong bearing: {result['wrong_bearing_verdicts']}")
    for row in (*result["wrong_bearing_faults"], *result["speed_unknown_wrong"]):
        print(f"   {row['channel']} {row['name']} as {row['bearing']}: {row['fault']} {row['confidence']}")
    for name in ("real_healthy_verdicts", "orders_not_theirs", "fresh", "cpu_ms_for_10_s_at_12_khz"):
        print(f"{name}: {result[name]}")


if __name__ == "__main__":
    main()
