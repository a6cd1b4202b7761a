"""Plain one-dimensional convolutional network (Ince et al. 2016)."""

from itertools import pairwise

from torch import Tensor, nn

from pipelines.networks.declared.convolutional import Cnn1dSettings
from pipelines.networks.layers import MeanAndMaximum, convolution, stem
from pipelines.networks.network import Network


class Cnn1d(Network):
    """A strided first convolution, then stages that halve the rate and double the channels, pooled over time."""

    def __init__(self, settings: Cnn1dSettings, channels: int, classes: int) -> None:
        widths = [settings.width * 2 ** min(stage, 3) for stage in range(settings.stages)]
        super().__init__(channels, settings.smallest_length(), 2 * widths[-1], classes)
        stages = [
            convolution(inputs, outputs, settings.kernel, 2) for inputs, outputs in pairwise([settings.width, *widths])
        ]
        self.layers = nn.Sequential(
            stem(channels, settings.width, settings.stem_kernel, settings.stem_stride),
            *stages,
            MeanAndMaximum(),
            nn.Dropout(settings.dropout),
        )

    def features(self, x: Tensor) -> Tensor:
        """Return the embedding (batch, width)."""
        embedding: Tensor = self.layers(x)
        return embedding


def build(settings: Cnn1dSettings, channels: int, classes: int) -> Network:
    """Return the network."""
    return Cnn1d(settings, channels, classes)
