"""Convolutions with self-attention on top (compact convolutional transformer; Hassani et al. 2021)."""

from torch import Tensor, nn

from pipelines.networks.declared.sequences import CnnTransformerSettings
from pipelines.networks.layers import AttentionPooling, EncoderLayer, convolutional_tokens, sinusoidal_positions
from pipelines.networks.network import Network


class CnnTransformer(Network):
    """Three strided convolutions make the frames, self-attention relates them, a learned mean pools them."""

    def __init__(self, settings: CnnTransformerSettings, channels: int, classes: int) -> None:
        super().__init__(channels, settings.smallest_length(), settings.width, classes)
        self.tokens = convolutional_tokens(channels, settings.width, settings.token_stride)
        self.layers = nn.Sequential(
            *(EncoderLayer(settings.width, settings.heads, settings.dropout) for _ in range(settings.layers)),
            nn.LayerNorm(settings.width),
        )
        self.pool = AttentionPooling(settings.width)

    def features(self, x: Tensor) -> Tensor:
        """Return the embedding (batch, width)."""
        tokens = self.tokens(x).transpose(1, 2)
        tokens = tokens + sinusoidal_positions(tokens.shape[1], tokens.shape[2], tokens)
        embedding: Tensor = self.pool(self.layers(tokens))
        return embedding


def build(settings: CnnTransformerSettings, channels: int, classes: int) -> Network:
    """Return the network."""
    return CnnTransformer(settings, channels, classes)
