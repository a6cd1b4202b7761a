"""Steps are those of torch's own optimisers, clipped or not, and go on from a kept state as if nothing had been."""

import copy
import subprocess
import sys

import pytest
import torch
from torch import nn, optim

from pipelines.training.optimisers import OPTIMISERS
from tests.pipelines.training.small import settings

THEIRS = {
    "adamw": lambda weights: optim.AdamW(weights, lr=0.01, weight_decay=0.1),
    "adam": lambda weights: optim.Adam(weights, lr=0.01, weight_decay=0.1),
    "sgd": lambda weights: optim.SGD(weights, lr=0.01, weight_decay=0.1, momentum=0.9, nesterov=True),
}


def net() -> nn.Module:
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 3))


def backward(model: nn.Module, step: int) -> torch.Tensor:
    model.zero_grad(set_to_none=True)
    x = torch.randn(8, 6, generator=torch.Generator().manual_seed(step))
    (model(x) ** 2).mean().backward()
    return nn.utils.get_total_norm([weight.grad for weight in model.parameters()])


def apart(a: nn.Module, b: nn.Module) -> float:
    return max(float((x - y).detach().abs().max()) for x, y in zip(a.parameters(), b.parameters(), strict=True))


@pytest.mark.parametrize("name", OPTIMISERS)
def test_steps_are_those_of_torch_with_clipped_gradients_too(name: str) -> None:
    mine, theirs = net(), net()
    one = OPTIMISERS[name](mine.parameters(), settings(optimiser=name, weight_decay=0.1))
    other = THEIRS[name](theirs.parameters())
    begun = copy.deepcopy(mine)
    for step in range(30):
        longest = 0.05 if step % 2 else 1e9
        norm = backward(mine, step)
        one.step(0.01, norm / longest if norm > longest else None)
        backward(theirs, step)
        nn.utils.clip_grad_norm_(theirs.parameters(), longest)
        other.step()
    assert apart(mine, theirs) < 2e-5
    assert apart(mine, begun) > 0.01


@pytest.mark.parametrize("name", OPTIMISERS)
def test_a_kept_state_is_continued_to_the_bit(name: str) -> None:
    whole, parted = net(), net()
    chosen = settings(optimiser=name)
    one, other = (OPTIMISERS[name](model.parameters(), chosen) for model in (whole, parted))
    for step in range(6):
        if step == 3:
            kept = copy.deepcopy(other.state())
            other = OPTIMISERS[name](parted.parameters(), chosen)
            other.load_state(kept)
        for model, optimiser in ((whole, one), (parted, other)):
            backward(model, step)
            optimiser.step(0.01)
    assert apart(whole, parted) == 0.0


def test_without_momentum_it_is_plain_descent_and_the_rate_is_that_of_the_step() -> None:
    model = nn.Linear(2, 1, bias=False)
    before = model.weight.detach().clone()
    one = OPTIMISERS["sgd"](model.parameters(), settings(momentum=0.0, weight_decay=0.0))
    for rate in (0.5, 0.25):
        model.weight.grad = torch.ones_like(model.weight)
        one.step(rate)
    assert torch.allclose(model.weight, before - 0.75)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_a_weight_that_does_not_learn_stays_and_gradients_are_forgotten(name: str) -> None:
    model = net()
    model[0].requires_grad_(False)
    frozen, moving = model[0].weight.detach().clone(), model[2].weight.detach().clone()
    one = OPTIMISERS[name](model.parameters(), settings(optimiser=name, weight_decay=0.1))
    (model(torch.ones(4, 6)) ** 2).mean().backward()
    one.step(0.01)
    assert torch.equal(model[0].weight, frozen)
    assert not torch.equal(model[2].weight, moving)
    one.forget()
    assert all(weight.grad is None for weight in model.parameters())


@pytest.mark.slow
def test_a_training_in_a_new_process_never_loads_the_compiler_of_torch() -> None:
    code = (
        "import sys; from tests.pipelines.training.small import tones, trainer\n"
        "trainer().fit(tones(), tones(seed=2)); assert 'torch' in sys.modules; print('torch._dynamo' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
