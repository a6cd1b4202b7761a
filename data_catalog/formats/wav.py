"""WAV sound files: PCM of 8 to 32 bits and IEEE float, read in blocks; their rate is certain."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_catalog.errors import FormatError
from data_catalog.formats.contract import FoundChannel, Limits
from data_catalog.formats.reader import REGISTRY, OpenFile, Reader
from data_catalog.formats.sources import ArraySource, ChannelSource

# Format tags: Microsoft "Multimedia Programming Interface and Data Specifications 1.0" and mmreg.h
_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_DTYPES = {(_PCM, 8): "u1", (_PCM, 16): "<i2", (_PCM, 32): "<i4", (_FLOAT, 32): "<f4", (_FLOAT, 64): "<f8"}
_LEFT_OPEN = 0xFFFFFFFF


class _Packed24Source(ChannelSource):
    """24-bit little-endian integers, widened to int32 block by block."""

    def __init__(self, frames: NDArray[np.uint8]) -> None:
        super().__init__(frames.shape[0], np.dtype(np.int32))
        self._frames = frames

    def read(self, start: int, stop: int) -> NDArray[Any]:
        packed = self._frames[start:stop]
        wide = np.zeros((packed.shape[0], 4), dtype=np.uint8)
        wide[:, 1:] = packed
        return (wide.view("<i4")[:, 0] >> 8).astype(np.int32)


class _WavFile(OpenFile):
    def __init__(self, path: Path, limits: Limits, called: str) -> None:
        super().__init__()
        tag, self._count, rate, bits, begin, size = _layout(path, called)
        packed24 = (tag, bits) == (_PCM, 24)
        if not packed24 and (tag, bits) not in _DTYPES:
            raise FormatError(
                f"{called} is a WAV of format {tag} with {bits} bits, which is not plain samples",
                hint="export it as PCM (16, 24 or 32 bits) or 32-bit float",
            )
        if not rate or not self._count:
            raise FormatError(f"{called} states {rate} Hz and {self._count} channels", hint="export it again")
        frame = self._count * bits // 8
        frames = size // frame
        if frames < limits.min_samples:
            raise FormatError(
                f"{called} holds {frames} samples, a signal has at least {limits.min_samples}",
                hint="record longer, or export the whole file",
            )
        shape = (frames, self._count, 3) if packed24 else (frames, self._count)
        dtype = np.dtype("u1" if packed24 else _DTYPES[tag, bits])
        self._samples: Any = np.memmap(path, dtype=dtype, mode="r", offset=begin, shape=shape)
        self._packed24 = packed24
        self.channels = [
            FoundChannel(
                group="",
                name="signal" if self._count == 1 else f"signal[{n + 1}]",
                variable=f"channel {n + 1}",
                length=frames,
                dtype="int24" if packed24 else dtype.newbyteorder("=").name,
                inner={"column": n},
                rate_hz=float(rate),
                rate_source="file (WAV header)",
                unit="" if tag == _FLOAT else "counts",
            )
            for n in range(self._count)
        ]

    def source(self, inner: Mapping[str, Any]) -> ChannelSource:
        column = self._samples[:, inner["column"]]
        return _Packed24Source(column) if self._packed24 else ArraySource(column)

    def close(self) -> None:
        self._samples = None


def _layout(path: Path, called: str) -> tuple[int, int, int, int, int, int]:
    """Format tag, channels, rate, bits, and the place and size of the samples."""
    total = path.stat().st_size
    form: tuple[int, int, int, int] | None = None
    with path.open("rb") as file:
        file.seek(12)
        while len(header := file.read(8)) == 8:
            chunk, size = struct.unpack("<4sI", header)
            begin = file.tell()
            if chunk == b"fmt " and size >= 16:
                body = file.read(min(size, 40))
                if len(body) < 16:
                    break
                tag, count, rate, _, _, bits = struct.unpack("<HHIIHH", body[:16])
                if tag == _EXTENSIBLE and len(body) >= 26:
                    tag = struct.unpack("<H", body[24:26])[0]
                form = (tag, count, rate, bits)
            elif chunk == b"data" and form:
                if size != _LEFT_OPEN and begin + size > total:
                    raise FormatError(
                        f"{called} ends early: its header promises {size} bytes of samples, "
                        f"the file has {total - begin}",
                        hint="copy it again",
                    )
                return *form, begin, total - begin if size == _LEFT_OPEN else size
            file.seek(begin + size + size % 2)
    raise FormatError(f"{called} is a WAV file without samples or format", hint="record or copy it again")


class WavReader(Reader):
    """Sound files of acoustic sensors and many loggers."""

    name = "wav"
    title = "WAV"
    rank = 10

    def claims(self, head: bytes, path: Path) -> bool:
        """RIFF (or its 64-bit form) with type WAVE."""
        return head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE"

    def open(self, path: Path, limits: Limits, called: str) -> OpenFile:
        """Read the header and map the samples."""
        return _WavFile(path, limits, called)


REGISTRY.register(WavReader())
