"""A network from its name: the same for the same seed, refused in words, and torch left as it was."""

import re
import subprocess
import sys

import pytest
import torch

from pipelines.errors import InputError, UnknownNameError
from pipelines.networks import NETWORKS, build


def test_reading_the_declarations_loads_no_torch() -> None:
    code = (
        "import sys; from pipelines.networks import NETWORKS; [(one.settings.model_json_schema(), "
        "one.smallest_length()) for one in NETWORKS]; print('torch' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"


def test_the_weights_follow_from_the_seed() -> None:
    first, same, other = (build("wdcnn", length=2048, classes=3, seed=seed).state_dict() for seed in (1, 1, 2))
    assert all(torch.equal(first[name], same[name]) for name in first)
    assert not torch.equal(first["head.weight"], other["head.weight"])


def test_the_weights_do_not_depend_on_the_length_or_on_what_was_drawn_before() -> None:
    first = build("cnn_1d", length=2048, classes=3).state_dict()
    torch.rand(5)
    later = build("cnn_1d", length=4096, classes=3).state_dict()
    assert all(torch.equal(first[name], later[name]) for name in first)


def test_the_global_generator_is_left_as_it_was() -> None:
    before = torch.random.get_rng_state()
    build("cnn_1d", length=2048, classes=3, seed=5)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_settings_channels_and_classes_shape_the_network() -> None:
    network = build("cnn_1d", {"width": 8, "stages": 2}, channels=3, length=2048, classes=7)
    x = torch.zeros(2, 3, 2048)
    assert network.embed(x).shape == (2, 2 * 16) == (2, network.width)
    assert network(x).shape == (2, 7)


def test_what_it_cannot_be_built_from_is_refused_in_words() -> None:
    with pytest.raises(UnknownNameError, match="unknown network 'wdcn'"):
        build("wdcn", length=2048, classes=3)
    with pytest.raises(InputError, match=r"settings of cnn_1d: dropout: .* \(given 2\)"):
        build("cnn_1d", {"dropout": 2}, length=2048, classes=3)
    with pytest.raises(InputError, match="settings of cnn_1d: depth: "):
        build("cnn_1d", {"depth": 2}, length=2048, classes=3)
    with pytest.raises(InputError, match="1 channels and 1 classes, expected at least one channel and two classes"):
        build("cnn_1d", length=2048, classes=1)
    with pytest.raises(InputError, match="1023 samples a record, expected at least 1024"):
        build("wdcnn", length=1023, classes=3)


def test_records_of_another_shape_are_refused_in_words() -> None:
    network = build("wdcnn", channels=2, length=2048, classes=3)
    with pytest.raises(InputError, match=r"shape \(4, 1, 2048\), expected \(batch, 2, length\)"):
        network(torch.zeros(4, 1, 2048))
    with pytest.raises(InputError, match="1000 samples a record, expected at least 1024"):
        network(torch.zeros(4, 2, 1000))


def test_every_declaration_says_what_a_page_shows() -> None:
    for one in NETWORKS:
        assert one.title
        assert one.summary.endswith("."), one.name
        assert re.search(r"\b(19|20)\d\d\b", one.citation), one.name
        assert all(field.description for field in one.settings.model_fields.values()), one.name
        assert one.tasks[0] == "fault"
