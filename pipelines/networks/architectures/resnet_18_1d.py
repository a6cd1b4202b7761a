"""ResNet-18 in one dimension (He et al. 2016, table 1)."""

from pipelines.networks.declared.residual import ResnetSettings
from pipelines.networks.layers.resnet import Resnet
from pipelines.networks.network import Network

DEPTHS = (2, 2, 2, 2)


def build(settings: ResnetSettings, channels: int, classes: int) -> Network:
    """Return the network."""
    return Resnet(settings, channels, classes, DEPTHS)
