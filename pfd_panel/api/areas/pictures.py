"""Pictures of many signals: projections of their features, and overlays of their waveforms and spectra."""

from typing import Annotated

from pydantic import Field

from data_catalog.schema import Job
from pfd_panel.api.cursors import FieldError
from pfd_panel.api.operation import operation
from pfd_panel.api.requests import OfDataset, SignalFilter, Word
from pfd_panel.api.wire import Answer, FileAnswer
from pfd_panel.services import overlaying, projecting
from pfd_panel.services.context import Context
from pfd_panel.services.overlaying import OverlayOptions, What
from pipelines.projections import ProjectionConfig

Place = Annotated[float, Field(ge=0, le=1e9)]


OF_MODEL = "Version of a network whose embedding is projected, as name:number; the features without."


class Projecting(SignalFilter, OfDataset):
    """Which signals, and how to project them."""

    config: ProjectionConfig = Field(default_factory=ProjectionConfig)
    model: Word | None = Field(None, description=OF_MODEL)


class ProjectionAsked(SignalFilter, OfDataset):
    """Which signals, how they were projected, and what parts them into classes."""

    target: Word = "fault"
    model: Word | None = Field(None, description=OF_MODEL)
    method: str = Field("pca", json_schema_extra={"enum": ["pca", "tsne", "umap"]})
    scaling: str = Field("log", json_schema_extra={"enum": ["log", "standard", "robust"]})
    perplexity: float = Field(30.0, ge=2, le=500)
    neighbours: int = Field(15, ge=2, le=500)
    min_distance: float = Field(0.1, ge=0, le=0.99)
    seed: int = Field(0, ge=0, le=2**32 - 1)

    def config(self) -> ProjectionConfig:
        """The configuration."""
        return projecting.config_of({name: getattr(self, name) for name in ProjectionConfig.model_fields})


class OverlayRequest(SignalFilter, OfDataset):
    """Which signals, and what of them."""

    what: What = "waveform"
    start: Place | None = Field(None, description="Where the axis begins, s or Hz.")
    stop: Place | None = Field(None, description="Where it ends; everything, of envelopes 500 Hz, without.")
    low_hz: Place | None = Field(None, description="Band of the envelopes; the middle half without.")
    high_hz: Place | None = None
    target: Word = Field("fault", description="What parts the signals into classes.")

    def options(self) -> OverlayOptions:
        """What is overlaid."""
        if (self.low_hz is None) != (self.high_hz is None):
            raise FieldError("a band has two ends", "query.low_hz", hint="Give low_hz and high_hz, or neither.")
        band = None if self.low_hz is None or self.high_hz is None else (self.low_hz, self.high_hz)
        return OverlayOptions(self.what, self.start, self.stop, band, self.target)


class Projected(Answer):
    """A picture in two dimensions, one point a signal; `explained` are shares of variance of the axes of a PCA."""

    points: list[tuple[float, float]]
    signal_ids: list[str]
    recordings: list[str]
    channels: list[str]
    labels: list[str]
    config: ProjectionConfig
    trustworthiness: float
    explained: tuple[float, float] | None
    features: list[str]
    left_out: list[str]


class OverlaidClass(Answer):
    """A class: where 10, 25, 50, 75 and 90 % of its curves lie below, at each place; null where there is none."""

    label: str
    signals: int
    quantiles: list[list[float | None]]


class Overlaid(Answer):
    """Many curves on one axis; `notes` say what must be known to read them."""

    what: str
    unit: str
    notes: list[str]
    places: list[float]
    classes: list[OverlaidClass]


@operation("GET", "/datasets/{dataset}/feature-projection", right="read", offers=projecting.find)
def get_projection(context: Context, asked: ProjectionAsked) -> Projected | None:
    """The projection of what a filter finds: PCA at once, t-SNE and UMAP once computed; null until then."""
    found = projecting.find(
        context, asked.dataset, asked.config(), query=asked.chosen(), target=asked.target, model=asked.model
    )
    return None if found is None else Projected(**{**vars(found), "points": found.points.tolist()})


@operation("POST", "/datasets/{dataset}/feature-projection", right="work", offers=projecting.start)
def project_features(context: Context, asked: Projecting) -> Job:
    """Queue the projection of what a filter finds; get_projection answers it afterwards."""
    return projecting.start(context, asked.dataset, asked.config, query=asked.chosen(), model=asked.model)


@operation("GET", "/datasets/{dataset}/embedding-models", right="read", offers=projecting.heard_by)
def list_embedding_models(context: Context, asked: OfDataset) -> list[str]:
    """The networks that learned from a dataset, newest first; their embeddings can be projected."""
    return projecting.heard_by(context, asked.dataset)


@operation("GET", "/datasets/{dataset}/overlay", right="read", offers=overlaying.summary)
def get_overlay(context: Context, asked: OverlayRequest) -> Overlaid:
    """Median and quantile bands of every waveform, spectrum or envelope spectrum that a filter finds, by class."""
    found = overlaying.summary(context, asked.dataset, asked.options(), query=asked.chosen())
    classes = [
        OverlaidClass(
            label=one.label,
            signals=one.signals,
            quantiles=[[value if value == value else None for value in row] for row in one.quantiles.tolist()],
        )
        for one in found.classes
    ]
    return Overlaid(
        what=found.what, unit=found.unit, notes=list(found.notes), places=found.places.tolist(), classes=classes
    )


@operation("GET", "/datasets/{dataset}/overlay-picture", right="read", offers=overlaying.picture)
def draw_overlay(context: Context, asked: OverlayRequest) -> FileAnswer:
    """The same as density images, one a class, in one PNG."""
    made = overlaying.picture(context, asked.dataset, asked.options(), query=asked.chosen())
    return FileAnswer(str(made), made.name, "image/png")
