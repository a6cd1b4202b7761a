"""Patch transformer with independent channels (PatchTST; Nie et al. 2023)."""

import torch
from torch import Tensor, nn

from pipelines.networks.declared.sequences import PatchTstSettings
from pipelines.networks.layers import SelfAttention, sinusoidal_positions
from pipelines.networks.network import Network

LEAST_DEVIATION = 1e-8


class PatchLayer(nn.Module):
    """Self-attention and two dense layers, batch-normalised after each sum as in the paper."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.attend = nn.Sequential(SelfAttention(width, heads, dropout), nn.Dropout(dropout))
        self.refine = nn.Sequential(
            nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width), nn.Dropout(dropout)
        )
        self.first = nn.BatchNorm1d(width)
        self.second = nn.BatchNorm1d(width)

    def forward(self, x: Tensor) -> Tensor:
        """Return (batch, positions, width)."""
        x = self.first((x + self.attend(x)).transpose(1, 2)).transpose(1, 2)
        refined: Tensor = self.second((x + self.refine(x)).transpose(1, 2)).transpose(1, 2)
        return refined


class PatchTst(Network):
    """Patches of each channel, standardised by itself, read with the same weights.

    The embedding is the mean over the patches of each channel, and the logarithm of the deviation that the
    standardisation took away: how strong a vibration is counts in diagnosis. Positions are coded by sines instead of
    learned, so that any length is taken.
    """

    def __init__(self, settings: PatchTstSettings, channels: int, classes: int) -> None:
        super().__init__(channels, settings.smallest_length(), channels * (settings.width + 1), classes)
        self.patch = settings.patch
        self.stride = settings.patch_stride
        self.embed_patch = nn.Linear(settings.patch, settings.width)
        self.layers = nn.Sequential(
            *(PatchLayer(settings.width, settings.heads, settings.dropout) for _ in range(settings.layers))
        )

    def features(self, x: Tensor) -> Tensor:
        """Return the embedding (batch, width)."""
        batch, channels, length = x.shape
        each = x.reshape(batch * channels, length)
        deviation, mean = torch.std_mean(each, dim=1, keepdim=True)
        deviation = deviation.clamp_min(LEAST_DEVIATION)
        patches = self.embed_patch(((each - mean) / deviation).unfold(1, self.patch, self.stride))
        patches = patches + sinusoidal_positions(patches.shape[1], patches.shape[2], patches)
        seen = torch.cat([self.layers(patches).mean(dim=1), deviation.log()], dim=1)
        return seen.reshape(batch, self.width)


def build(settings: PatchTstSettings, channels: int, classes: int) -> Network:
    """Return the network."""
    return PatchTst(settings, channels, classes)
