"""The frame of a one-dimensional residual network."""

from collections.abc import Callable, Sequence

from torch import Tensor, nn

from pipelines.networks.declared.residual import ResnetSettings
from pipelines.networks.layers.convolution import stem
from pipelines.networks.layers.pooling import MeanAndMaximum
from pipelines.networks.layers.residual import residual_stages
from pipelines.networks.network import Network


class Resnet(Network):
    """First convolution, pooling by two, four residual stages, pooled over time.

    The first convolution steps over more samples than the paper's over pixels: vibration is sampled far more densely
    than it changes, and the cost of all later layers falls in the same proportion.

    Parameters
    ----------
    settings : ResnetSettings
    channels, classes : int
    depths : sequence of int
        Blocks of each stage.
    gate : callable
        From the channels of a block to what weighs them.
    """

    def __init__(
        self,
        settings: ResnetSettings,
        channels: int,
        classes: int,
        depths: Sequence[int],
        gate: Callable[[int], nn.Module] = lambda _: nn.Identity(),
    ) -> None:
        super().__init__(channels, settings.smallest_length(), 2 * settings.width * 2 ** (len(depths) - 1), classes)
        self.layers = nn.Sequential(
            stem(channels, settings.width, settings.stem_kernel, settings.stem_stride),
            nn.MaxPool1d(3, 2, padding=1),
            residual_stages(settings.width, depths, gate),
            MeanAndMaximum(),
            nn.Dropout(settings.dropout),
        )

    def features(self, x: Tensor) -> Tensor:
        """Return the embedding (batch, width)."""
        embedding: Tensor = self.layers(x)
        return embedding
