"""Networks train in mixed precision."""

import pytest
import torch
from torch.nn.functional import cross_entropy

from pipelines.networks import NETWORKS
from tests.pipelines.networks.subjects import records, small


@pytest.mark.parametrize("name", NETWORKS.names)
def test_gradients_are_finite_in_half_precision(name: str) -> None:
    network = small(name)
    x = records(3, NETWORKS[name].smallest_length())
    with torch.autocast("cpu", dtype=torch.float16):
        embedding = network.embed(x)
        loss = cross_entropy(network.head(embedding), torch.tensor([0, 1, 2])) + network.extra_loss(x, embedding, {})
    # scaled as the scaler of mixed precision does, or small gradients would vanish
    (1024 * loss).backward()
    assert torch.isfinite(loss)
    assert all(torch.isfinite(one.grad).all() for one in network.parameters() if one.grad is not None)


def test_one_line_may_hold_more_energy_than_half_precision_can() -> None:
    network = small("physics_network", {"width": 8}).eval()
    x = torch.full((1, 2, 70_000), 1e-3)
    x[:, :, 70_000 // 32] = 1e3
    with torch.no_grad():
        expected = network(x)
        with torch.autocast("cpu", dtype=torch.float16):
            found = network(x)
    torch.testing.assert_close(found.float(), expected, rtol=0.02, atol=0.02)
