"""Convolutions, recurrence, attention pooling (Sainath et al. 2015; Bahdanau et al. 2015)."""

from torch import Tensor, nn

from pipelines.networks.declared.sequences import CnnLstmSettings
from pipelines.networks.layers import AttentionPooling, convolutional_tokens
from pipelines.networks.network import Network


class CnnLstm(Network):
    """Three strided convolutions, a recurrence in time, and a mean over it whose weights are learned."""

    def __init__(self, settings: CnnLstmSettings, channels: int, classes: int) -> None:
        super().__init__(channels, settings.smallest_length(), settings.hidden, classes)
        self.tokens = convolutional_tokens(channels, settings.width, settings.token_stride)
        self.recurrence = nn.LSTM(settings.width, settings.hidden, settings.layers, batch_first=True)
        self.pool = AttentionPooling(settings.hidden)
        self.drop = nn.Dropout(settings.dropout)

    def features(self, x: Tensor) -> Tensor:
        """Return the embedding (batch, width)."""
        states, _ = self.recurrence(self.tokens(x).transpose(1, 2))
        embedding: Tensor = self.drop(self.pool(states))
        return embedding


def build(settings: CnnLstmSettings, channels: int, classes: int) -> Network:
    """Return the network."""
    return CnnLstm(settings, channels, classes)
