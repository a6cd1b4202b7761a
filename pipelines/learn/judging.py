"""Judging the out-of-fold predictions of an experiment, at the level of recordings and of windows."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.learn.calibration import calibrate_pooled
from pipelines.learn.config import TrainConfig
from pipelines.learn.environment import environment
from pipelines.learn.guessing import guess_at_random, guess_most_common
from pipelines.learn.intervals import bootstrap, exact_binomial
from pipelines.learn.leaks import find_leaks
from pipelines.learn.metrics import balanced_accuracy, confusion_counts, score
from pipelines.learn.out_of_fold import Codes, FoldRun
from pipelines.learn.pooling import agreement, mean_by
from pipelines.learn.reliability import reliability
from pipelines.learn.result import Baselines, ExperimentResult, FoldScore
from pipelines.learn.split import Split
from pipelines.learn.statement import state_result
from pipelines.learn.table import FeatureTable, metadata
from pipelines.learn.tested_sets import sets_of_tested
from pipelines.learn.trained_model import KeptModel


def judge(
    table: FeatureTable,
    config: TrainConfig,
    split: Split,
    codes: Codes,
    runs: Sequence[FoldRun],
    model: KeptModel,
    notes: list[str],
    rng: np.random.Generator,
    checked: FeatureTable | None = None,
) -> ExperimentResult:
    """Score the out-of-fold predictions at both levels and put the result together.

    `checked` are the features of the same signals by which leaks are looked for, where the windows of `table` are not
    those that features were computed of.
    """
    classes = split.classes
    checked = checked or table
    rows = np.concatenate([run.rows for run in runs])
    of_windows = np.concatenate([run.probabilities for run in runs])
    predictions, of_signals, signals = _signal_predictions(table, codes, split, runs, rows, of_windows)
    recordings, of_recordings, first = _recording_predictions(predictions, of_signals, signals, codes, classes, runs)
    label = codes.label[first]
    window_label = codes.label[table.record[rows]]

    recording_scores = score("recording", of_recordings, label, classes)
    window_scores = score("window", of_windows, window_label, classes)
    intervals = {
        "recording": bootstrap(of_recordings, label, codes.unit[first], config.bootstrap, rng),
        "window": bootstrap(of_windows, window_label, codes.unit[table.record[rows]], config.bootstrap, rng),
    }
    fold_of = recordings["fold"].to_numpy()
    shares = np.stack([runs[f].class_shares for f in fold_of])
    most_common = guess_most_common(label, shares, classes)
    sets, sets_did, to_come = None, None, None
    if config.coverage is not None:
        sets, sets_did, to_come = sets_of_tested(of_recordings, label, codes.unit[first], classes, config.coverage)
        recordings["set"] = _named(sets, classes)
        by_recording = dict(zip(recordings["recording"], recordings["set"], strict=True))
        predictions["set"] = [by_recording[name] for name in predictions["recording"]]
    exact = exact_binomial(recording_scores.right, recording_scores.tested)
    dropped = tuple(dict.fromkeys(name for run in runs for name in run.dropped))
    statement = state_result(
        recording_scores, window_scores, exact, intervals["recording"]["balanced_accuracy"], most_common, split
    )
    return ExperimentResult(
        config=config,
        split=split,
        classes=classes,
        features=checked.names,
        recording=recording_scores,
        window=window_scores,
        intervals=intervals,
        exact_accuracy=exact,
        calibration={"recording": reliability(of_recordings, label), "window": reliability(of_windows, window_label)},
        baselines=Baselines(most_common, guess_at_random(label, shares, classes, rng)),
        folds=tuple(_fold_score(run, f, recordings, table, codes, len(classes)) for f, run in enumerate(runs)),
        predictions=predictions,
        recordings=recordings,
        leaks=find_leaks(checked, split),
        dropped_features=dropped,
        notes=(*notes, *_notes(dropped, runs, model, config)),
        statement=statement,
        environment=environment() | model.made_with,
        model=model.with_sets(to_come),
        sets=sets_did,
    )


def _named(sets: NDArray[np.bool_], classes: tuple[str, ...]) -> list[list[str]]:
    return [[name for name, inside in zip(classes, row, strict=True) if inside] for row in sets.tolist()]


def _signal_predictions(
    table: FeatureTable,
    codes: Codes,
    split: Split,
    runs: Sequence[FoldRun],
    rows: NDArray[np.int64],
    of_windows: NDArray[np.float64],
) -> tuple[pd.DataFrame, NDArray[np.float64], NDArray[np.int64]]:
    signals, owner = np.unique(table.record[rows], return_inverse=True)
    raw = mean_by(of_windows, owner, len(signals))
    fold = np.zeros(len(table.records), dtype=np.int64)
    for number, run in enumerate(runs):
        fold[list(run.fold.test)] = number
    pooled = calibrate_pooled(raw, fold[signals], runs)
    best = pooled.argmax(axis=1)
    frame = pd.DataFrame(
        {
            "signal_id": [split.signal_ids[s] for s in signals],
            "recording": metadata(table.records, "recording")[signals],
            "fold": fold[signals],
            "true": [split.classes[c] for c in codes.label[signals]],
            "predicted": [split.classes[c] for c in best],
            "correct": best == codes.label[signals],
            "confidence": pooled.max(axis=1),
            "windows": np.bincount(owner),
            "window_agreement": agreement(of_windows, owner, best),
        }
    )
    return _with_probabilities(frame, pooled, split.classes), raw, signals


def _recording_predictions(
    predictions: pd.DataFrame,
    of_signals: NDArray[np.float64],
    signals: NDArray[np.int64],
    codes: Codes,
    classes: tuple[str, ...],
    runs: Sequence[FoldRun],
) -> tuple[pd.DataFrame, NDArray[np.float64], NDArray[np.int64]]:
    """Return the recordings' frame, their probabilities and the row of the first signal of each.

    `of_signals` are means over windows; curves act on recordings, once.
    """
    _, position, owner = np.unique(codes.recording[signals], return_index=True, return_inverse=True)
    fold = predictions["fold"].to_numpy()[position]
    pooled = calibrate_pooled(mean_by(of_signals, owner, len(position)), fold, runs)
    best = pooled.argmax(axis=1)
    first = signals[position]
    frame = predictions.iloc[position][["recording", "fold", "true"]].reset_index(drop=True)
    frame["predicted"] = [classes[c] for c in best]
    frame["correct"] = best == codes.label[first]
    frame["confidence"] = pooled.max(axis=1)
    frame["signals"] = np.bincount(owner)
    frame["windows"] = np.bincount(owner, weights=predictions["windows"]).astype(np.int64)
    return _with_probabilities(frame, pooled, classes), pooled, first


def _with_probabilities(
    frame: pd.DataFrame, probabilities: NDArray[np.float64], classes: tuple[str, ...]
) -> pd.DataFrame:
    columns = pd.DataFrame(probabilities, columns=[f"p_{name}" for name in classes])
    return pd.concat([frame, columns], axis=1)


def _fold_score(
    run: FoldRun, number: int, recordings: pd.DataFrame, table: FeatureTable, codes: Codes, classes: int
) -> FoldScore:
    tested = recordings[recordings["fold"] == number]
    names = [column[2:] for column in recordings.columns if column.startswith("p_")]
    counts = confusion_counts(
        np.array([names.index(name) for name in tested["true"]]),
        np.array([names.index(name) for name in tested["predicted"]]),
        classes,
    )
    window_right = run.probabilities.argmax(axis=1) == codes.label[table.record[run.rows]]
    return FoldScore(
        name=run.fold.name,
        train_recordings=len(np.unique(codes.recording[list(run.fold.train)])),
        test_recordings=len(tested),
        recording_accuracy=float(tested["correct"].mean()),
        balanced_accuracy=float(balanced_accuracy(counts.astype(np.float64))),
        window_accuracy=float(window_right.mean()),
        temperature=run.temperature,
    )


def _notes(dropped: tuple[str, ...], runs: Sequence[FoldRun], model: KeptModel, config: TrainConfig) -> list[str]:
    notes = []
    everywhere = model.dropped
    if everywhere:
        notes.append(f"Features without any value were dropped: {', '.join(everywhere)}.")
    sometimes = [name for name in dropped if name not in everywhere]
    if sometimes:
        notes.append(
            f"Features without a value on the training side of some folds were dropped there: {', '.join(sometimes)}."
        )
    uncalibrated = sum(not run.calibrated for run in runs)
    if uncalibrated:
        notes.append(f"Confidence is not calibrated in {uncalibrated} of {len(runs)} folds.")
    if config.calibrate == "isotonic":
        notes += _of_curves(runs)
    return notes


def _of_curves(runs: Sequence[FoldRun]) -> list[str]:
    without = sum(run.isotonic is None for run in runs)
    told = []
    if without:
        told.append(
            f"In {without} of {len(runs)} folds not every class had a recording to fit its curve on; "
            "there a temperature alone calibrates."
        )
    advice = {run.isotonic.advice for run in runs if run.isotonic is not None} - {""}
    return [*told, *sorted(advice)[:1]]
