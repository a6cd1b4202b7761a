"""Network with a wide first kernel (WDCNN; Zhang et al. 2017, table 2)."""

from itertools import pairwise

from torch import Tensor, nn

from pipelines.networks.declared.convolutional import WdcnnSettings
from pipelines.networks.layers import MeanAndMaximum, convolution, stem
from pipelines.networks.network import Network


class Wdcnn(Network):
    """Wide first kernel, four convolutions of three taps, each followed by pooling, and one dense layer.

    The paper flattens what is left of its 2048 samples; here mean and maximum over time take any length.
    """

    def __init__(self, settings: WdcnnSettings, channels: int, classes: int) -> None:
        super().__init__(channels, settings.smallest_length(), settings.embedding, classes)
        widths = [settings.width * times for times in (1, 2, 4, 4, 4)]
        layers: list[nn.Module] = [
            stem(channels, widths[0], settings.stem_kernel, settings.stem_stride),
            nn.MaxPool1d(2),
        ]
        for inputs, outputs in pairwise(widths):
            layers += [convolution(inputs, outputs, 3), nn.MaxPool1d(2)]
        self.layers = nn.Sequential(
            *layers,
            MeanAndMaximum(),
            nn.Linear(2 * widths[-1], settings.embedding),
            nn.ReLU(inplace=True),
            nn.Dropout(settings.dropout),
        )

    def features(self, x: Tensor) -> Tensor:
        """Return the embedding (batch, width)."""
        embedding: Tensor = self.layers(x)
        return embedding


def build(settings: WdcnnSettings, channels: int, classes: int) -> Network:
    """Return the network."""
    return Wdcnn(settings, channels, classes)
