"""The part of the notebook's door that makes pictures of many signals."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data_catalog.schema import Job
from data_catalog.signals import SignalQuery
from pfd_panel.errors import RequestError
from pfd_panel.services import overlaying, projecting
from pfd_panel.services.context import Context
from pfd_panel.services.overlaying import OverlayBands, OverlayOptions
from pfd_panel.services.projecting import Projection
from pipelines.projections import ProjectionConfig


class LocalPictures:
    """Projections and overlays of a data directory."""

    context: Context

    if TYPE_CHECKING:

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
        asked = SignalQuery(**query)
        found = projecting.find(self.context, dataset, config, query=asked, target=target, model=model)
        if found is None:
            self.wait(projecting.start(self.context, dataset, config, query=asked, model=model))
            found = projecting.find(self.context, dataset, config, query=asked, target=target, model=model)
        if found is None:
            raise RequestError("the signals changed while they were projected", hint="Project them again.")
        return found

    def start_projection(
        self, dataset: str, config: ProjectionConfig | None = None, *, model: str | None = None, **query: Any
    ) -> Job:
        """Queue a projection and return its job at once."""
        return projecting.start(self.context, dataset, config, query=SignalQuery(**query), model=model)

    def embedding_models(self, dataset: str) -> list[str]:
        """The networks that learned from a dataset, newest first; their embeddings can be projected."""
        return projecting.heard_by(self.context, dataset)

    def overlay(self, dataset: str, options: OverlayOptions | None = None, **query: Any) -> OverlayBands:
        """Median and quantile bands of every signal that a query finds, by class."""
        return overlaying.summary(self.context, dataset, options, query=SignalQuery(**query))

    def draw_overlay(
        self, dataset: str, target: Path | str, options: OverlayOptions | None = None, **query: Any
    ) -> Path:
        """Write the density of every signal that a query finds as a PNG, one image a class."""
        place = Path(target).expanduser()
        if not place.parent.is_dir():
            raise RequestError(f"there is no folder {place.parent}", hint="Make it first, or name another.")
        made = overlaying.picture(self.context, dataset, options, query=SignalQuery(**query))
        return Path(shutil.copyfile(made, place))
