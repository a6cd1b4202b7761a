"""What is true of the samples of a signal alone: its id, its statistics, its pyramid; taken in one sweep."""

import hashlib
import math
from dataclasses import dataclass

import numpy as np

from data_catalog.errors import FormatError
from data_catalog.store import pyramid
from data_catalog.store.kernels import new_state, scan

_STRETCH = 1 << 18
"""Samples taken at a time, so that the second pass over them finds them in the processor's cache."""


@dataclass(frozen=True)
class Statistics:
    """The fields of `StoredSignal` that come from the samples."""

    mean: float
    rms: float
    peak: float
    crest_factor: float | None
    kurtosis: float | None
    nan_count: int
    clipped_fraction: float


class Measurement:
    """Takes a signal in consecutive parts, each a multiple of `block` long except the last.

    Parameters
    ----------
    channel
        Name of the channel, part of the identity.
    length
        Samples there will be.
    block
        Samples a block of the pyramid.
    """

    def __init__(self, channel: str, length: int, block: int) -> None:
        self._hash = hashlib.blake2b(digest_size=16)
        name = channel.encode()
        self._hash.update(len(name).to_bytes(4, "little") + name)
        self._block = block
        self._state = new_state()
        pairs = -(-length // block)
        self._low, self._high = np.empty(pairs, np.float32), np.empty(pairs, np.float32)
        self._seen = 0

    def add(self, samples: np.ndarray) -> None:
        """Take the next samples, float32 (N,)."""
        self._hash.update(np.ascontiguousarray(samples, "<f4").data)
        for start in range(0, samples.size, _STRETCH):
            part = samples[start : start + _STRETCH]
            first = (self._seen + start) // self._block
            last = first - (-part.size // self._block)
            scan(part, self._block, self._low[first:last], self._high[first:last], self._state)
        self._seen += samples.size

    def signal_id(self) -> str:
        """blake2b-128 of the channel name (with its length before it) and the float32 little-endian samples."""
        return self._hash.hexdigest()

    def pyramid(self) -> np.ndarray:
        """Every level, float32 (2, pairs)."""
        return pyramid.build(self._low, self._high)

    def statistics(self) -> Statistics:
        """Statistics of the finite samples; zeros where there is none."""
        count, mean, m2, _, m4, missing = self._state[:6]
        if count == 0:
            return Statistics(0.0, 0.0, 0.0, None, None, int(missing), 0.0)
        largest, smallest = self._state[6], self._state[9]
        peak = max(abs(largest), abs(smallest))
        rms = math.sqrt(mean**2 + m2 / count)
        # a spread below float32's rounding of the largest sample is rounding, and has no shape
        varies = largest > smallest and m2 > 0.0
        return Statistics(
            mean=float(mean),
            rms=rms,
            peak=float(peak),
            crest_factor=float(peak / rms) if rms > 0.0 else None,
            kurtosis=float(count * m4 / m2**2 - 3.0) if varies and m2**2 > 0.0 else None,
            nan_count=int(missing),
            clipped_fraction=float((self._state[7] + self._state[10]) / count) if largest > smallest else 0.0,
        )


def as_float32(samples: np.ndarray, whose: str) -> np.ndarray:
    """Samples (N,) of any real dtype as contiguous float32 without negative zeros.

    Raises
    ------
    FormatError
        Not a vector of real numbers.
    """
    array = np.asarray(samples)
    if array.ndim != 1 or array.dtype.kind not in "iuf":
        raise FormatError(
            f"{whose} is an array of shape {array.shape} and dtype {array.dtype}; expected one row of real numbers"
        )
    with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite and is counted as not finite
        converted = array.astype(np.float32, order="C", copy=True)
    converted += np.float32(0.0)  # minus zero is zero: equal signals must have equal ids
    return converted
