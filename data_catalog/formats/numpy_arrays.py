"""NumPy files: ``.npy`` mapped, ``.npz`` loaded; never a pickle."""

from __future__ import annotations

import math
import tokenize
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from data_catalog.errors import FormatError
from data_catalog.formats.archive import NPY_MAGIC, is_npz
from data_catalog.formats.arrays_file import ArraysFile
from data_catalog.formats.contract import Limits
from data_catalog.formats.reader import REGISTRY, OpenFile, Reader


def _header(file: IO[bytes], called: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Shape and dtype a ``.npy`` states, refusing pickles before a byte of them is read."""
    try:
        version = npy.read_magic(file)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, _, dtype = read(file)
    except (ValueError, EOFError, SyntaxError, TypeError, RecursionError, tokenize.TokenError) as bad:
        raise FormatError(
            f"{called} is a NumPy file with a damaged header ({bad})", hint="save it again with numpy.save"
        ) from bad
    if dtype.hasobject:
        raise FormatError(
            f"{called} holds pickled Python objects, which can run code; they are never opened",
            hint="save plain numbers: numpy.save(file, array.astype(float), allow_pickle=False)",
        )
    if dtype.kind not in "fiuUV" or any(side <= 0 for side in shape):
        raise FormatError(
            f"{called} holds an array of {dtype} with shape {shape}, not samples",
            hint="save real numbers with at least one sample",
        )
    return shape, dtype


class _NpyFile(ArraysFile):
    def __init__(self, path: Path, limits: Limits, called: str) -> None:
        super().__init__()
        with path.open("rb") as file:
            shape, dtype = _header(file, called)
            present = path.stat().st_size - file.tell()
        expected = math.prod(shape) * dtype.itemsize
        if present < expected:
            raise FormatError(
                f"{called} ends early: its header promises {expected} bytes of samples, the file has {present}",
                hint="copy it again",
            )
        self.add("signal", np.load(path, mmap_mode="r", allow_pickle=False))
        self.settle(limits, called)


class NpyReader(Reader):
    """One array in NumPy's own format."""

    name = "npy"
    title = "NumPy .npy"
    rank = 10

    def claims(self, head: bytes, path: Path) -> bool:
        """NumPy's magic string."""
        return head.startswith(NPY_MAGIC)

    def open(self, path: Path, limits: Limits, called: str) -> OpenFile:
        """Check the header, then map the samples."""
        return _NpyFile(path, limits, called)


class _NpzFile(ArraysFile):
    def __init__(self, path: Path, limits: Limits, called: str) -> None:
        super().__init__()
        left = limits.max_array_bytes
        try:
            with zipfile.ZipFile(path) as archive:
                for member in archive.namelist():
                    array = _member(archive, member, f"{called}:{member}", left)
                    left -= array.nbytes
                    self.add(member.removesuffix(".npy"), array)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as bad:
            raise FormatError(f"{called} is a damaged NumPy archive ({bad})", hint="copy it again") from bad
        self.settle(limits, called)


def _member(archive: zipfile.ZipFile, member: str, called: str, left: int) -> NDArray[Any]:
    with archive.open(member) as file:
        shape, dtype = _header(file, called)
    if math.prod(shape) * dtype.itemsize > left:
        raise FormatError(
            f"{called} with shape {shape} is larger than may be held in memory",
            hint="save each array as .npy, which is read in blocks",
        )
    with archive.open(member) as file:
        try:
            return npy.read_array(file, allow_pickle=False)
        except ValueError as bad:
            raise FormatError(f"{called} ends early ({bad})", hint="copy it again") from bad


class NpzReader(Reader):
    """Several arrays in one zip of NumPy files."""

    name = "npz"
    title = "NumPy .npz"
    rank = 20
    reads_whole = True

    def claims(self, head: bytes, path: Path) -> bool:
        """A zip whose members are all ``.npy``."""
        return is_npz(head, path)

    def open(self, path: Path, limits: Limits, called: str) -> OpenFile:
        """Load every array once, within the memory limit."""
        return _NpzFile(path, limits, called)


REGISTRY.register(NpyReader())
REGISTRY.register(NpzReader())
