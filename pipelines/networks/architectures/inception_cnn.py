"""Multi-scale convolutional network (InceptionTime; Ismail Fawaz et al. 2020, section 3)."""

import torch
from torch import Tensor, nn

from pipelines.networks.declared.convolutional import InceptionCnnSettings
from pipelines.networks.layers import MeanAndMaximum, stem
from pipelines.networks.network import Network


class InceptionModule(nn.Module):
    """Kernels of three lengths behind one bottleneck, and a pooled branch, side by side.

    (batch, inputs, positions) becomes (batch, 4 width, positions).
    """

    def __init__(self, inputs: int, width: int, kernels: tuple[int, int, int]) -> None:
        super().__init__()
        self.bottleneck = nn.Conv1d(inputs, width, 1, bias=False)
        self.branches = nn.ModuleList(
            nn.Conv1d(width, width, kernel, padding=kernel // 2, bias=False) for kernel in kernels
        )
        self.pooled = nn.Sequential(nn.MaxPool1d(3, 1, padding=1), nn.Conv1d(inputs, width, 1, bias=False))
        self.normalise = nn.BatchNorm1d(4 * width)

    def forward(self, x: Tensor) -> Tensor:
        """Return the branches side by side, normalised and rectified."""
        narrow = self.bottleneck(x)
        together = torch.cat([*(branch(narrow) for branch in self.branches), self.pooled(x)], dim=1)
        return torch.relu(self.normalise(together))


class InceptionCnn(Network):
    """Inception modules, the rate halved after the first convolution and after each of them."""

    def __init__(self, settings: InceptionCnnSettings, channels: int, classes: int) -> None:
        width = 4 * settings.width
        super().__init__(channels, settings.smallest_length(), 2 * width, classes)
        # odd lengths keep the branches in step
        longest = settings.longest_kernel
        kernels = (longest // 4 | 1, longest // 2 | 1, longest | 1)
        layers: list[nn.Module] = [
            stem(channels, width, settings.stem_kernel, settings.stem_stride),
            nn.MaxPool1d(2),
        ]
        for _ in range(settings.modules):
            layers += [InceptionModule(width, settings.width, kernels), nn.MaxPool1d(2)]
        self.layers = nn.Sequential(*layers, MeanAndMaximum(), nn.Dropout(settings.dropout))

    def features(self, x: Tensor) -> Tensor:
        """Return the embedding (batch, width)."""
        embedding: Tensor = self.layers(x)
        return embedding


def build(settings: InceptionCnnSettings, channels: int, classes: int) -> Network:
    """Return the network."""
    return InceptionCnn(settings, channels, classes)
