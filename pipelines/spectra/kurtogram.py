"""Fast kurtogram: where in the spectrum a signal is impulsive, over a 1/3-binary tree of bands."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import scipy.fft
from numpy.typing import ArrayLike, NDArray
from scipy.signal.windows import tukey

from pipelines.errors import InputError
from pipelines.spectra.envelope import band_envelope
from pipelines.spectra.signal_input import checked_rate, checked_signal

FADED = 0.005
"""Share of the record that is faded in and out, half a cosine each (a Tukey window)."""
SILENT = 10**-2.5
"""Mean power of a band's lines over the median line, below which there is nothing in it: -25 dB."""


@dataclass(frozen=True, slots=True)
class KurtogramCell:
    """One band of the tree: `level` is log2 of the number of bands (0, 1, 1.58, 2, …), `band_hz` its edges."""

    level: float
    band_hz: tuple[float, float]
    kurtosis: float


@dataclass(frozen=True, slots=True)
class Kurtogram:
    """Spectral kurtosis of every band of the tree.

    Attributes
    ----------
    bands_per_level : (V,) int64
        1, 2, 3, 4, 6, 8, 12, ... equal bands from 0 to half the rate.
    bandwidth_hz : (V,) float64
    kurtosis : (V, C) float32
        Kurtosis of the complex envelope minus 2 (0 for Gaussian noise), each level stretched over the columns of the
        common grid `freq_hz`.
    freq_hz : (C,) float64
        Centres of the columns.
    best_band_hz : (float, float)
        Band of the highest kurtosis.
    best_kurtosis : float
    method : str
    """

    bands_per_level: NDArray[np.int64]
    bandwidth_hz: NDArray[np.float64]
    kurtosis: NDArray[np.float32]
    freq_hz: NDArray[np.float64]
    best_band_hz: tuple[float, float]
    best_kurtosis: float
    method: str

    def cell(self, freq_hz: float, row: int) -> KurtogramCell:
        """The band at a frequency in a row of the map, as for a click on it."""
        half_rate = float(self.bandwidth_hz[0] * self.bands_per_level[0])
        if not (0 <= row < self.bands_per_level.size and 0 <= freq_hz <= half_rate):
            raise InputError(
                f"row {row} at {freq_hz:g} Hz is outside the kurtogram of {self.bands_per_level.size} rows "
                f"up to {half_rate:g} Hz",
                hint="Choose a cell of the map.",
            )
        count, width = int(self.bands_per_level[row]), float(self.bandwidth_hz[row])
        band = min(int(freq_hz / width), count - 1)
        column = -(-band * self.freq_hz.size // count)
        return KurtogramCell(
            float(np.log2(count)), (band * width, (band + 1) * width), float(self.kurtosis[row, column])
        )

    def cells(self) -> tuple[KurtogramCell, ...]:
        """Every band of every level, from wide to narrow and low to high."""
        return tuple(
            self.cell((band + 0.5) * float(width), row)
            for row, (count, width) in enumerate(zip(self.bands_per_level, self.bandwidth_hz, strict=True))
            for band in range(int(count))
        )


def kurtogram(x: ArrayLike, rate_hz: float, *, depth: int = 5) -> Kurtogram:
    """Spectral kurtosis over the 1/3-binary tree of Antoni (Mech. Syst. Signal Process. 21 (2007) 108).

    The bands are cut from one FFT of the record (rectangular) instead of a filter bank; the highest value suggests a
    band, it does not decide a diagnosis. The record is faded in and out, because the FFT sees its ends as a jump: in a
    band without a signal, as an anti-aliasing filter leaves one below half the rate, that jump would be the only impact
    and give a kurtosis of a thousand. Such a band counts as silent.

    Parameters
    ----------
    x : (L,) array_like
        One signal.
    rate_hz : float
        Sampling rate, Hz.
    depth : int
        Halvings, 1 to 9: the narrowest bands are rate / 2^(depth+1) wide.

    Raises
    ------
    InputError
        Unusable signal, or so short that a narrowest band would hold fewer than 32 envelope samples.
    """
    rate = checked_rate(rate_hz)
    signal = checked_signal(x, at_least=128)
    if not 1 <= depth <= 9:
        raise InputError(f"kurtogram of depth {depth}, expected 1 to 9", hint="5 suits records of seconds.")
    lines = scipy.fft.rfft(signal * tukey(signal.size, FADED).astype(np.float32))
    if lines.size >> depth < 32:
        raise InputError(
            f"{signal.size} samples are too few for a kurtogram of depth {depth}",
            hint=f"Use at least {64 << depth} samples or a smaller depth.",
        )
    power = lines.real.astype(np.float64) ** 2 + lines.imag.astype(np.float64) ** 2
    least = SILENT * float(np.median(power))
    counts = [1] + [width for level in range(1, depth + 1) for width in (2**level, 3 * 2 ** (level - 1))]
    counts = sorted(count for count in counts if count <= 2**depth)
    columns = 3 * 2**depth
    table = np.empty((len(counts), columns), dtype=np.float32)
    best = (-np.inf, 0.0, rate / 2)
    for row, count in enumerate(counts):
        edges = np.linspace(0, lines.size, count + 1).round().astype(int)
        silent = np.add.reduceat(power, edges[:-1]) < least * np.diff(edges)
        values = np.array(
            [
                0.0 if quiet else _kurtosis(lines, lo, hi)
                for quiet, (lo, hi) in zip(silent, pairwise(edges), strict=True)
            ]
        )
        table[row] = values[np.arange(columns) * count // columns]
        top = int(values.argmax())
        if values[top] > best[0]:
            width = rate / 2 / count
            best = (float(values[top]), top * width, (top + 1) * width)
    return Kurtogram(
        bands_per_level=np.array(counts),
        bandwidth_hz=rate / 2 / np.array(counts),
        kurtosis=table,
        freq_hz=(np.arange(columns) + 0.5) * (rate / 2 / columns),
        best_band_hz=(best[1], best[2]),
        best_kurtosis=best[0],
        method=f"fast kurtogram, {len(counts)} levels, rectangular bands of one FFT",
    )


def _kurtosis(lines: NDArray[np.complex64], lo: int, hi: int) -> float:
    """E|c|^4 / (E|c|^2)^2 - 2 of the complex envelope; 0 where the band is silent."""
    envelope = band_envelope(lines, lo, hi, hi - lo)
    power = envelope.real.astype(np.float64) ** 2 + envelope.imag.astype(np.float64) ** 2
    mean = power.mean()
    return float((power**2).mean() / mean**2 - 2) if mean > 0 else 0.0
