"""ROC and precision-recall curves of one class against the rest, with areas and their intervals over recordings."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InputError
from pipelines.learn.intervals import FEW_UNITS, Interval, percentiles, resample_rows

Kind = Literal["roc", "precision_recall"]


@dataclass(frozen=True)
class OperatingCurve:
    """Points of one class against the rest, from the strictest threshold to the laxest.

    For ``roc`` x is the false alarm rate and y the share found; for ``precision_recall`` x is the share found and y the
    share of alarms that are right. Point i is reached by calling everything with a score of ``threshold[i]`` or more
    the class; the first has an infinite threshold and calls nothing. `area` is the area under the ROC curve, or the
    average precision; NaN, with the reason in `words`, where the class or everything else is absent.
    """

    name: str
    kind: Kind
    x: tuple[float, ...]
    y: tuple[float, ...]
    threshold: tuple[float, ...]
    area: Interval
    chance: float
    positives: int
    negatives: int
    words: str


def operating_curves(
    probabilities: NDArray[np.float64],
    label: NDArray[np.int64],
    classes: tuple[str, ...],
    unit: NDArray[np.int64],
    *,
    kind: Kind,
    draws: int = 1000,
    seed: int = 0,
) -> tuple[OperatingCurve, ...]:
    """Return one curve a class.

    The area under the ROC curve is the probability that a random member of the class scores above a random other, ties
    counting half (J. Hanley, B. McNeil, Radiology 143 (1982) 29). Average precision is the sum of precision over the
    steps of recall, without interpolation, which flatters (J. Davis, M. Goadrich, ICML 2006). Intervals are percentile
    bootstraps over whole units; draws that hold no member of the class, or nothing else, are left out.

    Parameters
    ----------
    probabilities : ndarray, shape (n, C)
        Probabilities of recordings (or windows).
    label, unit : ndarray, shape (n,), int
        True class, and the recording or group that is drawn as a whole.
    """
    if probabilities.shape != (len(label), len(classes)) or unit.shape != label.shape:
        raise InputError(
            f"probabilities of shape {probabilities.shape} do not fit {len(label)} labels, {len(unit)} units and "
            f"{len(classes)} classes"
        )
    few = len(np.unique(unit)) < FEW_UNITS
    ranked = [_ranked(probabilities[:, c], label == c) for c in range(len(classes))]
    spread: list[list[NDArray[np.float64]]] = [[] for _ in classes]
    for weights in resample_rows(unit, draws, np.random.default_rng(seed)):
        for of_class, areas in zip(ranked, spread, strict=True):
            if of_class.two_sided:
                areas.append(_drawn_areas(kind, of_class, weights))
    return tuple(
        _curve(name, kind, of_class, np.concatenate(areas), few)
        if of_class.two_sided
        else _no_curve(name, kind, of_class)
        for name, of_class, areas in zip(classes, ranked, spread, strict=True)
    )


def macro_area(curves: tuple[OperatingCurve, ...]) -> float:
    """Return the mean area over the classes that have one; NaN without any."""
    areas = [curve.area.value for curve in curves if np.isfinite(curve.area.value)]
    return float(np.mean(areas)) if areas else float("nan")


@dataclass(frozen=True)
class _Ranked:
    """Rows of one class against the rest, highest score first; `ends` are the last rows of each distinct score."""

    order: NDArray[np.int64]
    score: NDArray[np.float64]
    positive: NDArray[np.bool_]
    ends: NDArray[np.int64]

    @property
    def two_sided(self) -> bool:
        return bool(self.positive.any() and not self.positive.all())


def _ranked(score: NDArray[np.float64], positive: NDArray[np.bool_]) -> _Ranked:
    order = np.argsort(-score, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(score[order]) != 0.0, [True] * bool(len(order))))
    return _Ranked(order, score[order], positive[order], ends)


def _drawn_areas(kind: Kind, ranked: _Ranked, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    found, false = _counts(ranked.positive, weights[:, ranked.order], ranked.ends)
    usable = (found[:, -1] > 0) & (false[:, -1] > 0)
    return _areas(kind, found[usable], false[usable])


def _no_curve(name: str, kind: Kind, ranked: _Ranked) -> OperatingCurve:
    positives = int(ranked.positive.sum())
    absent = f"nothing but {name!r}" if positives else f"no {name!r}"
    nan, words = float("nan"), f"{absent} was tested: there is no curve"
    negatives = len(ranked.positive) - positives
    return OperatingCurve(name, kind, (), (), (), Interval(nan, nan, nan), nan, positives, negatives, words)


def _curve(name: str, kind: Kind, ranked: _Ranked, spread: NDArray[np.float64], few: bool) -> OperatingCurve:
    positives = int(ranked.positive.sum())
    negatives = len(ranked.positive) - positives
    found, false = _counts(ranked.positive, np.ones((1, len(ranked.order))), ranked.ends)
    area = percentiles(float(_areas(kind, found, false)[0]), spread)
    x, y = _points(kind, found[0], false[0])
    chance = 0.5 if kind == "roc" else positives / (positives + negatives)
    what = "area under the ROC curve" if kind == "roc" else "average precision"
    words = (
        f"{name}: {what} {area.value:.3f} (95 % interval {area.low:.3f} to {area.high:.3f}; chance {chance:.3g}) from "
        f"{positives} of this class and {negatives} others{', too few units to be sure of the interval' * few}"
    )
    threshold = (float("inf"), *ranked.score[ranked.ends].tolist())
    return OperatingCurve(name, kind, x, y, threshold, area, chance, positives, negatives, words)


def _counts(
    positive: NDArray[np.bool_], weights: NDArray[np.float64], ends: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return weighted members found and false alarms at each threshold, each of shape (draws, thresholds)."""
    found = np.cumsum(weights * positive, axis=1)[:, ends]
    return found, np.cumsum(weights, axis=1)[:, ends] - found


def _areas(kind: Kind, found: NDArray[np.float64], false: NDArray[np.float64]) -> NDArray[np.float64]:
    steps = np.diff(found, axis=1, prepend=0.0)
    if kind == "roc":
        before = found - steps / 2.0
        return (np.diff(false, axis=1, prepend=0.0) * before).sum(axis=1) / (found[:, -1] * false[:, -1])
    called = found + false
    precision = np.divide(found, called, out=np.zeros_like(found), where=called > 0)
    return (steps * precision).sum(axis=1) / found[:, -1]


def _points(
    kind: Kind, found: NDArray[np.float64], false: NDArray[np.float64]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    share = found / found[-1]
    if kind == "roc":
        return (0.0, *(false / false[-1]).tolist()), (0.0, *share.tolist())
    return (0.0, *share.tolist()), (1.0, *(found / (found + false)).tolist())
