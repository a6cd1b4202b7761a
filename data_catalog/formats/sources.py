"""Samples of one channel, read in blocks: the one interface behind every file format."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

BLOCK = 2**20


class ChannelSource(ABC):
    """One-dimensional samples of known length and native-endian dtype.

    Memory stays bounded by the block asked for, whatever the file's size. Use as a context manager, or call `close`.
    """

    def __init__(self, length: int, dtype: np.dtype[Any]) -> None:
        self.length = length
        self.dtype = dtype.newbyteorder("=")
        self._on_close: list[Callable[[], None]] = []

    @abstractmethod
    def read(self, start: int, stop: int) -> NDArray[Any]:
        """Samples ``[start, stop)``, 1-D, shape (stop - start,), cut at the end of the channel."""

    def blocks(self, size: int = BLOCK) -> Iterator[NDArray[Any]]:
        """All samples in order, `size` at a time; the last block may be shorter."""
        for start in range(0, self.length, size):
            yield self.read(start, min(start + size, self.length))

    def as_floats(self) -> Iterator[NDArray[np.float64]]:
        """All samples in order, in blocks of float64."""
        for block in self.blocks():
            yield block.astype(np.float64)

    def close(self) -> None:
        """Release the file; a second call does nothing."""
        while self._on_close:
            self._on_close.pop()()

    def add_close(self, release: Callable[[], None]) -> None:
        """Call `release` once when this source is closed."""
        self._on_close.append(release)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class ArraySource(ChannelSource):
    """Samples that already lie in a (possibly memory-mapped) 1-D array."""

    def __init__(self, samples: NDArray[Any]) -> None:
        super().__init__(samples.shape[0], samples.dtype)
        self._samples = samples

    def read(self, start: int, stop: int) -> NDArray[Any]:
        """Samples ``[start, stop)`` as a contiguous native-endian array."""
        return np.ascontiguousarray(self._samples[start:stop], dtype=self.dtype)
