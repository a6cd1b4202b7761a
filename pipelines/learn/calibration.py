"""What makes confidence mean frequency: a temperature, and on top of it, if asked, a rising curve for each class."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipelines.learn.config import Calibrate
from pipelines.learn.isotonic import IsotonicCalibration, fit_isotonic
from pipelines.learn.pooling import mean_by
from pipelines.learn.temperature import fit_temperature, soften


@dataclass(frozen=True)
class Calibration:
    """How scores become probabilities.

    The temperature acts on windows, before their probabilities are averaged; the curves act on recordings, after it,
    because that is where they are fitted: a window's probability has no frequency of its own.
    """

    temperature: float = 1.0
    isotonic: IsotonicCalibration | None = None
    fitted: bool = False

    @property
    def way(self) -> Calibrate:
        """What was fitted, which may be less than what was asked for."""
        if not self.fitted:
            return "none"
        return "temperature" if self.isotonic is None else "isotonic"


def fit_calibration(
    scores: NDArray[np.float64], owner: NDArray[np.int64], label: NDArray[np.int64], asked: Calibrate
) -> Calibration:
    """Fit to windows that were not learned from.

    Curves need a recording of every class; where one is missing only the temperature, which all classes share, is
    fitted.

    Parameters
    ----------
    scores : ndarray, shape (R, C)
        Scores of held-out windows.
    owner : ndarray, shape (R,), int
        Recording of each window, 0 to n - 1.
    label : ndarray, shape (n,), int
        Class of each recording.
    asked : {"temperature", "isotonic", "none"}
    """
    if asked == "none":
        return Calibration()
    temperature = fit_temperature(scores, owner, label)
    if asked == "temperature" or len(np.unique(label)) < scores.shape[1]:
        return Calibration(temperature, None, True)
    pooled = mean_by(soften(scores, temperature), owner, len(label))
    return Calibration(temperature, fit_isotonic(np.clip(pooled, 0.0, 1.0), label), True)


class Calibrated(Protocol):
    """Whatever predicted a fold."""

    @property
    def isotonic(self) -> IsotonicCalibration | None:
        """Curves for its recordings."""
        ...


def calibrate_pooled(
    pooled: NDArray[np.float64], fold: NDArray[np.int64], runs: Sequence[Calibrated]
) -> NDArray[np.float64]:
    """Apply to pooled probabilities (n, C) the curves of the fold (n,) that predicted each."""
    found = pooled.copy()
    for number, run in enumerate(runs):
        if run.isotonic is not None and (fold == number).any():
            found[fold == number] = run.isotonic.calibrate(pooled[fold == number])
    return found
