"""EfficientNet in one dimension (Tan and Le 2019, table 1)."""

import math

from torch import Tensor, nn

from pipelines.networks.declared.residual import EfficientnetSettings
from pipelines.networks.layers import MeanAndMaximum
from pipelines.networks.network import Network

STAGES = (
    # expansion, channels, blocks, stride, kernel
    (1, 16, 1, 1, 3),
    (6, 24, 2, 2, 3),
    (6, 40, 2, 2, 5),
    (6, 80, 3, 2, 3),
    (6, 112, 3, 1, 5),
    (6, 192, 4, 2, 5),
    (6, 320, 1, 1, 3),
)
"""The stages of EfficientNet-B0."""

STEM = 32
HEAD = 640
"""Half of B0's, because mean and maximum are both kept."""


def _normalised(inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1) -> list[nn.Module]:
    return [
        nn.Conv1d(inputs, outputs, kernel, stride, padding=kernel // 2, groups=groups, bias=False),
        nn.BatchNorm1d(outputs),
    ]


class Gate(nn.Module):
    """Squeeze and excitation with SiLU, reduced by the channels before the expansion."""

    def __init__(self, width: int, between: int) -> None:
        super().__init__()
        self.gate = nn.Sequential(nn.Conv1d(width, between, 1), nn.SiLU(), nn.Conv1d(between, width, 1), nn.Sigmoid())

    def forward(self, x: Tensor) -> Tensor:
        """Return x with its channels weighed."""
        return x * self.gate(x.mean(dim=-1, keepdim=True))


class InvertedBottleneck(nn.Module):
    """Widen, convolve each channel by itself, gate, narrow; with a shortcut where the shape stays."""

    def __init__(self, inputs: int, outputs: int, expansion: int, kernel: int, stride: int) -> None:
        super().__init__()
        wide = inputs * expansion
        widen = [*_normalised(inputs, wide, 1), nn.SiLU(inplace=True)] if expansion > 1 else []
        self.layers = nn.Sequential(
            *widen,
            *_normalised(wide, wide, kernel, stride, groups=wide),
            nn.SiLU(inplace=True),
            Gate(wide, max(4, inputs // 4)),
            *_normalised(wide, outputs, 1),
        )
        self.shortcut = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        """Return (batch, outputs, ceil(positions / stride))."""
        found: Tensor = self.layers(x)
        return x + found if self.shortcut else found


class Efficientnet(Network):
    """First convolution, seven stages of inverted bottlenecks, pooled over time."""

    def __init__(self, settings: EfficientnetSettings, channels: int, classes: int) -> None:
        def scaled(width: int) -> int:
            return max(8, 8 * round(width * settings.width / 8))

        super().__init__(channels, settings.smallest_length(), 2 * scaled(HEAD), classes)
        inputs = scaled(STEM)
        blocks: list[nn.Module] = []
        for expansion, width, repeats, stride, kernel in STAGES:
            for block in range(math.ceil(repeats * settings.depth)):
                outputs = scaled(width)
                blocks.append(InvertedBottleneck(inputs, outputs, expansion, kernel, stride if block == 0 else 1))
                inputs = outputs
        self.layers = nn.Sequential(
            *_normalised(channels, scaled(STEM), max(settings.stem_kernel, settings.stem_stride), settings.stem_stride),
            nn.SiLU(inplace=True),
            *blocks,
            *_normalised(inputs, scaled(HEAD), 1),
            nn.SiLU(inplace=True),
            MeanAndMaximum(),
            nn.Dropout(settings.dropout),
        )

    def features(self, x: Tensor) -> Tensor:
        """Return the embedding (batch, width)."""
        embedding: Tensor = self.layers(x)
        return embedding


def build(settings: EfficientnetSettings, channels: int, classes: int) -> Network:
    """Return the network."""
    return Efficientnet(settings, channels, classes)
