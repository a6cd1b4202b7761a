"""The part of the notebook's door for models on their way into use."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from data_catalog.schema import Job, StageChange
from pfd_panel.services import predicting, registering, tracing
from pfd_panel.services.context import Context
from pfd_panel.services.predicting import SignalAnswer
from pfd_panel.services.registering import ModelCard, ModelFile, Promoted
from pfd_panel.services.tracing import LineageStep


class LocalRegistering:
    """Stages, lineage, files and answers of models, in a data directory."""

    context: Context

    if TYPE_CHECKING:

        def _maybe_wait(self, job: Job, wait: bool) -> Job: ...

    def promote(self, model: str, stage: str, reason: str) -> Promoted:
        """Move a model version to ``none``, ``candidate``, ``production`` or ``retired``; one of a name is in use."""
        return registering.promote(self.context, model, stage, reason)

    def stage_history(self, model: str) -> list[StageChange]:
        """Every change of stage under the name of a model version, newest first."""
        return registering.stage_history(self.context, model)

    def lineage(self, model: str, *, signal: str | None = None) -> list[LineageStep]:
        """From source files to predictions, each step with ids and hashes; with `signal` only the way of that one."""
        return tracing.lineage(self.context, model, signal=signal)

    def model_card(self, model: str) -> ModelCard:
        """What a model version weighs and how fast it is, as far as it was measured."""
        return registering.card(self.context, model)

    def export_model(self, model: str, formats: Sequence[str] = (), *, wait: bool = True) -> Job:
        """Make files of a model version, each checked against it and measured; none named: all there can be."""
        return self._maybe_wait(registering.export(self.context, model, formats), wait)

    def model_files(self, model: str) -> list[ModelFile]:
        """The files of a model version, those that were not made yet among them."""
        return registering.files(self.context, model)

    def download_model(self, model: str, format: str, target: Path | str) -> Path:
        """Write a file of a model version that was made before to `target`."""
        return registering.write_to(self.context, model, format, Path(target).expanduser())

    def predict_signal(
        self,
        model: str,
        samples: NDArray[np.floating] | Sequence[float],
        rate_hz: float,
        *,
        speed_rpm: float | None = None,
        bearing: str | None = None,
    ) -> SignalAnswer:
        """What a model says of one signal, at once; nothing is stored."""
        return predicting.signal(self.context, model, samples, rate_hz, speed_rpm=speed_rpm, bearing=bearing)

    def predict_dataset(self, model: str, dataset: str, *, version: int | None = None, wait: bool = True) -> Job:
        """A model's answer for every recording of a dataset; answers are in ``job.result["predictions"]``."""
        return self._maybe_wait(predicting.dataset(self.context, model, dataset, version=version), wait)
