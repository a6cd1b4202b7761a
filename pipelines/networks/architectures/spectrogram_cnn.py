"""Two-dimensional convolutions on spectrograms (Verstraete et al. 2017)."""

import math
from itertools import pairwise

import torch
from torch import Tensor, nn

from pipelines.networks.declared.images import SpectrogramCnnSettings
from pipelines.networks.layers import MeanAndMaximum, convolution_2d
from pipelines.networks.network import Network

FLOOR = 1e-12
"""Power below which the logarithm sees silence: 120 dB below one."""


class LogSpectrogram(nn.Module):
    """Logarithm of the power of a short-time Fourier transform under a Hann window.

    (batch, channels, length) becomes (batch, channels, window / 2 + 1, frames); a sine of amplitude A reads ln A².
    """

    def __init__(self, window: int, hop: int) -> None:
        super().__init__()
        self.window = window
        self.hop = hop
        taper = torch.hann_window(window)
        self.taper: Tensor
        self.register_buffer("taper", taper * (2 / taper.sum()), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Return ln of squared amplitudes; frames start at the first sample and lie within the record."""
        lines = torch.fft.rfft(x.unfold(-1, self.window, self.hop) * self.taper)
        power = torch.view_as_real(lines).square().sum(dim=-1)
        return (power + FLOOR).log().transpose(-1, -2)


class SpectrogramCnn(Network):
    """Log spectrogram, normalised; strided convolutions; pooled over time only.

    Where a line lies tells what turns, so the rows of the last image are kept apart.
    """

    def __init__(self, settings: SpectrogramCnnSettings, channels: int, classes: int) -> None:
        widths = [settings.width * 2**stage for stage in range(settings.stages)]
        rows = math.ceil((settings.window // 2 + 1) / 2**settings.stages)
        super().__init__(channels, settings.smallest_length(), 2 * widths[-1] * rows, classes)
        self.layers = nn.Sequential(
            LogSpectrogram(settings.window, settings.hop),
            nn.BatchNorm2d(channels),
            *(convolution_2d(inputs, outputs, 2) for inputs, outputs in pairwise([channels, *widths])),
            nn.Flatten(1, 2),
            MeanAndMaximum(),
            nn.Dropout(settings.dropout),
        )

    def features(self, x: Tensor) -> Tensor:
        """Return the embedding (batch, width)."""
        embedding: Tensor = self.layers(x)
        return embedding


def build(settings: SpectrogramCnnSettings, channels: int, classes: int) -> Network:
    """Return the network."""
    return SpectrogramCnn(settings, channels, classes)
