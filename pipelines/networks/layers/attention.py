"""Attention between the positions of a sequence, and over them."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional


class SelfAttention(nn.Module):
    """Multi-head self-attention (Vaswani et al. 2017) of sequences (batch, positions, width)."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.dropout = dropout
        self.project = nn.Linear(width, 3 * width)
        self.combine = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """Return what each position gathers from all, (batch, positions, width)."""
        batch, positions, width = x.shape
        split = self.project(x).view(batch, positions, 3, self.heads, width // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4).unbind(0)
        kept = functional.scaled_dot_product_attention(
            query, key, value, dropout_p=self.dropout if self.training else 0.0
        )
        combined: Tensor = self.combine(kept.transpose(1, 2).reshape(batch, positions, width))
        return combined


class EncoderLayer(nn.Module):
    """Self-attention and two dense layers, each added to what it was given, normalised before (Xiong et al. 2020)."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.attend = nn.Sequential(nn.LayerNorm(width), SelfAttention(width, heads, dropout), nn.Dropout(dropout))
        self.refine = nn.Sequential(
            nn.LayerNorm(width),
            nn.Linear(width, 2 * width),
            nn.GELU(),
            nn.Linear(2 * width, width),
            nn.Dropout(dropout),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return (batch, positions, width)."""
        x = x + self.attend(x)
        refined: Tensor = x + self.refine(x)
        return refined


class AttentionPooling(nn.Module):
    """Weighted mean over positions, the weights from what is there (Bahdanau et al. 2015).

    (batch, positions, width) becomes (batch, width).
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.score = nn.Sequential(nn.Linear(width, width), nn.Tanh(), nn.Linear(width, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Pool over the middle axis."""
        return (torch.softmax(self.score(x), dim=1) * x).sum(dim=1)


def sinusoidal_positions(positions: int, width: int, like: Tensor) -> Tensor:
    """Return the code of each position, (positions, width): sines and cosines of falling frequency.

    Vaswani et al. 2017, section 3.5; unlike a learned code it goes on for any number of positions.
    """
    at = torch.arange(positions, device=like.device, dtype=like.dtype).unsqueeze(1)
    rates = torch.exp(torch.arange(0, width, 2, device=like.device, dtype=like.dtype) * (-math.log(10_000.0) / width))
    return torch.cat([torch.sin(at * rates), torch.cos(at * rates)], dim=1)
