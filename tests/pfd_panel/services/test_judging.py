"""A stored model is judged by what it said while recordings were held out, and by nothing else."""

from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, log_loss, precision_recall_fscore_support, roc_auc_score

from data_catalog import datasets, models
from data_catalog.schema import ModelVersion
from pfd_panel.errors import RequestError
from pfd_panel.services import documenting, held_answers, judging, retesting, training
from pfd_panel.services.context import Context
from pfd_panel.services.held_answers import HeldOut
from pfd_panel.services.judged import Level
from tests.pfd_panel.conftest import MODEL


@pytest.fixture(scope="module")
def model(filled: Context) -> ModelVersion:
    return training.get(filled, MODEL)


def held(context: Context, level: Level = "recording") -> HeldOut:
    return held_answers.answers(context, MODEL, level)[1]


def test_answers_are_those_that_were_stored(filled: Context, model: ModelVersion) -> None:
    recordings, signals = held(filled), held(filled, "signal")
    assert recordings.right.sum() == model.metrics["recording"]["right"]
    assert len(recordings.names) == len(set(recordings.names)) == 30
    stored = {one.signal_id: one for one in training.held_out(filled, model.id)}
    assert set(signals.signal_ids) == set(stored)
    for row, signal_id in enumerate(signals.signal_ids):
        truth = signals.classes[signals.label[row]]
        assert signals.probabilities[row, signals.label[row]] == stored[signal_id].detail[f"p_{truth}"]


def test_scores_at_both_levels_stand_beside_what_guessing_reaches(filled: Context, model: ModelVersion) -> None:
    found = judging.scores(filled, MODEL)
    assert found.is_baseline
    assert (found.tested_recordings, found.units) == (30, 30)
    by_name = {one.name: one for one in found.scores}
    answers = held(filled)
    assert by_name["log_loss"].recording.value == pytest.approx(log_loss(answers.label, answers.probabilities))
    assert asdict(by_name["accuracy"].recording) == model.metrics["exact_accuracy"]
    assert by_name["accuracy"].window.low == model.metrics["intervals"]["window"]["accuracy"]["low"]
    guessed = model.metrics["baselines"]["most_common"]["accuracy"]
    assert by_name["accuracy"].baseline_recording.value == guessed
    assert by_name["accuracy"].baseline_window.value is None


def test_areas_are_those_of_scikit_learn(filled: Context) -> None:
    for level in ("recording", "signal"):
        answers, found = held(filled, level), judging.operating_curves(filled, MODEL, level)
        assert len(found.curves) == 2 * len(answers.classes)
        for curve in found.curves:
            c = answers.classes.index(curve.name)
            member, p = answers.label == c, answers.probabilities[:, c]
            measure = roc_auc_score if curve.kind == "roc" else average_precision_score
            assert curve.area.value == pytest.approx(measure(member, p))
            assert curve.area.low <= curve.area.value <= curve.area.high
            assert curve.threshold[0] is None
        areas = [one.area.value for one in found.curves if one.kind == "roc"]
        assert found.macro_roc == pytest.approx(np.mean(areas))


def test_the_class_table_is_that_of_scikit_learn(filled: Context) -> None:
    answers = held(filled)
    told = answers.probabilities.argmax(axis=1)
    expected = precision_recall_fscore_support(answers.label, told, labels=range(5), zero_division=np.nan)
    for row, precision, recall, f1, tested in zip(judging.class_table(filled, MODEL), *expected, strict=True):
        assert row.tested == tested
        assert (row.precision.value, row.recall.value, row.f1.value) == pytest.approx((precision, recall, f1))
        assert row.recall.low <= row.recall.value <= row.recall.high


def test_the_score_by_condition_counts_each_recording_once(filled: Context, model: ModelVersion) -> None:
    with filled.read() as session:
        members = datasets.manifest(session, model.dataset_id, model.dataset_version)
    known = pd.DataFrame([{"recording": one.recording, "severity": one.severity} for one in members])
    severity = known.groupby("recording")["severity"].first()
    answers = held(filled)
    found = {one.condition: one for one in judging.by_condition(filled, MODEL)}
    assert set(judging.NAMED_CONDITIONS) <= set(found)
    expected: dict[str, list[bool]] = {}
    for name, right in zip(answers.names, answers.right.tolist(), strict=True):
        expected.setdefault(str(severity[name] or "not given"), []).append(right)
    told = {one.value: (one.right, one.tested) for one in found["severity"].scores}
    assert told == {name: (sum(of), len(of)) for name, of in expected.items()}
    assert "fault_title" not in found, "it is the class under another name"
    for one in found.values():
        assert sum(of.tested for of in one.scores) == (0 if not one.recorded else 30)
        assert one.recorded or "No tested signal" in one.words


def test_mistakes_are_ordered_and_can_be_opened(filled: Context) -> None:
    found = judging.mistakes(filled, MODEL, most=30)
    assert found.wrong == len(found.confident) == int((~held(filled).right).sum())
    assert [one.confidence for one in found.confident] == sorted(
        (one.confidence for one in found.confident), reverse=True
    )
    assert len(found.hardest) == 30
    wrong = [one.true != one.predicted for one in found.hardest]
    assert wrong == sorted(wrong, reverse=True)
    signals = held(filled, "signal")
    names = dict(zip(signals.signal_ids, signals.names, strict=True))
    assert all(names[one.signal_id].startswith(one.recording) for one in found.hardest)


def test_reliability_tells_what_each_calibration_makes_of_it(filled: Context, model: ModelVersion) -> None:
    found = judging.reliability(filled, MODEL)
    assert [one.method for one in found.calibrations] == list(judging.CALIBRATIONS)
    plain, temperature, isotonic = found.calibrations
    assert plain.ece.value == pytest.approx(model.metrics["calibration"]["recording"]["ece"])
    assert found.window_ece == model.metrics["calibration"]["window"]["ece"]
    assert sum(one.count for one in plain.bins) == 30
    assert len(temperature.temperatures) == 5
    assert temperature.log_loss.value != plain.log_loss.value
    assert isotonic.refused == ""
    assert found.calibrations == judging.calibrations(filled, MODEL)
    assert "as trained" in found.advice.lower() or "better" in found.advice


def test_sets_grow_with_what_they_promise(filled: Context) -> None:
    loose, strict = (judging.conformal_sets(filled, MODEL, coverage=share) for share in (0.6, 0.95))
    assert loose.mean_size < strict.mean_size
    assert (loose.recordings, strict.needed) == (30, 19)
    assert loose.one + loose.several + loose.none + loose.all == pytest.approx(1.0)
    each = judging.conformal_sets(filled, MODEL, coverage=0.9, per_class=True)
    assert each.unknown == 1.0, "six recordings a class cannot promise nine in ten to each"


def test_held_out_recordings_are_asked_of_the_gates_of_their_folds(filled: Context, model: ModelVersion) -> None:
    from pipelines.training.reading import load_any

    found = retesting.unfamiliar(filled, MODEL)
    assert len(found.recordings) == 30
    assert found.threshold == load_any(filled.catalog.artifacts.read(model.artifact_id)).gate.threshold
    assert len(found.thresholds) == 3
    novelty = [one.novelty for one in found.recordings]
    assert novelty == sorted(novelty, reverse=True)
    assert {one.recording for one in found.recordings if one.novelty > 1} <= {
        one.recording for one in found.recordings if one.refused
    }
    share = sum(one.refused for one in found.recordings) / 30
    assert found.refused.value == pytest.approx(share)


def test_files_are_named_by_what_is_in_them(filled: Context, model: ModelVersion) -> None:
    import hashlib

    first, *parts = documenting.written_files(filled, MODEL)
    content = filled.catalog.artifacts.read(model.artifact_id)
    assert (first.bytes, first.checksum) == (len(content), hashlib.sha256(content).hexdigest())
    assert parts
    assert all(one.kind == "feature part" and one.bytes > 0 for one in parts)
    assert documenting.epochs(filled, MODEL).empty
    assert retesting.noise_sweep(filled, MODEL) is None


def test_what_an_old_version_does_not_keep_is_said_with_the_next_step(filled_copy: Context) -> None:
    with filled_copy.write() as session:
        found = models.get(session, MODEL)
        told = dict(found.metrics)
        told["recordings"] = [
            {name: value for name, value in one.items() if not name.startswith("p_")} for one in told["recordings"]
        ]
        found.metrics = told
    for service in (judging.operating_curves, judging.reliability, judging.mistakes, judging.class_table):
        with pytest.raises(RequestError, match="keeps no probabilities") as refused:
            service(filled_copy, MODEL)
        assert "Train the model again" in refused.value.hint
    assert judging.scores(filled_copy, MODEL).tested_recordings == 30
