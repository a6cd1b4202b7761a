"""Time domain, and the centred, scaled rows that every other domain starts from."""

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from pipelines.features.fast.kernel import CHUNK, kernel
from pipelines.features.fast.ratios import Column, central_moments, ratios
from pipelines.features.inputs import LARGEST, Samples, require_finite
from pipelines.features.representation import CONSTANT_RANGE

#: Scales below this or above its inverse leave the range of float32 when inverted; such rows are scaled in float64.
FLOAT32_GAIN = 1e-30


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


# no assumption of finite values here: the total is where they are found out
@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"}, error_model="numpy")
def _total(values: NDArray[Any]) -> float:
    total = np.float64(0)
    for i in range(len(values)):
        total += np.float64(values[i])
    return total


@kernel
def _extremes(x: Samples, head: int, out: NDArray[np.float64]) -> None:
    """Write total, minimum and maximum of the first `head` samples and of all samples."""
    # extremes are kept place by place of a chunk, because a running one does not vectorise
    low = np.empty(CHUNK, x.dtype)
    high = np.empty(CHUNK, x.dtype)
    for b in range(x.shape[0]):
        low[:] = high[:] = x[b, 0]
        total = np.float64(0)
        for begin, end, column in ((0, head, 0), (head, x.shape[1], 3)):
            for start in range(begin, end, CHUNK):
                part = x[b, start : min(start + CHUNK, end)]
                total += _total(part)
                for i in range(len(part)):
                    value = part[i]
                    low[i] = value if value < low[i] else low[i]
                    high[i] = value if value > high[i] else high[i]
            out[b, column], out[b, column + 1], out[b, column + 2] = total, low.min(), high.max()


# no reassociation here: x - (near + rest) would round what x - near - rest keeps
@numba.njit(cache=True, nogil=True, fastmath={"nnan", "ninf", "nsz"}, error_model="numpy")
def _scaled(part: NDArray[Any], near: float, rest: float, gain: float, out: NDArray[np.float32]) -> None:
    for i in range(len(part)):
        out[i] = np.float32(((part[i] - near) - rest) * gain)


@kernel
def _centre(
    x: Samples,
    mean: NDArray[np.float64],
    scale: NDArray[np.float64],
    y: NDArray[np.float32],
    sums: NDArray[np.float64],
) -> None:
    """Write the centred, scaled head of each row to `y`; sums of v, v², v³, v⁴, |x|, √|x| and of v² over the head."""
    length, head = x.shape[1], y.shape[1]
    values = np.empty(CHUNK, np.float32)
    for b in range(x.shape[0]):
        near = x.dtype.type(mean[b])
        rest = x.dtype.type(mean[b] - np.float64(near))
        gain = x.dtype.type(1.0 / scale[b])
        offset = np.float32(mean[b] / scale[b])
        totals = np.zeros(7)
        for start in range(0, length, CHUNK):
            part = x[b, start : start + CHUNK]
            _scaled(part, near, rest, gain, values)
            s1 = s2 = s3 = s4 = s5 = s6 = np.float32(0)
            for i in range(len(part)):
                v = values[i]
                q = v * v
                s1 += v
                s2 += q
                s3 += q * v
                s4 += q * q
                magnitude = abs(v + offset)
                s5 += magnitude
                s6 += np.sqrt(magnitude)
            keep = max(0, min(len(part), head - start))
            y[b, start : start + keep] = values[:keep]
            if keep == len(part):
                totals[6] += s2
            else:
                for i in range(keep):
                    totals[6] += values[i] * values[i]
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
    if not (np.isfinite(found).all() and (np.abs(found[:, [4, 5]]) <= LARGEST).all()):
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
    if x.dtype == np.float32 and not ((scale > FLOAT32_GAIN) & (scale < 1 / FLOAT32_GAIN)).all():
        x = x.astype(np.float64)
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
