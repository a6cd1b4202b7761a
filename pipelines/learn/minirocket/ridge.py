"""Ridge classification whose penalty is chosen by leaving out whole recordings, not single windows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InputError, NotEnoughDataError

PENALTIES = np.logspace(-3.0, 3.0, 13)
MOST_ROWS = 12_000
"""The decomposition takes the cube of the smaller side of the table; ten thousand are minutes on one core."""


@dataclass(frozen=True)
class Ridge:
    """One linear score a class: ``((features - mean) / scale) @ weights + constant``; the largest wins."""

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    weights: NDArray[np.float64]
    constant: NDArray[np.float64]
    penalty: float
    left_out_error: NDArray[np.float64]

    def margins(self, features: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the scores of rows of features (R, F), shape (R, C)."""
        found: NDArray[np.float64] = ((features - self.mean) / self.scale) @ self.weights + self.constant
        return found


def fit_ridge(
    features: NDArray[np.floating], label: NDArray[np.int64], weight: NDArray[np.float64], unit: NDArray[np.int64]
) -> Ridge:
    """Fit a ridge regression to +1 for the own class and -1 for all others.

    The error of every penalty is that of each unit under a fit without it, exactly and without fitting again: with the
    hat matrix H the residuals of unit g become ``(I - H_gg)^-1 r_g`` (R. Cook, S. Weisberg, Residuals and Influence in
    Regression, 1982, section 3.6; for single rows this is the leave-one-out of the authors' RidgeClassifierCV). The
    constant is a feature of the length of a typical row, penalised like the others.

    Parameters
    ----------
    features : ndarray, shape (R, F)
    label : ndarray, shape (R,), int
        Class, 0 to C - 1.
    weight : ndarray, shape (R,)
        Weight of each row.
    unit : ndarray, shape (R,), int
        What is left out as a whole: a recording or group.

    Raises
    ------
    NotEnoughDataError
        With fewer than two classes.
    InputError
        When both sides of the table are too large to decompose.
    """
    return fit_and_leave_out(features, label, weight, unit)[0]


def fit_and_leave_out(
    features: NDArray[np.floating], label: NDArray[np.int64], weight: NDArray[np.float64], unit: NDArray[np.int64]
) -> tuple[Ridge, NDArray[np.float64]]:
    """Fit as `fit_ridge` does, and return too the scores (R, C) that each row gets from a fit without its unit.

    These are what the final penalty gives; with a single unit they are those of the fit itself.
    """
    rows, columns = features.shape
    classes = int(label.max(initial=-1)) + 1
    if classes < 2:
        raise NotEnoughDataError("a classifier needs at least two classes to learn from")
    if min(rows, columns) > MOST_ROWS:
        raise InputError(
            f"{rows} windows by {columns} features are too many to decompose; one of them must be {MOST_ROWS} or less",
            hint="use fewer features, or fewer windows of each recording",
        )
    mean, spread = features.mean(axis=0, dtype=np.float64), features.std(axis=0, dtype=np.float64)
    scale = np.where(spread > 1e-9, spread, 1.0) * np.sqrt(columns)
    root = np.sqrt(weight * (rows / weight.sum()))[:, None]
    design = np.hstack([(features - mean) / scale, np.ones((rows, 1))]) * root
    target = np.where(label[:, None] == np.arange(classes), 1.0, -1.0) * root
    basis, power = _decomposed(design)
    in_basis = basis.T @ target
    errors = np.array(
        [
            float((_left_out(basis, power, target, in_basis, unit, penalty) ** 2).sum()) / len(target)
            for penalty in PENALTIES
        ]
    )
    # with a single unit nothing can be left out, and every penalty errs alike
    best = int(errors.argmin()) if len(np.unique(unit)) > 1 else len(PENALTIES) // 2
    weights = design.T @ (basis @ (in_basis / (power + PENALTIES[best])[:, None]))
    found = Ridge(mean, scale, weights[:-1], weights[-1], float(PENALTIES[best]), errors)
    if len(np.unique(unit)) < 2:
        return found, found.margins(features)
    return found, (target - _left_out(basis, power, target, in_basis, unit, found.penalty)) / root


def _decomposed(design: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the left singular vectors and the squares of the singular values, by the smaller of the two products."""
    wide = design.shape[0] <= design.shape[1]
    power, vectors = np.linalg.eigh(design @ design.T if wide else design.T @ design)
    kept = power > power[-1] * 1e-10
    power, vectors = power[kept], vectors[:, kept]
    return (vectors if wide else design @ (vectors / np.sqrt(power))), power


def _left_out(
    basis: NDArray[np.float64],
    power: NDArray[np.float64],
    target: NDArray[np.float64],
    in_basis: NDArray[np.float64],
    unit: NDArray[np.int64],
    penalty: float,
) -> NDArray[np.float64]:
    """Return the residuals (R, C), in the scale of `target`, of rows that were left out with their unit."""
    share = power / (power + penalty)
    residual = target - basis @ (share[:, None] * in_basis)
    left_out = np.empty_like(residual)
    for one in np.unique(unit):
        rows = np.flatnonzero(unit == one)
        of_unit = basis[rows]
        hat = (of_unit * share) @ of_unit.T
        left_out[rows] = np.linalg.solve(np.eye(len(rows)) - hat, residual[rows])
    return left_out
