"""One number beside those of a reference."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pipelines.compare.bands import LEAST_PIECES, QUANTILES
from pipelines.errors import NotEnoughDataError

LEAST_WIDTH = 3


@dataclass(frozen=True, slots=True)
class Beside:
    """Where a number lies.

    Attributes
    ----------
    median, low, high : float
        Of the reference: 5 % and 95 %, or its least and greatest where it has fewer than five.
    off : float
        How many widths of that range the number lies above it; negative below, 0 within. NaN where the reference has
        fewer than three numbers: they have no width.
    count : int
        Numbers of the reference.
    """

    median: float
    low: float
    high: float
    off: float
    count: int


def beside(value: float, reference: ArrayLike) -> Beside:
    """A number beside the finite ones of a reference; a range without width counts one percent of its median.

    Raises
    ------
    NotEnoughDataError
        The reference has no number.
    """
    known = np.asarray(reference, np.float64)
    known = known[np.isfinite(known)]
    if known.size == 0:
        raise NotEnoughDataError("the reference has no number to compare with", hint="Extract its features first.")
    few = known.size < LEAST_PIECES
    low, middle, high = (
        float(one) for one in np.quantile(known, (0.0, 0.5, 1.0) if few else (QUANTILES[0], 0.5, QUANTILES[1]))
    )
    width = max(high - low, 0.01 * abs(middle), 1e-300)
    over = value - high if value > high else value - low if value < low else 0.0
    return Beside(
        middle,
        low,
        high,
        over / width if np.isfinite(value) and known.size >= LEAST_WIDTH else float("nan"),
        known.size,
    )
