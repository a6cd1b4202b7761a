"""From any length to one vector."""

import torch
from torch import Tensor, nn


class MeanAndMaximum(nn.Module):
    """Mean and maximum over time, side by side: what lasts, and what happens once.

    (batch, width, positions) becomes (batch, 2 width).
    """

    def forward(self, x: Tensor) -> Tensor:
        """Pool over the last axis."""
        return torch.cat([x.mean(dim=-1), x.amax(dim=-1)], dim=1)
