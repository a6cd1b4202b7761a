"""The optimisers by name."""

from collections.abc import Callable, Iterable, Mapping

from torch import nn, optim

from pipelines.training.settings import LoopSettings

Made = Callable[[Iterable[nn.Parameter], LoopSettings], optim.Optimizer]


def _adamw(weights: Iterable[nn.Parameter], settings: LoopSettings) -> optim.Optimizer:
    """I. Loshchilov and F. Hutter, Decoupled Weight Decay Regularization, ICLR 2019."""
    return optim.AdamW(weights, lr=settings.learning_rate, weight_decay=settings.weight_decay)


def _adam(weights: Iterable[nn.Parameter], settings: LoopSettings) -> optim.Optimizer:
    """D. P. Kingma and J. Ba, Adam, ICLR 2015."""
    return optim.Adam(weights, lr=settings.learning_rate, weight_decay=settings.weight_decay)


def _sgd(weights: Iterable[nn.Parameter], settings: LoopSettings) -> optim.Optimizer:
    return optim.SGD(
        weights,
        lr=settings.learning_rate,
        momentum=settings.momentum,
        nesterov=settings.momentum > 0,
        weight_decay=settings.weight_decay,
    )


OPTIMISERS: Mapping[str, Made] = {"adamw": _adamw, "adam": _adam, "sgd": _sgd}
