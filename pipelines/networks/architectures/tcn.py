"""Temporal convolutional network (Bai et al. 2018, figure 1)."""

from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import weight_norm

from pipelines.networks.declared.sequences import TcnSettings
from pipelines.networks.layers import MeanAndMaximum, stem
from pipelines.networks.network import Network


class CausalConvolution(nn.Module):
    """Weight-normalised convolution that sees the past only; the number of positions stays."""

    def __init__(self, width: int, kernel: int, dilation: int) -> None:
        super().__init__()
        self.past = (kernel - 1) * dilation
        self.convolve = weight_norm(nn.Conv1d(width, width, kernel, dilation=dilation))

    def forward(self, x: Tensor) -> Tensor:
        """Return (batch, width, positions)."""
        convolved: Tensor = self.convolve(functional.pad(x, (self.past, 0)))
        return convolved


class Level(nn.Module):
    """Two causal convolutions of one dilation, added to what they were given."""

    def __init__(self, width: int, kernel: int, dilation: int, dropout: float) -> None:
        super().__init__()
        half = [CausalConvolution(width, kernel, dilation), nn.ReLU(inplace=True), nn.Dropout(dropout)]
        other = [CausalConvolution(width, kernel, dilation), nn.ReLU(inplace=True), nn.Dropout(dropout)]
        self.layers = nn.Sequential(*half, *other)

    def forward(self, x: Tensor) -> Tensor:
        """Return (batch, width, positions)."""
        return functional.relu(x + self.layers(x))


class Tcn(Network):
    """A strided first convolution, then levels of doubling dilation.

    The paper predicts from the last position; a record's class is told from all of them, by mean and maximum.
    """

    def __init__(self, settings: TcnSettings, channels: int, classes: int) -> None:
        super().__init__(channels, settings.smallest_length(), 2 * settings.width, classes)
        self.layers = nn.Sequential(
            stem(channels, settings.width, settings.stem_kernel, settings.stem_stride),
            *(Level(settings.width, settings.kernel, 2**level, settings.dropout) for level in range(settings.levels)),
            MeanAndMaximum(),
        )

    def features(self, x: Tensor) -> Tensor:
        """Return the embedding (batch, width)."""
        embedding: Tensor = self.layers(x)
        return embedding


def build(settings: TcnSettings, channels: int, classes: int) -> Network:
    """Return the network."""
    return Tcn(settings, channels, classes)
