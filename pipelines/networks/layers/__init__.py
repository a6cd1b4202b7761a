"""What several networks have in common."""

from pipelines.networks.layers.attention import AttentionPooling, EncoderLayer, SelfAttention, sinusoidal_positions
from pipelines.networks.layers.convolution import convolution, convolution_2d, stem
from pipelines.networks.layers.pooling import MeanAndMaximum
from pipelines.networks.layers.residual import residual_stages
from pipelines.networks.layers.sequence import convolutional_tokens
from pipelines.networks.layers.squeeze_excitation import SqueezeExcitation

__all__ = [
    "AttentionPooling",
    "EncoderLayer",
    "MeanAndMaximum",
    "SelfAttention",
    "SqueezeExcitation",
    "convolution",
    "convolution_2d",
    "convolutional_tokens",
    "residual_stages",
    "sinusoidal_positions",
    "stem",
]
