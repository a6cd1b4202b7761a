"""The optimisers by name: all weights in one call, by the kernels that torch's own use when told ``fused=True``.

Torch's classes load its compiler at their first step, two seconds that every training in a new process would begin
with, and on a processor they go through the weights one by one. The kernels also take the factor by which a gradient is
too long, so that clipping costs no pass of its own.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from pipelines.training.settings import LoopSettings


class Optimiser:
    """Changes weights by their gradients; a weight without one stays as it is.

    Parameters
    ----------
    weights : iterable of nn.Parameter
        On the device on which they will be learned.
    settings : LoopSettings
    """

    moments: ClassVar[tuple[str, ...]] = ()
    """Names of what is remembered of the gradients of each weight."""

    def __init__(self, weights: Iterable[nn.Parameter], settings: LoopSettings) -> None:
        self._weights = list(weights)
        self._settings = settings
        self._steps = torch.zeros((), device=self._weights[0].device)
        self._kept = {
            name: [torch.zeros_like(weight, memory_format=torch.preserve_format) for weight in self._weights]
            for name in self.moments
        }

    def forget(self) -> None:
        """Drop the gradients of the last batch."""
        for weight in self._weights:
            weight.grad = None

    @torch.no_grad()
    def step(self, rate: float, too_long: Tensor | None = None) -> None:
        """Take one step at a learning rate; gradients are divided by `too_long` (a scalar on their device) before."""
        moved = [place for place, weight in enumerate(self._weights) if weight.grad is not None]
        weights: list[Tensor] = [self._weights[place] for place in moved]
        gradients = [weight.grad for weight in weights if weight.grad is not None]
        self._steps += 1
        self._move(
            weights, gradients, [[kept[place] for place in moved] for kept in self._kept.values()], rate, too_long
        )

    def _move(
        self,
        weights: list[Tensor],
        gradients: list[Tensor],
        moments: list[list[Tensor]],
        rate: float,
        too_long: Tensor | None,
    ) -> None:
        raise NotImplementedError

    def state(self) -> dict[str, Any]:
        """What a checkpoint keeps."""
        return {"steps": self._steps, "moments": self._kept}

    @torch.no_grad()
    def load_state(self, state: Mapping[str, Any]) -> None:
        """Take up what `state` gave."""
        self._steps.copy_(state["steps"])
        for name, kept in self._kept.items():
            for own, given in zip(kept, state["moments"][name], strict=True):
                own.copy_(given)


class Adam(Optimiser):
    """D. P. Kingma and J. Ba, Adam, ICLR 2015, with their constants; weight decay is part of the gradient."""

    moments = ("mean", "square")
    kernel: ClassVar[Callable[..., None]] = staticmethod(torch._fused_adam_)

    def _move(
        self,
        weights: list[Tensor],
        gradients: list[Tensor],
        moments: list[list[Tensor]],
        rate: float,
        too_long: Tensor | None,
    ) -> None:
        self.kernel(
            weights,
            gradients,
            *moments,
            [],
            [self._steps] * len(weights),
            lr=rate,
            beta1=0.9,
            beta2=0.999,
            weight_decay=self._settings.weight_decay,
            eps=1e-8,
            amsgrad=False,
            maximize=False,
            grad_scale=too_long,
        )


class AdamW(Adam):
    """I. Loshchilov and F. Hutter, Decoupled Weight Decay Regularization, ICLR 2019."""

    kernel = staticmethod(torch._fused_adamw_)


class GradientDescent(Optimiser):
    """Stochastic gradient descent with Nesterov's momentum, or none; weight decay is part of the gradient."""

    moments = ("momentum",)

    def _move(
        self,
        weights: list[Tensor],
        gradients: list[Tensor],
        moments: list[list[Tensor]],
        rate: float,
        too_long: Tensor | None,
    ) -> None:
        momentum = self._settings.momentum
        torch._fused_sgd_(
            weights,
            gradients,
            moments[0] if momentum else [],
            lr=rate,
            weight_decay=self._settings.weight_decay,
            momentum=momentum,
            dampening=0.0,
            nesterov=momentum > 0,
            maximize=False,
            is_first_step=False,
            grad_scale=too_long,
        )


OPTIMISERS: Mapping[str, type[Optimiser]] = {"adamw": AdamW, "adam": Adam, "sgd": GradientDescent}
