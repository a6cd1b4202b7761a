"""Bidirectional recurrent network over frames (Zhao et al. 2017)."""

import torch
from torch import Tensor, nn

from pipelines.networks.declared.sequences import BilstmSettings
from pipelines.networks.layers import stem
from pipelines.networks.network import Network


class Bilstm(Network):
    """One convolution makes overlapping frames, the recurrence reads them in both directions.

    The embedding is what each direction remembers at its end.
    """

    def __init__(self, settings: BilstmSettings, channels: int, classes: int) -> None:
        super().__init__(channels, settings.smallest_length(), 2 * settings.hidden, classes)
        self.frames = stem(channels, settings.width, 2 * settings.token_stride, settings.token_stride)
        self.recurrence = nn.LSTM(
            settings.width, settings.hidden, settings.layers, batch_first=True, bidirectional=True
        )
        self.drop = nn.Dropout(settings.dropout)

    def features(self, x: Tensor) -> Tensor:
        """Return the embedding (batch, width)."""
        _, (hidden, _) = self.recurrence(self.frames(x).transpose(1, 2))
        embedding: Tensor = self.drop(torch.cat([hidden[-2], hidden[-1]], dim=1))
        return embedding


def build(settings: BilstmSettings, channels: int, classes: int) -> Network:
    """Return the network."""
    return Bilstm(settings, channels, classes)
