"""Models: train them, compare them, let them predict."""

from typing import Any

from pydantic import Field

from dask_cluster.jobs import parse_params
from dask_cluster.kinds.predict_recordings import PredictParams
from data_catalog.schema import Job, ModelVersion, Prediction
from pfd_panel.api.cursors import newest_first
from pfd_panel.api.operation import operation
from pfd_panel.api.requests import Asked, Count, Name, Notes, Nothing, OfDataset, Paged, Word
from pfd_panel.api.sources import Corrections, path_of
from pfd_panel.api.wire import Answer, Page
from pfd_panel.services import estimating, splitting, training
from pfd_panel.services.context import Context
from pfd_panel.services.estimating import Estimate
from pfd_panel.services.splitting import Choices
from pipelines.features import FeatureConfig
from pipelines.learn import TrainConfig
from pipelines.learn.split import Overlap
from pipelines.training.presets import Preset


class ModelList(Paged):
    """Which models."""

    dataset: Name | None = Field(None, description="Only models of this dataset.")
    stage: Word | None = Field(None, description="Only versions in this stage: `candidate`, `production`, `retired`.")


class OfModel(Asked):
    """Which model version."""

    model: Name = Field(description="Id, `name:number`, `name@production`, or a name for its newest version.")


class ModelVisibility(OfModel):
    """Who sees a model version."""

    visibility: Word = Field(description="`team`, or `private`: its owner and administrators only.")


class ModelChange(OfModel):
    """What to change."""

    notes: Notes


class Comparison(OfModel):
    """With which other model."""

    other: Name


class Training(OfDataset):
    """Which model, tested how."""

    name: Word | None = Field(None, description="Name of the model; its versions are numbered.")
    channels: list[Word] | None = Field(None, min_length=1, max_length=1000, description="Channels to learn from.")
    features: FeatureConfig = Field(default_factory=FeatureConfig)
    config: TrainConfig = Field(default_factory=TrainConfig, description="Model, target, split and seed.")


class EstimateRequest(Training):
    """Which training, and for how many seeds."""

    seeds: list[Count] = Field(default=[0], min_length=1, max_length=100, description="Seeds, one run each.")
    probe: bool = Field(True, description="Time a little on the server where no earlier training tells; takes seconds.")


class PredictionRequest(Corrections):
    """Which model, on what."""

    model: Name = Field(description="Id, `name:number`, `name@production`, or a name for its newest version.")


class SplitRequest(OfDataset):
    """A split that a training could use."""

    target: Word = "fault"
    groups: list[Word] = Field(default=[], max_length=20, description="Columns whose values stay on one side.")
    folds: int | None = Field(5, ge=2, le=50)
    seed: int = Field(0, ge=0, le=2**32 - 1)
    drop_small_classes: bool = False
    channels: list[Word] | None = Field(None, min_length=1, max_length=1000)
    test_share: float = Field(0.3, gt=0, lt=1, description="Share of recordings tested where there are no folds.")
    stratified: bool = Field(True, description="Keep the proportions of classes alike in all folds.")


class DeclaredModel(Answer):
    """A model that can be trained; `params` is the JSON schema of its parameters."""

    name: str
    title: str
    summary: str
    citation: str
    params: dict[str, Any]


class FoldSize(Answer):
    """Recordings on either side of a fold."""

    name: str
    train: int
    test: int


class SplitAnswer(Answer):
    """What a split would be, or why it is refused and what to do."""

    refusal: str
    hint: str
    too_small: dict[str, int]
    classes: dict[str, int]
    folds: list[FoldSize]
    overlaps: list[Overlap]
    notes: list[str]
    recordings: int
    signals: int


class Text(Answer):
    """Plain words."""

    text: str


@operation("GET", "/models", right="read", offers=training.page)
def list_models(context: Context, asked: ModelList) -> Page[ModelVersion]:
    """Model versions, newest first."""

    def fetch(offset: int, limit: int) -> tuple[list[ModelVersion], int]:
        return training.page(context, dataset=asked.dataset, stage=asked.stage, offset=offset, limit=limit)

    return newest_first(asked.cursor, asked.limit, asked.about(), fetch)


@operation("GET", "/models/{model}", right="read", offers=training.get)
def get_model(context: Context, asked: OfModel) -> ModelVersion:
    """One model version with its whole evaluation."""
    return training.get(context, asked.model)


@operation("GET", "/models/{model}/predictions", right="read", offers=training.held_out)
def get_held_out(context: Context, asked: OfModel) -> list[Prediction]:
    """What the model said of every recording while it was held out."""
    return training.held_out(context, training.get(context, asked.model).id)


@operation("GET", "/models/{model}/findings", right="read", offers=training.findings)
def get_findings(context: Context, asked: OfModel) -> list[str]:
    """What the leak check found, the gravest first; empty when it found nothing."""
    return list(training.findings(training.get(context, asked.model)))


@operation("GET", "/models/{model}/comparable", right="read", offers=training.comparable)
def list_comparable(context: Context, asked: OfModel) -> list[ModelVersion]:
    """The other models of the same dataset, newest first."""
    return training.comparable(context, training.get(context, asked.model))


@operation(
    "GET", "/models/{model}/difference", right="read", offers=training.why_different, example={"other": "CWRU forest:2"}
)
def compare_models(context: Context, asked: Comparison) -> Text:
    """In plain words, why two results differ."""
    return Text(text=training.why_different(context, asked.model, asked.other))


@operation("PATCH", "/models/{model}", right="work", offers=training.write_notes)
def update_model(context: Context, asked: ModelChange) -> ModelVersion:
    """Rewrite the notes of a model version."""
    return training.write_notes(context, asked.model, asked.notes)


@operation("PUT", "/models/{model}/visibility", right="work", offers=training.share)
def share_model(context: Context, asked: ModelVisibility) -> ModelVersion:
    """Let the team see a model version, or only its owner and administrators."""
    return training.share(context, asked.model, asked.visibility)


@operation("DELETE", "/models/{model}", right="work", offers=training.delete)
def delete_model(context: Context, asked: OfModel) -> None:
    """Take a model version out of sight; it can be brought back for 30 days."""
    training.delete(context, asked.model)


@operation("POST", "/deleted-models/{model}/restore", right="work", offers=training.restore)
def restore_model(context: Context, asked: OfModel) -> ModelVersion:
    """Bring a deleted model version back, by its id."""
    return training.restore(context, asked.model)


@operation("GET", "/model-kinds", right="read", offers=training.declared)
def list_model_kinds(context: Context, asked: Nothing) -> list[DeclaredModel]:
    """The models that can be trained, with their parameters."""
    return [
        DeclaredModel(
            name=one.name,
            title=one.title,
            summary=one.summary,
            citation=one.citation,
            params=one.params.model_json_schema(),
        )
        for one in training.declared()
    ]


@operation("GET", "/training-presets", right="read", offers=training.presets)
def list_training_presets(context: Context, asked: Nothing) -> list[Preset]:
    """Named configurations of a training: model, parameters and windows, the quickest first."""
    return training.presets()


@operation("GET", "/datasets/{dataset}/training-choices", right="read", offers=splitting.choices)
def get_training_choices(context: Context, asked: OfDataset) -> Choices:
    """Columns to predict, columns to keep apart and channels of a dataset."""
    return splitting.choices(context, asked.dataset)


@operation("POST", "/datasets/{dataset}/split-preview", right="read", offers=splitting.preview_split)
def preview_split(context: Context, asked: SplitRequest) -> SplitAnswer:
    """The split that a training would use, or why it would be refused."""
    given = asked.model_dump(exclude={"dataset"})
    found = splitting.preview_split(context, asked.dataset, **given)
    told = {name: getattr(found, name) for name in SplitAnswer.model_fields if hasattr(found, name)}
    told["folds"] = [FoldSize(name=name, train=train, test=test) for name, train, test in found.folds]
    told["overlaps"] = list(found.split.overlaps) if found.split else []
    told["notes"] = list(found.split.notes) if found.split else []
    return SplitAnswer(**told)


@operation(
    "POST",
    "/datasets/{dataset}/trainings",
    right="work",
    offers=training.start,
    example={"name": "CWRU forest", "config": {"model": "random_forest", "split": {"kind": "recording", "folds": 5}}},
)
def train(context: Context, asked: Training) -> Job:
    """Queue a training; features that are missing are extracted first, by a job of their own."""
    return training.start(context, asked.dataset, asked.model_dump(mode="json", exclude={"dataset"}))


@operation("POST", "/datasets/{dataset}/training-estimate", right="work", offers=estimating.estimate)
def estimate_training(context: Context, asked: EstimateRequest) -> Estimate:
    """How long a training would take and how much memory it needs, and how that is known."""
    given = asked.model_dump(mode="json", exclude={"dataset", "seeds", "probe"})
    return estimating.estimate(context, asked.dataset, given, asked.seeds, probe=asked.probe)


@operation("POST", "/predictions", right="work", offers=training.predict, example={"model": "CWRU forest:1"})
def predict(context: Context, asked: PredictionRequest) -> Job:
    """Queue a model's prediction for files; the answers are in the job's `result.predictions`."""
    given = asked.corrections() | {"path": path_of(context, asked), "model": asked.model}
    params = parse_params("predict_recordings", given)
    assert isinstance(params, PredictParams)
    return training.predict(context, params)
