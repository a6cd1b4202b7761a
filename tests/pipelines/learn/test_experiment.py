import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import cross_val_score

from pipelines.errors import InputError, NotEnoughDataError, UnknownNameError
from pipelines.learn import ExperimentStoppedError, SplitConfig, TrainConfig, run_experiment

FAST = TrainConfig(params={"n_estimators": 30}, split=SplitConfig(folds=3))
BY_SIZE = SplitConfig(kind="group", groups=("fault_size",))


def test_a_fingerprint_of_each_recording_is_worth_nothing_here_and_everything_to_a_shuffle_of_windows(make_table):
    labels = np.random.default_rng(7).permutation(["a", "b"] * 20).tolist()
    table = make_table(labels, separation=0.0, fingerprint=100.0, windows=10)
    ours = run_experiment(table, FAST)
    of_window = np.array(labels)[table.record]
    shuffled = np.random.default_rng(0).permutation(len(of_window))
    forest = RandomForestClassifier(30, random_state=0)
    cheating = cross_val_score(forest, table.values[shuffled], of_window[shuffled], cv=5).mean()
    assert cheating > 0.98
    assert ours.recording.accuracy < 0.7
    assert ours.window.accuracy < 0.7
    assert ours.intervals["recording"]["balanced_accuracy"].low < 0.5
    assert "does not show that the model does better than guessing" in ours.statement


def test_the_same_table_and_configuration_give_the_same_result(make_table):
    table = make_table(["a", "b", "c"] * 5, separation=1.0)
    one, two = run_experiment(table, FAST), run_experiment(table, FAST)
    assert one.to_json() == two.to_json()
    pd.testing.assert_frame_equal(one.predictions, two.predictions)
    pd.testing.assert_frame_equal(one.recordings, two.recordings)
    other = run_experiment(table, FAST.model_copy(update={"seed": 1}))
    assert other.to_json() != one.to_json()
    assert other.split.hash == one.split.hash


def test_nothing_global_is_seeded_or_used(make_table):
    table = make_table(["a", "b"] * 5)
    np.random.seed(1)  # noqa: NPY002 - the global state is what this test is about
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    run_experiment(table, FAST)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_a_recording_is_the_mean_of_its_channels_each_the_mean_of_its_windows(make_table):
    table = make_table(["a", "b"] * 6, channels=2, separation=1.5)
    kept = (table.record % 2 == 0) | (np.arange(len(table.record)) % 3 == 0)
    table = replace(table, values=table.values[kept], record=table.record[kept], start=table.start[kept])
    result = run_experiment(table, FAST)
    by_recording = result.predictions.groupby("recording", sort=False)["p_a"].mean()
    pooled = result.recordings.set_index("recording")["p_a"]
    pd.testing.assert_series_equal(pooled, by_recording.loc[pooled.index])
    assert (result.recordings["signals"] == 2).all()
    assert result.recordings["windows"].sum() == kept.sum()
    assert result.recording.tested == 12
    assert result.window.tested == kept.sum()


def test_every_signal_is_predicted_once_with_its_fold_agreement_and_probabilities(make_table):
    table = make_table(["a", "b", "c"] * 4, channels=2)
    frame = run_experiment(table, FAST).predictions
    assert sorted(frame["signal_id"]) == sorted(table.records["signal_id"])
    assert frame["window_agreement"].between(0, 1).all()
    np.testing.assert_allclose(frame[["p_a", "p_b", "p_c"]].sum(axis=1), 1.0)
    assert (frame["correct"] == (frame["true"] == frame["predicted"])).all()
    assert set(frame["fold"]) == {0, 1, 2}


def test_the_statement_counts_recordings_and_names_the_split(make_table):
    result = run_experiment(make_table(["a", "b", "c"] * 6, separation=6.0), FAST)
    assert result.statement.startswith("18 of 18 recordings right (100%, 95 % interval 81% to 100%)")
    assert "no recording in both training and test" in result.statement
    assert "None of the 3 classes is ever confused" in result.statement
    confused = run_experiment(make_table(["a", "b", "c"] * 6, separation=0.7), FAST)
    wrong = confused.recording.tested - confused.recording.right
    assert wrong > 0
    assert "is taken for" in confused.statement


def test_scores_stand_beside_those_of_guessing(make_table):
    result = run_experiment(make_table(["a"] * 12 + ["b"] * 6, separation=4.0), FAST)
    assert result.baselines.most_common.accuracy == pytest.approx(12 / 18)
    assert result.baselines.most_common.balanced_accuracy == 0.5
    assert result.baselines.at_random["accuracy"] == pytest.approx((12 / 18) ** 2 + (6 / 18) ** 2, abs=0.05)
    assert result.recording.accuracy > result.baselines.most_common.accuracy


def test_a_split_by_group_tests_what_training_has_not_seen(make_table):
    """Class a shows in feature 0 at one size and in feature 1 at the other: learnable only within a size."""
    labels = ["a", "b"] * 12
    sizes = [7, 7, 21, 21] * 6
    table = make_table(labels, separation=0.0, fault_size=sizes)
    for r, (label, size) in enumerate(zip(labels, sizes, strict=True)):
        sign = 1 if label == "a" else -1
        table.values[table.record == r, 0] += 5.0 * sign * (1 if size == 7 else -1)
        table.values[table.record == r, 1] += 5.0 * (1 if size == 7 else -1)
    by_recording = run_experiment(table, FAST)
    by_size = run_experiment(table, FAST.model_copy(update={"split": BY_SIZE}))
    assert by_recording.recording.accuracy > 0.9
    assert by_size.recording.accuracy < 0.1
    assert [fold.name for fold in by_size.folds] == ["fault_size 7", "fault_size 21"]


def test_the_bootstrap_of_a_group_split_draws_whole_groups(make_table):
    table = make_table(["a", "b"] * 12, separation=0.8, fault_size=[7, 7, 21, 21] * 6)
    by_size = run_experiment(table, FAST.model_copy(update={"split": BY_SIZE}))
    accuracies = {round(f.recording_accuracy, 6) for f in by_size.folds}
    interval = by_size.intervals["recording"]["accuracy"]
    assert {round(interval.low, 6), round(interval.high, 6)} == accuracies
    assert "Only 2 groups were tested" in by_size.statement


def test_a_feature_without_any_value_is_dropped_and_said_so(make_table):
    table = make_table(["a", "b"] * 5)
    table.values[:, 3] = np.nan
    result = run_experiment(table, FAST)
    assert result.dropped_features == ("feature_3",)
    assert any("feature_3" in note for note in result.notes)
    assert result.recording.accuracy > 0.8


def test_windows_without_any_feature_are_left_out_and_said_so(make_table):
    table = make_table(["a", "b"] * 5)
    table.values[table.record == 0] = np.nan
    table.values[np.flatnonzero(table.record == 1)[0]] = np.nan
    result = run_experiment(table, FAST)
    assert result.recording.tested == 9
    assert result.window.tested == 9 * 6 - 1
    assert any("7 of 60 windows have no feature" in note for note in result.notes)
    assert any("1 of 10 signals have no usable window" in note for note in result.notes)


def test_a_class_that_lost_its_windows_is_refused_by_name(make_table):
    table = make_table(["a", "b", "a", "b"])
    table.values[table.record == 0] = np.nan
    with pytest.raises(NotEnoughDataError, match="class 'a' has 1 recording"):
        run_experiment(table, FAST)


def test_a_table_without_a_single_value_is_refused(make_table):
    table = make_table(["a", "b"] * 3)
    table.values[:] = np.nan
    with pytest.raises(NotEnoughDataError, match="none of the 36 windows"):
        run_experiment(table, FAST)


def test_fewer_than_two_classes_and_one_recording_a_class_are_refused(make_table):
    with pytest.raises(NotEnoughDataError, match="at least two classes"):
        run_experiment(make_table(["a", "a", "a"]), FAST)
    with pytest.raises(NotEnoughDataError, match=r"'a' has 1 recording.*'b' has 1 recording"):
        run_experiment(make_table(["a", "b"], channels=3, windows=50), FAST)


def test_an_unknown_model_feature_or_target_is_refused(make_table):
    table = make_table(["a", "b"] * 3)
    with pytest.raises(UnknownNameError, match="unknown model 'cnn'"):
        run_experiment(table, TrainConfig(model="cnn"))
    with pytest.raises(UnknownNameError, match="feature_9"):
        run_experiment(table, FAST.model_copy(update={"features": ("feature_9",)}))
    with pytest.raises(InputError, match="no metadata column 'severity'"):
        run_experiment(table, FAST.model_copy(update={"target": "severity"}))


def test_only_the_chosen_features_are_used(make_table):
    table = make_table(["a", "b"] * 10, separation=5.0)
    told = run_experiment(table, FAST.model_copy(update={"features": ("feature_0",)}))
    untold = run_experiment(table, FAST.model_copy(update={"features": ("feature_4",)}))
    assert told.features == told.model.features == ("feature_0",)
    assert told.recording.accuracy > 0.9 > untold.recording.accuracy


def test_progress_rises_to_one_and_stopping_ends_between_fits(make_table):
    table = make_table(["a", "b"] * 5)
    shares: list[float] = []
    run_experiment(table, FAST, progress=lambda share, what: shares.append(share))
    assert shares == sorted(shares)
    assert shares[0] == 0.0
    assert shares[-1] == 1.0
    asked: list[int] = []

    def stop_at_the_third_fit() -> bool:
        asked.append(1)
        return len(asked) == 3

    with pytest.raises(ExperimentStoppedError):
        run_experiment(table, FAST, should_stop=stop_at_the_third_fit)
    assert len(asked) == 3


def test_the_result_is_plain_json_and_says_what_the_model_was_fitted_on(make_table):
    result = run_experiment(make_table(["a", "b", "c"] * 4, windows=5), FAST)
    plain = json.loads(json.dumps(result.to_json(), allow_nan=False))
    assert plain["recording"]["accuracy"] == result.recording.accuracy
    assert plain["trained_on"]["recordings"] == 12
    assert plain["trained_on"]["windows"] == 60
    assert plain["trained_on"]["classes"] == {"a": 4, "b": 4, "c": 4}
    assert plain["trained_on"]["split"] == plain["split"]["hash"]
    assert plain["environment"]["scikit-learn"]


def test_calibration_brings_confidence_nearer_to_frequency(make_table):
    """Boosting on windows of few recordings boasts: it learns each recording's own offset."""
    table = make_table(["a", "b"] * 25, separation=1.5, fingerprint=2.0, windows=5)
    model = "hist_gradient_boosting"
    plain, calibrated = (
        run_experiment(table, FAST.model_copy(update={"model": model, "params": {}, "calibrate": calibrate}))
        for calibrate in ("none", "temperature")
    )
    assert calibrated.recording.log_loss < plain.recording.log_loss
    assert calibrated.calibration["recording"].ece < plain.calibration["recording"].ece
    assert all(fold.temperature == 1.0 for fold in plain.folds)
    assert all(fold.temperature > 1.5 for fold in calibrated.folds)
    assert any("not calibrated" in note for note in plain.notes)


def test_a_numeric_label_is_a_class_too(make_table):
    table = make_table(["a", "b"] * 5, fault_size=[0.007, 0.021] * 5)
    result = run_experiment(table, FAST.model_copy(update={"target": "fault_size"}))
    assert result.classes == ("0.007", "0.021")
