"""Scores of predictions, computed from confusion counts so that bootstrap draws cost one matrix product."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class ClassScore:
    """Precision, recall and F1 of one class; NaN where nothing was predicted as it, or nothing of it was tested."""

    name: str
    precision: float
    recall: float
    f1: float
    tested: int


@dataclass(frozen=True)
class LevelScores:
    """Scores at one level (recordings or windows); `confusion` has true classes in rows, predicted in columns."""

    level: str
    tested: int
    accuracy: float
    balanced_accuracy: float
    macro_f1: float
    log_loss: float
    per_class: tuple[ClassScore, ...]
    confusion: tuple[tuple[int, ...], ...]

    @property
    def right(self) -> int:
        """How many were predicted correctly."""
        return sum(row[i] for i, row in enumerate(self.confusion))


def confusion_counts(label: NDArray[np.int64], predicted: NDArray[np.int64], classes: int) -> NDArray[np.int64]:
    """Return counts, shape (C, C): true class in rows, predicted class in columns."""
    return np.bincount(label * classes + predicted, minlength=classes * classes).reshape(classes, classes)


def accuracy(confusion: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share on the diagonal of confusion counts, shape (..., C, C)."""
    right = np.trace(confusion, axis1=-2, axis2=-1)
    return _ratio(right, confusion.sum(axis=(-2, -1)))


def balanced_accuracy(confusion: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean recall of the classes that were tested."""
    return np.nanmean(_ratio(_diagonal(confusion), confusion.sum(axis=-1)), axis=-1)


def macro_f1(confusion: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean F1 of the classes that were tested or predicted."""
    return np.nanmean(_ratio(2.0 * _diagonal(confusion), confusion.sum(axis=-1) + confusion.sum(axis=-2)), axis=-1)


def log_losses(probabilities: NDArray[np.float64], label: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return -ln of the probability given to the true class, shape (n,), floored at the float64 epsilon."""
    given = probabilities[np.arange(len(label)), label]
    return -np.log(np.maximum(given, np.finfo(np.float64).eps))


def score(
    level: str, probabilities: NDArray[np.float64], label: NDArray[np.int64], classes: tuple[str, ...]
) -> LevelScores:
    """Score class probabilities, shape (n, C), against true classes, shape (n,)."""
    predicted = probabilities.argmax(axis=1)
    return score_confusion(
        level, confusion_counts(label, predicted, len(classes)), float(log_losses(probabilities, label).mean()), classes
    )


def score_confusion(level: str, confusion: NDArray[np.int64], log_loss: float, classes: tuple[str, ...]) -> LevelScores:
    """Score confusion counts, shape (C, C)."""
    counts = confusion.astype(np.float64)
    tested, claimed, right = counts.sum(axis=1), counts.sum(axis=0), np.diag(counts)
    precision, recall, f1 = _ratio(right, claimed), _ratio(right, tested), _ratio(2.0 * right, tested + claimed)
    return LevelScores(
        level=level,
        tested=int(confusion.sum()),
        accuracy=float(accuracy(counts)),
        balanced_accuracy=float(balanced_accuracy(counts)),
        macro_f1=float(macro_f1(counts)),
        log_loss=log_loss,
        per_class=tuple(
            ClassScore(name, float(precision[i]), float(recall[i]), float(f1[i]), int(tested[i]))
            for i, name in enumerate(classes)
        ),
        confusion=tuple(tuple(int(n) for n in row) for row in confusion),
    )


def _diagonal(confusion: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.diagonal(confusion, axis1=-2, axis2=-1)


def _ratio(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=np.asarray(whole) > 0)
