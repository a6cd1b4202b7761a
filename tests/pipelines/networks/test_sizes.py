"""Parameters and multiply-adds, against what is counted by hand."""

import pytest

from pipelines.errors import InputError
from pipelines.networks import build, sizes


def test_a_plain_network_has_the_sizes_counted_by_hand() -> None:
    network = build(
        "cnn_1d", {"width": 8, "stages": 2, "kernel": 5, "stem_kernel": 16, "stem_stride": 8}, length=1024, classes=3
    )
    found = sizes(network, 1024)
    convolutions = (8 * 16, 8 * 8 * 5, 16 * 8 * 5)
    assert found.parameters == sum(convolutions) + 2 * (8 + 8 + 16) + (32 * 3 + 3)
    # the even first kernel gives one position more: 129, 65, 33
    assert found.multiply_adds == 129 * convolutions[0] + 65 * convolutions[1] + 33 * convolutions[2] + 32 * 3


def test_twice_the_length_costs_about_twice_as_much_and_no_parameters() -> None:
    network = build("wdcnn", length=2048, classes=3)
    short, long = sizes(network, 8192), sizes(network, 16384)
    assert long.parameters == short.parameters
    assert 1.9 < long.multiply_adds / short.multiply_adds < 2.1


def test_counting_leaves_the_network_as_it_was_and_refuses_what_it_refuses() -> None:
    network = build("wdcnn", length=2048, classes=3)
    sizes(network, 2048)
    assert network.training
    assert network.head.weight.device.type == "cpu"
    with pytest.raises(InputError, match="expected at least 1024"):
        sizes(network, 100)
