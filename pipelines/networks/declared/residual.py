"""Residual networks and their kin."""

from pydantic import Field

from pipelines.networks.declaration import LEAST_POSITIONS, NetworkDeclaration, NetworkSettings
from pipelines.networks.declared import fields

_RESNET = "K. He et al., Deep Residual Learning for Image Recognition, CVPR (2016) 770-778"


class ResnetSettings(NetworkSettings):
    """Settings of residual networks of four stages."""

    width: int = Field(default=32, ge=8, le=128, description="channels of the first stage; each stage doubles them")
    stem_kernel: int = fields.stem_kernel()
    stem_stride: int = fields.stem_stride(16)
    dropout: float = fields.dropout()

    def smallest_length(self) -> int:
        """Fewest samples: one pooling and three stages halve what the first convolution leaves."""
        return self.stem_stride * 2**4 * LEAST_POSITIONS


RESNET_18_1D = NetworkDeclaration(
    name="resnet_18_1d",
    title="ResNet-18-1D",
    summary="Eight residual blocks of two convolutions: a strong all-round choice with enough records.",
    citation=_RESNET,
    settings=ResnetSettings,
)


class Resnet34Settings(ResnetSettings):
    """Settings of the deeper residual network."""

    stem_stride: int = fields.stem_stride(32)


RESNET_34_1D = NetworkDeclaration(
    name="resnet_34_1d",
    title="ResNet-34-1D",
    summary="Sixteen residual blocks: more capacity than ResNet-18, for large data sets.",
    citation=_RESNET,
    settings=Resnet34Settings,
)


class SeResnetSettings(ResnetSettings):
    """Settings of the residual network with squeeze and excitation."""

    reduction: int = fields.reduction(16)


SE_RESNET = NetworkDeclaration(
    name="se_resnet",
    title="SE-ResNet",
    summary="ResNet-18 whose blocks weigh their channels for each record.",
    citation="J. Hu, L. Shen, G. Sun, Squeeze-and-Excitation Networks, CVPR (2018) 7132-7141",
    settings=SeResnetSettings,
)


class EfficientnetSettings(NetworkSettings):
    """Settings of the network of inverted bottlenecks."""

    width: float = Field(default=0.5, ge=0.25, le=2.0, description="channels, as a multiple of EfficientNet-B0")
    depth: float = Field(default=0.5, ge=0.25, le=2.0, description="blocks a stage, as a multiple of EfficientNet-B0")
    stem_kernel: int = fields.stem_kernel(128)
    stem_stride: int = fields.stem_stride(32)
    dropout: float = fields.dropout()

    def smallest_length(self) -> int:
        """Fewest samples: four stages halve what the first convolution leaves."""
        return self.stem_stride * 2**4 * LEAST_POSITIONS


EFFICIENTNET_1D = NetworkDeclaration(
    name="efficientnet_1d",
    title="EfficientNet-1D",
    summary="Inverted bottlenecks with depthwise convolutions: few parameters for its depth, small to deploy.",
    citation="M. Tan, Q. V. Le, EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks, ICML (2019) "
    "6105-6114",
    settings=EfficientnetSettings,
)
