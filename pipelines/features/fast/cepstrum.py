"""Cepstrum: sums over the cosine transform of the log power."""

import numpy as np
from numpy.typing import NDArray

from pipelines.features.fast.kernel import CHUNK, bits, from_bits, kernel
from pipelines.features.fast.ratios import Column, ratios
from pipelines.features.fast.spectrum import Rows
from pipelines.features.fast.waveform import Waveform
from pipelines.features.representation import RELATIVE_FLOOR


@kernel
def magnitude_sums(even: Rows, odd: Rows, out: NDArray[np.float64]) -> None:
    """Write Σ|c|, Σ n|c| and max|c| over n = 1 … M/2 to `out`.

    `even` is the cosine transform (type 1) of the even bins, `odd` that (type 2) of the odd bins: their sum is c_n for
    n up to M/4, their difference is c at M/2 - n.
    """
    quarter = odd.shape[1]
    for b in range(odd.shape[0]):
        last, middle = abs(even[b, 0] - odd[b, 0]), abs(even[b, quarter])
        total = np.float64(last) + np.float64(middle)
        first = 2.0 * quarter * last + np.float64(quarter) * middle
        highest = max(last, middle)
        for start in range(1, quarter, CHUNK):
            near = far = nearer = farther = np.float32(0)
            top = np.int32(0)
            e, o = even[b, start : min(start + CHUNK, quarter)], odd[b, start : start + CHUNK]
            for n in range(len(e)):
                c, d = abs(e[n] + o[n]), abs(e[n] - o[n])
                near += c
                far += d
                nearer += np.float32(np.int32(n)) * c
                farther += np.float32(np.int32(n)) * d
                larger = bits(c) if bits(c) > bits(d) else bits(d)
                top = larger if larger > top else top
            total += near + far
            first += nearer + np.float64(start) * near + (2.0 * quarter - start) * far - farther
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
