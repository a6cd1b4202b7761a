"""Weights leave as tensors and plain values; a file that would run code is refused."""

import os
import pickle
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from pipelines.errors import InputError
from pipelines.exchange.parity import ParityError, check_parity
from pipelines.exchange.weights_file import read_weights, write_weights
from pipelines.training.errors import UnreadableWeightsError
from pipelines.training.weights import to_bytes
from tests.pipelines.exchange.small import CLASSES, FACTS, answers, fitted, windows


def written() -> bytes:
    return write_weights(SimpleNamespace(network=fitted(), classes=CLASSES, target="fault"), FACTS)  # type: ignore[arg-type]


def test_what_is_read_back_says_the_same_to_the_bit_and_knows_where_it_comes_from() -> None:
    network, found = fitted(), read_weights(written())
    x = windows(network)
    assert np.array_equal(answers(found.network, x)[1], answers(network, x)[1])
    assert found.classes == CLASSES
    assert found.facts == FACTS.plain()
    assert found.network.temperature == 1.7


def test_torch_reads_it_without_running_anything(tmp_path: Path) -> None:
    (tmp_path / "model.pt").write_bytes(written())
    plain = torch.load(tmp_path / "model.pt", weights_only=True)
    assert set(plain["network"]["weights"]) == set(fitted().weights)


class Hostile:
    """Runs a command when it is read."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (f"touch {self.place}",)


@pytest.mark.parametrize("shape", ["torch", "pickle"])
def test_a_hostile_file_is_refused_and_nothing_of_it_runs(shape: str, tmp_path: Path) -> None:
    proof = tmp_path / "ran"
    data = to_bytes({"format": Hostile(proof)}) if shape == "torch" else pickle.dumps(Hostile(proof), protocol=2)
    with pytest.raises(UnreadableWeightsError, match="more than numbers"):
        read_weights(data)
    assert not proof.exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda plain: plain | {"format": "other"}, "format 'other'"),
        (lambda plain: {name: plain[name] for name in plain if name != "classes"}, "do not fit"),
        (lambda plain: plain | {"network": plain["network"] | {"architecture": {"width": 8}}}, "do not fit|parameters"),
    ],
    ids=["another format", "without classes", "other layers"],
)
def test_a_file_that_is_none_of_ours_is_refused_in_words(change, words: str, tmp_path: Path) -> None:
    (tmp_path / "model.pt").write_bytes(written())
    plain = torch.load(tmp_path / "model.pt", weights_only=True)
    with pytest.raises(InputError, match=words):
        read_weights(to_bytes(change(plain)))


def test_a_damaged_file_is_refused() -> None:
    with pytest.raises(UnreadableWeightsError):
        read_weights(written()[:-200])


def test_parity_fails_when_one_weight_is_altered() -> None:
    network = fitted()
    x = windows(network)
    assert check_parity(answers(network, x), lambda some: answers(network, some), x).largest_logit == 0.0
    name = next(key for key, tensor in network.weights.items() if tensor.ndim == 3)
    weights = {key: tensor.clone() for key, tensor in network.weights.items()}
    weights[name].view(-1)[0] += 0.05
    altered = replace(network, weights=weights)
    with pytest.raises(ParityError, match="says something else"):
        check_parity(answers(network, x), lambda some: answers(altered, some), x)
