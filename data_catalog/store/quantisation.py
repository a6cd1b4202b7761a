"""Samples of a 16-bit converter that a file holds as floating point, found again as the integers they were."""

import numpy as np

from data_catalog.store.kernels import best_step, quantise, restore, step_interval

_PROBE = 4096
"""Samples looked at to guess the step: enough for neighbouring converter values to occur side by side."""


def find_step(samples: np.ndarray) -> float | None:
    """The step of which every sample (float32, (N,)) may be a whole multiple of at most ±32767; None if there is none.

    A guess to be checked with `to_int16`: taken from the smallest difference between the sorted values of a probe,
    refined by least squares over more and more of the probe, then by the interval of steps that reproduce every sample.
    """
    probe = samples if samples.size <= _PROBE else samples[:: samples.size // _PROBE + 1]
    probe = probe.astype(np.float64)
    largest = float(np.max(np.abs(probe), initial=0.0))
    if not np.isfinite(largest):
        return None
    if largest == 0.0:
        return 1.0
    values = np.unique(np.append(np.abs(probe), 0.0))
    gaps = np.diff(values)
    # differences at the level of float32's rounding are the same converter value twice
    gaps = gaps[gaps > largest * 1e-6]
    step = float(gaps[gaps < 1.5 * gaps.min()].mean()) if gaps.size else largest
    if largest / step > 32768:
        return None
    # a guess tells small multiples apart long before large ones, so each fit may trust values a little larger
    reach = 50.0 * step
    while reach < 4.0 * largest:
        step = float(best_step(probe[np.abs(probe) <= reach], step))
        reach *= 4.0
    smallest, largest_step = step_interval(samples, _powers_of_two(samples), step)
    return 0.5 * (smallest + largest_step) if smallest <= largest_step < np.inf else None


def _powers_of_two(samples: np.ndarray) -> np.ndarray:
    exponents = samples.view(np.uint32) & np.uint32(0x7F800000)
    powers: np.ndarray = exponents.view(np.float32)
    return powers


def to_int16(samples: np.ndarray, step: float) -> np.ndarray | None:
    """The multiples of `step` that give back `samples` (float32, (N,)) bit for bit, int16 (N,); None if some do not."""
    numbers = np.empty(samples.size, np.int16)
    return numbers if quantise(samples, step, numbers) else None


def from_int16(numbers: np.ndarray, step: float) -> np.ndarray:
    """The samples, float32 (N,), of multiples of `step`, int16 (N,)."""
    restored: np.ndarray = restore(np.ascontiguousarray(numbers), step)
    return restored
