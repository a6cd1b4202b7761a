"""A model ready to diagnose new recordings: classes, features by name, and when to say "I don't know"."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InputError
from pipelines.learn.classifier import WindowClassifier
from pipelines.learn.conformal import ConformalSets
from pipelines.learn.isotonic import IsotonicCalibration
from pipelines.learn.novelty import NoveltyGate
from pipelines.learn.pooling import agreement, mean_by
from pipelines.learn.standardiser import Standardiser
from pipelines.learn.table import refuse_infinite

ROUNDING = 1e-9
"""Shares averaged over other numbers of windows differ by this at most."""


@dataclass(frozen=True)
class Prediction:
    """Diagnosis of n recordings.

    `record` (n,) are the distinct values of the given index; `probabilities` is (n, C) in the order of `classes`;
    `novelty` is the distance to the training data over the largest familiar one; where `abstain` is true the label is
    what the model would say, and `reason` why it should not be believed. All are NaN or "" without a usable window.
    `sets` (n, C) marks the classes that cannot be ruled out; None for a model without conformal sets.
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
    sets: NDArray[np.bool_] | None = None

    def to_records(self) -> list[dict[str, Any]]:
        """One plain dict a recording; `label` is None where the model abstains, its guess is then `nearest`.

        With conformal sets, `set` lists the classes that cannot be ruled out.
        """
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
            | self._set(i)
            for i in range(len(self.record))
        ]

    def _set(self, i: int) -> dict[str, Any]:
        if self.sets is None:
            return {}
        return {"set": [name for name, inside in zip(self.classes, self.sets[i].tolist(), strict=True) if inside]}


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


class KeptModel(Protocol):
    """What an experiment's result needs of the model that is kept, whatever it learns from."""

    @property
    def trained_on(self) -> dict[str, Any]:
        """Numbers and names for the model's card."""
        ...

    @property
    def dropped(self) -> tuple[str, ...]:
        """Features that had no value in training."""
        ...

    @property
    def made_with(self) -> dict[str, str]:
        """Versions of the libraries that only this kind of model needs."""
        ...

    def with_sets(self, conformal: ConformalSets | None) -> Self:
        """The same model that also says which classes cannot be ruled out."""
        ...


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
    conformal: ConformalSets | None = None
    learns_from: ClassVar[str] = "features"
    made_with: ClassVar[dict[str, str]] = {}

    @property
    def dropped(self) -> tuple[str, ...]:
        """Features that had no value in training."""
        kept = self.classifier.standardiser.kept
        return tuple(name for name, there in zip(self.features, kept, strict=True) if not there)

    def with_sets(self, conformal: ConformalSets | None) -> Self:
        """The same model that also says which classes cannot be ruled out."""
        return replace(self, conformal=conformal)

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
        values = matched(values, names, self.features)
        records, owner = recordings_of(record, len(values))
        prepare = self.classifier.standardiser
        usable = prepare.missing(values) < 1.0
        values, owner = values[usable], owner[usable]
        strange = strangeness(self.gate, prepare, values, owner, len(records))
        judged = Judged(self.classifier.probabilities(values), owner, self.classifier.isotonic, self.conformal)
        return diagnosis(self.classes, records, judged, strange)


@dataclass(frozen=True)
class Judged:
    """What a model said of windows: class probabilities (W, C), the place of each one's recording (W,), and what turns
    the means of recordings into probabilities and sets.
    """

    probabilities: NDArray[np.float64]
    owner: NDArray[np.int64]
    isotonic: IsotonicCalibration | None = None
    conformal: ConformalSets | None = None


@dataclass(frozen=True)
class Strangeness:
    """How unlike the training data n recordings are: `novelty` (n,), NaN without features, and why, or ""."""

    novelty: NDArray[np.float64]
    reason: tuple[str, ...]


def matched(values: NDArray[np.float64], names: Sequence[str], features: Sequence[str]) -> NDArray[np.float64]:
    """Return the columns of `values` (R, F') that a model uses, in its order; `InputError` where one is missing."""
    values, names = np.asarray(values, dtype=np.float64), list(names)
    if values.ndim != 2 or values.shape[1] != len(names):
        raise InputError(f"feature values of shape {values.shape} were given with {len(names)} names")
    if len(values) == 0:
        raise InputError("no window was given to predict")
    missing = [name for name in features if name not in names]
    if missing:
        raise InputError(
            f"the model needs features that were not given: {', '.join(missing)}",
            hint=f"compute the feature set the model was trained on: {', '.join(features)}",
        )
    chosen = values[:, [names.index(name) for name in features]]
    refuse_infinite(chosen, features)
    return chosen


def recordings_of(record: NDArray[np.int64], windows: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the distinct recordings and, for each window, the place of its own among them."""
    record = np.asarray(record, dtype=np.int64)
    if record.shape != (windows,):
        raise InputError(f"{windows} windows were given with record indices of shape {record.shape}")
    records, owner = np.unique(record, return_inverse=True)
    return records, owner


def strangeness(
    gate: NoveltyGate, prepare: Standardiser, values: NDArray[np.float64], owner: NDArray[np.int64], recordings: int
) -> Strangeness:
    """Judge recordings by the features (R, F) of their usable windows."""
    windows = np.bincount(owner, minlength=recordings)
    novelty = gate.novelty(prepare.transform(values), owner, recordings)
    missing = mean_by(prepare.missing(values)[:, None], owner, recordings)[:, 0]
    reasons = tuple(_reason(gate, *of) for of in zip(novelty.tolist(), missing.tolist(), windows.tolist(), strict=True))
    return Strangeness(novelty, reasons)


def diagnosis(
    classes: tuple[str, ...],
    records: NDArray[np.int64],
    judged: Judged,
    strange: Strangeness,
) -> Prediction:
    """Put what was said of windows, each owned by one of `records` (n,), together to answers."""
    of_windows, owner = judged.probabilities, judged.owner
    pooled = mean_by(of_windows, owner, len(records))
    if judged.isotonic is not None:
        heard = ~np.isnan(pooled).any(axis=1)
        pooled[heard] = judged.isotonic.calibrate(pooled[heard])
    windows = np.bincount(owner, minlength=len(records))
    best = np.where(windows > 0, np.nan_to_num(pooled).argmax(axis=1), 0)
    return Prediction(
        classes=classes,
        record=records,
        probabilities=pooled,
        label=tuple(classes[b] if w else "" for b, w in zip(best, windows, strict=True)),
        confidence=pooled.max(axis=1),
        window_agreement=agreement(of_windows, owner, best),
        windows=windows,
        novelty=strange.novelty,
        abstain=np.array([bool(reason) for reason in strange.reason]),
        reason=strange.reason,
        # where nothing was heard nothing can be ruled out
        sets=None if judged.conformal is None else judged.conformal.sets(pooled) | np.isnan(pooled),
    )


def _reason(gate: NoveltyGate, novelty: float, missing: float, windows: int) -> str:
    if windows == 0:
        return "no window of this recording has a feature the model uses"
    if missing > gate.most_missing + ROUNDING:
        return f"{missing:.0%} of the features the model uses could not be computed"
    if novelty > 1.0:
        return f"unlike the training data: {novelty:.1f} times as far from it as its recordings are from each other"
    return ""
