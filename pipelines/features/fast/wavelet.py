"""Wavelet: db4 by its two phases; details are summed as they appear and never stored."""

import numpy as np
import pywt
from numpy.typing import NDArray

from pipelines.features.fast.kernel import CHUNK, kernel
from pipelines.features.fast.ratios import Column, central_moments, ratios
from pipelines.features.fast.spectrum import Rows
from pipelines.features.fast.waveform import Waveform
from pipelines.features.representation import RELATIVE_FLOOR
from pipelines.features.wavelet_domain import FILTER_LENGTH, LEVELS, MIN_COEFFICIENTS, WAVELET

_FILTERS = pywt.Wavelet(WAVELET)
_LOW = np.array(_FILTERS.rec_lo, dtype=np.float32)
_HIGH = np.array(_FILTERS.dec_hi[::-1], dtype=np.float32)
_LAP = FILTER_LENGTH // 2 - 1


@kernel
def _level(x: Rows, length: int, low: Rows, sums: NDArray[np.float64]) -> None:
    """Filter and decimate x[:, :length]: approximations to `low`, sums of the powers 1 to 4 of the details to `sums`.

    Rows of `low` and `x` may be the same memory: a chunk is read before its place is written.
    """
    count = length // 2 - _LAP
    even = np.empty(CHUNK + _LAP, np.float32)
    odd = np.empty(CHUNK + _LAP, np.float32)
    l0, l1, l2, l3, l4, l5, l6, l7 = _LOW
    h0, h1, h2, h3, h4, h5, h6, h7 = _HIGH
    for b in range(x.shape[0]):
        t1 = t2 = t3 = t4 = np.float64(0)
        for start in range(0, count, CHUNK):
            size = min(CHUNK, count - start)
            pairs = x[b, 2 * start : 2 * (start + size + _LAP)]
            for i in range(size + _LAP):
                even[i], odd[i] = pairs[2 * i], pairs[2 * i + 1]
            part = low[b, start : start + size]
            s1 = s2 = s3 = s4 = np.float32(0)
            for i in range(size):
                e0, e1, e2, e3 = even[i], even[i + 1], even[i + 2], even[i + 3]
                o0, o1, o2, o3 = odd[i], odd[i + 1], odd[i + 2], odd[i + 3]
                part[i] = l0 * e0 + l1 * o0 + l2 * e1 + l3 * o1 + l4 * e2 + l5 * o2 + l6 * e3 + l7 * o3
                d = h0 * e0 + h1 * o0 + h2 * e1 + h3 * o1 + h4 * e2 + h5 * o2 + h6 * e3 + h7 * o3
                q = d * d
                s1 += d
                s2 += q
                s3 += q * d
                s4 += q * q
            t1 += s1
            t2 += s2
            t3 += s3
            t4 += s4
        sums[b, 0], sums[b, 1], sums[b, 2], sums[b, 3] = t1, t2, t3, t4


@kernel
def _square_sums(x: Rows, length: int, out: NDArray[np.float64]) -> None:
    for b in range(x.shape[0]):
        total = np.float64(0)
        for i in range(length):
            total += x[b, i] * x[b, i]
        out[b] = total


def wavelet_features(wave: Waveform, scratch: Rows) -> dict[str, Column]:
    """Compute the wavelet domain; `scratch` is (B, M/2) float32."""
    rows, length = wave.y.shape
    unknown = np.full(rows, np.nan)
    energies: list[Column] = []
    kurtosis, heard = np.zeros(rows), np.zeros(rows)
    sums = np.empty((rows, 4))
    source: Rows = wave.y
    for level in range(1, LEVELS + 1):
        count = length // 2 - _LAP
        if count < MIN_COEFFICIENTS:
            break
        _level(source, length, scratch, sums)
        source, length = scratch, count
        m2, _, m4 = central_moments(sums, count)
        loud = m2 > RELATIVE_FLOOR**2 * wave.mean_square
        kurtosis[loud] += (m4[loud] / m2[loud] ** 2) - 3
        heard += loud
        energies.append(sums[:, 1] / count / 2**level)
    features = {"wavelet_energy_ratio": unknown, "wavelet_kurtosis": ratios(kurtosis, heard)}
    if len(energies) == LEVELS:
        rest = np.empty(rows)
        _square_sums(source, length, rest)
        details = np.sum(energies, axis=0)
        features["wavelet_energy_ratio"] = ratios(details, details + rest / length / 2**LEVELS)
    for level in (1, 3, 5):
        known = level <= len(energies)
        features[f"wavelet_energy_d{level}"] = energies[level - 1] * wave.scale**2 if known else unknown
    return features
