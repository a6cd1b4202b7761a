"""Columns that grow chunk by chunk: in memory while small, in a private temporary folder when large."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


class ColumnSpool:
    """Float64 columns, appended together; a column of words stays empty.

    Parameters
    ----------
    count : int
        Number of columns.
    memory_bytes : int
        Total size from which columns move to disk.
    """

    def __init__(self, count: int, memory_bytes: int) -> None:
        self._parts: list[list[NDArray[np.float64]]] = [[] for _ in range(count)]
        self._memory_bytes = memory_bytes
        self._held = 0
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def append(self, chunk: list[NDArray[np.float64]]) -> None:
        """Add one block to every column."""
        for parts, block in zip(self._parts, chunk, strict=True):
            parts.append(block)
            self._held += block.nbytes
        if self._held > self._memory_bytes:
            self._spill()

    def column(self, place: int) -> NDArray[np.float64]:
        """The whole column; mapped from disk when it was spilled."""
        if self._folder is not None:
            self._spill()
            return np.memmap(self._path(place), dtype=np.float64, mode="r")
        parts = self._parts[place]
        if len(parts) > 1:
            self._parts[place] = parts = [np.concatenate(parts)]
        return parts[0] if parts else np.empty(0)

    def close(self) -> None:
        """Drop everything, files included."""
        self._parts = []
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _spill(self) -> None:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="pfd-table-")
        for place, parts in enumerate(self._parts):
            if parts:
                with self._path(place).open("ab") as file:
                    for block in parts:
                        block.tofile(file)
                parts.clear()
        self._held = 0

    def _path(self, place: int) -> Path:
        assert self._folder is not None
        return Path(self._folder.name) / f"{place}.f8"
