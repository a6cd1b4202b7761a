"""Envelope from a row and its Hilbert transform."""

import numpy as np
from numpy.typing import NDArray

from pipelines.features.fast.kernel import CHUNK, bits, from_bits, kernel
from pipelines.features.fast.ratios import Column, ratios
from pipelines.features.fast.spectrum import Rows
from pipelines.features.fast.waveform import Waveform
from pipelines.features.representation import RELATIVE_FLOOR


@kernel
def magnitude_and_moments(y: Rows, quadrature: Rows, out: NDArray[np.float64]) -> None:
    """Overwrite `quadrature` with the envelope less its mean; write mean square, peak, m2 and m4 to `out`."""
    length = y.shape[1]
    for b in range(y.shape[0]):
        total = square = np.float64(0)
        peak = np.float32(0)
        for start in range(0, length, CHUNK):
            s1 = s2 = np.float32(0)
            top = np.int32(0)
            direct, turned = y[b, start : start + CHUNK], quadrature[b, start : start + CHUNK]
            for i in range(len(direct)):
                q = direct[i] * direct[i] + turned[i] * turned[i]
                e = np.sqrt(q)
                turned[i] = e
                s1 += e
                s2 += q
                top = bits(e) if bits(e) > top else top
            total += s1
            square += s2
            peak = max(peak, from_bits(top))
        mean = np.float32(total / length)
        m1 = m2 = m3 = m4 = np.float64(0)
        for start in range(0, length, CHUNK):
            s1 = s2 = s3 = s4 = np.float32(0)
            part = quadrature[b, start : start + CHUNK]
            for i in range(len(part)):
                d = part[i] - mean
                part[i] = d
                q = d * d
                s1 += d
                s2 += q
                s3 += q * d
                s4 += q * q
            m1 += s1
            m2 += s2
            m3 += s3
            m4 += s4
        out[b, 0], out[b, 1] = square / length, peak
        out[b, 2], out[b, 3], out[b, 4], out[b, 5] = m1, m2, m3, m4


@kernel
def strongest_bin(packed: Rows, start: int, out: NDArray[np.int64]) -> None:
    """Write the bin of the largest magnitude from `start` to below Nyquist of packed half-complex rows."""
    for b in range(packed.shape[0]):
        row = packed[b, 2 * start - 1 : -1]
        highest, at = np.int32(-1), 0
        for first in range(0, len(row) // 2, CHUNK):
            part = row[2 * first : 2 * (first + CHUNK)]
            top = np.int32(0)
            for k in range(len(part) // 2):
                p = bits(part[2 * k] * part[2 * k] + part[2 * k + 1] * part[2 * k + 1])
                top = p if p > top else top
            if top > highest:
                highest, at = top, first
        found = np.float32(-1)
        for k in range(at, min(at + CHUNK, len(row) // 2)):
            p = row[2 * k] * row[2 * k] + row[2 * k + 1] * row[2 * k + 1]
            if p > found:
                found = p
                out[b] = start + k


def envelope_features(
    wave: Waveform, sums: NDArray[np.float64], strongest: NDArray[np.int64] | None, rate_hz: float
) -> dict[str, Column]:
    """Turn the sums of `magnitude_and_moments` into the envelope domain; `strongest` is None for too short a row."""
    samples = wave.y.shape[1]
    square, peak = sums[:, 0], sums[:, 1]
    shift, variance, third, fourth = sums[:, 2:].T / samples
    m2 = np.maximum(variance - shift**2, 0)
    m4 = fourth - 4 * shift * third + 6 * shift**2 * variance
    modulated = np.sqrt(m2) > RELATIVE_FLOOR * np.sqrt(square)
    frequency = np.full(len(sums), np.nan) if strongest is None else strongest * (rate_hz / samples)
    return {
        "envelope_rms": wave.scale * np.sqrt(square),
        "envelope_kurtosis": np.where(modulated, ratios(m4, m2**2) - 3, np.nan),
        "envelope_peak": wave.scale * peak,
        "modulation_frequency": np.where(modulated, frequency, np.nan),
    }
