"""What is made small: cross-entropy against soft targets, weighted by class, on windows or pooled recordings."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from pipelines.training.bags import POOLS
from pipelines.training.learning_set import LearningSet
from pipelines.training.settings import LoopSettings


class Loss:
    """Mean over a batch of -sum(target * ln p), each item weighted by its class (mean weight 1).

    Label smoothing as in C. Szegedy et al., Rethinking the Inception Architecture, CVPR 2016.
    """

    def __init__(self, settings: LoopSettings, train: LearningSet, classes: int, device: str) -> None:
        self._smooth = settings.label_smoothing
        self._classes = classes
        self._pool = POOLS.get(settings.pooling)
        self._bag = settings.bag
        self._weight: Tensor | None = None
        if settings.class_weights == "balanced":
            weight = class_weights(train, classes, by_recording=self._pool is not None)
            self._weight = torch.from_numpy(weight).to(device)

    def __call__(
        self, model: nn.Module, x: Tensor, target: Tensor, beyond: Mapping[str, Tensor] | None = None
    ) -> tuple[Tensor, Tensor]:
        """Return log-probabilities (n, C) of the items of a batch, and the loss, a scalar.

        `beyond` has by task what is to be told of each window beyond the class, for a network that tells it.
        """
        extra: Tensor | float = 0.0
        if hasattr(model, "extra_loss"):
            network: Any = model
            embedding = network.embed(x)
            logits = network.head(embedding)
            extra = network.extra_loss(x, embedding, beyond or {})
        else:
            logits = model(x)
        log_p = self.pooled(logits.float()) if self._pool else logits.float().log_softmax(dim=-1)
        return log_p, self.of(log_p, target) + extra

    def pooled(self, logits: Tensor) -> Tensor:
        """Log-probabilities (n, C) of bags from the logits (n K, C) of their windows."""
        assert self._pool is not None
        return self._pool(logits.reshape(-1, self._bag, self._classes))

    def of(self, log_p: Tensor, target: Tensor) -> Tensor:
        """The loss of log-probabilities (n, C) against targets (n, C)."""
        if self._weight is not None:
            # by the class itself, not by what smoothing adds to the others
            of_item = (target @ self._weight).unsqueeze(1)
        if self._smooth:
            target = (1.0 - self._smooth) * target + self._smooth / self._classes
        if self._weight is not None:
            target = target * of_item
        return -(target * log_p).sum(dim=1).mean()


def class_weights(train: LearningSet, classes: int, *, by_recording: bool) -> NDArray[np.float32]:
    """Weights (C,) with which every class counts the same: n / (C n_c); 0 for a class without items."""
    label = train.recordings()[0] if by_recording else train.label
    count = np.bincount(label, minlength=classes)
    present = np.count_nonzero(count)
    weight = np.divide(len(label), present * count, out=np.zeros(classes), where=count > 0)
    return weight.astype(np.float32)
