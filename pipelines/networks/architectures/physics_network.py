"""Physics-guided network on order spectra (after Sadoughi and Hu 2019).

Their kernels sit at the fault frequencies of a bearing; here these are bands on an order axis, so that neither speed
nor rate matters, and an attention over the whole axis, guided into the bands by a penalty, finds what they miss.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

from pipelines.networks.declared.guided import PhysicsNetworkSettings
from pipelines.networks.layers import convolution
from pipelines.networks.layers.order_bands import band_energy_penalty, band_membership
from pipelines.networks.network import Network

FLOOR = 1e-6
"""Part of the mean energy below which a band counts as empty."""


class PhysicsNetwork(Network):
    """Levels of the order bands, and what a guided attention gathers along the order axis."""

    def __init__(self, settings: PhysicsNetworkSettings, channels: int, classes: int) -> None:
        super().__init__(channels, settings.smallest_length(), 2 * settings.width, classes)
        self.bands = (settings.orders, settings.harmonics, settings.tolerance, settings.highest_order)
        self.penalty = settings.penalty
        count = len(band_membership(settings.smallest_length(), *self.bands))
        self.levels = nn.Sequential(
            nn.Flatten(1),
            nn.Linear(channels * count, settings.width),
            nn.LayerNorm(settings.width),
            nn.ReLU(),
        )
        self.along = nn.Sequential(
            convolution(channels, settings.width, 9), convolution(settings.width, settings.width, 9)
        )
        self.score = nn.Conv1d(settings.width, 1, 1)
        self.drop = nn.Dropout(settings.dropout)

    def features(self, x: Tensor) -> Tensor:
        """Return the embedding (batch, width) of order spectra (batch, channels, length)."""
        energy = self._energy(x)
        seen, attention = self._attend(energy)
        gathered = (seen * attention.unsqueeze(1)).sum(dim=-1)
        inside = self._inside(x).to(energy.dtype)
        # one line may hold all energy, which half precision could not hold
        with torch.autocast(x.device.type, enabled=False):
            mean_in_band = energy @ (inside / inside.sum(dim=1, keepdim=True)).T
        levels = self.levels((mean_in_band + FLOOR).log())
        embedding: Tensor = self.drop(torch.cat([levels, gathered], dim=1))
        return embedding

    def extra_loss(self, x: Tensor, embedding: Tensor, targets: Mapping[str, Tensor]) -> Tensor:
        """Return the weighted share of the attended energy that lies outside the bands."""
        energy = self._energy(x)
        _, attention = self._attend(energy)
        return self.penalty * band_energy_penalty(attention, energy.mean(dim=1), self._inside(x).any(dim=0))

    def _energy(self, x: Tensor) -> Tensor:
        """Squares relative to their mean over the spectrum: how strong a record is as a whole says little of faults."""
        energy = x.square()
        return energy / energy.mean(dim=-1, keepdim=True).clamp_min(torch.finfo(x.dtype).tiny)

    def _attend(self, energy: Tensor) -> tuple[Tensor, Tensor]:
        """What is seen along the order axis (batch, width, length) and where it is looked at (batch, length)."""
        seen = self.along((energy + FLOOR).log())
        return seen, functional.softmax(self.score(seen).squeeze(1), dim=-1)

    def _inside(self, x: Tensor) -> Tensor:
        return torch.as_tensor(band_membership(x.shape[-1], *self.bands), device=x.device)


def build(settings: PhysicsNetworkSettings, channels: int, classes: int) -> Network:
    """Return the network."""
    return PhysicsNetwork(settings, channels, classes)
