"""Plain convolutions with squeeze and excitation (Hu et al. 2018)."""

from itertools import pairwise

from torch import Tensor, nn

from pipelines.networks.declared.convolutional import SeCnnSettings
from pipelines.networks.layers import MeanAndMaximum, SqueezeExcitation, convolution, stem
from pipelines.networks.network import Network


class SeCnn(Network):
    """Stages of convolution, gated channels and pooling by four."""

    def __init__(self, settings: SeCnnSettings, channels: int, classes: int) -> None:
        widths = [settings.width * 2 ** min(stage, 3) for stage in range(settings.stages + 1)]
        super().__init__(channels, settings.smallest_length(), 2 * widths[-1], classes)
        layers: list[nn.Module] = [
            stem(channels, widths[0], settings.stem_kernel, settings.stem_stride),
            SqueezeExcitation(widths[0], settings.reduction),
        ]
        for inputs, outputs in pairwise(widths):
            layers += [
                convolution(inputs, outputs, settings.kernel),
                SqueezeExcitation(outputs, settings.reduction),
                nn.MaxPool1d(4),
            ]
        self.layers = nn.Sequential(*layers, MeanAndMaximum(), nn.Dropout(settings.dropout))

    def features(self, x: Tensor) -> Tensor:
        """Return the embedding (batch, width)."""
        embedding: Tensor = self.layers(x)
        return embedding


def build(settings: SeCnnSettings, channels: int, classes: int) -> Network:
    """Return the network."""
    return SeCnn(settings, channels, classes)
