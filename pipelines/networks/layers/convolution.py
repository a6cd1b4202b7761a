"""Convolution, normalisation, activation: the three that go together."""

from torch import nn


def convolution(inputs: int, outputs: int, kernel: int, stride: int = 1, *, groups: int = 1) -> nn.Sequential:
    """Convolution over time, batch normalisation and ReLU; length L becomes ceil(L / stride) for odd kernels."""
    return nn.Sequential(
        nn.Conv1d(inputs, outputs, kernel, stride, padding=kernel // 2, groups=groups, bias=False),
        nn.BatchNorm1d(outputs),
        nn.ReLU(inplace=True),
    )


def stem(channels: int, outputs: int, kernel: int, stride: int) -> nn.Sequential:
    """First convolution: wide, so that what its stride leaves out is averaged rather than aliased.

    Length L becomes at least floor(L / stride).
    """
    return convolution(channels, outputs, max(kernel, stride), stride)


def convolution_2d(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    """Convolution of 3 x 3 over an image, batch normalisation and ReLU; each side S becomes ceil(S / stride)."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
    )
