"""Sets of classes that hold the true one as often as promised, whatever the model."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InputError, NotEnoughDataError

ROUNDING = 1e-12


@dataclass(frozen=True)
class ConformalSets:
    """Which classes cannot be ruled out.

    A class is in the set of a recording when its probability is at least `least` (C,) of that class. `calibrated_on`
    counts the recordings behind each threshold; with `per_class` these are those of the class alone. Where they are too
    few for the coverage, `least` is 0 and the class is in every set.
    """

    classes: tuple[str, ...]
    coverage: float
    per_class: bool
    least: NDArray[np.float64]
    calibrated_on: NDArray[np.int64]

    def sets(self, probabilities: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return for probabilities (n, C) which classes are in the set of each recording."""
        if probabilities.ndim != 2 or probabilities.shape[1] != len(self.classes):
            raise InputError(f"probabilities have shape {probabilities.shape}, expected (n, {len(self.classes)})")
        return probabilities >= self.least - ROUNDING

    def words(self, probabilities: NDArray[np.float64]) -> tuple[str, ...]:
        """Say the set of each recording; an empty and a full one are both "I don't know", for opposite reasons."""
        return tuple(self._words(row) for row in self.sets(probabilities))

    def statement(self) -> str:
        """Say what is promised, on what it rests, and for which classes it cannot be kept small."""
        to_whom = "of the recordings of each class" if self.per_class else "of recordings"
        needed = needed_recordings(self.coverage)
        told = (
            f"The set holds the true class in at least {self.coverage:.0%} {to_whom} like the "
            f"{int(self.calibrated_on.sum() if self.per_class else self.calibrated_on.max())} it was calibrated on."
        )
        short = [
            f"{name!r} ({n})" for name, n in zip(self.classes, self.calibrated_on.tolist(), strict=True) if n < needed
        ]
        if not short:
            return told
        if not self.per_class:
            return f"{told} That takes {needed} recordings: with fewer every class is in every set."
        return f"{told} {needed} recordings of a class are needed; always in the set are {', '.join(short)}."

    def _words(self, inside: NDArray[np.bool_]) -> str:
        names = [repr(name) for name, is_in in zip(self.classes, inside.tolist(), strict=True) if is_in]
        if not names:
            return "I don't know: it resembles none of the classes as their own recordings do."
        if len(names) == len(self.classes):
            return f"I don't know: none of the {len(names)} classes can be ruled out."
        if len(names) == 1:
            return f"{names[0]}: every other class is ruled out."
        return f"{', '.join(names[:-1])} or {names[-1]}: the others are ruled out."


def needed_recordings(coverage: float) -> int:
    """Return the fewest calibration recordings with which a set of less than all classes can keep the coverage."""
    return math.ceil(coverage / (1.0 - coverage) - ROUNDING)


def fit_conformal(
    probabilities: NDArray[np.float64],
    label: NDArray[np.int64],
    classes: tuple[str, ...],
    *,
    coverage: float = 0.9,
    per_class: bool = False,
) -> ConformalSets:
    """Calibrate the sets on recordings that the model did not learn from.

    Split conformal prediction with the score 1 - p(true class) (V. Vovk, A. Gammerman, G. Shafer, Algorithmic Learning
    in a Random World, 2005; M. Sadinle, J. Lei, L. Wasserman, JASA 114 (2019) 223): the threshold is the
    ceil((n + 1) coverage)-th smallest of n scores. The promise holds on average over recordings that are exchangeable
    with those of the calibration: for machines never met, calibrate on machines held out. With `per_class` (Mondrian
    conformal prediction) it holds for each class by itself, at the price of larger sets.

    Parameters
    ----------
    probabilities : ndarray, shape (n, C)
        One row a recording; windows of one recording are not exchangeable with those of others.
    label : ndarray, shape (n,), int
    coverage : float
        Share promised, between 0.5 and 1, both excluded.

    Raises
    ------
    NotEnoughDataError
        Without a recording.
    InputError
        When shapes disagree or the coverage is out of range.
    """
    if probabilities.shape != (len(label), len(classes)):
        raise InputError(
            f"probabilities of shape {probabilities.shape} do not fit {len(label)} labels and {len(classes)} classes"
        )
    if not 0.5 < coverage < 1.0:
        raise InputError(f"a coverage of {coverage} was asked for, expected more than 0.5 and less than 1")
    if not len(label):
        raise NotEnoughDataError("there is no held-out recording to calibrate sets on")
    of_truth = probabilities[np.arange(len(label)), label]
    parts = [of_truth[label == c] for c in range(len(classes))] if per_class else [of_truth] * len(classes)
    return ConformalSets(
        classes=classes,
        coverage=coverage,
        per_class=per_class,
        least=np.array([_least(part, coverage) for part in parts]),
        calibrated_on=np.array([len(part) for part in parts]),
    )


def _least(of_truth: NDArray[np.float64], coverage: float) -> float:
    """Return the least probability with which a class stays in the set."""
    rank = math.ceil((len(of_truth) + 1) * coverage - ROUNDING)
    return 0.0 if rank > len(of_truth) else float(np.sort(of_truth)[::-1][rank - 1])
