"""Frequency domain from packed half-complex rows: [0 Hz, Re 1, Im 1, Re 2, Im 2, …, Nyquist]."""

import numpy as np
from numpy.typing import NDArray

from pipelines.features.fast.kernel import CHUNK, bits, from_bits, kernel, log32
from pipelines.features.fast.ratios import Column, ratios
from pipelines.features.fast.waveform import Waveform
from pipelines.features.grid import BANDS_HZ, band_bins, harmonic_bins
from pipelines.features.representation import LOG_FLOOR

Rows = NDArray[np.float32]


@kernel
def power_and_quadrature(packed: Rows, power: Rows, out: NDArray[np.float64]) -> None:
    """Write |X_k|² to `power` and turn `packed` into the spectrum of the Hilbert transform (-j X), ends 0.

    Sums to `out`: Σ P, Σ k P, Σ k² P, max P, argmax.
    """
    bins = power.shape[1]
    for b in range(packed.shape[0]):
        total = first = second = np.float64(0)
        highest, at = np.float32(-1), 1
        for start in range(1, bins - 1, CHUNK):
            levels = power[b, start : min(start + CHUNK, bins - 1)]
            part = packed[b, 2 * start - 1 : 2 * (start + len(levels)) - 1]
            s0 = s1 = s2 = np.float32(0)
            top = np.int32(0)
            for k in range(len(levels)):
                re, im = part[2 * k], part[2 * k + 1]
                part[2 * k], part[2 * k + 1] = im, -re
                p = re * re + im * im
                levels[k] = p
                near = np.float32(np.int32(k))
                s0 += p
                s1 += near * p
                s2 += near * near * p
                top = bits(p) if bits(p) > top else top
            total += s0
            first += s1 + np.float64(start) * s0
            second += s2 + 2.0 * start * s1 + np.float64(start) * start * s0
            if from_bits(top) > highest:
                highest, at = from_bits(top), start
        while at < bins - 2 and power[b, at] < highest:
            at += 1
        packed[b, 0] = packed[b, -1] = 0
        power[b, 0] = power[b, -1] = 0
        out[b, 0], out[b, 1], out[b, 2], out[b, 3], out[b, 4] = total, first, second, highest, at


@kernel
def log_power(power: Rows, total: NDArray[np.float64], even: Rows, odd: Rows, out: NDArray[np.float64]) -> None:
    """Write ln(P/P̄ + floor) of the bins 0, 2, … to `even`, (B, M/4 + 1), and of 1, 3, … to `odd`, (B, M/4).

    0 Hz and Nyquist get the mean. Σ P ln P, with P relative to its mean, goes to `out`.
    """
    bins = power.shape[1]
    logs = np.empty(CHUNK, np.float32)
    for b in range(power.shape[0]):
        gain = np.float32((bins - 2) / total[b]) if total[b] > 0 else np.float32(0)
        log_total = weighted = np.float64(0)
        for start in range(1, bins - 1, CHUNK):
            s0 = s1 = np.float32(0)
            levels = power[b, start : min(start + CHUNK, bins - 1)]
            for k in range(len(levels)):
                p = levels[k] * gain
                value = log32(p + np.float32(LOG_FLOOR))
                logs[k] = value
                s0 += value
                s1 += p * value
            log_total += s0
            weighted += s1
            # chunks start at odd bins
            half = start // 2
            for i in range((len(levels) + 1) // 2):
                odd[b, half + i] = logs[2 * i]
            for i in range(len(levels) // 2):
                even[b, half + 1 + i] = logs[2 * i + 1]
        even[b, 0] = even[b, -1] = log_total / (bins - 2)
        out[b] = weighted


@kernel
def band_sums(power: Rows, edges: NDArray[np.int64], out: NDArray[np.float64]) -> None:
    """Sum `power` over the half-open bin ranges `edges`, (bands, 2), into `out`, (B, bands)."""
    for b in range(power.shape[0]):
        for band in range(edges.shape[0]):
            total = np.float64(0)
            for start in range(edges[band, 0], edges[band, 1], CHUNK):
                s = np.float32(0)
                part = power[b, start : min(start + CHUNK, edges[band, 1])]
                for k in range(len(part)):
                    s += part[k]
                total += s
            out[b, band] = total


def frequency_features(
    wave: Waveform, power: Rows, sums: NDArray[np.float64], weighted: Column, rate_hz: float, shaft_hz: Column
) -> dict[str, Column]:
    """Turn the sums of `power_and_quadrature` and `log_power` into the frequency domain."""
    samples = wave.y.shape[1]
    resolution = rate_hz / samples
    total, first, second, highest, at = sums.T
    centroid = ratios(first, total)
    spread = np.maximum(ratios(second, total) - centroid**2, 0)
    # |X|² of the scaled row to mean square of the signal: (2/M)² / 2
    mean_square = 2 * (wave.scale / samples) ** 2
    count = samples // 2 - 1
    lineless = total <= 0
    return {
        "dominant_frequency": np.where(lineless, np.nan, at * resolution),
        "spectral_centroid": centroid * resolution,
        # p = P/(P̄ count), and the sum of P/P̄ is count
        "spectral_entropy": np.where(lineless, np.nan, np.maximum(np.log(count) - weighted / count, 0)),
        **_band_energies(power, samples, rate_hz, mean_square),
        "total_spectral_power": total * mean_square,
        "spectral_std": np.sqrt(spread) * resolution,
        "harmonic_2x_1x": _harmonic_ratios(2, power, samples, rate_hz, shaft_hz),
        "harmonic_3x_1x": _harmonic_ratios(3, power, samples, rate_hz, shaft_hz),
        "spectral_peakiness": ratios(highest * count, total),
    }


def _band_energies(power: Rows, samples: int, rate_hz: float, mean_square: Column) -> dict[str, Column]:
    ranges = [band_bins(low, high, samples, rate_hz) for low, high in BANDS_HZ.values()]
    sums = np.empty((len(power), len(ranges)))
    band_sums(power, np.array([bins or (0, 0) for bins in ranges], dtype=np.int64), sums)
    return {
        f"{name}_band_energy": np.full(len(power), np.nan) if bins is None else column * mean_square
        for name, bins, column in zip(BANDS_HZ, ranges, sums.T, strict=True)
    }


def _harmonic_ratios(multiple: int, power: Rows, samples: int, rate_hz: float, shaft_hz: Column) -> Column:
    found = np.full(len(power), np.nan)
    for b, speed in enumerate(shaft_hz.tolist()):
        first = harmonic_bins(1, speed, samples, rate_hz)
        other = harmonic_bins(multiple, speed, samples, rate_hz)
        if first is not None and other is not None:
            base = float(power[b, slice(*first)].max())
            if base > 0:
                found[b] = np.sqrt(float(power[b, slice(*other)].max()) / base)
    return found
