"""Kernels that turn spectral lines into levels and levels into pictures, one pass each."""

import numpy as np
from numpy.typing import NDArray

from pipelines.features.fast.kernel import kernel, log32

_DB = np.float32(10 / np.log(10))
#: Added to every power, so that silence has a logarithm: 360 dB below one unit.
_SILENCE = np.float32(1e-36)


@kernel
def power_levels(
    parts: NDArray[np.float32], scale: np.float32, rows: NDArray[np.float32], out: NDArray[np.float32], column: int
) -> None:
    """Write 10 lg(scale·|X|²) of B frames to out[:, column : column + B].

    `parts` is (B, 2F), real and imaginary parts in turn; `rows` is (B, F) of scratch; `out` is (F, T).
    """
    frames, lines = rows.shape
    for b in range(frames):
        for k in range(lines):
            real, imaginary = parts[b, 2 * k], parts[b, 2 * k + 1]
            rows[b, k] = _DB * log32((real * real + imaginary * imaginary) * scale + _SILENCE)
    for k in range(lines):
        for b in range(frames):
            out[k, column + b] = rows[b, k]


@kernel
def level_bytes(level: NDArray[np.float32], bottom: np.float32, factor: np.float32, out: NDArray[np.uint8]) -> None:
    """Write (level - bottom)·factor, held between 0 and 255, to `out` of the same shape."""
    for k in range(level.shape[0]):
        for t in range(level.shape[1]):
            value = (level[k, t] - bottom) * factor
            value = min(max(value, np.float32(0)), np.float32(255))
            out[k, t] = np.uint8(np.int32(value))


@kernel
def highest_power(parts: NDArray[np.float32], each: int, out: NDArray[np.float32]) -> None:
    """Write the highest |z|² of each `each` neighbours to `out`; `parts` holds real and imaginary parts in turn."""
    for t in range(out.shape[0]):
        top = np.float32(0)
        start = 2 * each * t
        for j in range(each):
            real, imaginary = parts[start + 2 * j], parts[start + 2 * j + 1]
            top = max(top, real * real + imaginary * imaginary)
        out[t] = top
