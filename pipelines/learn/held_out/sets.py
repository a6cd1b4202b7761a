"""Do the sets of classes that cannot be ruled out hold the truth as often as promised, and how small are they?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.learn.conformal import fit_conformal, needed_recordings
from pipelines.learn.held_out.calibrations import METHODS, cross_calibrated
from pipelines.learn.held_out.crossing import parts_of, require_shapes
from pipelines.learn.intervals import Interval, exact_binomial, percentiles, resample_sums


@dataclass(frozen=True)
class SetCheck:
    """Conformal sets of held-out recordings, each by thresholds from the recordings of other units.

    `inside` (n, C) says which classes are in the set of each recording. `covered` is the share of sets that hold the
    true class, with its interval; `of_class` the same by class. A set names one class, several, none or all: with none
    or all of them the answer is "I don't know".
    """

    coverage: float
    per_class: bool
    inside: NDArray[np.bool_]
    covered: Interval
    of_class: dict[str, Interval]
    mean_size: float
    one: float
    one_right: Interval | None
    several: float
    none: float
    all: float
    statement: str

    @property
    def unknown(self) -> float:
        """Share of recordings of which nothing is said: no class fits, or none can be ruled out."""
        return self.none + self.all


def check_sets(
    probabilities: NDArray[np.float64],
    label: NDArray[np.int64],
    classes: tuple[str, ...],
    unit: NDArray[np.int64],
    *,
    coverage: float = 0.9,
    per_class: bool = False,
    calibration: str = "none",
    draws: int = 1000,
    seed: int = 0,
) -> SetCheck:
    """Judge conformal sets on held-out recordings.

    The recordings are dealt into five parts, whole units together; thresholds for each part come from the other four
    (cross-conformal prediction: V. Vovk, Annals of Mathematics and Artificial Intelligence 74 (2015) 9). Shares have
    exact intervals where every unit is one recording, else bootstraps over units.

    Parameters
    ----------
    probabilities : ndarray, shape (n, C)
    label, unit : ndarray, shape (n,), int
    classes : tuple of str
    coverage : float
        Share promised, between 0.5 and 1, both excluded.
    per_class : bool
        Promise it to each class.
    calibration : str
        One of `METHODS`, applied before. For each part it is fitted on the other four, and their own probabilities are
        calibrated among themselves, so that thresholds and sets mean the same and neither has seen the part.
    """
    require_shapes(probabilities, label, unit, len(classes))
    part = parts_of(label, unit, seed)
    inside = np.zeros(probabilities.shape, dtype=bool)
    for one in np.unique(part):
        held = part == one
        rest = probabilities[~held], label[~held]
        among, _ = cross_calibrated(calibration, *rest, unit[~held], seed)
        fitted = fit_conformal(among, label[~held], classes, coverage=coverage, per_class=per_class)
        apply, _ = METHODS[calibration](*rest)
        inside[held] = fitted.sets(apply(probabilities[held]))
    holds = inside[np.arange(len(label)), label]
    size = inside.sum(axis=1)
    single = size == 1
    rng = np.random.default_rng(seed)
    everything, _ = cross_calibrated(calibration, probabilities, label, unit, seed)
    whole = fit_conformal(everything, label, classes, coverage=coverage, per_class=per_class)
    return SetCheck(
        coverage=coverage,
        per_class=per_class,
        inside=inside,
        covered=_share(holds, np.ones(len(label), dtype=bool), unit, draws, rng),
        of_class={
            name: _share(holds, label == c, unit, draws, rng) for c, name in enumerate(classes) if (label == c).any()
        },
        mean_size=float(size.mean()),
        one=float(single.mean()),
        one_right=_share(holds, single, unit, draws, rng) if single.any() else None,
        several=float(((size > 1) & (size < len(classes))).mean()),
        none=float((size == 0).mean()),
        all=float((size == len(classes)).mean()),
        statement=whole.statement(),
    )


def fewest_recordings(coverage: float) -> int:
    """How many recordings (of a class) thresholds need before a set can leave out a class."""
    return needed_recordings(coverage)


def _share(
    good: NDArray[np.bool_],
    among: NDArray[np.bool_],
    unit: NDArray[np.int64],
    draws: int,
    rng: np.random.Generator,
) -> Interval:
    part, whole = int((good & among).sum()), int(among.sum())
    if len(np.unique(unit[among])) == whole:
        return exact_binomial(part, whole)
    drawn = resample_sums(np.column_stack([good & among, among]).astype(np.float64), unit, draws, rng)
    usable = drawn[:, 1] > 0
    return percentiles(part / whole, drawn[usable, 0] / drawn[usable, 1])
