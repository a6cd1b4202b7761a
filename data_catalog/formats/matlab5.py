"""MATLAB version 5 to 7.2 files (``.mat``): matrices, nested structs and cell arrays."""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from scipy.io import loadmat
from scipy.io.matlab import MatReadError

from data_catalog.errors import FormatError
from data_catalog.formats.arrays_file import ArraysFile
from data_catalog.formats.contract import Limits
from data_catalog.formats.reader import REGISTRY, OpenFile, Reader

_HEADER = 128
_COMPRESSED = 15  # miCOMPRESSED: MATLAB "MAT-File Format" manual, table 1-1


class _Matlab5File(ArraysFile):
    def __init__(self, path: Path, limits: Limits, called: str) -> None:
        super().__init__()
        _refuse_oversize(path, limits, called)
        for variable, value in _load(path, called).items():
            if not variable.startswith("__"):
                self._collect(variable, value, limits.max_depth)
        self.settle(limits, called)

    def _collect(self, name: str, value: Any, depth: int) -> None:
        if depth == 0 or not isinstance(value, np.ndarray):
            return
        if value.dtype.names:
            for n, element in enumerate(value.ravel()):
                numbered = name if value.size == 1 else f"{name}({n + 1})"
                for child in value.dtype.names:
                    self._collect(f"{numbered}.{child}", element[child], depth - 1)
        elif value.dtype == object:
            for n, element in enumerate(value.ravel()):
                self._collect(f"{name}{{{n + 1}}}", element, depth - 1)
        else:
            self.add(name, value)


def _load(path: Path, called: str) -> dict[str, Any]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # scipy warns of objects it cannot read; they hold no samples
            return loadmat(path, spmatrix=False)
    except (MatReadError, NotImplementedError, TypeError, ValueError, KeyError, IndexError, zlib.error, OSError) as bad:
        raise FormatError(
            f"{called} is a MATLAB file that ends early or is damaged ({bad})",
            hint="copy it again, or save it anew in MATLAB with save -v7",
        ) from bad


def _refuse_oversize(path: Path, limits: Limits, called: str) -> None:
    """Sum the sizes the elements declare, without unpacking them."""
    total = sum(_element_sizes(path))
    if total > limits.max_array_bytes:
        raise FormatError(
            f"{called} unpacks to {total / 2**30:.1f} GiB, the limit for this kind is "
            f"{limits.max_array_bytes / 2**30:.1f} GiB",
            hint="save it as version 7.3 (save -v7.3), which is read in blocks",
        )


def _element_sizes(path: Path) -> Iterator[int]:
    with path.open("rb") as file:
        order = ">" if file.read(_HEADER)[126:128] == b"MI" else "<"
        while len(tag := file.read(8)) == 8:
            kind, length = struct.unpack(f"{order}II", tag)
            begin = file.tell()
            if kind == _COMPRESSED:
                opened = zlib.decompressobj()
                try:
                    inner = opened.decompress(file.read(min(length, 256)), 8)
                except zlib.error:
                    return
                yield struct.unpack(f"{order}II", inner)[1] if len(inner) == 8 else 0
            else:
                yield length
            file.seek(begin + length)


class Matlab5Reader(Reader):
    """MATLAB files up to version 7.2, loaded whole (their format cannot be read in parts)."""

    name = "matlab5"
    title = "MATLAB .mat (v5 to v7.2)"
    rank = 10

    def claims(self, head: bytes, path: Path) -> bool:
        """The version and endian mark that end the 128-byte header, or its first words when it is cut short."""
        return head[124:128] in (b"\x00\x01IM", b"\x01\x00MI") or head[:10] == b"MATLAB 5.0"

    def open(self, path: Path, limits: Limits, called: str) -> OpenFile:
        """Load every variable once."""
        return _Matlab5File(path, limits, called)


REGISTRY.register(Matlab5Reader())
