"""How large each network is as it comes; counting anew needs torch, which a page of models must not wait for."""

from collections.abc import Mapping

CLASSES = 11
"""Classes that the networks tell apart when they are counted; one channel, default settings."""

PARAMETERS: Mapping[str, int] = {
    "cnn_1d": 103_435,
    "wdcnn": 47_771,
    "inception_cnn": 63_627,
    "se_cnn": 85_371,
    "resnet_18_1d": 970_955,
    "resnet_34_1d": 1_816_395,
    "se_resnet": 993_995,
    "efficientnet_1d": 570_347,
    "tcn": 42_507,
    "bilstm": 100_875,
    "cnn_lstm": 95_884,
    "signal_transformer": 100_747,
    "patch_tst": 100_502,
    "cnn_transformer": 129_676,
    "spectrogram_cnn": 190_333,
    "scalogram_resnet": 313_853,
    "physics_network": 10_796,
}
"""Numbers that each learns; a test counts them."""
