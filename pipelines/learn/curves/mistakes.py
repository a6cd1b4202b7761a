"""The recordings worth looking at: the most confident mistakes and the hardest ones."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InputError


@dataclass(frozen=True)
class Judged:
    """One recording with what it is, what it was taken for, and the probability of either.

    `wrong_share` is the share of runs (seeds) that got it wrong; with one run 0 or 1.
    """

    row: int
    name: str
    true: str
    predicted: str
    confidence: float
    probability_of_truth: float
    wrong_share: float
    words: str


def confident_mistakes(
    names: tuple[str, ...],
    probabilities: NDArray[np.float64],
    label: NDArray[np.int64],
    classes: tuple[str, ...],
    *,
    most: int = 20,
) -> tuple[Judged, ...]:
    """Return what was wrong, the surest of itself first; ties by name.

    Parameters
    ----------
    names : tuple of str, length n
        What each recording is called.
    probabilities : ndarray, shape (n, C) or (runs, n, C)
        Of one run or of several seeds, which are averaged.
    label : ndarray, shape (n,), int
    """
    judged = [one for one in _judged(names, probabilities, label, classes) if one.true != one.predicted]
    return tuple(sorted(judged, key=lambda one: (-one.confidence, one.name))[:most])


def hardest(
    names: tuple[str, ...],
    probabilities: NDArray[np.float64],
    label: NDArray[np.int64],
    classes: tuple[str, ...],
    *,
    most: int = 20,
) -> tuple[Judged, ...]:
    """Return what most runs got wrong, then what was given the least probability of what it is, right or wrong."""
    judged = _judged(names, probabilities, label, classes)
    return tuple(sorted(judged, key=lambda one: (-one.wrong_share, one.probability_of_truth, one.name))[:most])


def _judged(
    names: tuple[str, ...], probabilities: NDArray[np.float64], label: NDArray[np.int64], classes: tuple[str, ...]
) -> list[Judged]:
    runs = probabilities if probabilities.ndim == 3 else probabilities[None]
    if runs.ndim != 3 or runs.shape[1:] != (len(label), len(classes)) or len(names) != len(label):
        raise InputError(
            f"probabilities of shape {probabilities.shape} do not fit {len(names)} names, {len(label)} labels and "
            f"{len(classes)} classes"
        )
    wrong = (runs.argmax(axis=2) != label).mean(axis=0)
    mean = runs.mean(axis=0)
    best = mean.argmax(axis=1)
    return [
        Judged(
            row=i,
            name=names[i],
            true=classes[label[i]],
            predicted=classes[best[i]],
            confidence=float(mean[i, best[i]]),
            probability_of_truth=float(mean[i, label[i]]),
            wrong_share=float(wrong[i]),
            words=_words(names[i], classes[label[i]], classes[best[i]], mean[i, best[i]], mean[i, label[i]]),
        )
        for i in range(len(label))
    ]


def _words(name: str, true: str, predicted: str, confidence: float, of_truth: float) -> str:
    if true == predicted:
        return f"{name} is {true!r} and was taken for it with {confidence:.0%}."
    return f"{name} is {true!r} ({of_truth:.0%}) and was taken for {predicted!r} with {confidence:.0%}."
