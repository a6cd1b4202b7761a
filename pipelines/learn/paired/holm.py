"""Holm's correction: with many comparisons some come out by chance."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError


def holm(p: ArrayLike) -> NDArray[np.float64]:
    """Return p values that may each be held against the level of the whole family.

    S. Holm, Scandinavian Journal of Statistics 6 (1979) 65: the i-th smallest of m is multiplied by m - i + 1, never
    falling below one before it. It holds whatever the tests have to do with each other.

    Parameters
    ----------
    p : array_like, shape (m,)

    Raises
    ------
    InputError
        When a value is not between 0 and 1.
    """
    values: NDArray[np.float64] = np.asarray(p, dtype=np.float64)
    if values.ndim != 1 or not ((values >= 0.0) & (values <= 1.0)).all():
        raise InputError("p values must be numbers between 0 and 1")
    order = np.argsort(values, kind="stable")
    raised = np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1))
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(raised, 1.0)
    return adjusted
