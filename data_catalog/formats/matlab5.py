"""MATLAB version 5 to 7.2 files (``.mat``): matrices, nested structs and cell arrays."""

from __future__ import annotations

import math
import re
import struct
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.io import loadmat
from scipy.io.matlab import MatReadError

from data_catalog.errors import FormatError
from data_catalog.formats.arrays_file import ArraysFile
from data_catalog.formats.contract import Limits
from data_catalog.formats.reader import REGISTRY, OpenFile, Reader
from data_catalog.formats.structure import Leaf

_MATRIX, _COMPRESSED = 14, 15  # miMATRIX, miCOMPRESSED: MATLAB "MAT-File Format" manual, table 1-1
_HEADER = 128
_PREFIX = 512
"""Bytes of an element that are looked at: they hold its class, its shape and its name, if that is of usual length."""
_NUMBERS = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
"""How samples lie in the file, by their tag (table 1-1); this, and not their class, is the dtype that scipy gives."""
_FIRST_NUMERIC, _LAST_NUMERIC = 6, 15  # mxDOUBLE_CLASS to mxUINT64_CLASS: table 1-3
_COMPLEX_OR_LOGICAL = 0x0A


@dataclass(frozen=True)
class _Element:
    """One variable of a file as its first bytes describe it.

    `dtype` is None where they do not say all; `value` is that of a single number.
    """

    size: int
    name: str = ""
    shape: tuple[int, ...] = ()
    dtype: np.dtype[Any] | None = None
    value: NDArray[Any] | None = None

    def is_long(self, limits: Limits) -> bool:
        """Whether it is a plain array that may hold a signal."""
        return self.dtype is not None and math.prod(self.shape) >= limits.min_samples


class _Matlab5File(ArraysFile):
    """Plain numeric arrays are loaded when their samples are asked for, everything else at once."""

    def __init__(self, path: Path, limits: Limits, called: str) -> None:
        super().__init__()
        self._path, self._called = path, called
        elements = list(_elements(path, called))
        _refuse_oversize(elements, limits, called)
        self._places = {one.name: place for place, one in enumerate(elements)}
        named = "" not in self._places and len(self._places) == len(elements)
        self._later = {one.name: one for one in elements if named and one.is_long(limits)}
        if named:
            for one in elements:
                if one.value is not None:
                    self.add(one.name, one.value)
        at_once = [one.name for one in elements if one.name not in self._later and one.value is None]
        if not named or at_once:
            for variable, value in _load(path, called, at_once if named else None).items():
                if not variable.startswith("__"):
                    self._collect(variable, value, limits.max_depth)
        self.settle(limits, called)

    def leaves(self) -> list[Leaf]:
        """What is loaded and what is only described, in the order of the file."""
        later = [Leaf(one.name, one.shape, one.dtype) for one in self._later.values() if one.dtype]
        return sorted(
            [*super().leaves(), *later], key=lambda leaf: self._places.get(re.split(r"[.({]", leaf.name)[0], 0)
        )

    def array(self, name: str) -> NDArray[Any] | None:
        """An array, loaded now if it was not yet."""
        if name in self._later:
            del self._later[name]
            self.add(name, _load(self._path, self._called, [name])[name])
        return super().array(name)

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


def _load(path: Path, called: str, variables: list[str] | None) -> dict[str, Any]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # scipy warns of objects it cannot read; they hold no samples
            return loadmat(path, spmatrix=False, variable_names=variables)
    except (MatReadError, NotImplementedError, TypeError, ValueError, KeyError, IndexError, zlib.error, OSError) as bad:
        raise _damaged(called, str(bad)) from bad


def _damaged(called: str, reason: str) -> FormatError:
    return FormatError(
        f"{called} is a MATLAB file that ends early or is damaged ({reason})",
        hint="copy it again, or save it anew in MATLAB with save -v7",
    )


def _refuse_oversize(elements: list[_Element], limits: Limits, called: str) -> None:
    """Sum the sizes the elements declare, without unpacking them."""
    total = sum(one.size for one in elements)
    if total > limits.max_array_bytes:
        raise FormatError(
            f"{called} unpacks to {total / 2**30:.1f} GiB, the limit for this kind is "
            f"{limits.max_array_bytes / 2**30:.1f} GiB",
            hint="save it as version 7.3 (save -v7.3), which is read in blocks",
        )


def _elements(path: Path, called: str) -> Iterator[_Element]:
    end = path.stat().st_size
    with path.open("rb") as file:
        header = file.read(_HEADER)
        if len(header) < _HEADER:
            raise _damaged(called, "not even its header is whole")
        order = ">" if header[126:128] == b"MI" else "<"
        while len(tag := file.read(8)) == 8:
            kind, length = struct.unpack(f"{order}II", tag)
            begin = file.tell()
            if begin + length > end:
                raise _damaged(called, f"{length} bytes were to follow, {end - begin} do")
            if kind == _COMPRESSED:
                try:
                    first = zlib.decompressobj().decompress(file.read(min(length, _PREFIX)), 8 + _PREFIX)
                except zlib.error as bad:
                    raise _damaged(called, str(bad)) from bad
                if len(first) < 8:
                    raise _damaged(called, "a packed variable is empty")
                kind, size = struct.unpack(f"{order}II", first[:8])
                first = first[8:]
            else:
                size, first = length, file.read(min(length, _PREFIX))
            yield _described(order, size, first) if kind == _MATRIX else _Element(size)
            file.seek(begin + length)


def _described(order: str, size: int, first: bytes) -> _Element:
    """What the first bytes of a matrix say: flags, dimensions, name, then the tag of the samples."""
    try:
        flags, at = _part(order, first, 0)
        dimensions, at = _part(order, first, at)
        name, at = _part(order, first, at)
        (kind,) = struct.unpack_from(f"{order}I", first, at)
        described, options = flags[0 if order == "<" else 3], flags[1 if order == "<" else 2]
        shape = struct.unpack(f"{order}{len(dimensions) // 4}i", dimensions)
        numeric = _FIRST_NUMERIC <= described <= _LAST_NUMERIC and not options & _COMPLEX_OR_LOGICAL
        if not numeric or kind & 0xFFFF not in _NUMBERS:
            return _Element(size, name.decode("latin-1"))
        stored = np.dtype(order + _NUMBERS[kind & 0xFFFF])
        alone = np.frombuffer(_part(order, first, at)[0], stored).reshape(shape) if math.prod(shape) == 1 else None
    except (struct.error, IndexError, ValueError):
        return _Element(size)
    return _Element(size, name.decode("latin-1"), shape, stored.newbyteorder("="), alone)


def _part(order: str, first: bytes, at: int) -> tuple[bytes, int]:
    """Content of the part that begins at `at`, and where the next begins; up to four bytes lie within the tag."""
    kind, length = struct.unpack_from(f"{order}II", first, at)
    begin, after = at + 8, at + 8 + length + -length % 8
    if kind >> 16:
        begin, length, after = at + 4, kind >> 16, at + 8
    if begin + length > len(first):
        raise IndexError(at)
    return first[begin : begin + length], after


class Matlab5Reader(Reader):
    """MATLAB files up to version 7.2, loaded a variable at a time (a part of one cannot be read)."""

    name = "matlab5"
    title = "MATLAB .mat (v5 to v7.2)"
    rank = 10
    reads_whole = True

    def claims(self, head: bytes, path: Path) -> bool:
        """The version and endian mark that end the 128-byte header, or its first words when it is cut short."""
        return head[124:128] in (b"\x00\x01IM", b"\x01\x00MI") or head[:10] == b"MATLAB 5.0"

    def open(self, path: Path, limits: Limits, called: str) -> OpenFile:
        """Read the structure; plain arrays are loaded when they are asked for."""
        return _Matlab5File(path, limits, called)


REGISTRY.register(Matlab5Reader())
