"""Continuous wavelet transform as a layer: Morlet wavelets, each from the lines of the spectrum it sees."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from pipelines.networks.declared.images import HIGHEST

REACH = 3.0
"""Least half width of a wavelet's band, in standard deviations of its Gaussian: 1 % of its peak is left out."""

FLOOR = 1e-12
"""Power below which the logarithm sees silence: 120 dB below one."""


@dataclass(frozen=True)
class Band:
    """Wavelets whose values come from equally many points.

    Attributes
    ----------
    lines : (S, N) int64
        Which lines of the spectrum each of them sees.
    weights : (S, N) float32
        How much of each; zero where there is no such line.
    """

    lines: NDArray[np.int64]
    weights: NDArray[np.float32]


@dataclass(frozen=True)
class Bands:
    """The wavelets for records of one length.

    Attributes
    ----------
    samples : int
        Of the record with the zeros that follow it; a power of two.
    columns : int
        Of all these samples.
    shown : int
        Columns that hold the record.
    bands : tuple of Band
        From the slowest wavelets to the fastest.
    """

    samples: int
    columns: int
    shown: int
    bands: tuple[Band, ...]


@lru_cache(maxsize=8)
def wavelet_bands(length: int, scales: int, octaves: int, cycles: float, columns: int) -> Bands:
    """Lay the wavelets over the spectrum of records of `length` samples."""
    slowest = HIGHEST / 2**octaves
    tail = math.ceil(3 * cycles / (2 * math.pi * slowest))
    samples = 2 ** math.ceil(math.log2(length + tail))
    bucket = 2 ** max(0, round(math.log2(length / columns)))
    total = samples // bucket
    centres = np.geomspace(slowest, HIGHEST, scales) * samples
    spreads = centres / cycles
    points = np.array([max(total, 2 ** math.ceil(math.log2(2 * REACH * spread))) for spread in spreads])
    bands = []
    for count in np.unique(points):
        chosen = points == count
        first = np.rint(centres[chosen, None] - count / 2)
        lines = first + np.arange(count)
        weights = np.exp(-0.5 * ((lines - centres[chosen, None]) / spreads[chosen, None]) ** 2)
        weights[(lines < 1) | (lines > samples // 2)] = 0.0
        bands.append(Band(np.clip(lines, 0, samples // 2).astype(np.int64), weights.astype(np.float32)))
    return Bands(samples, total, math.ceil(length / bucket), tuple(bands))


class LogScalogram(nn.Module):
    """Logarithm of the mean squared amplitude in each column of a wavelet transform.

    (batch, channels, length) becomes (batch, channels, scales, about `columns`), slow wavelets first. Each wavelet is a
    Gaussian over the lines of the record's spectrum (Torrence and Compo 1998, eq. 4), normalised so that a sine keeps
    its amplitude; only the lines in its band are transformed back, on as few points as hold them.
    """

    def __init__(self, scales: int, octaves: int, cycles: float, columns: int) -> None:
        super().__init__()
        self.settings = (scales, octaves, cycles, columns)

    def forward(self, x: Tensor) -> Tensor:
        """Return ln of mean squared amplitudes."""
        laid = wavelet_bands(x.shape[-1], *self.settings)
        spectrum = torch.fft.rfft(x, n=laid.samples) * (2 / laid.samples)
        rows = []
        for band in laid.bands:
            lines = torch.as_tensor(band.lines, device=x.device)
            weights = torch.as_tensor(band.weights, device=x.device)
            values = torch.fft.ifft(spectrum[..., lines] * weights, norm="forward")
            power = values.real.square() + values.imag.square()
            rows.append(power.unflatten(-1, (laid.columns, -1)).mean(dim=-1)[..., : laid.shown])
        return (torch.cat(rows, dim=-2) + FLOOR).log()
