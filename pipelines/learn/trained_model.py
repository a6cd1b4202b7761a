"""A model ready to diagnose new recordings: classes, features by name, and when to say "I don't know"."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InputError
from pipelines.learn.classifier import WindowClassifier
from pipelines.learn.novelty import NoveltyGate
from pipelines.learn.pooling import agreement, mean_by
from pipelines.learn.table import refuse_infinite

ROUNDING = 1e-9
"""Shares averaged over other numbers of windows differ by this at most."""


@dataclass(frozen=True)
class Prediction:
    """Diagnosis of n recordings.

    `record` (n,) are the distinct values of the given index; `probabilities` is (n, C) in the order of `classes`;
    `novelty` is the distance to the training data over the largest familiar one; where `abstain` is true the label is
    what the model would say, and `reason` why it should not be believed. All are NaN or "" without a usable window.
    """

    classes: tuple[str, ...]
    record: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    label: tuple[str, ...]
    confidence: NDArray[np.float64]
    window_agreement: NDArray[np.float64]
    windows: NDArray[np.int64]
    novelty: NDArray[np.float64]
    abstain: NDArray[np.bool_]
    reason: tuple[str, ...]

    def to_records(self) -> list[dict[str, Any]]:
        """One plain dict a recording; `label` is None where the model abstains, its guess is then `nearest`."""
        return [
            {
                "label": None if self.abstain[i] else self.label[i],
                "nearest": self.label[i],
                "probability": _number(self.confidence[i]),
                "probabilities": {
                    name: _number(p) for name, p in zip(self.classes, self.probabilities[i], strict=True)
                },
                "window_agreement": _number(self.window_agreement[i]),
                "windows": int(self.windows[i]),
                "novelty": _number(self.novelty[i]),
                "reason": self.reason[i],
            }
            for i in range(len(self.record))
        ]


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


@dataclass(frozen=True)
class TrainedModel:
    """A classifier fitted on all recordings of an experiment, with the gate for what is unlike them.

    `trained_on` holds numbers and names (recordings, windows, classes, split hash, seed) for the model's card.
    """

    classifier: WindowClassifier
    gate: NoveltyGate
    model: str
    target: str
    classes: tuple[str, ...]
    features: tuple[str, ...]
    trained_on: dict[str, Any]
    notes: tuple[str, ...] = ()

    def predict(self, values: NDArray[np.float64], names: Sequence[str], record: NDArray[np.int64]) -> Prediction:
        """Diagnose recordings from the features of their windows.

        Parameters
        ----------
        values : ndarray, shape (R, F')
            Features of windows, NaN allowed; features the model does not use are ignored.
        names : sequence of str
            Names of the F' columns, in any order.
        record : ndarray, shape (R,), int
            Recording of each window; probabilities are averaged over its windows.

        Raises
        ------
        InputError
            When a feature of the model is missing, shapes disagree or values are infinite.
        """
        values = self._matched(np.asarray(values, dtype=np.float64), list(names))
        record = np.asarray(record, dtype=np.int64)
        if record.shape != (len(values),):
            raise InputError(f"{len(values)} windows were given with record indices of shape {record.shape}")
        records, owner = np.unique(record, return_inverse=True)
        prepare = self.classifier.standardiser
        usable = prepare.missing(values) < 1.0
        values, owner = values[usable], owner[usable]

        of_windows = self.classifier.probabilities(values)
        pooled = mean_by(of_windows, owner, len(records))
        windows = np.bincount(owner, minlength=len(records))
        best = np.where(windows > 0, np.nan_to_num(pooled).argmax(axis=1), 0)
        novelty = self.gate.novelty(prepare.transform(values), owner, len(records))
        missing = mean_by(prepare.missing(values)[:, None], owner, len(records))[:, 0]
        reasons = tuple(
            self._reason(*of) for of in zip(novelty.tolist(), missing.tolist(), windows.tolist(), strict=True)
        )
        return Prediction(
            classes=self.classes,
            record=records,
            probabilities=pooled,
            label=tuple(self.classes[b] if w else "" for b, w in zip(best, windows, strict=True)),
            confidence=pooled.max(axis=1),
            window_agreement=agreement(of_windows, owner, best),
            windows=windows,
            novelty=novelty,
            abstain=np.array([bool(reason) for reason in reasons]),
            reason=reasons,
        )

    def _reason(self, novelty: float, missing: float, windows: int) -> str:
        if windows == 0:
            return "no window of this recording has a feature the model uses"
        if missing > self.gate.most_missing + ROUNDING:
            return f"{missing:.0%} of the features the model uses could not be computed"
        if novelty > 1.0:
            return f"unlike the training data: {novelty:.1f} times as far from it as its recordings are from each other"
        return ""

    def _matched(self, values: NDArray[np.float64], names: list[str]) -> NDArray[np.float64]:
        if values.ndim != 2 or values.shape[1] != len(names):
            raise InputError(f"feature values of shape {values.shape} were given with {len(names)} names")
        if len(values) == 0:
            raise InputError("no window was given to predict")
        missing = [name for name in self.features if name not in names]
        if missing:
            raise InputError(
                f"the model needs features that were not given: {', '.join(missing)}",
                hint=f"compute the feature set the model was trained on: {', '.join(self.features)}",
            )
        matched = values[:, [names.index(name) for name in self.features]]
        refuse_infinite(matched, self.features)
        return matched
