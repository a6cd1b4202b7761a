"""Models of a server on their way into use, with the methods of the local workbench."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from data_catalog.schema import Job, StageChange
from pfd_panel.client.api import Api
from pfd_panel.client.fetching import fetch
from pfd_panel.client.transport import Transport
from pfd_panel.errors import RequestError
from pfd_panel.services.predicting import SignalAnswer, as_npy
from pfd_panel.services.registering import ModelCard, ModelFile, Promoted
from pfd_panel.services.tracing import LineageStep


class RemoteRegistering:
    """The part of `RemoteWorkbench` for stages, lineage, files and answers of models."""

    api: Api
    transport: Transport

    if TYPE_CHECKING:

        def _model(self, reference: str) -> str: ...
        def _maybe_wait(self, job: Job, wait: bool) -> Job: ...

    def promote(self, model: str, stage: str, reason: str) -> Promoted:
        """Move a model version to ``none``, ``candidate``, ``production`` or ``retired``; one of a name is in use."""
        moved: Promoted = self.api.promote_model(model=self._model(model), stage=stage, reason=reason)
        return moved

    def stage_history(self, model: str) -> list[StageChange]:
        """Every change of stage under the name of a model version, newest first."""
        return list(self.api.list_stage_changes(model=self._model(model)))

    def lineage(self, model: str, *, signal: str | None = None) -> list[LineageStep]:
        """From source files to predictions, each step with ids and hashes; with `signal` only the way of that one."""
        return list(self.api.get_lineage(model=self._model(model), **({"signal": signal} if signal else {})))

    def model_card(self, model: str) -> ModelCard:
        """What a model version weighs and how fast it is, as far as it was measured."""
        found: ModelCard = self.api.get_model_card(model=self._model(model))
        return found

    def export_model(self, model: str, formats: Sequence[str] = (), *, wait: bool = True) -> Job:
        """Make files of a model version, each checked against it and measured; none named: all there can be."""
        return self._maybe_wait(self.api.export_model(model=self._model(model), formats=list(formats)), wait)

    def model_files(self, model: str) -> list[ModelFile]:
        """The files of a model version, those that were not made yet among them."""
        return list(self.api.list_model_files(model=self._model(model)))

    def download_model(self, model: str, format: str, target: Path | str) -> Path:
        """Write a file of a model version that was made before to `target`."""
        place = Path(target).expanduser()
        if not place.parent.is_dir():
            raise RequestError(f"there is no folder {place.parent}", hint="Make it first, or name another.")
        if place.is_dir():
            raise RequestError(f"{place} is a folder", hint="Name a file in it.")
        return fetch(self.transport, "download_model_file", {"model": self._model(model), "format": format}, place)

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
        about = {"rate_hz": rate_hz, "speed_rpm": speed_rpm, "bearing": bearing}
        said: SignalAnswer = self.api.predict_signal(model=self._model(model), npy=as_npy(samples), **about)
        return said

    def predict_dataset(self, model: str, dataset: str, *, version: int | None = None, wait: bool = True) -> Job:
        """A model's answer for every recording of a dataset; answers are in ``job.result["predictions"]``."""
        asked = {"model": self._model(model), "dataset": dataset, "version": version}
        return self._maybe_wait(self.api.predict_dataset(**asked), wait)
