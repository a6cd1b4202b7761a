"""Parting held-out answers so that what is fitted on some is judged on others."""

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InputError, NotEnoughDataError
from pipelines.learn.units import class_counts, deal_into_folds

PARTS = 5


def parts_of(label: NDArray[np.int64], unit: NDArray[np.int64], seed: int = 0) -> NDArray[np.int64]:
    """Deal held-out answers into up to five parts, classes alike, no unit in two of them.

    Parameters
    ----------
    label, unit : ndarray, shape (n,), int
        True class, and the recording or group that stays together.

    Returns
    -------
    ndarray, shape (n,), int
        Part of each answer.

    Raises
    ------
    NotEnoughDataError
        With fewer than two units.
    """
    units, owner = np.unique(unit, return_inverse=True)
    if len(units) < 2:
        raise NotEnoughDataError(
            f"there are held-out answers of {len(units)} recording or group, expected two at least",
            hint="test the model on more recordings, or keep smaller groups apart",
        )
    counts = class_counts(owner, np.arange(len(label)), label)
    dealt = deal_into_folds(counts, min(PARTS, len(units)), True, np.random.default_rng(seed))
    return dealt[owner]


def require_shapes(
    probabilities: NDArray[np.float64], label: NDArray[np.int64], unit: NDArray[np.int64], classes: int | None = None
) -> None:
    """Raise `InputError` where probabilities (n, C), labels (n,) and units (n,) do not belong together."""
    wrong = probabilities.ndim != 2 or label.shape != probabilities.shape[:1] or unit.shape != label.shape
    if wrong or (classes is not None and probabilities.shape[1] != classes):
        raise InputError(
            f"probabilities of shape {probabilities.shape}, {len(label)} labels and {len(unit)} units do not fit"
            + ("" if classes is None else f" {classes} classes")
        )
