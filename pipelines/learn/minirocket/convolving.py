"""Dilated convolution with the 84 kernels by additions alone, and the share of it above each bias."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

TAPS = 9
MIDDLE = 4
KERNELS = 84


@njit(cache=True, nogil=True)
def shift(series: NDArray[np.float32], dilation: int, shifted: NDArray[np.float32], total: NDArray[np.float32]) -> None:
    """Write the series (channels, L) moved by each tap, zero outside, to (channels, 9, L), and their sum (channels, L).

    A kernel is then 3 times the sum of its three taps less this sum, as its weights are 2 and -1.
    """
    channels, length = series.shape
    shifted[:] = 0.0
    total[:] = 0.0
    for channel in range(channels):
        for tap in range(TAPS):
            move = (tap - MIDDLE) * dilation
            for t in range(max(0, -move), min(length, length - move)):
                shifted[channel, tap, t] = series[channel, t + move]
            for t in range(length):
                total[channel, t] += shifted[channel, tap, t]


@njit(cache=True, nogil=True)
def respond(
    shifted: NDArray[np.float32],
    total: NDArray[np.float32],
    triple: NDArray[np.int64],
    channels: NDArray[np.int64],
    response: NDArray[np.float32],
) -> None:
    """Write the response of one kernel, summed over the chosen channels, to (L,)."""
    first, second, third = triple[0], triple[1], triple[2]
    response[:] = 0.0
    three = np.float32(3.0)
    for channel in channels:
        a, b, c = shifted[channel, first], shifted[channel, second], shifted[channel, third]
        of_channel = total[channel]
        for t in range(len(response)):
            response[t] += three * (a[t] + b[t] + c[t]) - of_channel[t]


@njit(cache=True, nogil=True)
def share_above(response: NDArray[np.float32], bias: np.float32) -> float:
    """Return the proportion of positive values (PPV) of response less bias; counted in 32 bits, eight at a time."""
    above = np.int32(0)
    for t in range(len(response)):
        above += np.int32(response[t] > bias)
    return above / len(response)


@njit(cache=True, nogil=True)
def transform_series(
    series: NDArray[np.float32],
    triples: NDArray[np.int64],
    dilations: NDArray[np.int64],
    features: NDArray[np.int64],
    channel_begin: NDArray[np.int64],
    channel_list: NDArray[np.int64],
    biases: NDArray[np.float32],
    out: NDArray[np.float32],
) -> None:
    """Write all features of one series (channels, L) to `out` (F,): by dilation, then kernel, then bias.

    Kernels take turns in looking at the whole response or only at where they lie wholly within the series. Where a
    series is too short for the latter the whole response is taken.
    """
    channels, length = series.shape
    shifted = np.empty((channels, TAPS, length), dtype=np.float32)
    total = np.empty((channels, length), dtype=np.float32)
    response = np.empty(length, dtype=np.float32)
    place = 0
    for d in range(len(dilations)):
        shift(series, dilations[d], shifted, total)
        outside = MIDDLE * dilations[d]
        for kernel in range(KERNELS):
            combination = d * KERNELS + kernel
            chosen = channel_list[channel_begin[combination] : channel_begin[combination + 1]]
            respond(shifted, total, triples[kernel], chosen, response)
            within = (d + kernel) % 2 == 1 and length > 2 * outside
            seen = response[outside : length - outside] if within else response
            for _ in range(features[d]):
                out[place] = share_above(seen, biases[place])
                place += 1
