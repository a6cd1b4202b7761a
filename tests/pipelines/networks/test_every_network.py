"""What every declared network promises, picked through the same list the pages show."""

import pytest
import torch
from torch.nn.functional import cross_entropy

from pipelines.errors import InputError
from pipelines.networks import NETWORKS
from tests.pipelines.networks.subjects import records, seasoned, small


@pytest.mark.parametrize("name", NETWORKS.names)
def test_every_parameter_learns_at_two_lengths(name: str) -> None:
    network = small(name)
    smallest = NETWORKS[name].smallest_length()
    targets = {task: torch.rand(3) for task in NETWORKS[name].tasks[1:]}
    for length in (smallest, smallest + 777):
        x = records(3, length)
        network.zero_grad()
        embedding = network.embed(x)
        logits = network.head(embedding)
        assert embedding.shape == (3, network.width)
        assert logits.shape == (3, 3)
        loss = cross_entropy(logits, torch.tensor([0, 1, 2])) + network.extra_loss(x, embedding, targets)
        loss.backward()
        for parameter, values in network.named_parameters():
            assert values.grad is not None, parameter
            assert torch.isfinite(values.grad).all(), parameter
            # a bias before a normalisation, or one that shifts all scores of a softmax, has no effect by design
            assert values.grad.abs().max() > 0 or parameter.endswith("bias"), parameter


@pytest.mark.parametrize("name", NETWORKS.names)
def test_the_smallest_length_is_the_smallest(name: str) -> None:
    network = small(name)
    smallest = NETWORKS[name].smallest_length()
    assert network.smallest_length == smallest
    with pytest.raises(InputError, match=f"{smallest - 1} samples a record, expected at least {smallest}"):
        network(records(2, smallest - 1))


@pytest.mark.parametrize("name", NETWORKS.names)
def test_one_record_alone_is_a_batch_too(name: str) -> None:
    assert torch.isfinite(small(name)(records(1, NETWORKS[name].smallest_length()))).all()


@pytest.mark.parametrize("name", NETWORKS.names)
def test_a_record_is_judged_without_regard_to_its_neighbours(name: str) -> None:
    network = seasoned(name)
    x = records(4, NETWORKS[name].smallest_length() + 100)
    with torch.no_grad():
        together, alone = network(x), torch.cat([network(one.unsqueeze(0)) for one in x])
    assert (together[0] - together[1]).abs().max() > 1e-4
    torch.testing.assert_close(together, alone, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("name", NETWORKS.names)
def test_the_seed_makes_it_and_its_state_carries_it(name: str) -> None:
    first, same, other = small(name, seed=1), small(name, seed=1), small(name, seed=2)
    assert all(torch.equal(one, again) for one, again in zip(first.parameters(), same.parameters(), strict=True))
    x = records(3, NETWORKS[name].smallest_length())
    with torch.no_grad():
        expected = first.eval()(x)
        assert not torch.allclose(other.eval()(x), expected)
        other.load_state_dict(first.state_dict())
        assert torch.equal(other.eval()(x), expected)
