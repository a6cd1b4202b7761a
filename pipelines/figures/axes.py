"""Axes: where ticks stand and what is written beside them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MINUS = "\u2212"


@dataclass(frozen=True, slots=True)
class Axis:
    """From where to where an axis goes, and its ticks.

    Attributes
    ----------
    low, high : float
        Its ends, in its unit.
    ticks : (N,) float64
    words : tuple of str
        What is written at each tick.
    log : bool
        Whether equal ratios take equal room.
    """

    low: float
    high: float
    ticks: NDArray[np.float64]
    words: tuple[str, ...]
    log: bool = False

    def share(self, values: NDArray[np.floating] | float) -> NDArray[np.float64]:
        """Where values lie between the ends: 0 to 1."""
        given = np.asarray(values, dtype=np.float64)
        if self.log:
            return np.log(given / self.low) / math.log(self.high / self.low)
        return (given - self.low) / (self.high - self.low)


def axis_over(low: float, high: float, about: int, *, pad: float = 0.0) -> Axis:
    """An axis from `low` to `high` with about so many ticks at round numbers.

    Ticks are 1, 2 or 5 times a power of ten apart (Heckbert, "Nice numbers for graph labels", Graphics Gems, 1990).

    Parameters
    ----------
    pad : float
        Share of the length that is added at either end.
    """
    if not high > low:  # a constant still has an axis around it
        room = abs(low) * 0.1 or 1.0
        low, high = low - room, high + room
    room = pad * (high - low)
    low, high = low - room, high + room
    rough = (high - low) / max(about, 1)
    power = math.floor(math.log10(rough))
    step = next(nice for one in (1, 2, 5, 10) if (nice := one * 10.0**power) >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    ticks = step * np.arange(first, last + 1, dtype=np.float64)
    return Axis(low, high, ticks, tuple(_word(tick, step) for tick in ticks))


def log_axis(low: float, high: float) -> Axis:
    """A logarithmic axis from `low` to `high`, both above zero, with ticks at 1, 2 and 5 times powers of ten."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    found = [one * 10.0**power for power in powers for one in (1, 2, 5)]
    ticks = np.array([one for one in found if low <= one <= high])
    return Axis(low, high, ticks, tuple(f"{tick:,.10g}" for tick in ticks), log=True)


def named_axis(names: Sequence[str]) -> Axis:
    """An axis of rows that have names: row k around k, the first at the low end."""
    return Axis(-0.5, len(names) - 0.5, np.arange(len(names), dtype=np.float64), tuple(names))


def _word(value: float, step: float) -> str:
    if abs(value) < step / 1e6:
        return "0"
    if abs(value) >= 1e6 or step < 1e-4:
        digits = max(0, math.floor(math.log10(abs(value))) - math.floor(math.log10(step) + 1e-9))
        mantissa, _, power = f"{value:.{digits}e}".partition("e")
        return f"{mantissa}e{int(power)}".replace("-", MINUS)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return f"{value:,.{decimals}f}".replace("-", MINUS)
