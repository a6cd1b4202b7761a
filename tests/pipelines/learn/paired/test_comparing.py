"""Which test is chosen for which data, what it says, and what it refuses."""

import numpy as np
import pandas as pd
import pytest

from pipelines.errors import InputError, NotEnoughDataError
from pipelines.learn import SplitConfig, TrainConfig, run_experiment
from pipelines.learn.paired import compare_models, verdicts, verdicts_of
from pipelines.learn.paired.holm import holm


def answers(rng: np.random.Generator, rate: float, size: int) -> np.ndarray:
    return rng.random(size) < rate


def one_run(rates: dict[str, float], size: int = 60, *, seed: int = 0, unit: object = None, **more: object):
    rng = np.random.default_rng(seed)
    names = [f"r{i}" for i in range(size)]
    return pd.concat(
        [verdicts(name, names, answers(rng, rate, size), unit=unit, **more) for name, rate in rates.items()]
    )


def many_runs(rates: dict[str, float], seeds: int, *, resplit: bool, size: int = 60, unit: object = None):
    rng = np.random.default_rng(7)
    parts = []
    for seed in range(seeds):
        tested = rng.permutation(size)[: size // 3] if resplit else np.arange(size)
        names = [f"r{i}" for i in tested]
        of_unit = None if unit is None else np.asarray(unit)[tested].tolist()
        for name, rate in rates.items():
            right = answers(rng, rate, len(tested))
            parts.append(verdicts(name, names, right, seed=seed, unit=of_unit, trained_on=size - len(tested) or 40))
    return pd.concat(parts)


def test_one_run_each_is_judged_by_mcnemar():
    found = compare_models(one_run({"good": 0.95, "bad": 0.5}))
    assert found.rule == "records"
    (pair,) = found.pairs
    assert pair.test == "Exact McNemar"
    assert pair.significant
    assert pair.effects[0].name == "odds_ratio"
    assert found.words.startswith("'good' got most right")
    assert "Chance alone hardly explains the lead of 'good' over 'bad'." in found.words
    assert "trained once" in found.caveats[0]
    assert found.omnibus is None


def test_three_models_on_the_same_recordings_are_asked_together_and_then_corrected_by_holm():
    names, wrong = [f"r{i}" for i in range(80)], {"a": range(6), "b": range(3, 11), "c": range(5, 35)}
    found = compare_models(
        pd.concat([verdicts(model, names, [i not in missed for i in range(80)]) for model, missed in wrong.items()])
    )
    assert found.omnibus is not None
    assert found.omnibus.test.startswith("Cochran's Q")
    assert found.omnibus.p < 0.05
    np.testing.assert_allclose([p.p_adjusted for p in found.pairs], holm([p.p for p in found.pairs]))
    assert "Holm" in found.correction
    assert {(p.a, p.b) for p in found.pairs if p.significant} == {("a", "c"), ("b", "c")}
    assert "not told apart from 'b'" in found.words


def test_recordings_of_one_bearing_are_no_independent_tests():
    unit = [i // 10 for i in range(60)]
    found = compare_models(one_run({"good": 0.9, "bad": 0.6}, unit=unit))
    assert found.rule == "units"
    assert found.pairs[0].test == "Wilcoxon signed rank"
    assert "of 6" in found.pairs[0].words


def test_seeds_on_one_split_are_averaged_recording_by_recording():
    found = compare_models(many_runs({"good": 0.9, "bad": 0.5}, 4, resplit=False))
    assert found.rule == "units"
    assert found.pairs[0].significant
    assert "of 60" in found.pairs[0].words


def test_seeds_with_their_own_splits_take_the_corrected_t_test():
    found = compare_models(many_runs({"good": 0.95, "bad": 0.5}, 8, resplit=True))
    assert found.rule == "resampled"
    pair = found.pairs[0]
    assert pair.test == "Corrected resampled t"
    assert pair.interval is not None
    assert 0.0 < pair.interval.low < pair.difference == pair.interval.value
    assert {effect.name for effect in pair.effects} == {"cohens_d", "cliffs_delta"}


def test_many_data_sets_take_friedman_and_nemenyi():
    table = pd.concat([one_run({"a": 0.9, "b": 0.7, "c": 0.3}, 40, seed=s, dataset=f"rig {s}") for s in range(8)])
    found = compare_models(table)
    assert found.rule == "datasets"
    assert found.omnibus is not None
    assert found.omnibus.test == "Friedman"
    assert found.omnibus.critical_difference > 0
    assert all(pair.test == "Nemenyi" and pair.p == pair.p_adjusted for pair in found.pairs)
    assert [score.name for score in sorted(found.models, key=lambda score: score.mean_rank)] == ["a", "b", "c"]


def test_two_models_on_many_data_sets_take_wilcoxon():
    table = pd.concat([one_run({"a": 0.9, "b": 0.3}, 40, seed=s, dataset=f"rig {s}") for s in range(6)])
    found = compare_models(table)
    assert found.pairs[0].test == "Wilcoxon signed rank"
    assert found.pairs[0].p == pytest.approx(2 / 2**6)


def test_models_that_share_the_first_place_are_named_together():
    names = [f"r{i}" for i in range(20)]
    right = {"a": range(15), "b": range(3, 18), "c": range(14)}
    found = compare_models(pd.concat([verdicts(m, names, [i in of for i in range(20)]) for m, of in right.items()]))
    assert found.words.startswith("'a' and 'b' got most right, 15 of 20; 'c' 14.")
    assert found.words.endswith("'a' is not told apart from 'c': the difference may be chance.")


def test_models_that_answer_alike_are_not_told_apart():
    names, right = [f"r{i}" for i in range(20)], [True] * 15 + [False] * 5
    found = compare_models(pd.concat([verdicts(model, names, right) for model in "abc"]))
    assert not any(pair.significant for pair in found.pairs)
    assert found.words.startswith("All got 15 of 20 right.")
    assert found.omnibus is not None
    assert found.omnibus.p == 1.0


@pytest.mark.parametrize(
    ("table", "words", "hint"),
    [
        (many_runs({"a": 0.9, "b": 0.5}, 3, resplit=True), "3 splits are too few seeds", "more seeds"),
        (one_run({"a": 0.9, "b": 0.5}, 5), "5 recordings are too few, 6", "more recordings"),
        (one_run({"a": 0.9, "b": 0.5}, 60, unit=[0] * 30 + [1] * 30), "2 independent units", "bearings"),
        (
            pd.concat([one_run({"a": 0.9, "b": 0.5}, 40, dataset=name) for name in ("x", "y")]),
            "2 data sets are too few",
            "one data set at a time",
        ),
    ],
)
def test_too_little_data_is_refused_in_words(table: pd.DataFrame, words: str, hint: str):
    with pytest.raises(NotEnoughDataError, match=words) as refusal:
        compare_models(table)
    assert hint in refusal.value.hint


def test_unpaired_records_are_refused_with_what_differs():
    a, b = verdicts("a", ["r1", "r2", "r3"], [True] * 3), verdicts("b", ["r2", "r3", "r4"], [True] * 3)
    with pytest.raises(InputError, match=r"1 recording only the first was tested on \(r1\)") as refusal:
        compare_models(pd.concat([a, b]))
    assert "same split" in refusal.value.hint


def test_unpaired_seeds_folds_and_data_sets_are_refused_with_what_differs():
    names = [f"r{i}" for i in range(8)]
    a = verdicts("a", names, [True] * 8)
    for other, words in (
        ({"seed": 3}, "the first has seeds 0, the second 3"),
        ({"dataset": "x"}, "the first has data sets '', the second 'x'"),
        ({"fold": [0, 1] * 4}, "the same recordings were split differently"),
    ):
        with pytest.raises(InputError, match=words):
            compare_models(pd.concat([a, verdicts("b", names, [True] * 8, **other)]))


def test_one_model_eleven_models_and_double_verdicts_are_refused():
    names = [f"r{i}" for i in range(8)]
    with pytest.raises(InputError, match="1 model given"):
        compare_models(verdicts("a", names, [True] * 8))
    with pytest.raises(InputError, match="11 models given"):
        compare_models(pd.concat([verdicts(f"m{i}", names, [True] * 8) for i in range(11)]))
    with pytest.raises(InputError, match="two verdicts on recording 'r0'"):
        compare_models(pd.concat([verdicts("a", [*names, "r0"], [True] * 9), verdicts("b", names, [True] * 8)]))


def test_experiments_are_compared_on_what_they_held_out(make_table):
    table = make_table(["a", "b"] * 12, separation=1.5, rig=[f"m{i // 3}" for i in range(24)])
    split = SplitConfig(kind="group", groups=("rig",), folds=4)
    parts = []
    for name, params in (("random_forest", {"n_estimators": 10}), ("svm_rbf", {})):
        result = run_experiment(table, TrainConfig(model=name, params=params, split=split, calibrate=False))
        parts.append(verdicts_of(result, name))
        assert parts[-1]["unit"].nunique() == 8
        assert (parts[-1]["trained_on"] + parts[-1].groupby("fold")["fold"].transform("size") == 24).all()
    found = compare_models(pd.concat(parts))
    assert found.rule == "units"
    assert {score.tested for score in found.models} == {24}
