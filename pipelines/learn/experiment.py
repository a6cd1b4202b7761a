"""One experiment: split, learn, predict what was not learned from, score, and fit the model that is kept."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.errors import NotEnoughDataError, PipelineError
from pipelines.learn.classifier import Recipe, fit_classifier
from pipelines.learn.config import TrainConfig
from pipelines.learn.environment import environment
from pipelines.learn.guessing import guess_at_random, guess_most_common
from pipelines.learn.intervals import bootstrap, exact_binomial
from pipelines.learn.leaks import find_leaks
from pipelines.learn.metrics import balanced_accuracy, confusion_counts, score
from pipelines.learn.models import MODELS
from pipelines.learn.novelty import fit_gate
from pipelines.learn.out_of_fold import Codes, FoldRun, dropped_features, run_fold, windows_of
from pipelines.learn.pooling import agreement, mean_by
from pipelines.learn.reliability import reliability
from pipelines.learn.result import Baselines, ExperimentResult, FoldScore
from pipelines.learn.split import Split
from pipelines.learn.splitting import make_split
from pipelines.learn.statement import state_result
from pipelines.learn.table import FeatureTable, metadata
from pipelines.learn.trained_model import TrainedModel

Progress = Callable[[float, str], None]


class ExperimentStoppedError(PipelineError):
    """The caller asked the experiment to stop; nothing was kept."""


def run_experiment(
    table: FeatureTable,
    config: TrainConfig,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> ExperimentResult:
    """Test a model honestly on a feature table, then fit it on all of it.

    Parameters
    ----------
    table : FeatureTable
    config : TrainConfig
    progress : callable, optional
        Called with the share done (0 to 1) and what is being done.
    should_stop : callable, optional
        Asked before every fit; true ends the experiment with `ExperimentStoppedError`.

    Returns
    -------
    ExperimentResult
        The same for the same table and configuration.

    Raises
    ------
    NotEnoughDataError, InputError, UnknownNameError
        When the table cannot be split honestly, or the configuration names what does not exist.
    ExperimentStoppedError
    """
    declaration = MODELS[config.model]
    params = declaration.validate(config.params)
    table, notes = _usable(table.select(config.features))
    split = make_split(table.records, config.target, config.split)
    codes = _codes(table.records, split)
    recipe = Recipe(declaration, params, len(split.classes), config.calibrate, config.n_jobs)
    report = progress or (lambda share, what: None)

    def between_fits() -> None:
        if should_stop is not None and should_stop():
            raise ExperimentStoppedError("the experiment was stopped", hint="start it again with the same settings")

    fold_seeds, final_seed, draw_seed, gate_seed = np.random.SeedSequence(config.seed).spawn(4)
    runs: list[FoldRun] = []
    for number, (fold, seed) in enumerate(zip(split.folds, fold_seeds.spawn(len(split.folds)), strict=True)):
        report(number / (len(split.folds) + 1), f"{fold.name} ({number + 1} of {len(split.folds)})")
        runs.append(run_fold(table, codes, fold, recipe, seed, between_fits))
    report(len(split.folds) / (len(split.folds) + 1), "final model on all recordings")
    windows = windows_of(table, codes, codes.unit >= 0)
    classifier = fit_classifier(windows, recipe, final_seed, between_fits)
    between_fits()
    owner = np.unique(windows.recording, return_inverse=True)[1]
    gate = fit_gate(classifier.standardiser.transform(windows.values), owner, np.random.default_rng(gate_seed))
    model = TrainedModel(
        classifier=classifier,
        gate=gate,
        model=config.model,
        target=config.target,
        classes=split.classes,
        features=table.names,
        trained_on={
            "recordings": split.recordings,
            "signals": int((codes.unit >= 0).sum()),
            "windows": len(windows.label),
            "classes": {name: int(n) for name, n in zip(split.classes, _recordings_a_class(codes), strict=True)},
            "left_out": split.left_out,
            "split": split.hash,
            "seed": config.seed,
            "params": params.model_dump(),
            "calibrated": classifier.calibrated,
        },
    )
    result = _judge(table, config, split, codes, runs, model, notes, np.random.default_rng(draw_seed))
    report(1.0, "done")
    return result


def _usable(table: FeatureTable) -> tuple[FeatureTable, list[str]]:
    """Leave out signals without a usable window, and say so."""
    usable = table.usable_windows()
    has_windows = np.zeros(len(table.records), dtype=bool)
    has_windows[table.record[usable]] = True
    if not has_windows.any():
        raise NotEnoughDataError(
            f"none of the {len(usable)} windows has a single feature that could be computed",
            hint="compute the features again, and look at the signals for gaps",
        )
    notes = []
    if not usable.all():
        notes.append(
            f"{int((~usable).sum())} of {len(usable)} windows have no feature that could be computed; not used."
        )
    if has_windows.all():
        return table, notes
    notes.append(f"{int((~has_windows).sum())} of {len(has_windows)} signals have no usable window and were not used.")
    renumbered = np.cumsum(has_windows) - 1
    kept = has_windows[table.record]
    fingerprint = None if table.fingerprint is None else table.fingerprint[has_windows]
    return (
        FeatureTable(
            table.values[kept],
            table.names,
            renumbered[table.record[kept]],
            table.start[kept],
            table.records[has_windows],
            fingerprint,
        ),
        notes,
    )


def _codes(records: pd.DataFrame, split: Split) -> Codes:
    class_number = {name: i for i, name in enumerate(split.classes)}
    label = np.array([class_number.get(name, -1) for name in metadata(records, split.target)])
    return Codes(label, pd.factorize(metadata(records, "recording"))[0].astype(np.int64), np.array(split.unit))


def _recordings_a_class(codes: Codes) -> NDArray[np.int64]:
    used = np.flatnonzero(codes.unit >= 0)
    _, first = np.unique(codes.recording[used], return_index=True)
    return np.bincount(codes.label[used[first]])


def _judge(
    table: FeatureTable,
    config: TrainConfig,
    split: Split,
    codes: Codes,
    runs: Sequence[FoldRun],
    model: TrainedModel,
    notes: list[str],
    rng: np.random.Generator,
) -> ExperimentResult:
    """Score the out-of-fold predictions at both levels and put the result together."""
    classes = split.classes
    rows = np.concatenate([run.rows for run in runs])
    of_windows = np.concatenate([run.probabilities for run in runs])
    predictions, of_signals, signals = _signal_predictions(table, codes, split, runs, rows, of_windows)
    recordings, of_recordings, first = _recording_predictions(predictions, of_signals, signals, codes, classes)
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
    exact = exact_binomial(recording_scores.right, recording_scores.tested)
    dropped = tuple(dict.fromkeys(name for run in runs for name in run.dropped))
    statement = state_result(
        recording_scores, window_scores, exact, intervals["recording"]["balanced_accuracy"], most_common, split
    )
    return ExperimentResult(
        config=config,
        split=split,
        classes=classes,
        features=table.names,
        recording=recording_scores,
        window=window_scores,
        intervals=intervals,
        exact_accuracy=exact,
        calibration={"recording": reliability(of_recordings, label), "window": reliability(of_windows, window_label)},
        baselines=Baselines(most_common, guess_at_random(label, shares, classes, rng)),
        folds=tuple(_fold_score(run, f, recordings, table, codes, len(classes)) for f, run in enumerate(runs)),
        predictions=predictions,
        recordings=recordings,
        leaks=find_leaks(table, split),
        dropped_features=dropped,
        notes=(*notes, *_notes(dropped, runs, model, table.names)),
        statement=statement,
        environment=environment(),
        model=model,
    )


def _signal_predictions(
    table: FeatureTable,
    codes: Codes,
    split: Split,
    runs: Sequence[FoldRun],
    rows: NDArray[np.int64],
    of_windows: NDArray[np.float64],
) -> tuple[pd.DataFrame, NDArray[np.float64], NDArray[np.int64]]:
    signals, owner = np.unique(table.record[rows], return_inverse=True)
    pooled = mean_by(of_windows, owner, len(signals))
    best = pooled.argmax(axis=1)
    fold = np.zeros(len(table.records), dtype=np.int64)
    for number, run in enumerate(runs):
        fold[list(run.fold.test)] = number
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
    return _with_probabilities(frame, pooled, split.classes), pooled, signals


def _recording_predictions(
    predictions: pd.DataFrame,
    of_signals: NDArray[np.float64],
    signals: NDArray[np.int64],
    codes: Codes,
    classes: tuple[str, ...],
) -> tuple[pd.DataFrame, NDArray[np.float64], NDArray[np.int64]]:
    """Return the recordings' frame, their probabilities and the row of the first signal of each."""
    _, position, owner = np.unique(codes.recording[signals], return_index=True, return_inverse=True)
    pooled = mean_by(of_signals, owner, len(position))
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


def _notes(dropped: tuple[str, ...], runs: Sequence[FoldRun], model: TrainedModel, names: tuple[str, ...]) -> list[str]:
    notes = []
    everywhere = dropped_features(model.classifier, names)
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
    return notes
