"""HDF5 files of any layout, MATLAB v7.3 among them, read in blocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from data_catalog.errors import FormatError
from data_catalog.formats.contract import Limits
from data_catalog.formats.reader import REGISTRY, OpenFile, Reader
from data_catalog.formats.sources import ChannelSource
from data_catalog.formats.structure import Leaf, channels_of
from data_catalog.formats.vocabulary import LABEL_ATTRIBUTES

MAGIC = b"\x89HDF\r\n\x1a\n"
_MAGIC_OFFSETS = (0, 512, 1024, 2048)  # HDF5 file format specification, section II.A: 0, 512 and doublings


class _DatasetSource(ChannelSource):
    def __init__(self, dataset: Any, inner: Mapping[str, Any]) -> None:
        self._dataset = dataset
        long_axes = [axis for axis, side in enumerate(dataset.shape) if side > 1]
        self._where: list[Any] = [0] * len(dataset.shape)
        if inner["column"] is not None:
            self._where[long_axes[inner["axis"]]] = inner["column"]
        self._time_axis = long_axes[0] if inner["column"] is None else long_axes[1 - inner["axis"]]
        self._scale = _number(dataset, "scale_factor", 1.0)
        self._offset = _number(dataset, "add_offset", 0.0)
        self._packed = self._scale != 1.0 or self._offset != 0.0
        super().__init__(dataset.shape[self._time_axis], np.dtype(np.float64) if self._packed else dataset.dtype)

    def read(self, start: int, stop: int) -> NDArray[Any]:
        where = list(self._where)
        where[self._time_axis] = slice(start, stop)
        try:
            stored = self._dataset[tuple(where)]
        except OSError as bad:
            raise FormatError(
                f"{self._dataset.name} cannot be read from sample {start} on: the HDF5 file is damaged ({bad})",
                hint="copy it again",
            ) from bad
        if self._packed:
            # CF conventions 1.11, section 8.1: packed counts become values through these two attributes
            stored = stored * self._scale + self._offset
        return np.ascontiguousarray(stored, dtype=self.dtype)


class _Hdf5File(OpenFile):
    """Walks groups once; `#refs#` of MATLAB files is reached only through the cells and structs that own it."""

    def __init__(self, path: Path, limits: Limits, called: str) -> None:
        super().__init__()
        self._limits, self._called = limits, called
        self._datasets: dict[str, Any] = {}
        try:
            self._file = h5py.File(path, "r")
        except OSError as bad:
            raise FormatError(
                f"{called} is an HDF5 file that ends early or is damaged ({bad})", hint="copy it again"
            ) from bad
        try:
            self._walk(self._file, "", limits.max_depth)
            leaves = [Leaf(name, one.shape, one.dtype) for name, one in self._datasets.items()]
            self.channels = [
                replace(channel, labels={**channel.labels, **self._labels(channel.variable)})
                for channel in channels_of(leaves, self.metadata, limits, called)
            ]
        except BaseException:
            self._file.close()
            raise

    def _labels(self, variable: str) -> dict[str, str | float]:
        named = {name: self.metadata.get(f"{variable}@{name}") for name in LABEL_ATTRIBUTES}
        return {name: value for name, value in named.items() if value is not None}

    def _walk(self, group: Any, name: str, depth: int) -> None:
        self._attributes(group, name)
        if depth == 0:
            return
        for key in group:
            if not name and key.startswith("#"):
                continue
            child = f"{name}/{key}" if name else key
            if isinstance(group.get(key, getlink=True), h5py.HardLink):
                self._visit(group[key], child, depth - 1)

    def _visit(self, item: Any, name: str, depth: int) -> None:
        if isinstance(item, h5py.Group):
            self._walk(item, name, depth)
        elif isinstance(item, h5py.Dataset):
            self._dataset(item, name, depth)

    def _dataset(self, item: Any, name: str, depth: int) -> None:
        if item.is_virtual or item.external:
            raise FormatError(
                f"{self._called}: {name} keeps its samples in another file, which is not followed",
                hint="write the samples into this file (h5repack)",
            )
        self._attributes(item, name)
        if item.shape is None or item.size == 0 or "MATLAB_empty" in item.attrs:
            return
        if item.dtype == h5py.ref_dtype:
            self._references(item, name, depth)
        elif _matlab_class(item) == "char" and item.size < 1000:
            self.metadata[name] = "".join(chr(code) for code in item[()].ravel(order="F"))
        elif h5py.check_string_dtype(item.dtype) and item.size == 1:
            self.metadata[name] = _text(item[()].item() if item.shape else item[()])
        elif item.dtype.kind in "fiu" and item.size == 1:
            self.metadata[name] = float(np.asarray(item[()]).item())
        elif item.dtype.kind in "fiu":
            self._datasets[name] = item

    def _references(self, item: Any, name: str, depth: int) -> None:
        if item.size > self._limits.max_channels_per_file:
            raise FormatError(f"{self._called}: {name} holds {item.size} cells", hint="split the file")
        for n, reference in enumerate(item[()].ravel(order="F")):
            if reference and depth > 0:
                self._visit(self._file[reference], name if item.size == 1 else f"{name}{{{n + 1}}}", depth - 1)

    def _attributes(self, item: Any, name: str) -> None:
        for key in item.attrs:
            if key.startswith(("MATLAB_", "DIMENSION_", "_")) or key in ("CLASS", "NAME", "REFERENCE_LIST"):
                continue
            value = np.asarray(item.attrs[key])
            if value.size != 1:
                continue
            if value.dtype.kind in "fiu":
                self.metadata[f"{name}@{key}"] = float(value.item())
            elif value.dtype.kind in "SUO":
                self.metadata[f"{name}@{key}"] = _text(value.item())

    def source(self, inner: Mapping[str, Any]) -> ChannelSource:
        if inner["variable"] not in self._datasets:
            raise FormatError(f"the file holds no dataset {inner['variable']}", hint="inspect the file again")
        return _DatasetSource(self._datasets[inner["variable"]], inner)

    def close(self) -> None:
        self._datasets.clear()
        self._file.close()


def _number(dataset: Any, attribute: str, otherwise: float) -> float:
    value = np.asarray(dataset.attrs.get(attribute, otherwise))
    return float(value.item()) if value.size == 1 and value.dtype.kind in "fiu" else otherwise


def _matlab_class(item: Any) -> str:
    return _text(item.attrs.get("MATLAB_class", b""))


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


class Hdf5Reader(Reader):
    """Every numeric dataset of an HDF5 file, attributes and scalars as metadata."""

    name = "hdf5"
    title = "HDF5"
    rank = 20

    def claims(self, head: bytes, path: Path) -> bool:
        """The HDF5 signature, after a user block if there is one."""
        return any(head[at : at + len(MAGIC)] == MAGIC for at in _MAGIC_OFFSETS)

    def open(self, path: Path, limits: Limits, called: str) -> OpenFile:
        """Read the structure; samples stay on disk."""
        return _Hdf5File(path, limits, called)


class Matlab73Reader(Hdf5Reader):
    """MATLAB v7.3: HDF5 with a MATLAB text header, structs as groups, cells as references."""

    name = "matlab73"
    title = "MATLAB .mat (v7.3)"
    rank = 10

    def claims(self, head: bytes, path: Path) -> bool:
        """MATLAB's own user block in front of the HDF5 signature."""
        return head[:10] == b"MATLAB 7.3" and super().claims(head, path)


REGISTRY.register(Hdf5Reader())
REGISTRY.register(Matlab73Reader())
