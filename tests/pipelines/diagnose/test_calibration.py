import numpy as np
import pytest

from benchmarks.calibrate_diagnosis import CHECK, PURE, SEED, simulate
from benchmarks.diagnosis_fits import answers, fit_reliability, wilson
from pipelines.diagnose import METHOD_VERSION, gates_for
from pipelines.diagnose.explanations import Measures, explain, stated
from pipelines.diagnose.gates import calibration

SILENT = {"outer_race": 0.0, "inner_race": 0.0, "ball": 0.0, "cage": 0.0}
SHALLOW = dict.fromkeys(SILENT, 0.05)


def test_a_small_sample_computed_anew_agrees_with_the_shipped_quantiles():
    rows = simulate(PURE, 24, workers=1)
    highest = np.array([max(row["scores"].values()) for row in rows])
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


def probability_of(fault: str, *, score: float, depth: float, **rivals: float) -> float:
    measures = Measures(
        scores={**SILENT, fault: score, **rivals},
        depths={**SHALLOW, fault: depth, **dict.fromkeys(rivals, depth)},
        turning={"outer_race": 0.0, "inner_race": 0.0},
        standing=3,
        turns=300.0,
    )
    return next(one.probability for one in explain(measures) if one.what == fault)


@pytest.mark.parametrize("fault", ["outer_race", "inner_race", "ball"])
def test_a_fault_is_more_probable_the_higher_and_deeper_its_line_and_less_beside_a_rival(fault):
    rival = {"outer_race": "inner_race"}.get(fault, "outer_race")
    strong = probability_of(fault, score=9.0, depth=0.6)
    assert probability_of(fault, score=3.0, depth=0.6) < strong
    assert probability_of(fault, score=9.0, depth=0.1) < strong
    assert probability_of(fault, score=9.0, depth=0.6, **{rival: 9.0}) < 0.9 * strong


def test_explanations_are_ranked_and_sum_to_one():
    explained = explain(Measures(SILENT, SHALLOW, {"outer_race": 0.0, "inner_race": 0.0}, 1, 300.0))
    assert explained[0].what == "healthy"
    assert sum(one.probability for one in explained) == pytest.approx(1.0)
    assert [one.probability for one in explained] == sorted((one.probability for one in explained), reverse=True)


def test_no_answer_is_surer_than_its_reliability_and_the_real_healthy_records_allow():
    for kind, table in calibration()["reliability"].items():
        assert stated(kind, 1.0) <= min(calibration()["at_most"], table[-1]["at_least"])
        assert stated(kind, 0.3) <= 0.3
        for entry in table:
            if entry["answers"]:
                assert entry["at_least"] <= entry["right"] / entry["answers"]
    assert calibration()["at_most"] == pytest.approx(1 - calibration()["real"]["any_bearing"]["at_most_90"])


def test_the_calibration_says_which_real_healthy_recordings_it_searched():
    real = calibration()["real"]
    assert real["searched"] == real["any_bearing"]["searches"] > 0
    assert any("Normal" in name for name in real["recordings"])
    assert sum(real["too_short"].values()) > 0


def test_reliability_counts_right_answers_and_pools_what_breaks_the_order():
    given = [(0.85, True)] * 50 + [(0.95, True)] * 40 + [(0.95, False)] * 10 + [(0.99, True)] * 100
    table = fit_reliability(given)
    bounds = [entry["at_least"] for entry in table]
    assert bounds == sorted(bounds)
    assert sum(entry["answers"] for entry in table) == 200
    assert table[-1]["at_least"] == pytest.approx(wilson(100, 100, 1.2816), abs=1e-3)


def test_answers_on_a_fresh_sample_are_as_right_as_they_claim():
    given = answers(simulate(CHECK, 60, workers=1))
    sure = [right for kind, told in given.items() for probability, right in told if stated(kind, probability) > 0.9]
    # 90 % right of those above 0.9 within three standard errors, and some are that sure.
    assert len(sure) >= 10
    assert np.mean(sure) >= 0.9 - 3 * np.sqrt(0.09 / len(sure))
