"""Experiments: made with the job that runs them, found by id, filled by their runs."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_catalog import audit, tags
from data_catalog.errors import CatalogError, NotFoundError
from data_catalog.schema import Experiment, ModelVersion, Run, utc_now

LONGEST_NAME, LONGEST_FOLDER = 300, 500


@dataclass(frozen=True, kw_only=True)
class ExperimentDraft:
    """An experiment about to be made; the fields are those of the table, `seeds` one a run."""

    name: str
    dataset_id: str
    dataset_version: int
    model: str
    target: str
    split_text: str
    config: Mapping[str, Any]
    seeds: Sequence[int]
    job_id: str | None = None
    notes: str = ""
    folder: str = ""
    tags: Sequence[str] = ()
    visibility: str = "team"


@dataclass(frozen=True)
class RunRow:
    """One seed of an experiment; `model` is ``name:number`` of the version it left, if that is there and seen."""

    id: str
    number: int
    seed: int
    state: str
    model_id: str | None
    model: str | None
    record_accuracy: float | None
    started_at: datetime | None
    finished_at: datetime | None
    message: str


@dataclass(frozen=True)
class Summary:
    """What a number was over a run; see `data_catalog.schema.RunSummary`."""

    last: float | None = None
    best: float | None = None
    minimum: float | None = None
    maximum: float | None = None


@dataclass
class Finding:
    """What a run ended with.

    Attributes
    ----------
    model_id : str
        The model version that it left.
    record_accuracy : float or None
    epochs : mapping
        Numbers by name, by epoch, by part: everything that was measured; what was told before is replaced.
    results : mapping
        Summaries of the final results, by name.
    """

    model_id: str
    record_accuracy: float | None
    epochs: Mapping[str, Mapping[int, Mapping[str, float | None]]] = field(default_factory=dict)
    results: Mapping[str, Summary] = field(default_factory=dict)


def create(session: Session, draft: ExperimentDraft, *, owner: str) -> Experiment:
    """Add an experiment and its runs, waiting.

    Raises
    ------
    CatalogError
        It has no name or no seed, or a seed twice.
    """
    seeds = list(draft.seeds)
    if not seeds or len(set(seeds)) < len(seeds):
        raise CatalogError("an experiment needs at least one seed, and each once", hint="give seeds as 0, 1, 2")
    made = Experiment(
        name=named(draft.name),
        notes=draft.notes,
        folder=folder_named(draft.folder),
        dataset_id=draft.dataset_id,
        dataset_version=draft.dataset_version,
        model=draft.model,
        target=draft.target,
        split_text=draft.split_text,
        config=dict(draft.config),
        job_id=draft.job_id,
        owner=owner,
        visibility=draft.visibility,
        seeds=len(seeds),
    )
    made.search = searched(made)
    session.add(made)
    session.flush()
    session.add_all(Run(experiment_id=made.id, number=place + 1, seed=seed) for place, seed in enumerate(seeds))
    session.flush()
    audit.record(session, owner, "create", "experiment", made.id, {"name": made.name, "seeds": seeds})
    for tag in dict.fromkeys(one.strip() for one in draft.tags):
        tags.add(session, "experiment", [made.id], tag, owner=owner)
    session.flush()
    return made


def named(name: str) -> str:
    """A name as it is kept.

    Raises
    ------
    CatalogError
        It is blank, or too long.
    """
    kept = " ".join(name.split())
    if not kept or len(kept) > LONGEST_NAME:
        raise CatalogError(
            f"an experiment needs a name of at most {LONGEST_NAME} characters", hint="write at least one character"
        )
    return kept


def folder_named(folder: str) -> str:
    """A folder as it is kept: its parts between single slashes, none at the ends.

    Raises
    ------
    CatalogError
        It is too long.
    """
    kept = "/".join(part for one in folder.split("/") if (part := " ".join(one.split())))
    if len(kept) > LONGEST_FOLDER:
        raise CatalogError(f"a folder has at most {LONGEST_FOLDER} characters", hint="give it a shorter name")
    return kept


def searched(experiment: Experiment) -> str:
    """The text that a search looks at."""
    words = (experiment.name, experiment.notes, experiment.model, experiment.target, experiment.split_text)
    return "\n".join((*words, experiment.folder)).casefold()


def get(session: Session, experiment_id: str, *, deleted: bool = False) -> Experiment:
    """One experiment by its id, or by the first characters of it, as lists show them.

    Raises
    ------
    NotFoundError
        No experiment that the session may see has an id that begins so, or several do.
    """
    begins = Experiment.id.startswith(experiment_id, autoescape=True)
    gone = Experiment.deleted_at.is_not(None) if deleted else Experiment.deleted_at.is_(None)
    here = session.scalars(select(Experiment).where(begins, gone).limit(2)).all()
    if len(here) != 1 or not experiment_id:
        found = "several experiments have an id" if len(here) > 1 else "no experiment has an id"
        raise NotFoundError(f"{found} that begins with {experiment_id!r}", hint="see the list of experiments")
    return here[0]


def of_job(session: Session, job_id: str) -> Experiment | None:
    """The experiment that a job runs."""
    return session.scalars(select(Experiment).where(Experiment.job_id == job_id)).first()


def run_of_model(session: Session, model_id: str) -> tuple[Experiment, Run] | None:
    """The run that left a model version, with its experiment; None for a model of before there were any."""
    found = session.execute(
        select(Experiment, Run).join(Run, Run.experiment_id == Experiment.id).where(Run.model_id == model_id)
    ).first()
    return None if found is None else (found[0], found[1])


def run_of(session: Session, experiment_id: str, number: int) -> Run:
    """A run by its number."""
    found = session.scalars(select(Run).where(Run.experiment_id == experiment_id, Run.number == number)).first()
    if found is None:
        raise NotFoundError(f"the experiment has no run {number}", hint="runs are numbered from 1")
    return found


def runs(session: Session, experiment_id: str) -> list[RunRow]:
    """The runs of an experiment, in order."""
    found = session.execute(
        select(Run, ModelVersion)
        .outerjoin(ModelVersion, (ModelVersion.id == Run.model_id) & ModelVersion.deleted_at.is_(None))
        .where(Run.experiment_id == experiment_id)
        .order_by(Run.number)
    )
    return [
        RunRow(
            run.id,
            run.number,
            run.seed,
            run.state,
            None if model is None else model.id,
            None if model is None else f"{model.name}:{model.number}",
            run.record_accuracy,
            run.started_at,
            run.finished_at,
            run.message,
        )
        for run, model in found
    ]


def tell_accuracy(session: Session, experiment: Experiment) -> None:
    """Mean and sample standard deviation of the record accuracy over the finished runs."""
    told = session.scalars(
        select(Run.record_accuracy).where(Run.experiment_id == experiment.id, Run.state == "done").order_by(Run.number)
    )
    known = [one for one in told if one is not None]
    experiment.record_accuracy = statistics.fmean(known) if known else None
    experiment.record_accuracy_sd = statistics.stdev(known) if len(known) > 1 else None
    experiment.updated_at = utc_now()
    session.flush()
