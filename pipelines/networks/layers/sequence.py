"""From a long record to a short sequence."""

from torch import nn

from pipelines.networks.layers.convolution import convolution, stem

STEM_STEPS = 16
"""Share of the stride that the two convolutions after the first take: four each."""


def convolutional_tokens(channels: int, width: int, stride: int) -> nn.Sequential:
    """Three convolutions whose strides multiply to `stride`, a multiple of 16; (batch, width, positions)."""
    first = stride // STEM_STEPS
    return nn.Sequential(
        stem(channels, width // 2, 4 * first, first),
        convolution(width // 2, width, 9, 4),
        convolution(width, width, 9, 4),
    )
