"""ResNet-34 in one dimension (He et al. 2016, table 1)."""

from pipelines.networks.declared.residual import Resnet34Settings
from pipelines.networks.layers.resnet import Resnet
from pipelines.networks.network import Network

DEPTHS = (3, 4, 6, 3)


def build(settings: Resnet34Settings, channels: int, classes: int) -> Network:
    """Return the network."""
    return Resnet(settings, channels, classes, DEPTHS)
