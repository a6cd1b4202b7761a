"""Calibration by any rising curve: for where many held-out recordings can show its shape."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from pipelines.errors import InputError, NotEnoughDataError

MANY_RECORDINGS = 1000
"""From about here on isotonic calibration beats one with few parameters; before, it learns the noise (A.
Niculescu-Mizil, R. Caruana, Predicting Good Probabilities with Supervised Learning, ICML 2005)."""


@dataclass(frozen=True)
class IsotonicCalibration:
    """For each class a rising curve from the given probability (`given`) to the one that came true (`true`)."""

    given: tuple[NDArray[np.float64], ...]
    true: tuple[NDArray[np.float64], ...]
    recordings: int

    def calibrate(self, probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return calibrated probabilities, shape (n, C), that sum to 1; beyond what was met the ends are kept."""
        if probabilities.ndim != 2 or probabilities.shape[1] != len(self.given):
            raise InputError(f"probabilities have shape {probabilities.shape}, expected (n, {len(self.given)})")
        raised = np.column_stack(
            [
                np.interp(column, given, true)
                for column, given, true in zip(probabilities.T, self.given, self.true, strict=True)
            ]
        )
        return raised / raised.sum(axis=1, keepdims=True)

    @property
    def advice(self) -> str:
        """Say whether there were recordings enough; empty where there were."""
        if self.recordings >= MANY_RECORDINGS:
            return ""
        return (
            f"Fitted on {self.recordings} recordings: below about {MANY_RECORDINGS} a temperature is the safer choice."
        )


def fit_isotonic(probabilities: NDArray[np.float64], label: NDArray[np.int64]) -> IsotonicCalibration:
    """Fit one curve a class against the rest on held-out recordings.

    B. Zadrozny, C. Elkan, Transforming Classifier Scores into Accurate Multiclass Probability Estimates, KDD 2002: pool
    adjacent violators for each class, then divide by the sum. Targets are (n1 + 1) / (n1 + 2) and 1 / (n0 + 2) with n1
    members of the class and n0 others, as in J. Platt (1999), instead of 1 and 0: a step at the end of the curve must
    not claim certainty from a few recordings.

    Parameters
    ----------
    probabilities : ndarray, shape (n, C)
        Probabilities of recordings that the model did not learn from.
    label : ndarray, shape (n,), int

    Raises
    ------
    NotEnoughDataError
        When a class is missing among the recordings.
    InputError
        When shapes disagree or a probability is not between 0 and 1.
    """
    if probabilities.ndim != 2 or label.shape != probabilities.shape[:1]:
        raise InputError(f"probabilities of shape {probabilities.shape} and labels of shape {label.shape} do not fit")
    if not ((probabilities >= 0.0) & (probabilities <= 1.0)).all():
        raise InputError("probabilities must be numbers between 0 and 1")
    classes = probabilities.shape[1]
    missing = [c for c in range(classes) if not (label == c).any()]
    if missing or classes < 2:
        raise NotEnoughDataError(
            f"{len(missing)} of {classes} classes have no held-out recording to calibrate on",
            hint="calibrate with a temperature, which all classes share, or hold out more recordings",
        )
    curves = [_curve(probabilities[:, c], label == c) for c in range(classes)]
    return IsotonicCalibration(tuple(x for x, _ in curves), tuple(y for _, y in curves), len(label))


def _curve(given: NDArray[np.float64], member: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    members, others = int(member.sum()), int((~member).sum())
    target = np.where(member, (members + 1.0) / (members + 2.0), 1.0 / (others + 2.0))
    distinct, which, count = np.unique(given, return_inverse=True, return_counts=True)
    mean = np.bincount(which, weights=target) / count
    return distinct, np.asarray(isotonic_regression(mean, weights=count).x, dtype=np.float64)
