"""The speed of a network is measured with the loop that trains it."""

from pipelines.networks import NETWORKS, build, sizes
from pipelines.networks.declared.parameters import CLASSES, PARAMETERS
from pipelines.training.declaring import TRAINABLE
from pipelines.training.probing import probe_network


def test_a_larger_network_is_slower_and_counted_as_it_is() -> None:
    few = {"batch_size": 4, "length": 512, "stages": 2}
    small = probe_network(TRAINABLE.network("cnn_1d"), {**few, "width": 4}, 3)
    large = probe_network(TRAINABLE.network("cnn_1d"), {**few, "width": 64}, 3)
    assert large.parameters > 50 * small.parameters
    assert large.multiply_adds > 50 * small.multiply_adds
    assert 0 < large.windows_per_s < small.windows_per_s


def test_windows_pooled_to_recordings_and_order_spectra_can_be_timed() -> None:
    pooled = {"batch_size": 2, "length": 512, "stages": 2, "width": 4, "pooling": "mean", "bag": 2}
    assert probe_network(TRAINABLE.network("cnn_1d"), pooled, 3).windows_per_s > 0
    assert probe_network(TRAINABLE.network("physics_network"), {"batch_size": 2, "length": 1024}, 3).windows_per_s > 0


def test_the_sizes_that_cards_show_are_those_of_the_networks() -> None:
    assert set(PARAMETERS) <= set(NETWORKS.names) <= set(TRAINABLE.names)
    for name, told in PARAMETERS.items():
        length = NETWORKS[name].smallest_length()
        assert sizes(build(name, length=length, classes=CLASSES), length).parameters == told, name
