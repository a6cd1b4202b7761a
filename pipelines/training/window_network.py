"""A fitted network with everything that stands between a signal and its probabilities."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from pipelines.learn.temperature import soften
from pipelines.networks import build
from pipelines.networks.network import Network
from pipelines.training.settings import InputSettings
from pipelines.training.windows import Scaling, SignalWindows, Source

AT_ONCE = 64


@dataclass(frozen=True)
class WindowNetwork:
    """A network by name, its settings and weights, and the input that it was fitted to.

    Attributes
    ----------
    network : str
        Name among `pipelines.networks.NETWORKS`.
    architecture : dict
    classes : int
    input : InputSettings
    rate_hz : float
        The rate that signals are brought to.
    scaling : Scaling
        Learned from the training side.
    weights : dict of tensors
        Of the best epoch.
    temperature : float
        1 where nothing was calibrated.
    calibrated : bool
    """

    network: str
    architecture: dict[str, Any]
    classes: int
    input: InputSettings
    rate_hz: float
    scaling: Scaling
    weights: dict[str, torch.Tensor]
    temperature: float
    calibrated: bool

    @cached_property
    def model(self) -> nn.Module:
        """The network on the processor, in evaluation mode."""
        made = build(self.network, self.architecture, length=self.input.length, classes=self.classes)
        made.load_state_dict(self.weights)
        return made.eval()

    def logits(self, windows: NDArray[np.float32]) -> NDArray[np.float64]:
        """Logits (W, C) of scaled windows (W, 1, length)."""
        with torch.inference_mode():
            parts = [
                self.model(torch.from_numpy(windows[begin : begin + AT_ONCE])).double().numpy()
                for begin in range(0, len(windows), AT_ONCE)
            ]
        return np.concatenate(parts) if parts else np.zeros((0, self.classes))

    def embed(self, samples: NDArray[np.floating], rate_hz: float, speed_rpm: float | None) -> NDArray[np.float64]:
        """What the classes of one signal (L,) are told from, mean over its windows, (width,).

        Raises
        ------
        InputError
            The signal cannot be shown to this network, as without a speed.
        """
        windows = self._windows(samples, rate_hz, speed_rpm)
        network = self.model
        assert isinstance(network, Network)
        total = np.zeros(network.width)
        with torch.inference_mode():
            for begin in range(0, len(windows), AT_ONCE):
                total += network.embed(torch.from_numpy(windows[begin : begin + AT_ONCE])).double().sum(0).numpy()
        return total / len(windows)

    def hear(self, samples: NDArray[np.floating], rate_hz: float, speed_rpm: float | None) -> NDArray[np.float64]:
        """Class probabilities (W, C) of the windows of one signal (L,).

        Raises
        ------
        InputError
            The signal cannot be shown to this network, as without a speed.
        """
        return soften(self.logits(self._windows(samples, rate_hz, speed_rpm)), self.temperature)

    def _windows(self, samples: NDArray[np.floating], rate_hz: float, speed_rpm: float | None) -> NDArray[np.float32]:
        """The windows of one signal as the network takes them, (W, 1, length)."""
        source = Source(len(samples), rate_hz, speed_rpm)
        windows = SignalWindows([source], lambda _: samples, self.input, rate_hz=self.rate_hz)
        return windows.read(np.arange(len(windows)), self.scaling)
