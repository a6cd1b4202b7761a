"""The part of the notebook's door that says what trainings there are, and what one would take."""

from collections.abc import Sequence
from typing import Any

from pfd_panel.services import estimating, training
from pfd_panel.services.context import Context
from pfd_panel.services.estimating import Estimate
from pipelines.training.presets import Preset


class LocalEstimating:
    """Presets of trainings, and time and memory of one on a data directory."""

    context: Context

    def training_presets(self) -> list[Preset]:
        """Named configurations of a training, the quickest first; ``train(dataset, preset=…)`` takes one."""
        return training.presets()

    def estimate(self, dataset: str, *, seeds: Sequence[int] = (0,), probe: bool = True, **settings: Any) -> Estimate:
        """What a training would take, and how that is known; settings are those of `train`."""
        return estimating.estimate(self.context, dataset, training.settings(**settings), seeds, probe=probe)
