"""Fault, severity and speed from one trunk (hard sharing; Caruana 1997)."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from pipelines.networks.declared.guided import MultiTaskSettings
from pipelines.networks.layers import MeanAndMaximum, convolution, stem
from pipelines.networks.network import Network


class MultiTask(Network):
    """Convolutions, pooled, and a dense layer that all tasks share; one small head for each beyond the class."""

    def __init__(self, settings: MultiTaskSettings, channels: int, classes: int) -> None:
        super().__init__(channels, settings.smallest_length(), settings.embedding, classes)
        first = settings.width
        self.trunk = nn.Sequential(
            stem(channels, first, settings.stem_kernel, settings.stem_stride),
            convolution(first, 2 * first, 9, 4),
            convolution(2 * first, 4 * first, 9, 4),
            convolution(4 * first, 8 * first, 9, 4),
            MeanAndMaximum(),
            nn.Linear(16 * first, settings.embedding),
            nn.LayerNorm(settings.embedding),
            nn.GELU(),
            nn.Dropout(settings.dropout),
        )
        self.weights = {"severity": settings.severity_weight, "speed": settings.speed_weight}
        self.tasks = nn.ModuleDict({task: _task_head(settings.embedding) for task in self.weights})

    def features(self, x: Tensor) -> Tensor:
        """Return the embedding (batch, width)."""
        embedding: Tensor = self.trunk(x)
        return embedding

    def estimates(self, embedding: Tensor) -> dict[str, Tensor]:
        """Return severity and speed, (batch,) each, in the scales of their targets."""
        return {task: head(embedding).squeeze(1) for task, head in self.tasks.items()}

    def extra_loss(self, x: Tensor, embedding: Tensor, targets: Mapping[str, Tensor]) -> Tensor:
        """Return the weighted mean squared errors of severity and speed over the records where they are known."""
        loss = embedding.new_zeros(())
        for task, estimate in self.estimates(embedding).items():
            if task not in targets:
                continue
            known = torch.isfinite(targets[task])
            # the error of an unknown target is cut off before it is squared, or its gradient would be NaN
            error = torch.where(known, targets[task] - estimate, 0.0)
            loss = loss + self.weights[task] * error.square().sum() / known.sum().clamp_min(1)
        return loss


def _task_head(width: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(width, width // 2), nn.ReLU(), nn.Linear(width // 2, 1))


def build(settings: MultiTaskSettings, channels: int, classes: int) -> Network:
    """Return the network."""
    return MultiTask(settings, channels, classes)
