import numpy as np
import pytest

from benchmarks.calibrate_diagnosis import PURE, SEED, simulate
from pipelines.diagnose import METHOD_VERSION, gates_for
from pipelines.diagnose.gates import calibration, clear_confidence, finding_confidence


def test_a_small_sample_computed_anew_agrees_with_the_shipped_quantiles():
    rows = simulate(PURE, 24, workers=1)
    highest = np.array([max(row["scores"]) for row in rows])
    score = calibration()["score"]
    # 24 draws: 10 % of them above the clear limit and half above the median, within three standard errors.
    assert np.mean(highest > score["0.9"]) <= 0.1 + 3 * np.sqrt(0.1 * 0.9 / len(rows))
    assert np.mean(highest > score["0.5"]) == pytest.approx(0.5, abs=3 * 0.5 / np.sqrt(len(rows)))
    assert calibration()["seed"] == SEED


def test_gates_are_ordered_and_belong_to_this_method():
    assert calibration()["method_version"] == METHOD_VERSION
    for turns in (25, 100, 1000):
        gates = gates_for(turns)
        assert 0 < gates.clear < gates.score
        assert 0 < gates.depth < 1
        assert "healthy" in gates.source


def test_longer_records_need_less_depth():
    assert gates_for(25).depth > gates_for(1000).depth


def test_confidence_grows_with_the_finding_and_falls_with_a_rival():
    gates = gates_for(300)
    weak = finding_confidence(1.1 * gates.score, 0, 1.1 * gates.depth, gates)
    strong = finding_confidence(3 * gates.score, 0, 3 * gates.depth, gates)
    contested = finding_confidence(3 * gates.score, 2.9 * gates.score, 3 * gates.depth, gates)
    assert 0 < weak < strong < 1
    assert contested < strong
    assert clear_confidence(0.2 * gates.score, gates) > clear_confidence(0.9 * gates.score, gates)
