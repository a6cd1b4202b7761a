"""An open file whose arrays lie in memory or are mapped: shared by MATLAB v5, NPY and NPZ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_catalog.errors import FormatError
from data_catalog.formats.contract import Limits
from data_catalog.formats.reader import OpenFile
from data_catalog.formats.sources import ArraySource, ChannelSource
from data_catalog.formats.structure import Leaf, channels_of


class ArraysFile(OpenFile):
    """Named arrays and metadata; subclasses call `add` for every value and then `settle` once."""

    def __init__(self) -> None:
        super().__init__()
        self._arrays: dict[str, NDArray[Any]] = {}

    def add(self, name: str, value: NDArray[Any]) -> None:
        """Keep one value: a single number or text as metadata, a numeric array as a possible channel."""
        if value.dtype.names:
            for field in value.dtype.names:
                self.add(f"{name}.{field}", value[field])
        elif value.dtype.kind == "U" and value.size == 1:
            self.metadata[name] = str(value.item())
        elif value.dtype.kind in "fiu" and value.size == 1:
            self.metadata[name] = float(value.item())
        elif value.dtype.kind in "fiu":
            self._arrays[name] = value

    def settle(self, limits: Limits, called: str) -> None:
        """Decide which arrays are channels."""
        self.channels = channels_of(self.leaves(), self.metadata, limits, called)

    def leaves(self) -> list[Leaf]:
        """Name, shape and dtype of every array."""
        return [Leaf(name, array.shape, array.dtype) for name, array in self._arrays.items()]

    def array(self, name: str) -> NDArray[Any] | None:
        """The array of that name, if the file holds it."""
        return self._arrays.get(name)

    def source(self, inner: Mapping[str, Any]) -> ChannelSource:
        """A view of the kept array, never a copy of it."""
        array = self.array(inner["variable"])
        if array is None:
            raise FormatError(f"the file holds no array {inner['variable']}", hint="inspect the file again")
        squeezed = np.squeeze(array)
        column = inner["column"]
        if column is None:
            return ArraySource(squeezed)
        return ArraySource(squeezed[column] if inner["axis"] == 0 else squeezed[:, column])

    def close(self) -> None:
        """Let go of the arrays."""
        self._arrays.clear()
