"""Residual network on wavelet images (Verstraete et al. 2017; He et al. 2016)."""

import math
from itertools import pairwise

from torch import Tensor, nn
from torch.nn import functional

from pipelines.networks.declared.images import ScalogramResnetSettings
from pipelines.networks.layers import MeanAndMaximum, convolution_2d
from pipelines.networks.layers.wavelets import LogScalogram
from pipelines.networks.network import Network

STAGES = 4


class ImageBlock(nn.Module):
    """Two convolutions of 3 x 3 and a projected shortcut; both sides of the image are halved."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.first = convolution_2d(inputs, outputs, 2)
        self.second = nn.Sequential(nn.Conv2d(outputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs))
        self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, 2, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x: Tensor) -> Tensor:
        """Return (batch, outputs, ceil(rows / 2), ceil(columns / 2))."""
        return functional.relu(self.second(self.first(x)) + self.shortcut(x))


class ScalogramResnet(Network):
    """Log scalogram, normalised; residual blocks; pooled over time only, so that frequency counts."""

    def __init__(self, settings: ScalogramResnetSettings, channels: int, classes: int) -> None:
        widths = [settings.width * 2**stage for stage in range(STAGES)]
        rows = math.ceil(settings.scales / 2**STAGES)
        super().__init__(channels, settings.smallest_length(), 2 * widths[-1] * rows, classes)
        self.layers = nn.Sequential(
            LogScalogram(settings.scales, settings.octaves, settings.cycles, settings.columns),
            nn.BatchNorm2d(channels),
            convolution_2d(channels, widths[0], 2),
            *(ImageBlock(inputs, outputs) for inputs, outputs in pairwise(widths)),
            nn.Flatten(1, 2),
            MeanAndMaximum(),
            nn.Dropout(settings.dropout),
        )

    def features(self, x: Tensor) -> Tensor:
        """Return the embedding (batch, width)."""
        embedding: Tensor = self.layers(x)
        return embedding


def build(settings: ScalogramResnetSettings, channels: int, classes: int) -> Network:
    """Return the network."""
    return ScalogramResnet(settings, channels, classes)
