"""Combs of harmonics with one common slip, measured against unrelated combs of the same record."""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipelines.diagnose.config import DiagnoseConfig


@njit(cache=True)
def best_combs(excess, bases, teeth, slip, limit, spare):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Weighted mean of `excess` over the teeth of each base, at the slip that makes it highest.

    Parameters
    ----------
    excess : (K,) float32
        Lines that are NaN do not take part in the mean (at least four tenths of the weights do).
    bases : (B,) float64
        Fundamentals, in lines.
    teeth : (H, 2) float64
        Multiple and weight of each tooth.
    slip : float
        Searched from minus to plus this, in steps of half a line at the highest tooth.
    limit : float
        Excess that one tooth adds at most.
    spare : float
        Share of the highest tooth that is not counted: 1 asks a comb for at least two lines, since one alone may
        belong to anything else that turns.

    Returns
    -------
    values, slips : (B,) float64
    """
    values = np.zeros(bases.size)
    slips = np.zeros(bases.size)
    top = teeth[:, 0].max()
    least = 0.4 * teeth[:, 1].sum()
    for index in range(bases.size):
        steps = int(np.ceil(slip * bases[index] * top * 2))
        best = -1e9
        for step in range(-steps, steps + 1):
            moved = slip * step / steps if steps > 0 else 0.0
            base = bases[index] * (1 + moved)
            value = 0.0
            highest = 0.0
            used = 0.0
            for tooth in range(teeth.shape[0]):
                k = int(base * teeth[tooth, 0] + 0.5)
                used += teeth[tooth, 1]
                if 1 <= k < excess.size - 1:
                    if np.isnan(excess[k]):
                        used -= teeth[tooth, 1]
                        continue
                    here = max(excess[k], 0.5 * (excess[k - 1] + excess[k + 1]))
                    here = teeth[tooth, 1] * min(here, limit)
                    value += here
                    highest = max(highest, here)
            value = (value - spare * highest) / max(used, least)
            if value > best:
                best = value
                slips[index] = moved
        values[index] = best
    return values, slips


@njit(cache=True)
def comb_means(excess, bases, slips, teeth, spare):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Weighted mean of `excess` over the teeth of each base moved by its own slip, (B,); see `best_combs`."""
    values = np.zeros(bases.size)
    for index in range(bases.size):
        base = bases[index] * (1 + slips[index])
        value = 0.0
        highest = 0.0
        for tooth in range(teeth.shape[0]):
            k = int(base * teeth[tooth, 0] + 0.5)
            if 1 <= k < excess.size - 1:
                here = teeth[tooth, 1] * max(excess[k], 0.5 * (excess[k - 1] + excess[k + 1]))
                value += here
                highest = max(highest, here)
        values[index] = (value - spare * highest) / teeth[:, 1].sum()
    return values


def plain_teeth(harmonics: int) -> NDArray[np.float64]:
    """The first harmonics with equal weights: (H, 2) of multiple, weight."""
    return np.column_stack((np.arange(1.0, harmonics + 1), np.ones(harmonics)))


def sideband_teeth(harmonics: int, spacing: float, weight: float) -> NDArray[np.float64]:
    """Harmonics, each with one sideband on either side `spacing` (in fundamentals) away: (3H, 2)."""
    n = np.arange(1.0, harmonics + 1)
    sides = np.full(harmonics, weight)
    return np.column_stack(
        (np.concatenate((n, n - spacing, n + spacing)), np.concatenate((np.ones(n.size), sides, sides)))
    )


@dataclass(frozen=True, slots=True)
class CombShape:
    """The lines a defect shows, and those that would give its fundamental the lie.

    Attributes
    ----------
    teeth : (H, 2) float64
        Multiples of the fundamental and weights.
    between : tuple of (H, 2) float64
        Multiples halfway and at the thirds: as strong as the teeth, they say that the true fundamental is a half or a
        third of this one, and what they hold is subtracted.
    odd : (H, 2) float64 or None
        First, third and fifth multiple. The comb is worth no more than they say alone: where only every second line
        is there, the true fundamental is twice this one.
    """

    teeth: NDArray[np.float64]
    between: tuple[NDArray[np.float64], ...] = ()
    odd: NDArray[np.float64] | None = None

    @classmethod
    def of_harmonics(cls, harmonics: int, *, odd: bool) -> "CombShape":
        """Plain harmonics with the lines between them."""
        teeth = plain_teeth(harmonics)
        shifted = [teeth - np.array([part, 0.0]) for part in (1 / 2, 1 / 3, 2 / 3)]
        between = (shifted[0], np.concatenate(shifted[1:]))
        return cls(teeth, between, teeth[::2] if odd else None)


@dataclass(frozen=True, slots=True)
class CombResult:
    """A comb at a fault frequency beside the unrelated ones.

    ``value`` is the mean excess of its teeth at the best common ``slip``, less what gives it the lie; ``middle`` and
    ``spread`` are the median and the scaled MAD of the same at unrelated frequencies.
    """

    value: float
    slip: float
    middle: float
    spread: float

    def score(self, least_spread: float) -> float:
        """Robust z. The spread is at least that of the record's other combs: few unrelated ones may agree by luck."""
        return (self.value - self.middle) / max(self.spread, least_spread, 1e-6)


def measure_comb(
    excess: NDArray[np.float32],
    order: float,
    shaft_lines: float,
    related: NDArray[np.float64],
    shape: CombShape,
    config: DiagnoseConfig,
) -> CombResult:
    """Measure the comb at `order` times shaft speed and those at unrelated orders around it.

    Parameters
    ----------
    excess : (K,) float32
        Modulation excess without shaft and mains multiples.
    order : float
        Fundamental, multiple of shaft speed.
    shaft_lines : float
        Shaft frequency in lines.
    related : (R,) float64
        Orders that unrelated combs keep clear of.
    shape : CombShape
    """
    spread = (np.arange(8 * config.unrelated) * 0.6180339887498949) % 1  # even, without a random draw
    for span in (config.unrelated_span, 2.0, 3.0):
        candidates = order * np.exp((2 * spread - 1) * np.log(span))
        clear = np.abs(np.log(candidates[:, None] / related[None, :])).min(axis=1) > 1.25 * config.slip
        if np.count_nonzero(clear) >= config.unrelated:
            break
    bases = np.concatenate(([order], candidates[clear][: config.unrelated])) * shaft_lines
    values, slips = best_combs(excess, bases, shape.teeth, config.slip, np.inf, 1.0)
    if shape.between:
        against = np.array([comb_means(excess, bases, slips, teeth, 1.0) for teeth in shape.between])
        values -= np.maximum(against.max(axis=0), 0.0)
    if shape.odd is not None:
        values = np.minimum(values, comb_means(excess, bases, slips, shape.odd, 0.0))
    middle = float(np.median(values[1:]))
    mad = 1.4826 * float(np.median(np.abs(values[1:] - middle)))
    return CombResult(float(values[0]), float(slips[0]), middle, mad)
