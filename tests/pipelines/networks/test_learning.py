"""Networks learn: eight records, told apart after a few steps."""

import pytest
import torch
from torch.nn.functional import cross_entropy

from pipelines.networks import NETWORKS, build
from tests.pipelines.networks.subjects import records

LABELS = torch.tensor([0, 1, 2, 3, 0, 1, 2, 3])


def steps_to_learn(name: str, most: int, length: int) -> int:
    """Steps until each of eight records of noise is told by heart; `most` + 1 if they are not."""
    settings = {"dropout": 0.0} if "dropout" in NETWORKS[name].settings.model_fields else {}
    network = build(name, settings, channels=2, length=length, classes=4)
    optimiser = torch.optim.Adam(network.parameters(), lr=3e-3)
    # orders are told apart by where energy is, so the noise is not white
    x = records(8, length) * (1 + torch.sin(torch.arange(length) * 2 ** LABELS.reshape(-1, 1, 1) * 6.28 / length))
    targets = dict.fromkeys(NETWORKS[name].tasks[1:], LABELS / 3)
    for step in range(1, most + 1):
        optimiser.zero_grad()
        embedding = network.embed(x)
        logits = network.head(embedding)
        if torch.equal(logits.argmax(dim=1), LABELS):
            return step
        (cross_entropy(logits, LABELS) + network.extra_loss(x, embedding, targets)).backward()
        optimiser.step()
    return most + 1


@pytest.mark.parametrize("name", ["cnn_1d", "bilstm", "multi_task"])
def test_eight_records_are_learned_by_heart(name: str) -> None:
    assert 2 <= steps_to_learn(name, 40, 2048) <= 40


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS.names)
def test_every_network_learns_eight_records_by_heart(name: str) -> None:
    assert 2 <= steps_to_learn(name, 120, 8192) <= 120
