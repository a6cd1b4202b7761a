"""Predicting every tested signal by a model that has never seen its recording or group."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.learn.classifier import Recipe, TrainingWindows, WindowClassifier, fit_classifier
from pipelines.learn.isotonic import IsotonicCalibration
from pipelines.learn.split import Fold
from pipelines.learn.table import FeatureTable


@dataclass(frozen=True)
class Codes:
    """Numbers for what the table of signals names: class, recording and unit of each signal, shape (S,).

    Class and unit are -1 for signals that are left out.
    """

    label: NDArray[np.int64]
    recording: NDArray[np.int64]
    unit: NDArray[np.int64]


@dataclass(frozen=True)
class FoldRun:
    """What one fold predicted: rows of the table (windows), their probabilities, and what was learned from."""

    fold: Fold
    rows: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    class_shares: NDArray[np.float64]
    temperature: float
    calibrated: bool
    dropped: tuple[str, ...]
    isotonic: IsotonicCalibration | None = None


def windows_of(table: FeatureTable, codes: Codes, signals: NDArray[np.bool_]) -> TrainingWindows:
    """Return the usable windows of the marked signals."""
    rows = np.flatnonzero(signals[table.record] & table.usable_windows())
    signal = table.record[rows]
    return TrainingWindows(table.values[rows], codes.label[signal], codes.recording[signal], codes.unit[signal])


def run_fold(
    table: FeatureTable,
    codes: Codes,
    fold: Fold,
    recipe: Recipe,
    seed: np.random.SeedSequence,
    between_fits: Callable[[], None],
) -> FoldRun:
    """Learn from the training side of a fold and predict the windows of its test side."""
    train = _marked(fold.train, len(table.records))
    test = _marked(fold.test, len(table.records))
    classifier = fit_classifier(windows_of(table, codes, train), recipe, seed, between_fits)
    rows = np.flatnonzero(test[table.record] & table.usable_windows())
    _, first = np.unique(codes.recording[train], return_index=True)
    trained = np.bincount(codes.label[train][first], minlength=recipe.classes)
    return FoldRun(
        fold=fold,
        rows=rows,
        probabilities=classifier.probabilities(table.values[rows]),
        class_shares=trained / trained.sum(),
        temperature=classifier.temperature,
        calibrated=classifier.calibrated,
        dropped=dropped_features(classifier, table.names),
        isotonic=classifier.isotonic,
    )


def dropped_features(classifier: WindowClassifier, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the features that had no value in training."""
    return tuple(name for name, kept in zip(names, classifier.standardiser.kept, strict=True) if not kept)


def _marked(rows: tuple[int, ...], size: int) -> NDArray[np.bool_]:
    marked = np.zeros(size, dtype=bool)
    marked[list(rows)] = True
    return marked
