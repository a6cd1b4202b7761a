"""Squeeze and excitation: each channel weighed by what all channels do on average (Hu et al. 2018)."""

import torch
from torch import Tensor, nn


class SqueezeExcitation(nn.Module):
    """Weigh the channels of (batch, width, positions) by sigmoid gates from their means.

    Parameters
    ----------
    width : int
    reduction : int
        The gates are computed through width / reduction numbers.
    """

    def __init__(self, width: int, reduction: int) -> None:
        super().__init__()
        between = max(4, width // reduction)
        self.squeeze = nn.Linear(width, between)
        self.excite = nn.Linear(between, width)

    def forward(self, x: Tensor) -> Tensor:
        """Return x with its channels weighed."""
        gates = torch.sigmoid(self.excite(torch.relu(self.squeeze(x.mean(dim=-1)))))
        return x * gates.unsqueeze(-1)
