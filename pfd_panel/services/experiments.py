"""Experiments: start them with one or several seeds, list, search and read them, keep them in order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from dask_cluster.training_record import RESULTS
from data_catalog import experiment_changes, experiment_pages, glimpse, run_metrics
from data_catalog import experiments as kept
from data_catalog.experiment_pages import ExperimentPage, ExperimentQuery, ExperimentRow
from data_catalog.experiment_query import NAMES, STATISTICS
from data_catalog.experiments import RunRow, Summary
from data_catalog.schema import Experiment, Job, ModelVersion
from pfd_panel.services import training
from pfd_panel.services.context import Context
from pfd_panel.services.querying import QueryName
from pipelines.training.history import COLUMNS

MEASURED = (*(name for name in COLUMNS if name not in ("epoch", "recall", "best")), *RESULTS)
"""Names under which runs measure something; each class adds its share found as ``recall:`` and its name."""


@dataclass(frozen=True)
class ModelSummary:
    """The model version that a run left, without its evaluation."""

    id: str
    name: str
    number: int
    seed: int
    record_accuracy: float | None
    created_at: datetime

    @property
    def reference(self) -> str:
        """``name:number``, by which it is asked for."""
        return f"{self.name}:{self.number}"


@dataclass(frozen=True)
class ExperimentDetail:
    """One experiment with its runs, the job that runs it, the models it left, and what was measured, summed up."""

    experiment: ExperimentRow
    runs: list[RunRow]
    job: Job | None
    models: list[ModelSummary]
    summaries: dict[str, Summary]


def start(
    context: Context,
    dataset: str,
    asked: Mapping[str, Any],
    *,
    seeds: Sequence[int] | None = None,
    name: str = "",
    notes: str = "",
    tags: Sequence[str] = (),
    folder: str = "",
    visibility: str = "team",
) -> ExperimentRow:
    """Queue an experiment: one run a seed on one split; features that are missing are extracted first.

    Parameters
    ----------
    dataset : str
        Name or id.
    asked : mapping
        Settings as `training.settings` makes them: name of the model, channels, features, config.
    seeds : sequence of int, optional
        One run each; the seed of the configuration without. They move what chance decides in learning, never which
        recordings are tested: that is the seed of the split.
    name, notes, tags, folder, visibility
        How it is called and kept.

    Raises
    ------
    RequestError, NotFoundError, QuotaError
        A setting does not fit; no such dataset; the user has too many trainings under way.
    """
    about = {"name": name, "notes": notes, "tags": list(tags), "folder": folder, "visibility": visibility}
    given = {**asked, "experiment": about}
    if seeds is not None:
        given["seeds"] = list(seeds)
    job = training.start(context, dataset, given)
    with context.read() as session:
        found = kept.of_job(session, job.id)
        assert found is not None  # made in the transaction that queued the job
        return _row(session, found)


def page(
    context: Context,
    *,
    search: str = "",
    query: str = "",
    state: Sequence[str] = (),
    model: Sequence[str] = (),
    dataset: str = "",
    folder: str | None = None,
    tags: Sequence[str] = (),
    archived: bool = False,
    deleted: bool = False,
    sort: str = "-created_at",
    columns: Sequence[str] = (),
    offset: int = 0,
    limit: int = 50,
) -> ExperimentPage:
    """Experiments that fit, one slice of them, and how many there are; arguments are fields of `ExperimentQuery`."""
    context.require("read")
    asked = ExperimentQuery(
        search=search,
        query=query,
        state=state,
        model=model,
        dataset=dataset,
        folder=folder,
        tags=tags,
        archived=archived,
        deleted=deleted,
        sort=sort,
        columns=columns,
        measured=MEASURED,
        offset=offset,
        limit=limit,
    )
    with context.read() as session:
        return experiment_pages.page(session, asked)


def facets(
    context: Context,
    *,
    search: str = "",
    query: str = "",
    dataset: str = "",
    archived: bool = False,
    deleted: bool = False,
) -> dict[str, list[tuple[str, int]]]:
    """States, models, folders, owners, datasets and tags of the experiments that fit, with their counts."""
    context.require("read")
    asked = ExperimentQuery(
        search=search, query=query, dataset=dataset, archived=archived, deleted=deleted, measured=MEASURED
    )
    with context.read() as session:
        return experiment_pages.facets(session, asked)


def names(context: Context) -> list[QueryName]:
    """What a query on experiments can name, and what lists can show and be sorted by: the numbers with a point."""
    context.require("read")
    with context.read() as session:
        measured = dict.fromkeys([*MEASURED, *experiment_pages.measured_names(session)])
    told = [QueryName(name, one.kind, one.meaning) for name, one in NAMES.items()]
    for name in measured:
        meaning = COLUMNS.get(name, name.replace("_", " "))
        told += [QueryName(f"{name}.{one}", "number", f"{_STATISTIC[one]}: {meaning}") for one in STATISTICS]
    return told


_STATISTIC: Mapping[str, str] = {
    "last": "after the last epoch",
    "best": "at the epoch whose weights were kept",
    "min": "least over the epochs or folds",
    "max": "most over the epochs or folds",
}


def get(context: Context, experiment_id: str) -> ExperimentDetail:
    """One experiment by its id, or by the beginning of it if only one begins so."""
    context.require("read")
    with context.read() as session:
        found = kept.get(session, experiment_id)
        runs = kept.runs(session, found.id)
        models = _models(session, [one.model_id for one in runs if one.model_id])
        summaries = run_metrics.summaries(session, found.id)
        # one that left a model which is hidden from the user is hidden with it
        job = session.get(Job, found.job_id) if found.job_id else None
        row = _row(session, found)
    if job is not None:
        job = glimpse.brought_up_to_date(context.catalog.home, job)
    return ExperimentDetail(row, runs, job, models, summaries)


def history(
    context: Context, experiment_id: str, *, run: int | None = None, names: Sequence[str] | None = None
) -> pd.DataFrame:
    """What the runs measured: columns run, seed, part, epoch, name, value; one row a number and epoch.

    `part` is the name of a fold, or ``kept``: the training of the model that is kept. `run` and `names` keep one run
    and some of the numbers.
    """
    context.require("read")
    with context.read() as session:
        found = kept.get(session, experiment_id)
        rows = run_metrics.history(session, found.id, run=run, names=names)
    frame = pd.DataFrame(rows, columns=["run", "seed", "part", "epoch", "name", "value"])
    return frame.astype({"run": "int64", "seed": "int64", "epoch": "int64", "value": "float64"})


def rerun_settings(context: Context, experiment_id: str) -> dict[str, Any]:
    """The arguments of `start` that would make the same experiment on the present version of the dataset."""
    context.require("read")
    with context.read() as session:
        found = kept.get(session, experiment_id)
        row, runs = _row(session, found), kept.runs(session, found.id)
    asked = {name: row.config[name] for name in ("name", "channels", "features", "config") if name in row.config}
    return {
        "dataset": row.dataset,
        "asked": asked,
        "seeds": [one.seed for one in runs],
        "name": row.name,
        "notes": row.notes,
        "tags": row.tags,
        "folder": row.folder,
        "visibility": row.visibility,
    }


def rename(context: Context, experiments: Sequence[str], name: str) -> list[ExperimentRow]:
    """Give experiments a name."""
    context.require("work")
    return _changed(context, experiments, experiment_changes.rename, name)


def describe(context: Context, experiments: Sequence[str], notes: str) -> list[ExperimentRow]:
    """Rewrite the notes of experiments."""
    context.require("work")
    return _changed(context, experiments, experiment_changes.describe, notes)


def move(context: Context, experiments: Sequence[str], folder: str) -> list[ExperimentRow]:
    """Put experiments into a folder, its parts between slashes; '' is the top."""
    context.require("work")
    return _changed(context, experiments, experiment_changes.move, folder)


def tag(context: Context, experiments: Sequence[str], words: Sequence[str]) -> list[ExperimentRow]:
    """Put tags on experiments."""
    context.require("work")
    return _changed(context, experiments, experiment_changes.tag, words)


def untag(context: Context, experiments: Sequence[str], words: Sequence[str]) -> list[ExperimentRow]:
    """Take tags off experiments."""
    context.require("work")
    return _changed(context, experiments, experiment_changes.untag, words)


def archive(context: Context, experiments: Sequence[str]) -> list[ExperimentRow]:
    """Take experiments out of the usual lists."""
    context.require("work")
    return _changed(context, experiments, experiment_changes.archive)


def unarchive(context: Context, experiments: Sequence[str]) -> list[ExperimentRow]:
    """Bring archived experiments back into the usual lists."""
    context.require("work")
    return _changed(context, experiments, experiment_changes.unarchive)


def delete(context: Context, experiments: Sequence[str]) -> list[ExperimentRow]:
    """Take experiments that have ended out of sight; `restore` brings them back for 30 days. Their models stay."""
    context.require("work")
    return _changed(context, experiments, experiment_changes.delete)


def restore(context: Context, experiments: Sequence[str]) -> list[ExperimentRow]:
    """Bring deleted experiments back, by their ids."""
    context.require("work")
    return _changed(context, experiments, experiment_changes.restore, deleted=True)


def share(context: Context, experiments: Sequence[str], visibility: str) -> list[ExperimentRow]:
    """Let the team see experiments with their runs, models and jobs (``team``), or only their owner (``private``).

    Raises
    ------
    NotAllowedError
        Someone else owns one of them.
    """
    context.require("work")

    def act(session: Session, found: Sequence[Experiment], wanted: str, *, by: str) -> None:
        for one in found:
            context.require_owner(one.owner)
        experiment_changes.set_visibility(session, found, wanted, by=by)

    return _changed(context, experiments, act, visibility)


def _changed(
    context: Context, experiments: Sequence[str], act: Callable[..., None], *given: object, deleted: bool = False
) -> list[ExperimentRow]:
    """Change one experiment or many in one transaction: all of them, or none."""
    with context.write() as session:
        found = experiment_changes.several(session, experiments, deleted=deleted)
        act(session, found, *given, by=context.user.name)
        return experiment_pages.rows_of(session, found)


def _row(session: Session, found: Experiment) -> ExperimentRow:
    return experiment_pages.rows_of(session, [found])[0]


def _models(session: Session, ids: Sequence[str]) -> list[ModelSummary]:
    columns = (getattr(ModelVersion, name) for name in ModelSummary.__dataclass_fields__)
    rows = session.execute(select(*columns).where(ModelVersion.id.in_(ids)).order_by(ModelVersion.number))
    return [ModelSummary(*row) for row in rows]
