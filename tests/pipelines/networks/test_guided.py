"""Networks that physics or other tasks guide: the band-energy penalty, its gradients, unknown targets."""

import math

import numpy as np
import pytest
import torch

from pipelines.errors import InputError
from pipelines.networks import build
from pipelines.networks.layers.order_bands import band_energy_penalty, band_membership
from tests.pipelines.networks.subjects import records

LINES = 800


def positive(count: int, *, seed: int) -> torch.Tensor:
    return 0.1 + torch.rand(3, count, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_bands_lie_where_the_orders_are() -> None:
    inside = band_membership(3201, (0.45, 1.0), 5, 0.05, 32.0)
    at = np.linspace(0, 32, 3201)
    centres = (0.45, 0.9, 1.0, 1.35, 1.8, 2.0, 2.25, 3.0, 4.0, 5.0)
    assert inside.shape == (len(centres), 3201)
    for band, centre in zip(inside, centres, strict=True):
        assert at[band].min() == pytest.approx(0.95 * centre, abs=0.0101)
        assert at[band].max() == pytest.approx(1.05 * centre, abs=0.0101)


def test_bands_beyond_the_spectrum_are_left_out() -> None:
    assert len(band_membership(1000, (4.0,), 5, 0.05, 10.0)) == 2


def test_the_penalty_is_the_attended_share_outside_the_bands() -> None:
    inside = torch.tensor([True, False, False, True])
    attention = torch.tensor([[0.5, 0.5, 0.0, 0.0], [0.25, 0.25, 0.25, 0.25]])
    energy = torch.tensor([[1.0, 3.0, 9.0, 9.0], [1.0, 1.0, 1.0, 1.0]])
    assert float(band_energy_penalty(attention, energy, inside)) == pytest.approx((0.75 + 0.5) / 2)
    assert float(band_energy_penalty(attention, torch.zeros_like(energy), inside)) == 0.0


def test_the_gradient_of_the_penalty_is_the_derivative() -> None:
    inside = torch.arange(12) % 3 == 0
    attention, energy = positive(12, seed=1).requires_grad_(), positive(12, seed=2).requires_grad_()
    assert torch.autograd.gradcheck(lambda a, e: band_energy_penalty(a, e, inside), (attention, energy))


def test_the_gradient_of_the_penalty_is_the_formula_and_points_into_the_bands() -> None:
    inside = torch.arange(12) % 3 == 0
    attention, energy = positive(12, seed=3).requires_grad_(), positive(12, seed=4)
    band_energy_penalty(attention, energy, inside).backward()
    attended = attention.detach() * energy
    total = attended.sum(dim=1, keepdim=True)
    share = attended[:, inside].sum(dim=1, keepdim=True) / total
    assert attention.grad is not None
    torch.testing.assert_close(attention.grad, energy / total * (share - inside.double()) / 3)
    assert (attention.grad[:, inside] < 0).all()
    assert (attention.grad[:, ~inside] > 0).all()


def test_descent_on_the_penalty_moves_the_attention_of_the_network_into_the_bands() -> None:
    network = build("physics_network", {"penalty": 1.0}, length=LINES, classes=3)
    x = records(8, LINES, channels=1).abs()
    x[:, :, 25] += 5.0
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-2)
    paid = []
    for _ in range(25):
        optimiser.zero_grad()
        loss = network.extra_loss(x, network.embed(x), {})
        loss.backward()
        optimiser.step()
        paid.append(loss.item())
    assert 0 < paid[-1] < 0.5 * paid[0] < 0.5


def test_the_weight_of_the_penalty_scales_it_and_the_strength_of_a_record_does_not() -> None:
    x = records(4, LINES, channels=1).abs()
    one, two = (build("physics_network", {"penalty": weight}, length=LINES, classes=3) for weight in (1.0, 2.0))
    embedding = one.embed(x)
    assert two.extra_loss(x, embedding, {}).item() == pytest.approx(2 * one.extra_loss(x, embedding, {}).item())
    torch.testing.assert_close(one.eval()(1000 * x), one(x), rtol=1e-3, atol=1e-4)


def test_an_order_that_no_spectrum_reaches_is_refused_in_words() -> None:
    with pytest.raises(InputError, match="the lowest order 40 lies above the spectrum, which ends at 32"):
        build("physics_network", {"orders": [40.0]}, length=LINES, classes=3)


def test_severity_and_speed_cost_what_they_miss_where_they_are_known() -> None:
    network = build("multi_task", {"severity_weight": 1.0, "speed_weight": 2.0}, length=2048, classes=3).eval()
    x = records(3, 2048, channels=1)
    embedding = network.embed(x)
    told = {task: estimate.detach() for task, estimate in network.estimates(embedding).items()}
    assert {task: estimate.shape for task, estimate in told.items()} == {"severity": (3,), "speed": (3,)}
    severity = told["severity"] + torch.tensor([0.5, math.nan, -0.1])
    loss = network.extra_loss(x, embedding, {"severity": severity, "speed": told["speed"] + 0.2})
    assert loss.item() == pytest.approx((0.25 + 0.01) / 2 + 2 * 0.04, rel=1e-4)


def test_unknown_targets_cost_nothing_and_spoil_no_gradient() -> None:
    network = build("multi_task", length=2048, classes=3)
    x = records(3, 2048, channels=1)
    unknown = torch.full((3,), math.nan)
    loss = network.extra_loss(x, network.embed(x), {"severity": unknown, "speed": unknown})
    loss.backward()
    assert loss.item() == 0.0
    assert all(torch.isfinite(one.grad).all() for one in network.parameters() if one.grad is not None)
    assert network.extra_loss(x, network.embed(x), {}).item() == 0.0


def test_other_networks_add_nothing_to_the_loss_and_tell_the_class_only() -> None:
    network = build("wdcnn", length=2048, classes=3)
    x = records(2, 2048, channels=1)
    embedding = network.embed(x)
    assert network.extra_loss(x, embedding, {}).item() == 0.0
    assert network.estimates(embedding) == {}
