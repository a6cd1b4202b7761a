"""What a training leaves in the catalog as an experiment: its runs, their epochs and final results."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from dask_cluster.train_params import TrainParams, split_words, title_of
from data_catalog import datasets, experiment_states, experiments, run_metrics
from data_catalog.errors import NotFoundError
from data_catalog.experiments import ExperimentDraft, Finding, Summary
from data_catalog.schema import Dataset, Experiment
from pipelines.training.history import numbers

# what is told of the final results, by where it stands in the result and where in the scores of each fold
_RESULTS: Mapping[str, tuple[tuple[str, str], str | None]] = {
    "record_accuracy": (("recording", "accuracy"), "recording_accuracy"),
    "record_balanced_accuracy": (("recording", "balanced_accuracy"), "balanced_accuracy"),
    "record_macro_f1": (("recording", "macro_f1"), None),
    "record_log_loss": (("recording", "log_loss"), None),
    "window_accuracy": (("window", "accuracy"), "window_accuracy"),
}
RESULTS = tuple(_RESULTS)
"""Names of the summaries of final results."""


def add(session: Session, params: TrainParams, job_id: str, owner: str) -> Experiment | None:
    """The experiment that a job runs, made where the job has none; None while there is no such dataset."""
    found = experiments.of_job(session, job_id)
    if found is not None:
        return found
    dataset = _dataset(session, params.dataset)
    if dataset is None:
        return None
    about = params.experiment
    draft = ExperimentDraft(
        name=about.name or params.name or f"{title_of(params.config)} on {dataset.name}",
        notes=about.notes,
        folder=about.folder,
        tags=about.tags,
        visibility=about.visibility,
        dataset_id=dataset.id,
        dataset_version=dataset.current_version,
        model=params.config.model,
        target=params.config.target,
        split_text=split_words(params.config),
        config=params.model_dump(mode="json"),
        seeds=params.every_seed,
        job_id=job_id,
    )
    return experiments.create(session, draft, owner=owner)


def hear(session: Session, job_id: str, number: int, told: Sequence[Mapping[str, Any]]) -> None:
    """What the run of that number told, in order; nothing once it is done, for words may arrive late."""
    experiment = experiments.of_job(session, job_id)
    if experiment is None:
        return
    run = experiments.run_of(session, experiment.id, number)
    if run.state == "done":
        return
    experiment_states.begin(session, run)
    parts: dict[str, dict[int, Mapping[str, float | None]]] = {}
    for one in filter(None, told):
        parts.setdefault(one["part"], {})[one["epoch"]] = one["numbers"]
    for part, epochs in parts.items():
        run_metrics.measure(session, run, part, epochs)


def finish(session: Session, job_id: str, number: int, about: Mapping[str, Any], told: Mapping[str, Any]) -> None:
    """A run is done: `about` names its model, `told` is the result."""
    experiment = experiments.of_job(session, job_id)
    if experiment is None:
        return
    experiment.dataset_version = about["dataset_version"]
    epochs = {
        part: {row["epoch"]: numbers(row, told["classes"]) for row in rows}
        for part, rows in told.get("history", {}).items()
    }
    run = experiments.run_of(session, experiment.id, number)
    found = Finding(about["model_id"], about["record_accuracy"], epochs, results_of(told))
    run_metrics.finish(session, run, found)


def experiment_id(session: Session, job_id: str) -> str | None:
    """The id of the experiment that a job runs."""
    found = experiments.of_job(session, job_id)
    return None if found is None else found.id


def results_of(told: Mapping[str, Any]) -> dict[str, Summary]:
    """Summaries of the final results: over all recordings that were tested, least and most over the folds."""
    found = {}
    for name, ((level, score), in_fold) in _RESULTS.items():
        value = told[level][score]
        each = [one[in_fold] for one in told["folds"] if one[in_fold] is not None] if in_fold else []
        if value is not None:
            found[name] = Summary(value, value, min(each, default=value), max(each, default=value))
    return found


def _dataset(session: Session, name_or_id: str) -> Dataset | None:
    try:
        return datasets.get(session, name_or_id)
    except NotFoundError:
        return None
