"""WAV files of one channel: 16 and 24-bit integers and 32-bit float, scaled to full range, in bounded memory."""

import math
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InputError

Bits = Literal[16, 24, 32]
BITS: tuple[Bits, ...] = get_args(Bits)

# format tags: Microsoft "Multimedia Programming Interface and Data Specifications 1.0" and mmreg.h
_PCM, _FLOAT = 1, 3
_LARGEST_BYTES = 2**32 - 2**16


@dataclass(frozen=True, slots=True)
class WavScale:
    """How samples of a file become values of the signal: ``value = sample / full_range * full_scale``.

    Attributes
    ----------
    bits : {16, 24, 32}
        32 is float.
    full_scale : float
        Value of a sample at full range, in the unit of the signal. For float it is a power of two, so that dividing by
        it and multiplying again gives the very same number.
    """

    bits: Bits
    full_scale: float

    @property
    def full_range(self) -> int:
        """The sample at full range: 32767, 8388607, or 1 for float."""
        return 1 if self.bits == 32 else 2 ** (self.bits - 1) - 1


def scale_for(peak: float, bits: Bits) -> WavScale:
    """The scale at which a signal whose largest magnitude is `peak` fills the range.

    Raises
    ------
    InputError
        No such width of samples, or a peak that is no number.
    """
    if bits not in BITS:
        raise InputError(f"WAV with {bits} bits", hint=f"There are {', '.join(map(str, BITS))}; 32 is float.")
    if not 0 <= peak < math.inf:
        raise InputError(f"a peak of {peak} is no number", hint="Leave out what is not finite.")
    if peak == 0:
        return WavScale(bits, 1.0)
    return WavScale(bits, 2.0 ** math.ceil(math.log2(peak)) if bits == 32 else float(peak))


def write_wav(
    target: BinaryIO, blocks: Iterable[NDArray[np.floating]], length: int, rate_hz: int, scale: WavScale, comment: str
) -> int:
    """Write one channel.

    Parameters
    ----------
    target : binary file, open for writing
    blocks : iterable of (N,) arrays
        The samples in order, in the unit of the signal. What is not finite is written as 0 where samples are integers,
        which have nothing else for it, and as NaN where they are float.
    length : int
        How many samples there are in all.
    rate_hz : int
        Sampling rate; WAV knows whole ones only.
    comment : str
        Kept in the file as its comment (``LIST INFO ICMT``).

    Returns
    -------
    int
        Samples that were not finite.

    Raises
    ------
    InputError
        More than a WAV file can hold, a rate that it cannot state, or another number of samples than announced.
    """
    width = scale.bits // 8
    if not 1 <= rate_hz < 2**32 // width:
        raise InputError(f"a WAV file cannot state a rate of {rate_hz} Hz", hint="Choose another kind of file.")
    if length * width > _LARGEST_BYTES:
        raise InputError(
            f"{length:,} samples of {scale.bits} bits are more than a WAV file holds",
            hint=f"Choose at most {_LARGEST_BYTES // width:,}, or another kind of file.",
        )
    tag = _FLOAT if scale.bits == 32 else _PCM
    form = struct.pack("<HHIIHH", tag, 1, rate_hz, rate_hz * width, width, scale.bits)
    parts = [_chunk(b"fmt ", form + (b"\0\0" if tag == _FLOAT else b""))]
    if tag == _FLOAT:
        parts.append(_chunk(b"fact", struct.pack("<I", length)))
    parts.append(_chunk(b"LIST", b"INFO" + _chunk(b"ICMT", comment.encode() + b"\0")))
    head, size = b"".join(parts), length * width
    target.write(struct.pack("<4sI4s", b"RIFF", 4 + len(head) + 8 + size + size % 2, b"WAVE") + head)
    target.write(struct.pack("<4sI", b"data", size))
    written = gaps = 0
    for block in blocks:
        gaps += int(block.size - np.count_nonzero(np.isfinite(block)))
        target.write(_packed(block, scale))
        written += block.size
    if written != length:
        raise InputError(f"{written:,} samples came, {length:,} were announced", hint="Announce how many there are.")
    target.write(b"\0" * (size % 2))
    return gaps


def comment_of(path: Path) -> str:
    """The comment in a WAV file; empty where it has none."""
    with path.open("rb") as file:
        file.seek(12)
        while len(header := file.read(8)) == 8:
            name, size = struct.unpack("<4sI", header)
            if name == b"LIST":
                info = file.read(size)
                begin = info.find(b"ICMT")
                if info[:4] == b"INFO" and begin >= 0:
                    (words,) = struct.unpack_from("<I", info, begin + 4)
                    return info[begin + 8 : begin + 8 + words].rstrip(b"\0").decode(errors="replace")
            elif name == b"data":
                return ""
            else:
                file.seek(size + size % 2, 1)
    return ""


def _packed(block: NDArray[np.floating], scale: WavScale) -> bytes:
    if scale.bits == 32:
        # by a power of two: no digit is lost
        return (np.asarray(block, dtype=np.float32) / np.float32(scale.full_scale)).astype("<f4").tobytes()
    scaled = np.nan_to_num(block.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    counts = np.rint(scaled * (scale.full_range / scale.full_scale))
    whole = np.clip(counts, -scale.full_range, scale.full_range).astype("<i4")
    if scale.bits == 16:
        return whole.astype("<i2").tobytes()
    return whole.view(np.uint8).reshape(-1, 4)[:, :3].tobytes()


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack("<4sI", name, len(content)) + content + b"\0" * (len(content) % 2)
