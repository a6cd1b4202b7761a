"""Recordings with gaps (NaN): where they are, and a computation on each stretch between them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError


class HasValues(Protocol):
    """What a filter returns."""

    @property
    def values(self) -> NDArray[np.floating]: ...
    @property
    def method(self) -> str: ...


@dataclass(frozen=True, slots=True)
class GappedSignal:
    """A waveform that keeps its gaps.

    Attributes
    ----------
    values : (L,) float32 or float64, as the signal
        NaN in the gaps and in the stretches that were too short.
    stretches : tuple of (start, stop)
        Samples that were computed, each stretch on its own.
    left_out : int
        Finite samples in stretches that were too short.
    method : str
    """

    values: NDArray[np.floating]
    stretches: tuple[tuple[int, int], ...]
    left_out: int
    method: str


def finite_stretches(x: ArrayLike, *, at_least: int = 1) -> tuple[tuple[int, int], ...]:
    """Start and stop of every stretch of at least so many finite samples, in order.

    The longest of them is what a spectrum of a recording with gaps is taken from.
    """
    values = np.asarray(x)
    if values.ndim != 1 or values.dtype.kind not in "fiu":
        raise InputError(
            f"signal of shape {values.shape} and type {values.dtype}, expected one channel of real numbers",
            hint="Choose one channel of the recording.",
        )
    edges = np.diff(np.concatenate([[0], np.isfinite(values).astype(np.int8), [0]]))
    starts, stops = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    return tuple((int(a), int(b)) for a, b in zip(starts, stops, strict=True) if b - a >= at_least)


def between_gaps(
    x: ArrayLike, compute: Callable[[NDArray[np.floating]], HasValues], *, at_least: int = 256
) -> GappedSignal:
    """Apply a filter to each stretch between gaps; the gaps stay gaps.

    Parameters
    ----------
    x : (L,) array_like
        One signal, NaN where nothing was recorded.
    compute : callable
        A filter that keeps the length, e.g. ``lambda part: band_pass(part, rate_hz, band)``.
    at_least : int
        Shorter stretches are left out: a filter would show little but its own ends.

    Raises
    ------
    InputError
        No stretch that is long enough, or what `compute` raises.
    """
    values = np.asarray(x)
    stretches = finite_stretches(values, at_least=at_least)
    if not stretches:
        raise InputError(
            f"no stretch of {at_least} samples without a gap among {values.size}",
            hint="Choose another recording: this one is mostly gaps.",
        )
    parts = [compute(values[start:stop]) for start, stop in stretches]
    result = np.full(values.size, np.nan, dtype=parts[0].values.dtype)
    for (start, stop), part in zip(stretches, parts, strict=True):
        result[start:stop] = part.values
    kept = sum(stop - start for start, stop in stretches)
    finite = int(np.count_nonzero(np.isfinite(values)))
    method = parts[0].method if len(parts) == 1 else f"{parts[0].method}, {len(parts)} stretches between gaps"
    return GappedSignal(result, stretches, finite - kept, method)
