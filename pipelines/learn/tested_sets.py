"""Conformal sets of the recordings of a test, each calibrated on all the others, and how they kept their promise."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.learn.conformal import ROUNDING, ConformalSets, fit_conformal


@dataclass(frozen=True)
class SetScores:
    """How the sets of tested recordings did.

    `held` is the share of sets that hold the true class, to be compared with `coverage`; `mean_size` counts classes;
    `single` and `all_classes` are the shares of sets with one class and with every class.
    """

    coverage: float
    tested: int
    held: float
    mean_size: float
    single: float
    all_classes: float
    statement: str


def sets_of_tested(
    probabilities: NDArray[np.float64],
    label: NDArray[np.int64],
    unit: NDArray[np.int64],
    classes: tuple[str, ...],
    coverage: float,
) -> tuple[NDArray[np.bool_], SetScores, ConformalSets]:
    """Give each tested recording the set that the others calibrate, and a model to come the one that all calibrate.

    Probabilities are out of fold, so no recording was learned from by the model that judged it. A recording's
    threshold is that of `fit_conformal` on the recordings of all other units: with one test this is split conformal
    prediction and exact; over several folds the models differ a little, as in cross-conformal prediction (V. Vovk,
    Annals of Mathematics and Artificial Intelligence 74 (2015) 9), and so does the one that is kept.

    Parameters
    ----------
    probabilities : ndarray, shape (n, C)
    label, unit : ndarray, shape (n,), int
        Class of each recording, and what is moved as a whole (a group, or the recording itself).
    coverage : float

    Returns
    -------
    sets : ndarray, shape (n, C), bool
    scores : SetScores
    kept : ConformalSets
        Calibrated on all n recordings.
    """
    kept = fit_conformal(probabilities, label, classes, coverage=coverage)
    of_truth = probabilities[np.arange(len(label)), label]
    order = np.argsort(-of_truth, kind="stable")
    falling = of_truth[order]
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    least = np.empty(len(label))
    by_unit = np.argsort(unit, kind="stable")
    for rows in np.split(by_unit, np.flatnonzero(np.diff(unit[by_unit])) + 1):
        least[rows] = _least_without(falling, np.sort(place[rows]), coverage)
    sets = probabilities >= least[:, None] - ROUNDING
    size = sets.sum(axis=1)
    held = float(sets[np.arange(len(label)), label].mean())
    scores = SetScores(
        coverage=coverage,
        tested=len(label),
        held=held,
        mean_size=float(size.mean()),
        single=float((size == 1).mean()),
        all_classes=float((size == len(classes)).mean()),
        statement=f"{kept.statement()} In this test {held:.0%} of {len(label)} sets held it, "
        f"with {size.mean():.1f} of {len(classes)} classes on average.",
    )
    return sets, scores, kept


def _least_without(falling: NDArray[np.float64], places: NDArray[np.int64], coverage: float) -> float:
    """Return the threshold from values in falling order without those at rising `places`."""
    left = len(falling) - len(places)
    rank = math.ceil((left + 1) * coverage - ROUNDING)
    if rank > left:
        return 0.0
    index = rank - 1
    for place in places.tolist():
        if place <= index:
            index += 1
    return float(falling[index])
