"""Registry: stages of models, where they come from, files to take away, answers at once."""

from pydantic import Field

from data_catalog.schema import Job, StageChange
from pfd_panel.api.cursors import FieldError
from pfd_panel.api.operation import operation
from pfd_panel.api.requests import Asked, Name, Word
from pfd_panel.api.wire import FileAnswer
from pfd_panel.services import predicting, registering, tracing
from pfd_panel.services.context import Context
from pfd_panel.services.predicting import SignalAnswer
from pfd_panel.services.registering import ModelCard, ModelFile, Promoted
from pfd_panel.services.tracing import LineageStep
from pipelines.exchange import FORMATS, export_format

_FORMATS = ", ".join(f"`{one.name}`" for one in FORMATS)


class OfVersion(Asked):
    """Which model version."""

    model: Name = Field(
        description="Id, `name:number`, `name@production`, `name@candidate`, or a name for its newest version."
    )


class StageRequest(OfVersion):
    """Which stage, and why."""

    stage: Word = Field(description="`none`, `candidate`, `production` or `retired`.", examples=["production"])
    reason: str = Field(min_length=1, max_length=2000, description="Why this version, and why now.")


class LineageRequest(OfVersion):
    """The way of which signal."""

    signal: Name | None = Field(None, description="Id of a signal: only its file, recording and predictions.")


class ExportRequest(OfVersion):
    """Which files."""

    formats: list[Word] = Field([], max_length=10, description=f"Any of {_FORMATS}; none: all that there can be.")


class OfFile(OfVersion):
    """Which file."""

    format: Word = Field(description=f"One of {_FORMATS}.")


class SignalRequest(OfVersion):
    """One signal, as numbers or as an array of numpy."""

    samples: list[float] | None = Field(None, min_length=1, description="Samples of one channel.")
    npy: str | None = Field(None, description="Instead of them: an `.npy` file of one axis, in base64.")
    rate_hz: float = Field(gt=0, le=1e9, description="Sampling rate, Hz.")
    speed_rpm: float | None = Field(None, gt=0, le=1e7, description="Shaft speed, rpm.")
    bearing: Word | None = Field(None, description="Designation of the bearing.")


class DatasetPredictionRequest(OfVersion):
    """Which dataset."""

    dataset: Name = Field(description="Name or id of a dataset.")
    version: int | None = Field(None, ge=1, le=2**31 - 1, description="Version of the dataset; the current one.")


@operation(
    "PUT",
    "/models/{model}/stage",
    right="work",
    offers=registering.promote,
    example={"stage": "production", "reason": "Two weeks beside the old one, no miss."},
)
def promote_model(context: Context, asked: StageRequest) -> Promoted:
    """Move a model version to a stage; the version of its name that was in production retires with it."""
    return registering.promote(context, asked.model, asked.stage, asked.reason)


@operation("GET", "/models/{model}/stages", right="read", offers=registering.stage_history)
def list_stage_changes(context: Context, asked: OfVersion) -> list[StageChange]:
    """Every change of stage under the name of a model version, newest first."""
    return registering.stage_history(context, asked.model)


@operation("GET", "/models/{model}/lineage", right="read", offers=tracing.lineage)
def get_lineage(context: Context, asked: LineageRequest) -> list[LineageStep]:
    """From source files to predictions: each step with ids and hashes, and the steps it was made from."""
    return tracing.lineage(context, asked.model, signal=asked.signal)


@operation("GET", "/models/{model}/card", right="read", offers=registering.card)
def get_model_card(context: Context, asked: OfVersion) -> ModelCard:
    """What a model version weighs and how fast it is, as far as it was measured."""
    return registering.card(context, asked.model)


@operation(
    "POST", "/models/{model}/exports", right="work", offers=registering.export, example={"formats": ["pt", "onnx"]}
)
def export_model(context: Context, asked: ExportRequest) -> Job:
    """Queue the making of files, each checked against the model on held-out windows and measured."""
    return registering.export(context, asked.model, asked.formats)


@operation("GET", "/models/{model}/exports", right="read", offers=registering.files)
def list_model_files(context: Context, asked: OfVersion) -> list[ModelFile]:
    """The files of a model version with what was measured; those that were not made yet are among them."""
    return registering.files(context, asked.model)


@operation(
    "GET", "/models/{model}/exports/{format}", right="read", offers=registering.download, example={"format": "onnx"}
)
def download_model_file(context: Context, asked: OfFile) -> FileAnswer:
    """A file of a model version that was made before."""
    made = registering.download(context, asked.model, asked.format)
    return FileAnswer(str(made), made.name, export_format(asked.format).media_type)


@operation("POST", "/models/{model}/predict", right="read", offers=predicting.signal, example={"npy": None}, pure=True)
def predict_signal(context: Context, asked: SignalRequest) -> SignalAnswer:
    """What a model says of one signal, at once; nothing is stored.

    An `.npy` file can be the body itself: send it as `application/x-npy`, and the other fields in the query.
    """
    if (asked.samples is None) == (asked.npy is None):
        raise FieldError("give samples or npy, one of them", "body.samples", hint="One channel of one recording.")
    given = asked.samples if asked.npy is None else predicting.from_npy(asked.npy)
    assert given is not None
    return predicting.signal(
        context, asked.model, given, asked.rate_hz, speed_rpm=asked.speed_rpm, bearing=asked.bearing
    )


@operation("POST", "/models/{model}/dataset-predictions", right="work", offers=predicting.dataset)
def predict_dataset(context: Context, asked: DatasetPredictionRequest) -> Job:
    """Queue a model's prediction for every recording of a dataset; the answers are in the job's result."""
    return predicting.dataset(context, asked.model, asked.dataset, version=asked.version)
