"""A classifier of windows: preparation, model and calibration, all learned from the training side only."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.learn.calibration import Calibration, fit_calibration
from pipelines.learn.config import Calibrate
from pipelines.learn.isotonic import IsotonicCalibration
from pipelines.learn.models.declaration import ModelDeclaration, ModelParams
from pipelines.learn.pooling import recording_weights
from pipelines.learn.standardiser import Standardiser
from pipelines.learn.temperature import log_scores, soften
from pipelines.learn.units import class_counts, deal_into_folds

CALIBRATION_FOLDS = 3
MANY_RECORDINGS = 300
"""From this many training recordings on, one held-out third is enough to fit a single number."""


@dataclass(frozen=True)
class TrainingWindows:
    """Training windows: features (R, F), class (R,), and the recording and unit (group) of each, numbered freely."""

    values: NDArray[np.float64]
    label: NDArray[np.int64]
    recording: NDArray[np.int64]
    unit: NDArray[np.int64]

    def where(self, rows: NDArray[np.bool_]) -> "TrainingWindows":
        """Return the marked windows."""
        return TrainingWindows(self.values[rows], self.label[rows], self.recording[rows], self.unit[rows])


@dataclass(frozen=True)
class Recipe:
    """What to fit: a declared model, its parameters, the number of classes, and how to calibrate."""

    model: ModelDeclaration
    params: ModelParams
    classes: int
    calibrate: Calibrate
    n_jobs: int = 1


@dataclass(frozen=True)
class WindowClassifier:
    """A fitted classifier; `temperature` is 1 where nothing was calibrated, `isotonic` is for recordings."""

    standardiser: Standardiser
    estimator: Any
    scores_are: str
    classes: int
    temperature: float
    calibrated: bool
    isotonic: IsotonicCalibration | None = None

    @property
    def calibration(self) -> Calibration:
        """How its scores become probabilities."""
        return Calibration(self.temperature, self.isotonic, self.calibrated)

    def probabilities(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return class probabilities of windows, shape (R, C)."""
        prepared = self.standardiser.transform(values)
        if self.scores_are == "probabilities" and not self.calibrated:
            return _spread_over_classes(self.estimator, self.estimator.predict_proba(prepared), self.classes, 0.0)
        return soften(_scores(self.estimator, self.scores_are, prepared, self.classes), self.temperature)


def fit_classifier(
    windows: TrainingWindows, recipe: Recipe, seed: np.random.SeedSequence, between_fits: Callable[[], None]
) -> WindowClassifier:
    """Fit preparation, model and calibration.

    The calibration is fitted on inner folds that keep units whole, as the outer split does; where a class has too few
    units for inner folds the scores stay as they are. `between_fits` is called before each fit and may raise to stop.
    """
    model_seed, fold_seed = (int(s.generate_state(1)[0]) for s in seed.spawn(2))
    between_fits()
    standardiser, estimator = _fit_once(windows, recipe, model_seed)
    found = Calibration()
    if recipe.calibrate != "none":
        found = _calibrate(windows, recipe, model_seed, fold_seed, between_fits)
    return WindowClassifier(
        standardiser,
        estimator,
        recipe.model.scores_are,
        recipe.classes,
        found.temperature,
        found.fitted,
        found.isotonic,
    )


def _fit_once(windows: TrainingWindows, recipe: Recipe, seed: int) -> tuple[Standardiser, Any]:
    standardiser = Standardiser.fit(windows.values)
    estimator = recipe.model.build(recipe.params, seed, recipe.n_jobs)
    owner = np.unique(windows.recording, return_inverse=True)[1]
    weights = recording_weights(owner, windows.label, recipe.classes)
    whole = {"unit": windows.unit} if recipe.model.keeps_units else {}
    estimator.fit(standardiser.transform(windows.values), windows.label, sample_weight=weights, **whole)
    return standardiser, estimator


def _calibrate(
    windows: TrainingWindows, recipe: Recipe, model_seed: int, fold_seed: int, between_fits: Callable[[], None]
) -> Calibration:
    unit = np.unique(windows.unit, return_inverse=True)[1]
    recording = np.unique(windows.recording, return_inverse=True)[1]
    counts = class_counts(unit, recording, windows.label)
    folds = min(CALIBRATION_FOLDS, len(counts))
    if folds < 2:
        return Calibration()
    fold_of = deal_into_folds(counts, folds, True, np.random.default_rng(fold_seed))
    scored = np.zeros(len(windows.label), dtype=bool)
    scores = np.zeros((len(windows.label), recipe.classes))
    for fold in range(1 if recording.max() + 1 >= MANY_RECORDINGS else folds):
        held_out = fold_of[unit] == fold
        # a class the inner model has never met would be scored as impossible, which says nothing about temperature
        learned = np.isin(windows.label, windows.label[~held_out])
        held_out_rows = held_out & learned
        if not held_out_rows.any() or len(np.unique(windows.label[~held_out])) < 2:
            continue
        between_fits()
        standardiser, estimator = _fit_once(windows.where(~held_out), recipe, model_seed)
        prepared = standardiser.transform(windows.values[held_out_rows])
        scores[held_out_rows] = _scores(estimator, recipe.model.scores_are, prepared, recipe.classes)
        scored |= held_out_rows
    if not scored.any():
        return Calibration()
    owners, owner = np.unique(recording[scored], return_inverse=True)
    label = np.zeros(len(owners), dtype=np.int64)
    label[owner] = windows.label[scored]
    return fit_calibration(scores[scored], owner, label, recipe.calibrate)


def _scores(estimator: Any, scores_are: str, prepared: NDArray[np.float64], classes: int) -> NDArray[np.float64]:
    """Return one score a class, shape (R, C), whatever the model's own output looks like."""
    if scores_are == "probabilities":
        return log_scores(_spread_over_classes(estimator, estimator.predict_proba(prepared), classes, 0.0))
    margins = estimator.decision_function(prepared)
    if margins.ndim == 1:
        margins = np.stack([-margins, margins], axis=1)
    return _spread_over_classes(estimator, margins, classes, float(margins.min(initial=0.0)) - 1.0)


def _spread_over_classes(
    estimator: Any, found: NDArray[np.float64], classes: int, absent: float
) -> NDArray[np.float64]:
    spread = np.full((len(found), classes), absent)
    spread[:, estimator.classes_.astype(np.int64)] = found
    return spread
