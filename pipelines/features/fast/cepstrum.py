"""Cepstrum: sums over the cosine transform of the log power."""

import numpy as np
from numpy.typing import NDArray

from pipelines.features.fast.kernel import CHUNK, bits, from_bits, kernel
from pipelines.features.fast.ratios import Column, ratios
from pipelines.features.fast.spectrum import Rows
from pipelines.features.fast.waveform import Waveform
from pipelines.features.representation import RELATIVE_FLOOR


@kernel
def magnitude_sums(cepstrum: Rows, out: NDArray[np.float64]) -> None:
    """Write Σ|c|, Σ n|c| and max|c| over n = 1 … to `out`."""
    length = cepstrum.shape[1]
    for b in range(cepstrum.shape[0]):
        total = first = np.float64(0)
        highest = np.float32(0)
        for start in range(1, length, CHUNK):
            s0 = s1 = np.float32(0)
            top = np.int32(0)
            part = cepstrum[b, start : start + CHUNK]
            for n in range(len(part)):
                c = abs(part[n])
                s0 += c
                s1 += np.float32(np.int32(n)) * c
                top = bits(c) if bits(c) > top else top
            total += s0
            first += s1 + np.float64(start) * s0
            highest = max(highest, from_bits(top))
        out[b, 0], out[b, 1], out[b, 2] = total, first, highest


def cepstrum_features(
    wave: Waveform, lineless: NDArray[np.bool_], sums: NDArray[np.float64], rate_hz: float
) -> dict[str, Column]:
    """Turn the sums of `magnitude_sums` into the cepstrum domain."""
    total, first, highest = sums.T
    samples = wave.y.shape[1]
    count = samples // 2
    # the cosine transform is M times the inverse transform
    flat = lineless | (total / count / samples * np.sqrt(samples) < RELATIVE_FLOOR)
    return {
        "cepstral_peak_ratio": np.where(flat, np.nan, ratios(highest * count, total)),
        "quefrency_centroid": np.where(flat, np.nan, ratios(first, total) / rate_hz),
    }
