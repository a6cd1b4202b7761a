"""The declared networks; nothing here loads torch."""

from pipelines.networks.declaration import NetworkRegistry
from pipelines.networks.declared.convolutional import CNN_1D, INCEPTION_CNN, SE_CNN, WDCNN
from pipelines.networks.declared.guided import MULTI_TASK, PHYSICS_NETWORK
from pipelines.networks.declared.images import SCALOGRAM_RESNET, SPECTROGRAM_CNN
from pipelines.networks.declared.residual import EFFICIENTNET_1D, RESNET_18_1D, RESNET_34_1D, SE_RESNET
from pipelines.networks.declared.sequences import (
    BILSTM,
    CNN_LSTM,
    CNN_TRANSFORMER,
    PATCH_TST,
    SIGNAL_TRANSFORMER,
    TCN,
)

NETWORKS = NetworkRegistry(
    CNN_1D,
    WDCNN,
    INCEPTION_CNN,
    SE_CNN,
    RESNET_18_1D,
    RESNET_34_1D,
    SE_RESNET,
    EFFICIENTNET_1D,
    TCN,
    BILSTM,
    CNN_LSTM,
    SIGNAL_TRANSFORMER,
    PATCH_TST,
    CNN_TRANSFORMER,
    SPECTROGRAM_CNN,
    SCALOGRAM_RESNET,
    PHYSICS_NETWORK,
    MULTI_TASK,
)

__all__ = ["NETWORKS"]
