"""Classes, answers, seeds, curves and settings of a comparison."""

import pytest

from pipelines.learn.contest import (
    Contestant,
    band_of,
    class_scores,
    curve_of,
    differing,
    disagreements,
    refusal_of,
    same_seeds,
)
from pipelines.learn.paired import compare_models
from tests.pipelines.learn.contest.conftest import Make

TRUTH = [0, 0, 1, 1, 2, 2]


def test_scores_of_classes_are_means_of_the_seeds(make: Make) -> None:
    a = make("a", TRUTH, [0, 1, 1, 1, 2, 2], [0, 0, 1, 1, 2, 2])
    ball, healthy, inner = class_scores([a, make("b", TRUTH, [2, 2, 1, 1, 2, 2])])
    assert ball.recall == (0.75, 0.0)
    assert ball.precision == (1.0, None)
    assert healthy.precision == (pytest.approx((2 / 3 + 1) / 2), 1.0)
    assert (inner.tested, inner.recall) == ((2, 2), (1.0, 1.0))


def test_answers_are_listed_where_contestants_differ_the_widest_apart_first(make: Make) -> None:
    a = make("a", TRUTH, [0, 0, 1, 1, 2, 0], [0, 1, 1, 1, 2, 0])
    b = make("b", TRUTH, [0, 0, 1, 1, 2, 2], [0, 0, 1, 1, 2, 2])
    first, second = disagreements([a, b])
    assert (first.recording, first.truth, first.right, first.said) == ("r5", "inner", (0.0, 1.0), ("ball", "inner"))
    assert (second.recording, second.right) == ("r1", (0.5, 1.0))


def test_a_recording_that_only_one_tested_is_no_disagreement(make: Make) -> None:
    assert disagreements([make("a", TRUTH, TRUTH), make("b", TRUTH[:2], TRUTH[:2])]) == ()


def test_other_targets_other_labels_and_idle_contestants_are_refused_in_words(make: Make) -> None:
    a = make("a", TRUTH, TRUTH)
    assert refusal_of([a, make("b", TRUTH, TRUTH)]) is None
    other = refusal_of([a, make("b", TRUTH, TRUTH, target="severity")])
    assert other is not None
    assert other.message == "they do not predict the same: 'a' fault, 'b' severity"
    corrected = refusal_of([a, make("b", [1, *TRUTH[1:]], TRUTH)])
    assert corrected is not None
    assert corrected.message == "recording 'r0' is 'ball' to 'a' and 'healthy' to 'b'"
    idle = refusal_of([a, Contestant("b", "rig", ())])
    assert idle is not None
    assert "'b' has no finished run" in idle.message
    alone = refusal_of([a])
    assert alone is not None
    assert "nothing to compare it with" in alone.message


def test_pairs_are_made_of_the_seeds_that_all_have(make: Make) -> None:
    a = make("a", TRUTH, TRUTH, TRUTH, TRUTH, seeds=(0, 1, 2))
    b = make("b", TRUTH, TRUTH, TRUTH, seeds=(1, 2))
    kept, note = same_seeds([a, b])
    assert [[run.seed for run in one.runs] for one in kept] == [[1, 2], [1, 2]]
    assert note == "Paired by the 2 seeds that all have; not used: 'a' seed 0."
    apart = [a, make("c", TRUTH, TRUTH, seeds=(9,))]
    assert same_seeds(apart) == (apart, "")


def test_verdicts_are_what_the_paired_tests_take(make: Make) -> None:
    import pandas as pd

    truth = [0, 1] * 10
    worse = [1, 0] * 4 + truth[8:]
    folds = [number % 5 for number in range(20)]
    table = pd.concat(
        [make(name, truth, said, folds=folds).verdicts() for name, said in (("a", truth), ("b", worse))],
        ignore_index=True,
    )
    assert set(table["trained_on"]) == {16}
    found = compare_models(table)
    assert found.rule == "records"
    assert [model.right for model in found.models] == [20, 12]


def test_a_band_counts_the_seeds_that_reached_each_epoch() -> None:
    band = band_of([{1: 3.0, 2: 2.0, 3: 1.0}, {1: 1.0, 2: 1.0}, {1: None}])
    assert band.epochs == (1, 2, 3)
    assert band.mean == (2.0, 1.5, 1.0)
    assert (band.low, band.high) == ((1.0, 1.0, 1.0), (3.0, 2.0, 1.0))
    assert band.seeds == (2, 2, 1)


def test_the_curve_of_a_run_is_that_of_the_kept_model_or_the_mean_of_its_folds() -> None:
    history = {
        "fold 1": [{"epoch": 1, "valid_loss": 2.0, "train_loss": 5.0}],
        "fold 2": [{"epoch": 1, "valid_loss": 4.0, "train_loss": 5.0}],
        "kept": [{"epoch": 1, "valid_loss": None, "train_loss": 7.0}],
    }
    assert curve_of(history, "train_loss") == {1: 7.0}
    assert curve_of(history, "valid_loss") == {1: 3.0}
    assert curve_of(history, "unknown") == {}


def test_only_settings_that_differ_are_listed() -> None:
    found = differing(
        [
            {"model": "a", "split": {"folds": 5, "groups": []}, "params": {"depth": 3}},
            {"model": "a", "split": {"folds": 3, "groups": ()}, "params": {}},
        ]
    )
    assert [(one.path, one.values) for one in found] == [
        ("split.folds", (5, 3)),
        ("params.depth", (3, None)),
    ]
    assert [one.path for one in differing([{"shift": False}, {"shift": True}, {"shift": False}])] == ["shift"]
    assert differing([{"groups": ()}, {}]) == ()
