"""Continuous wavelet transform as a layer: Morlet wavelets, each from the lines of the spectrum it sees."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

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
    first : tuple of int
        The first of the N lines of the spectrum that each of the S wavelets sees; below 0 where there is none.
    weights : (S, N) float32
        How much of each line.
    """

    first: tuple[int, ...]
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
        first = np.rint(centres[chosen] - count / 2).astype(np.int64)
        distance = first[:, None] + np.arange(count) - centres[chosen, None]
        weights = np.exp(-0.5 * (distance / spreads[chosen, None]) ** 2)
        bands.append(Band(tuple(first.tolist()), weights.astype(np.float32)))
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
        # real and imaginary parts side by side, because exchange formats know no complex numbers
        spectrum = torch.view_as_real(torch.fft.rfft(x, n=laid.samples)) * (2 / laid.samples)
        most = max(band.weights.shape[1] for band in laid.bands)
        # no wavelet sees the mean, nor what lies beyond half the rate
        spectrum = functional.pad(spectrum[..., 1:, :], (0, 0, most, most))
        rows = []
        for band in laid.bands:
            weights = torch.as_tensor(band.weights, device=x.device)
            starts = [line - 1 + most for line in band.first]
            seen = torch.stack([spectrum[..., start : start + weights.shape[1], :] for start in starts], dim=-3)
            values = torch.fft.ifft(torch.view_as_complex(seen * weights.unsqueeze(-1)), norm="forward")
            power = torch.view_as_real(values).square().sum(dim=-1)
            rows.append(power.unflatten(-1, (laid.columns, -1)).mean(dim=-1)[..., : laid.shown])
        return (torch.cat(rows, dim=-2) + FLOOR).log()
