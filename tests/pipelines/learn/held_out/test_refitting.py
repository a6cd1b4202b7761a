"""Folds that are fitted again answer as they did, and their gates know what is strange."""

import numpy as np
import pytest

from pipelines.learn import ExperimentResult, FeatureTable, TrainConfig, run_experiment
from pipelines.learn.held_out import check_familiarity, refit_folds
from tests.pipelines.learn.conftest import build_table

CONFIG = TrainConfig.model_validate(
    {"model": "random_forest", "params": {"n_estimators": 20}, "split": {"folds": 2}, "bootstrap": 100, "seed": 4}
)
LABELS = [name for name in ("ball", "inner", "outer") for _ in range(6)]


@pytest.fixture(scope="module")
def table() -> FeatureTable:
    return build_table(LABELS, channels=2, windows=4, separation=1.5)


@pytest.fixture(scope="module")
def found(table: FeatureTable) -> ExperimentResult:
    return run_experiment(table, CONFIG)


def test_each_fold_says_again_what_it_said(table: FeatureTable, found: ExperimentResult) -> None:
    told = found.predictions.set_index("signal_id")
    asked = 0
    for one in refit_folds(table, CONFIG, found.split):
        for signal in one.fold.test:
            p = one.classifier.probabilities(table.values[table.record == signal]).mean(axis=0)
            row = told.loc[table.records["signal_id"][signal]]
            np.testing.assert_allclose(p, [row[f"p_{name}"] for name in found.classes], atol=1e-12)
            asked += 1
    assert asked == len(told) == 36


def test_one_fold_can_be_asked_for(table: FeatureTable, found: ExperimentResult) -> None:
    (only,) = refit_folds(table, CONFIG, found.split, only=(1,))
    assert only.fold == found.split.folds[1]


def test_the_gate_of_all_recordings_is_the_one_that_was_kept(table: FeatureTable, found: ExperimentResult) -> None:
    told = check_familiarity(table, found.split, CONFIG.seed)
    assert told.threshold == found.model.gate.threshold
    assert len(told.thresholds) == 2
    assert sorted(told.recording) == sorted(f"r{i}" for i in range(18))


def test_a_recording_from_elsewhere_is_refused_when_it_is_held_out(table: FeatureTable) -> None:
    values = table.values.copy()
    values[np.isin(table.record, [6, 7])] += 40.0
    moved = FeatureTable(values, table.names, table.record, table.start, table.records)
    found = run_experiment(moved, CONFIG)
    told = check_familiarity(moved, found.split, CONFIG.seed)
    refused = dict(zip(told.recording, told.refused.tolist(), strict=True))
    assert refused["r3"]
    assert sum(refused.values()) < 5
    novelty = dict(zip(told.recording, told.novelty.tolist(), strict=True))
    assert novelty["r3"] == max(novelty.values()) > 3.0
    assert "unlike the training data" in told.reason[told.recording.index("r3")]
