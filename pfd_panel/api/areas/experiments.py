"""Experiments: start them with one or several seeds, find them, follow what they measure, keep them in order."""

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from dask_cluster.train_params import MOST_SEEDS, Seed
from data_catalog.experiment_pages import ExperimentRow
from data_catalog.experiments import LONGEST_FOLDER, LONGEST_NAME, RunRow, Summary
from data_catalog.query_text import LONGEST
from pfd_panel.api.areas.models import Training
from pfd_panel.api.cursors import newest_first
from pfd_panel.api.operation import operation
from pfd_panel.api.requests import Asked, Count, Ids, Name, Notes, Nothing, Paged, Word
from pfd_panel.api.wire import Answer, Page, Table
from pfd_panel.services import experiments
from pfd_panel.services.context import Context
from pfd_panel.services.querying import QueryName

State = Literal["queued", "running", "paused", "done", "failed", "cancelled"]
Title = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
Folder = Annotated[str, Field(max_length=LONGEST_FOLDER, description="Parts between slashes; empty: the top.")]
Words = Annotated[tuple[Word, ...], Field(max_length=100)]


class NewExperiment(Training):
    """Which model, tested how, with which seeds, and how the experiment is called."""

    seeds: list[Seed] | None = Field(
        None,
        min_length=1,
        max_length=MOST_SEEDS,
        description="One run with each; the seed of `config` without. They never move which recordings are tested.",
    )
    title: str = Field("", max_length=LONGEST_NAME, description="Name of the experiment; empty: model and dataset.")
    notes: Notes = ""
    tags: Words = ()
    folder: Folder = ""
    visibility: Literal["team", "private"] = "team"


class ExperimentFilter(Asked):
    """Which experiments."""

    search: str = Field("", max_length=300, description="Words of name, notes, model, target, split, folder, dataset.")
    query: str = Field(
        "",
        max_length=LONGEST,
        description="A condition, as `record_accuracy > 0.9 and model = cnn_1d`; `list_experiment_names` says what it "
        "can name.",
        json_schema_extra={"example": "record_accuracy > 0.9 and model = cnn_1d"},
    )
    dataset: str = Field("", max_length=300, description="Only on this dataset, by name or id.")
    archived: bool = Field(False, description="The archived ones instead.")
    deleted: bool = Field(False, description="Those that were deleted and can be restored.")


class ExperimentList(ExperimentFilter, Paged):
    """Which experiments, in which order."""

    state: tuple[State, ...] = Field((), max_length=6, description="Only in these states.")
    model: tuple[Word, ...] = Field((), max_length=100, description="Only with these models.")
    folder: str | None = Field(None, max_length=LONGEST_FOLDER, description="Only in or below this; empty: in none.")
    tag: Words = Field((), description="Only with all of these tags.")
    sort: str = Field(
        "-created_at",
        max_length=200,
        description="A column, or a summary of a measured number as `valid_loss.min`; a minus turns it round.",
    )
    column: tuple[Word, ...] = Field((), max_length=50, description="Summaries that the rows shall have in `values`.")
    offset: Count = Field(0, description="Experiments to skip; without a cursor.")


class OfExperiment(Asked):
    """Which experiment."""

    experiment: Name = Field(description="Id of an experiment, or the beginning of one.")


class HistoryRequest(OfExperiment):
    """Which numbers of which runs."""

    run: int | None = Field(None, ge=1, le=2**31 - 1, description="Only of the run of this number.")
    name: tuple[Word, ...] | None = Field(None, max_length=100, description="Only these numbers.")


class Experiments(Asked):
    """One experiment or many: all of them are changed, or none."""

    experiments: Ids = Field(description="Ids of experiments.")


class ExperimentName(Experiments):
    """What they are called."""

    name: Title


class ExperimentNotes(Experiments):
    """What there is to say about them."""

    notes: Notes


class ExperimentFolder(Experiments):
    """Where they lie."""

    folder: Folder


class ExperimentTags(Experiments):
    """Tags."""

    words: Words


class ExperimentVisibility(Experiments):
    """Who sees them."""

    visibility: Word = Field(description="`team`, or `private`: their owners and administrators only.")


class ModelLeft(Answer):
    """A model version that a run left."""

    id: str
    name: str
    number: int
    seed: int
    record_accuracy: float | None
    created_at: Any


class ExperimentAnswer(Answer):
    """An experiment with its runs, the models they left and what was measured, summed up."""

    experiment: ExperimentRow
    runs: list[RunRow]
    models: list[ModelLeft]
    summaries: dict[str, Summary]


class ExperimentFacet(Answer):
    """A value and how many experiments have it."""

    value: str
    experiments: int


@operation("GET", "/experiments", right="read", offers=experiments.page)
def list_experiments(context: Context, asked: ExperimentList) -> Page[ExperimentRow]:
    """Experiments, newest first or sorted, filtered and searched."""
    told = asked.model_dump(exclude={"limit", "cursor", "offset", "tag", "column"})

    def fetch(offset: int, limit: int) -> tuple[list[ExperimentRow], int]:
        found = experiments.page(context, **told, tags=asked.tag, columns=asked.column, offset=offset, limit=limit)
        return found.rows, found.total

    return newest_first(asked.cursor, asked.limit, asked.about(), fetch, start=asked.offset)


@operation("GET", "/experiment-facets", right="read", offers=experiments.facets)
def list_experiment_facets(context: Context, asked: ExperimentFilter) -> dict[str, list[ExperimentFacet]]:
    """States, models, folders, owners, datasets and tags of experiments, with their counts."""
    counted = experiments.facets(context, **asked.model_dump())
    return {
        name: [ExperimentFacet(value=value, experiments=count) for value, count in pairs]
        for name, pairs in counted.items()
    }


@operation("GET", "/experiment-names", right="read", offers=experiments.names)
def list_experiment_names(context: Context, asked: Nothing) -> list[QueryName]:
    """What a query on experiments can name, and what lists can show and be sorted by."""
    return experiments.names(context)


@operation("GET", "/experiments/{experiment}", right="read", offers=experiments.get)
def get_experiment(context: Context, asked: OfExperiment) -> ExperimentAnswer:
    """One experiment with its runs, the models they left and what was measured, summed up."""
    found = experiments.get(context, asked.experiment)
    models = [ModelLeft.model_validate(one) for one in found.models]
    return ExperimentAnswer(experiment=found.experiment, runs=found.runs, models=models, summaries=found.summaries)


@operation("GET", "/experiments/{experiment}/history", right="read", offers=experiments.history)
def get_experiment_history(context: Context, asked: HistoryRequest) -> Table:
    """What the runs measured, one row a number and epoch: run, seed, part, epoch, name, value."""
    frame = experiments.history(context, asked.experiment, run=asked.run, names=asked.name or None)
    return Table(data={str(name): np.asarray(frame[name]) for name in frame})


@operation("GET", "/experiments/{experiment}/settings", right="read", offers=experiments.rerun_settings)
def get_experiment_settings(context: Context, asked: OfExperiment) -> dict[str, Any]:
    """What would have to be asked to make the same experiment again."""
    return experiments.rerun_settings(context, asked.experiment)


@operation(
    "POST",
    "/datasets/{dataset}/experiments",
    right="work",
    offers=experiments.start,
    example={
        "title": "Wide first kernel",
        "seeds": [0, 1, 2],
        "name": "CWRU wide",
        "config": {"model": "wdcnn", "split": {"kind": "recording", "folds": 5}},
    },
)
def start_experiment(context: Context, asked: NewExperiment) -> ExperimentRow:
    """Queue an experiment, one run a seed; features that are missing are extracted first, by a job of their own."""
    about = {"dataset", "seeds", "title", "notes", "tags", "folder", "visibility"}
    return experiments.start(
        context,
        asked.dataset,
        asked.model_dump(mode="json", exclude=about),
        seeds=asked.seeds,
        name=asked.title,
        notes=asked.notes,
        tags=asked.tags,
        folder=asked.folder,
        visibility=asked.visibility,
    )


@operation("POST", "/experiments/rename", right="work", offers=experiments.rename)
def rename_experiments(context: Context, asked: ExperimentName) -> list[ExperimentRow]:
    """Give experiments a name."""
    return experiments.rename(context, asked.experiments, asked.name)


@operation("POST", "/experiments/describe", right="work", offers=experiments.describe)
def describe_experiments(context: Context, asked: ExperimentNotes) -> list[ExperimentRow]:
    """Rewrite the notes of experiments."""
    return experiments.describe(context, asked.experiments, asked.notes)


@operation("POST", "/experiments/move", right="work", offers=experiments.move)
def move_experiments(context: Context, asked: ExperimentFolder) -> list[ExperimentRow]:
    """Put experiments into a folder."""
    return experiments.move(context, asked.experiments, asked.folder)


@operation("POST", "/experiments/tag", right="work", offers=experiments.tag)
def tag_experiments(context: Context, asked: ExperimentTags) -> list[ExperimentRow]:
    """Put tags on experiments."""
    return experiments.tag(context, asked.experiments, asked.words)


@operation("POST", "/experiments/untag", right="work", offers=experiments.untag)
def untag_experiments(context: Context, asked: ExperimentTags) -> list[ExperimentRow]:
    """Take tags off experiments."""
    return experiments.untag(context, asked.experiments, asked.words)


@operation("POST", "/experiments/archive", right="work", offers=experiments.archive)
def archive_experiments(context: Context, asked: Experiments) -> list[ExperimentRow]:
    """Take experiments out of the usual lists."""
    return experiments.archive(context, asked.experiments)


@operation("POST", "/experiments/unarchive", right="work", offers=experiments.unarchive)
def unarchive_experiments(context: Context, asked: Experiments) -> list[ExperimentRow]:
    """Bring archived experiments back into the usual lists."""
    return experiments.unarchive(context, asked.experiments)


@operation("POST", "/experiments/delete", right="work", offers=experiments.delete)
def delete_experiments(context: Context, asked: Experiments) -> list[ExperimentRow]:
    """Take experiments that have ended out of sight; they can be restored for 30 days, and their models stay."""
    return experiments.delete(context, asked.experiments)


@operation("POST", "/experiments/restore", right="work", offers=experiments.restore)
def restore_experiments(context: Context, asked: Experiments) -> list[ExperimentRow]:
    """Bring deleted experiments back, by their ids."""
    return experiments.restore(context, asked.experiments)


@operation("PUT", "/experiments/visibility", right="work", offers=experiments.share)
def share_experiments(context: Context, asked: ExperimentVisibility) -> list[ExperimentRow]:
    """Let the team see experiments with their runs, models and jobs, or only their owners and administrators."""
    return experiments.share(context, asked.experiments, asked.visibility)
