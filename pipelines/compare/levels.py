"""Two spectra, line by line, in decibels."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError

_FLOOR = 1e-6
"""Lines 120 dB below the highest of both are taken for that level: below it there is rounding, not vibration."""


def level_difference(first: ArrayLike, second: ArrayLike, *, power: bool = False) -> NDArray[np.float32]:
    """20 lg(second / first) of each line, dB; 10 lg for quantities that grow with the square of the vibration.

    Parameters
    ----------
    first, second : (K,) array_like
        Amplitudes ≥ 0 on one grid of frequencies, in one unit.
    power : bool
        Whether they are squared amplitudes, as those of a squared envelope are.

    Raises
    ------
    InputError
        Different shapes, or nothing above zero.
    """
    one, other = np.asarray(first, np.float64), np.asarray(second, np.float64)
    if one.shape != other.shape or one.ndim != 1:
        raise InputError(
            f"spectra of {one.shape} and {other.shape} lines, expected one grid",
            hint="Compute both with the same resolution and highest frequency.",
        )
    highest = max(one.max(initial=0.0), other.max(initial=0.0))
    if not highest > 0:
        raise InputError("both spectra are empty", hint="Choose signals that are not constant.")
    floor = highest * (_FLOOR**2 if power else _FLOOR)
    ratio = np.maximum(other, floor) / np.maximum(one, floor)
    return ((10 if power else 20) * np.log10(ratio)).astype(np.float32)
