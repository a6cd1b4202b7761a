"""Neural networks by name: declared without torch, built with it.

- ``NETWORKS``: every network with its settings, source, input and smallest length; reading it loads no torch;
- ``build(name, settings, channels=…, length=…, classes=…, seed=…)``: the network, a `torch.nn.Module`;
- ``sizes(network, length)``: its parameters and multiply-adds.

How they are trained is no concern of theirs.
"""

from pipelines.networks.building import build
from pipelines.networks.declaration import NetworkDeclaration, NetworkRegistry, NetworkSettings
from pipelines.networks.declared import NETWORKS
from pipelines.networks.sizes import Sizes, sizes

__all__ = ["NETWORKS", "NetworkDeclaration", "NetworkRegistry", "NetworkSettings", "Sizes", "build", "sizes"]
