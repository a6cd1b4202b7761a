"""The half-precision path learns; shown with the processor's bfloat16, because it is the same code as on a GPU."""

import numpy as np
import pytest
import torch

from pipelines.training.devices import CPU, Device
from tests.pipelines.training.small import settings, small_net, tones, trainer


class _Halving(Device):
    """The processor, said to compute in bfloat16 by itself."""

    half = True  # type: ignore[assignment]


@pytest.fixture
def halving() -> Device:
    return _Halving("cpu", "on the processor, in bfloat16")


class _Watched(torch.nn.Module):
    """Notes the type that its convolution computed in."""

    def __init__(self) -> None:
        super().__init__()
        self.net = small_net()
        self.seen: set[torch.dtype] = set()

    def forward(self, x):
        self.seen.add(self.net.body[0](x).dtype)
        return self.net(x)


def test_it_computes_in_half_learns_and_keeps_whole_weights(halving: Device) -> None:
    model = _Watched()
    one = trainer(model=model, device=halving, settings=settings(epochs=12))
    history = one.fit(tones(), tones(seed=2))
    assert model.seen == {torch.bfloat16}
    assert history[-1, "valid_accuracy"] > 0.9
    assert all(weight.dtype == torch.float32 for weight in model.parameters())
    assert one.logits(np.zeros((2, 1, 64), np.float32)).dtype == torch.float32


def test_it_is_off_where_the_setting_or_the_device_says_so(halving: Device) -> None:
    for device, chosen in ((halving, settings(epochs=1, mixed_precision=False)), (CPU, settings(epochs=1))):
        model = _Watched()
        trainer(model=model, device=device, settings=chosen).fit(tones())
        assert model.seen == {torch.float32}
