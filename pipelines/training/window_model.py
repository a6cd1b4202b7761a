"""A fitted model of windows with everything that stands between a signal and its probabilities."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.learn.calibration import Calibration
from pipelines.learn.temperature import soften
from pipelines.training.settings import InputSettings
from pipelines.training.windows import Scaling, SignalWindows, Source

Told = tuple[NDArray[np.float64], dict[str, NDArray[np.float64]]]
"""Scores (W, C) of windows, and by task what is told of them beyond the class, (W,) in its unit."""


@dataclass(frozen=True, kw_only=True)
class WindowModel(ABC):
    """Whatever scores windows, and the input that it was fitted to.

    Attributes
    ----------
    classes : int
    input : InputSettings
    rate_hz : float
        The rate that signals are brought to.
    scaling : Scaling
        Learned from the training side.
    calibration : Calibration
    """

    classes: int
    input: InputSettings
    rate_hz: float
    scaling: Scaling
    calibration: Calibration

    @abstractmethod
    def tell(self, windows: NDArray[np.float32]) -> Told:
        """Scores, and estimates beyond the class, of scaled windows (W, 1, length)."""

    @property
    def tasks(self) -> tuple[str, ...]:
        """What is estimated beyond the class."""
        return ()

    @property
    def temperature(self) -> float:
        """1 where nothing was calibrated."""
        return self.calibration.temperature

    @property
    def calibrated(self) -> bool:
        """Whether anything was calibrated."""
        return self.calibration.fitted

    def logits(self, windows: NDArray[np.float32]) -> NDArray[np.float64]:
        """Scores (W, C) of scaled windows (W, 1, length)."""
        return self.tell(windows)[0]

    def hear(self, samples: NDArray[np.floating], rate_hz: float, speed_rpm: float | None) -> NDArray[np.float64]:
        """Class probabilities (W, C) of the windows of one signal (L,).

        Raises
        ------
        InputError
            The signal cannot be shown to this model, as without a speed.
        """
        return soften(self.logits(self._shown(samples, rate_hz, speed_rpm)), self.temperature)

    def estimate(self, samples: NDArray[np.floating], rate_hz: float, speed_rpm: float | None) -> dict[str, float]:
        """What is told of one signal (L,) beyond the class: by task the mean over its windows, in its unit."""
        if not self.tasks:
            return {}
        found = self.tell(self._shown(samples, rate_hz, speed_rpm))[1]
        return {task: float(of_windows.mean()) for task, of_windows in found.items()}

    def _shown(self, samples: NDArray[np.floating], rate_hz: float, speed_rpm: float | None) -> NDArray[np.float32]:
        source = Source(len(samples), rate_hz, speed_rpm)
        windows = SignalWindows([source], lambda _: samples, self.input, rate_hz=self.rate_hz)
        return windows.read(np.arange(len(windows)), self.scaling)
