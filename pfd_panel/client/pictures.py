"""Pictures of many signals of a server, with the methods of the local workbench."""

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import numpy as np

from data_catalog.schema import Job
from pfd_panel.api.operations import OPERATIONS
from pfd_panel.client.api import Api
from pfd_panel.client.columns import band_ends
from pfd_panel.client.selecting import filter_of
from pfd_panel.client.transport import Transport
from pfd_panel.errors import RequestError
from pfd_panel.services.overlaying import ClassOverlay, OverlayBands, OverlayOptions
from pfd_panel.services.projecting import Projection
from pipelines.projections import ProjectionConfig


class RemotePictures:
    """The part of `RemoteWorkbench` that makes pictures of many signals."""

    api: Api
    transport: Transport

    if TYPE_CHECKING:

        def _dataset(self, name: str) -> str: ...

        def wait(self, job: Job | str, *, timeout_s: float | None = None) -> Job: ...

    def project(
        self,
        dataset: str,
        config: ProjectionConfig | None = None,
        *,
        target: str = "fault",
        model: str | None = None,
        **query: Any,
    ) -> Projection:
        """The projection of what a query finds, computed by a job where it takes long and is not known yet."""
        chosen = config or ProjectionConfig()
        asked = {"dataset": self._dataset(dataset), "target": target, "model": model}
        asked |= {**chosen.model_dump(), **filter_of(query)}
        told = self.api.get_projection(**asked)
        if told is None:
            self.wait(self.start_projection(dataset, chosen, model=model, **query))
            told = self.api.get_projection(**asked)
        if told is None:
            raise RequestError("the signals changed while they were projected", hint="Project them again.")
        return Projection(
            points=np.array(told.points, np.float32),
            signal_ids=tuple(told.signal_ids),
            recordings=tuple(told.recordings),
            channels=tuple(told.channels),
            labels=tuple(told.labels),
            config=told.config,
            trustworthiness=told.trustworthiness,
            explained=told.explained,
            features=tuple(told.features),
            left_out=tuple(told.left_out),
        )

    def start_projection(
        self, dataset: str, config: ProjectionConfig | None = None, *, model: str | None = None, **query: Any
    ) -> Job:
        """Queue a projection and return its job at once."""
        asked = {"config": (config or ProjectionConfig()).model_dump(mode="json"), "model": model}
        job: Job = self.api.project_features(dataset=self._dataset(dataset), **asked, **filter_of(query))
        return job

    def embedding_models(self, dataset: str) -> list[str]:
        """The networks that learned from a dataset, newest first; their embeddings can be projected."""
        found: list[str] = self.api.list_embedding_models(dataset=self._dataset(dataset))
        return found

    def overlay(self, dataset: str, options: OverlayOptions | None = None, **query: Any) -> OverlayBands:
        """Median and quantile bands of every signal that a query finds, by class."""
        told = self.api.get_overlay(**self._overlaid(dataset, options, query))
        classes = [ClassOverlay(one.label, one.signals, np.array(one.quantiles, np.float32)) for one in told.classes]
        return OverlayBands(told.what, told.unit, tuple(told.notes), np.array(told.places), classes)

    def draw_overlay(
        self, dataset: str, target: Path | str, options: OverlayOptions | None = None, **query: Any
    ) -> Path:
        """Write the density of every signal that a query finds as a PNG, one image a class."""
        place = Path(target).expanduser()
        if not place.parent.is_dir():
            raise RequestError(f"there is no folder {place.parent}", hint="Make it first, or name another.")
        operation = OPERATIONS["draw_overlay"]
        placed = operation.placed(operation.request.model_validate(self._overlaid(dataset, options, query)))
        with self.transport.stream(f"{placed.path}?{urlencode(placed.query)}") as pieces, place.open("wb") as stream:
            for piece in pieces:
                stream.write(piece)
        return place

    def _overlaid(self, dataset: str, options: OverlayOptions | None, query: dict[str, Any]) -> dict[str, Any]:
        chosen = options or OverlayOptions()
        told = {name: getattr(chosen, name) for name in ("what", "start", "stop", "target")}
        return {"dataset": self._dataset(dataset), **told, **band_ends(chosen.band), **filter_of(query)}
