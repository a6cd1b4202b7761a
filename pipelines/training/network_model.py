"""A network ready to diagnose new recordings."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from pipelines.training.version import TRAINING_VERSION
from pipelines.training.waveform_model import WaveformModel
from pipelines.training.window_network import WindowNetwork


@dataclass(frozen=True)
class NetworkModel(WaveformModel):
    """A network fitted to the recordings of an experiment."""

    @property
    def network(self) -> WindowNetwork:
        """The network and its input."""
        assert isinstance(self.listener, WindowNetwork)
        return self.listener

    @property
    def made_with(self) -> dict[str, str]:
        """Versions of torch and of the loop."""
        return {"torch": torch.__version__, "training": TRAINING_VERSION}

    def to_bytes(self) -> bytes:
        """The model as bytes that `pipelines.training.reading.load_any` reads."""
        from pipelines.training.saving import save_network

        return save_network(self)

    def embed(self, samples: NDArray[np.floating], rate_hz: float, speed_rpm: float | None) -> NDArray[np.float64]:
        """The embedding (D,) of one signal (L,): what its classes are told from, mean over windows."""
        return self.network.embed(samples, rate_hz, speed_rpm)
