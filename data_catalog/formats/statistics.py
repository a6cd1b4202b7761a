"""Statistics and a small picture of a channel in one pass, for channels of any length."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_catalog.formats.contract import ChannelStats, Preview
from data_catalog.formats.sources import ChannelSource

BUCKETS = 200
_BLOCK = 2**16  # float64 temporaries of this size stay in the second-level cache
RUN = 3
"""Samples in a row at the extreme value from which they count as clipped."""

CLIPPED_FROM = 1e-3
"""Share of clipped samples from which a person is told; free vibration almost never has as many."""

_PREVIEW_DIGITS = 6  # of the largest value: more than a small plot can show


@dataclass
class _Extreme:
    """How many samples lie in runs of three and more at a channel's own largest (``sign`` 1) or smallest (-1) value."""

    sign: int
    value: float = -np.inf
    _clipped: int = 0
    _run: int = 0

    def add(self, x: NDArray[np.float64]) -> None:
        top = float(x.max() if self.sign > 0 else -x.min())
        if top > self.value:
            self.value, self._clipped, self._run = top, 0, 0
        if top < self.value:
            self._close()
            return
        edges = np.flatnonzero(np.diff(np.concatenate(([False], x == self.sign * top, [False]))))
        starts, lengths = edges[::2], np.diff(edges)[::2]
        if starts[0] > 0:
            self._close()
        # a run may go on in the next block, and the first one may have begun in the last
        lengths[0] += self._run
        self._run = int(lengths[-1]) if edges[-1] == x.size else 0
        ended = lengths[:-1] if self._run else lengths
        self._clipped += int(ended[ended >= RUN].sum())

    @property
    def clipped(self) -> int:
        return self._clipped + (self._run if self._run >= RUN else 0)

    def _close(self) -> None:
        self._clipped, self._run = self.clipped, 0


class RunningMoments:
    """Central moments up to the fourth, merged block by block.

    Formulas: P. Pébay, "Formulas for robust, one-pass parallel computation of covariances and arbitrary-order
    statistical moments", Sandia report SAND2008-6212 (2008), eqs. 2.1 for p = 2, 3, 4.
    """

    def __init__(self) -> None:
        self.n = 0
        self.mean = self.m2 = self.m3 = self.m4 = 0.0

    def add(self, x: NDArray[np.float64]) -> None:
        """Merge a block of finite samples."""
        nb, na = x.size, self.n
        mean = float(x.mean())
        d = x - mean
        d2 = d * d
        m2, m3, m4 = float(d2.sum()), float(np.dot(d2, d)), float(np.dot(d2, d2))
        n, gap = na + nb, mean - self.mean
        self.m4 += (
            m4
            + gap**4 * na * nb * (na * na - na * nb + nb * nb) / n**3
            + 6 * gap**2 * (na * na * m2 + nb * nb * self.m2) / n**2
            + 4 * gap * (na * m3 - nb * self.m3) / n
        )
        self.m3 += m3 + gap**3 * na * nb * (na - nb) / n**2 + 3 * gap * (na * m2 - nb * self.m2) / n
        self.m2 += m2 + gap**2 * na * nb / n
        self.mean += gap * nb / n
        self.n = n


class _Picture:
    def __init__(self, length: int) -> None:
        self._edges = np.linspace(0, length, min(BUCKETS, length) + 1).astype(np.int64)
        self.low = np.full(self._edges.size - 1, np.nan)
        self.high = np.full(self._edges.size - 1, np.nan)

    def add(self, start: int, x: NDArray[np.float64]) -> None:
        first = int(np.searchsorted(self._edges, start, side="right")) - 1
        last = int(np.searchsorted(self._edges, start + x.size, side="left"))
        cuts = np.maximum(self._edges[first:last] - start, 0)
        self.low[first:last] = np.fmin(self.low[first:last], np.fmin.reduceat(x, cuts))
        self.high[first:last] = np.fmax(self.high[first:last], np.fmax.reduceat(x, cuts))

    def preview(self) -> Preview:
        scale = np.nanmax(np.abs([self.low, self.high]), initial=0.0)
        digits = _PREVIEW_DIGITS - int(np.floor(np.log10(scale))) - 1 if scale > 0 else 0

        def told(values: NDArray[np.float64]) -> tuple[float | None, ...]:
            return tuple(None if value != value else value for value in np.round(values, digits).tolist())

        return Preview(low=told(self.low), high=told(self.high))


def describe(source: ChannelSource) -> tuple[ChannelStats, Preview]:
    """Statistics and min/max preview of `source`, reading it once in blocks.

    Parameters
    ----------
    source : ChannelSource
        At least one sample.

    Returns
    -------
    ChannelStats, Preview
        Numbers in the channel's own unit.
    """
    moments, picture = RunningMoments(), _Picture(source.length)
    top, bottom = _Extreme(1), _Extreme(-1)
    position = 0
    for block in source.blocks(_BLOCK):
        x = block.astype(np.float64)
        with np.errstate(invalid="ignore", over="ignore"):
            all_finite = np.isfinite(x.sum())
        if all_finite:
            picture.add(position, x)
        else:
            finite = np.isfinite(x)
            picture.add(position, np.where(finite, x, np.nan))
            x = x[finite]
        position += block.size
        if x.size:
            moments.add(x)
            top.add(x)
            bottom.add(x)
    return _told(moments, top, bottom, position), picture.preview()


def _told(moments: RunningMoments, top: _Extreme, bottom: _Extreme, n: int) -> ChannelStats:
    if not moments.n:
        return ChannelStats(n, n, None, None, None, None, None, 0.0, None)
    low, high = -bottom.value, top.value
    variance = moments.m2 / moments.n
    constant = low == high
    return ChannelStats(
        n=n,
        n_nan=n - moments.n,
        mean=moments.mean,
        rms=float(np.sqrt(variance + moments.mean**2)),
        peak=max(abs(low), abs(high)),
        min=low,
        max=high,
        clipped_fraction=0.0 if constant else (top.clipped + bottom.clipped) / moments.n,
        kurtosis=None if constant or moments.m2 == 0 else moments.n * moments.m4 / moments.m2**2 - 3.0,
    )


def not_described(length: int) -> ChannelStats:
    """Statistics of a channel whose samples were not read."""
    return ChannelStats(length, 0, None, None, None, None, None, 0.0, None)


def told_by_samples(*, n: int, n_nan: int, constant: float | None, clipped_fraction: float) -> tuple[str, ...]:
    """What a person should know of the samples of a channel, in words, for inspection and import alike.

    Parameters
    ----------
    n, n_nan : int
        Samples, and how many of them are not numbers.
    constant : float or None
        The value of every sample, if there is only one.
    clipped_fraction : float
        Share of samples in runs of three and more at the extreme value.
    """
    told = []
    if n_nan:
        told.append(f"{n_nan} of {n} samples are not numbers")
    if constant is not None:
        told.append(f"every sample is {constant:g}")
    if clipped_fraction > CLIPPED_FROM:
        told.append(f"{clipped_fraction:.1%} of the samples repeat the extreme value: the sensor may be clipping")
    return tuple(told)
