"""Bispectrum: the diagonal slice from packed half-complex segments."""

import numpy as np
from numpy.typing import NDArray

from pipelines.features.bispectrum_domain import MIN_SEGMENTS, SLICE_FLOOR
from pipelines.features.fast.kernel import kernel
from pipelines.features.fast.ratios import Column, ratios
from pipelines.features.fast.waveform import Waveform
from pipelines.features.grid import SEGMENT, SLICE_STOP
from pipelines.features.representation import RELATIVE_FLOOR

NAMES = (
    "bispectrum_peak",
    "bispectrum_mean",
    "bispectrum_entropy",
    "phase_coupling",
    "nonlinearity_index",
    "bispectrum_peak_ratio",
)


@kernel
def slice_sums(segments: NDArray[np.float32], slices: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    """Average the triads of (B, S, 512) segments.

    Writes |mean X_k² conj X_2k| to `slices`, (B, 127), and to `out` Σ_k mean |X_k² X_2k| and the mean of Σ |X_k|².
    """
    count = segments.shape[1]
    half = SEGMENT // 2
    re = np.empty(half, np.float32)
    im = np.empty(half, np.float32)
    even_re = np.empty(SLICE_STOP, np.float32)
    even_im = np.empty(SLICE_STOP, np.float32)
    for b in range(segments.shape[0]):
        sum_re = np.zeros(SLICE_STOP)
        sum_im = np.zeros(SLICE_STOP)
        possible = power = np.float64(0)
        for s in range(count):
            row = segments[b, s]
            p = np.float32(0)
            for k in range(1, half):
                re[k], im[k] = row[2 * k - 1], row[2 * k]
                p += re[k] * re[k] + im[k] * im[k]
            for k in range(1, SLICE_STOP):
                even_re[k], even_im[k] = re[2 * k], im[2 * k]
            size = np.float32(0)
            for k in range(1, SLICE_STOP):
                a, c, u, v = re[k], im[k], even_re[k], even_im[k]
                square_re, square_im = a * a - c * c, np.float32(2) * a * c
                sum_re[k] += square_re * u + square_im * v
                sum_im[k] += square_im * u - square_re * v
                size += (a * a + c * c) * np.sqrt(u * u + v * v)
            possible += size
            power += p
        for k in range(1, SLICE_STOP):
            slices[b, k - 1] = np.sqrt(sum_re[k] ** 2 + sum_im[k] ** 2) / count
        out[b, 0], out[b, 1] = possible / count, power / count


def bispectrum_features(
    wave: Waveform, slices: NDArray[np.float64], sums: NDArray[np.float64], segments: int
) -> dict[str, Column]:
    """Turn the averages of `slice_sums` into the bispectrum domain."""
    rows = len(wave.y)
    if segments < MIN_SEGMENTS:
        return {name: np.full(rows, np.nan) for name in NAMES}
    amplitude = 2 / SEGMENT
    slices = slices * amplitude**3
    possible, power = sums[:, 0] * amplitude**3, sums[:, 1] * amplitude**2
    total, peak, mean = slices.sum(axis=1), slices.max(axis=1), slices.mean(axis=1)
    scale = (power / 2) ** 1.5
    shaped = (total > SLICE_FLOOR * scale) & ~wave.constant
    coupled = np.where(possible > RELATIVE_FLOOR * scale, ratios(total, possible), 0.0)
    index = (ratios(total, wave.mean_square**1.5) + np.abs(wave.skewness)) / 2
    return {
        "bispectrum_peak": peak * wave.scale**3,
        "bispectrum_mean": mean * wave.scale**3,
        "bispectrum_entropy": np.where(shaped, _entropy(slices, total), np.nan),
        "phase_coupling": np.where(wave.constant, np.nan, coupled),
        "nonlinearity_index": np.where(wave.constant, np.nan, index),
        "bispectrum_peak_ratio": np.where(shaped, ratios(peak, mean), np.nan),
    }


def _entropy(slices: NDArray[np.float64], total: Column) -> Column:
    shares = slices / np.where(total > 0, total, 1)[:, None]
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    return -np.sum(shares * logs, axis=1)
