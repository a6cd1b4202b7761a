"""ResNet-18 in one dimension with squeeze and excitation in each block (Hu et al. 2018, figure 3)."""

from pipelines.networks.declared.residual import SeResnetSettings
from pipelines.networks.layers import SqueezeExcitation
from pipelines.networks.layers.resnet import Resnet
from pipelines.networks.network import Network

DEPTHS = (2, 2, 2, 2)


def build(settings: SeResnetSettings, channels: int, classes: int) -> Network:
    """Return the network."""
    return Resnet(settings, channels, classes, DEPTHS, lambda width: SqueezeExcitation(width, settings.reduction))
