"""Records and networks that the tests share."""

from collections.abc import Mapping
from typing import Any

import torch

from pipelines.networks import NETWORKS, build
from pipelines.networks.network import Network


def records(count: int, length: int, *, channels: int = 2, seed: int = 0) -> torch.Tensor:
    """Noise of different strength, so that no two records are alike."""
    generator = torch.Generator().manual_seed(seed)
    strength = torch.linspace(0.5, 2.0, count).reshape(-1, 1, 1)
    return strength * torch.randn(count, channels, length, generator=generator)


def small(name: str, settings: Mapping[str, Any] | None = None, *, seed: int = 0) -> Network:
    """A network for two channels and three classes, with its default settings unless told otherwise."""
    return build(name, settings, channels=2, length=NETWORKS[name].smallest_length(), classes=3, seed=seed)


def seasoned(name: str, settings: Mapping[str, Any] | None = None) -> Network:
    """A network in evaluation mode whose normalisations have seen a batch: untrained ones let little through."""
    network = small(name, settings)
    for module in network.modules():
        if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
            module.momentum = 1.0
    with torch.no_grad():
        network(records(6, NETWORKS[name].smallest_length(), seed=9))
    return network.eval()
