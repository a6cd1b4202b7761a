"""Convolutional networks without shortcuts."""

from pydantic import Field

from pipelines.networks.declaration import LEAST_POSITIONS, NetworkDeclaration, NetworkSettings
from pipelines.networks.declared import fields


class Cnn1dSettings(NetworkSettings):
    """Settings of the plain convolutional network."""

    width: int = Field(default=16, ge=4, le=128, description="channels of the first layer; stages double them, thrice")
    stages: int = Field(default=4, ge=2, le=7, description="convolutions after the first, each halves the rate")
    kernel: int = Field(default=9, ge=3, le=31, description="taps of each of these convolutions")
    stem_kernel: int = fields.stem_kernel()
    stem_stride: int = fields.stem_stride(8)
    dropout: float = fields.dropout()

    def smallest_length(self) -> int:
        """Fewest samples: after all strides there are positions left to pool."""
        return self.stem_stride * 2**self.stages * LEAST_POSITIONS


CNN_1D = NetworkDeclaration(
    name="cnn_1d",
    title="CNN-1D",
    summary="Plain convolutions of falling rate: the first network to try, and among the fastest.",
    citation="T. Ince et al., Real-Time Motor Fault Detection by 1-D Convolutional Neural Networks, IEEE Transactions "
    "on Industrial Electronics 63 (2016) 7067-7075",
    settings=Cnn1dSettings,
)


class WdcnnSettings(NetworkSettings):
    """Settings of the network with a wide first kernel."""

    width: int = Field(default=16, ge=4, le=128, description="channels of the first layer; later ones have up to 4 x")
    stem_kernel: int = fields.stem_kernel()
    stem_stride: int = fields.stem_stride(16)
    embedding: int = Field(default=100, ge=8, le=1024, description="width of the layer before the classes")
    dropout: float = fields.dropout()

    def smallest_length(self) -> int:
        """Fewest samples: five poolings halve what the first convolution leaves."""
        return self.stem_stride * 2**5 * LEAST_POSITIONS


WDCNN = NetworkDeclaration(
    name="wdcnn",
    title="WDCNN (wide first kernel)",
    summary="A wide first kernel suppresses noise, small ones refine: robust on raw vibration in noise.",
    citation="W. Zhang et al., A New Deep Learning Model for Fault Diagnosis with Good Anti-Noise and Domain "
    "Adaptation Ability on Raw Vibration Signals, Sensors 17 (2017) 425",
    settings=WdcnnSettings,
)


class InceptionCnnSettings(NetworkSettings):
    """Settings of the multi-scale network."""

    width: int = Field(default=16, ge=4, le=64, description="channels of each of the four branches of a module")
    modules: int = Field(default=3, ge=1, le=6, description="inception modules; the rate halves after each")
    longest_kernel: int = Field(
        default=39, ge=15, le=159, description="taps of the longest branch; others half, quarter"
    )
    stem_kernel: int = fields.stem_kernel()
    stem_stride: int = fields.stem_stride(16)
    dropout: float = fields.dropout()

    def smallest_length(self) -> int:
        """Fewest samples: after the halvings there are positions left to pool."""
        return self.stem_stride * 2 ** (self.modules + 1) * LEAST_POSITIONS


INCEPTION_CNN = NetworkDeclaration(
    name="inception_cnn",
    title="Inception CNN (multi-scale)",
    summary="Short, middle and long kernels side by side: for faults that show on several time scales at once.",
    citation="H. Ismail Fawaz et al., InceptionTime: Finding AlexNet for Time Series Classification, Data Mining and "
    "Knowledge Discovery 34 (2020) 1936-1962",
    settings=InceptionCnnSettings,
)


class SeCnnSettings(NetworkSettings):
    """Settings of the plain network with squeeze and excitation."""

    width: int = Field(default=16, ge=4, le=128, description="channels of the first layer; stages double them, thrice")
    stages: int = Field(default=3, ge=1, le=6, description="stages of convolution, gate and pooling by four")
    kernel: int = Field(default=7, ge=3, le=31, description="taps of the convolutions after the first")
    reduction: int = fields.reduction()
    stem_kernel: int = fields.stem_kernel()
    stem_stride: int = fields.stem_stride(16)
    dropout: float = fields.dropout()

    def smallest_length(self) -> int:
        """Fewest samples: each stage pools by four."""
        return self.stem_stride * 4**self.stages * LEAST_POSITIONS


SE_CNN = NetworkDeclaration(
    name="se_cnn",
    title="Squeeze-excitation CNN",
    summary="Convolutions whose channels are weighed anew for each record: adapts to changing load and noise.",
    citation="J. Hu, L. Shen, G. Sun, Squeeze-and-Excitation Networks, CVPR (2018) 7132-7141",
    settings=SeCnnSettings,
)
