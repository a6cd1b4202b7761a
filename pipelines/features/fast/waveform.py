"""Time domain, and the centred, scaled rows that every other domain starts from."""

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from pipelines.features.fast.kernel import CHUNK, kernel
from pipelines.features.fast.ratios import Column, central_moments, ratios
from pipelines.features.inputs import Samples, require_finite
from pipelines.features.representation import CONSTANT_RANGE


@dataclass(frozen=True)
class Waveform:
    """A block of rows ready for the transforms.

    Attributes
    ----------
    y : (B, M) float32
        First M samples less their mean, divided by `scale`, so within ±1; all 0 for a constant row.
    scale : (B,) float64
        What amplitudes computed from y are multiplied with.
    constant : (B,) bool
    mean_square : (B,) float64
        Of y.
    skewness : (B,) float64
        Of all samples of the row.
    features : dict of (B,) float64
        The time domain.
    """

    y: NDArray[np.float32]
    scale: Column
    constant: NDArray[np.bool_]
    mean_square: Column
    skewness: Column
    features: dict[str, Column]


# no assumption of finite values here: this is where they are found out
@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"}, error_model="numpy")
def _extremes(x: Samples, head: int, out: NDArray[np.float64]) -> None:
    for b in range(x.shape[0]):
        row = x[b]
        total = np.float64(0)
        low = high = row[0]
        for i in range(head):
            value = row[i]
            total += value
            low = min(low, value)
            high = max(high, value)
        out[b, 0], out[b, 1], out[b, 2] = total, low, high
        for i in range(head, row.shape[0]):
            value = row[i]
            total += value
            low = min(low, value)
            high = max(high, value)
        out[b, 3], out[b, 4], out[b, 5] = total, low, high


@kernel
def _centre(
    x: Samples,
    mean: NDArray[np.float64],
    scale: NDArray[np.float64],
    y: NDArray[np.float32],
    sums: NDArray[np.float64],
) -> None:
    length, head = x.shape[1], y.shape[1]
    part = np.empty(CHUNK, np.float32)
    for b in range(x.shape[0]):
        centre, gain = mean[b], 1.0 / scale[b]
        offset = np.float32(centre * gain)
        totals = np.zeros(7)
        for start in range(0, length, CHUNK):
            size = min(CHUNK, length - start)
            s1 = s2 = s3 = s4 = s5 = s6 = np.float32(0)
            for i in range(size):
                v = np.float32((np.float64(x[b, start + i]) - centre) * gain)
                part[i] = v
                q = v * v
                s1 += v
                s2 += q
                s3 += q * v
                s4 += q * q
                magnitude = abs(v + offset)
                s5 += magnitude
                s6 += np.sqrt(magnitude)
            keep = min(size, head - start)
            if keep > 0:
                y[b, start : start + keep] = part[:keep]
            if start < head <= start + size:
                inside = np.float32(0)
                for i in range(keep):
                    inside += part[i] * part[i]
                totals[6] = totals[1] + inside
            totals[0] += s1
            totals[1] += s2
            totals[2] += s3
            totals[3] += s4
            totals[4] += s5
            totals[5] += s6
        sums[b] = totals


def waveform(x: Samples, y: NDArray[np.float32]) -> Waveform:
    """Centre and scale rows of samples into `y`, (B, M), and compute the time domain on the way.

    Raises
    ------
    InputError
        Samples that are not finite.
    """
    length, head = x.shape[1], y.shape[1]
    found = np.empty((len(x), 6))
    _extremes(x, head, found)
    if not np.isfinite(found).all():
        require_finite(x)
    head_total, head_low, head_high, _, low, high = found.T
    constant = (high - low < CONSTANT_RANGE) | (head_high - head_low < CONSTANT_RANGE)
    # a row of equal samples is exactly its own mean; their sum rounds
    mean = np.where(constant, head_low, head_total / head)
    peak = np.maximum(np.abs(low), np.abs(high))
    reach = np.maximum(high - mean, mean - low)
    still = high - low < CONSTANT_RANGE
    scale = np.where(still, np.where(peak > 0, peak, 1.0), reach)
    sums = np.empty((len(x), 7))
    _centre(x, mean, scale, y, sums)
    y[constant] = 0

    m2, m3, m4 = central_moments(sums[:, :4], length)
    offset = mean / scale
    square = np.maximum(sums[:, 1] + 2 * offset * sums[:, 0], 0) / length + offset**2
    rms = scale * np.sqrt(square)
    mean_magnitude = scale * sums[:, 4] / length
    m2[constant] = 0
    skewness = ratios(m3, m2**1.5)
    features = {
        "rms": rms,
        "kurtosis": ratios(m4, m2**2) - 3,
        "skewness": skewness,
        "crest_factor": ratios(peak, rms),
        "shape_factor": ratios(rms, mean_magnitude),
        "impulse_factor": ratios(peak, mean_magnitude),
        "clearance_factor": ratios(peak, scale * (sums[:, 5] / length) ** 2),
    }
    return Waveform(y, scale, constant, np.where(constant, 0, sums[:, 6] / head), skewness, features)
