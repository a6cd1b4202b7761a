"""Transformer over frames of a signal (Jin et al. 2022)."""

import torch
from torch import Tensor, nn

from pipelines.networks.declared.sequences import SignalTransformerSettings
from pipelines.networks.layers import EncoderLayer, sinusoidal_positions, stem
from pipelines.networks.network import Network


class SignalTransformer(Network):
    """One convolution makes overlapping frames; a class token gathers from all of them."""

    def __init__(self, settings: SignalTransformerSettings, channels: int, classes: int) -> None:
        super().__init__(channels, settings.smallest_length(), settings.width, classes)
        self.frames = stem(channels, settings.width, 2 * settings.token_stride, settings.token_stride)
        self.class_token = nn.Parameter(0.02 * torch.randn(1, 1, settings.width))
        self.layers = nn.Sequential(
            *(EncoderLayer(settings.width, settings.heads, settings.dropout) for _ in range(settings.layers))
        )
        self.normalise = nn.LayerNorm(settings.width)

    def features(self, x: Tensor) -> Tensor:
        """Return the embedding (batch, width)."""
        frames = self.frames(x).transpose(1, 2)
        frames = frames + sinusoidal_positions(frames.shape[1], frames.shape[2], frames)
        tokens = torch.cat([self.class_token.expand(frames.shape[0], -1, -1), frames], dim=1)
        embedding: Tensor = self.normalise(self.layers(tokens)[:, 0])
        return embedding


def build(settings: SignalTransformerSettings, channels: int, classes: int) -> Network:
    """Return the network."""
    return SignalTransformer(settings, channels, classes)
