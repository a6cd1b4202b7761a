"""A fitted network with everything that stands between a signal and its probabilities."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from pipelines.networks import build
from pipelines.networks.network import Network
from pipelines.training.tasks import TaskScale
from pipelines.training.window_model import Told, WindowModel

AT_ONCE = 64


@dataclass(frozen=True, kw_only=True)
class WindowNetwork(WindowModel):
    """A network by name, its settings and weights, and the input that it was fitted to.

    Attributes
    ----------
    network : str
        Name among `pipelines.networks.NETWORKS`.
    architecture : dict
    weights : dict of tensors
        Of the best epoch.
    scales : mapping
        By task beyond the class, between what the network tells and its unit; a task that nothing was known of in
        training is not among them.
    """

    network: str
    architecture: dict[str, Any]
    weights: dict[str, torch.Tensor]
    scales: Mapping[str, TaskScale] = field(default_factory=dict)

    @cached_property
    def model(self) -> Network:
        """The network on the processor, in evaluation mode."""
        made = build(self.network, self.architecture, length=self.input.length, classes=self.classes)
        made.load_state_dict(self.weights)
        return made.eval()

    @property
    def tasks(self) -> tuple[str, ...]:
        """What it estimates beyond the class."""
        return tuple(self.scales)

    def tell(self, windows: NDArray[np.float32]) -> Told:
        """Logits, and estimates beyond the class, of scaled windows (W, 1, length)."""
        logits, estimates = [np.zeros((0, self.classes))], {task: [np.zeros(0)] for task in self.scales}
        with torch.inference_mode():
            for begin in range(0, len(windows), AT_ONCE):
                embedding = self.model.embed(torch.from_numpy(windows[begin : begin + AT_ONCE]))
                logits.append(self.model.head(embedding).double().numpy())
                found = self.model.estimates(embedding) if self.scales else {}
                for task, scale in self.scales.items():
                    estimates[task].append(scale.in_unit(found[task].double().numpy()))
        return np.concatenate(logits), {task: np.concatenate(parts) for task, parts in estimates.items()}

    def embed(self, samples: NDArray[np.floating], rate_hz: float, speed_rpm: float | None) -> NDArray[np.float64]:
        """What the classes of one signal (L,) are told from, mean over its windows, (width,).

        Raises
        ------
        InputError
            The signal cannot be shown to this network, as without a speed.
        """
        windows = self._shown(samples, rate_hz, speed_rpm)
        total = np.zeros(self.model.width)
        with torch.inference_mode():
            for begin in range(0, len(windows), AT_ONCE):
                total += self.model.embed(torch.from_numpy(windows[begin : begin + AT_ONCE])).double().sum(0).numpy()
        return total / len(windows)
