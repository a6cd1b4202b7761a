"""What takes part in a comparison: experiments and model versions as they are kept, made ready to be compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from sqlalchemy.orm import Session

from dask_cluster.kinds.train_model import held_out_by
from data_catalog import experiment_pages, experiments, models, run_metrics
from data_catalog.errors import NotFoundError
from data_catalog.experiment_pages import ExperimentQuery, ExperimentRow
from data_catalog.models import ModelName
from data_catalog.schema import ModelVersion
from pfd_panel.services.context import Context
from pipelines.learn import TrainConfig
from pipelines.learn.contest import Contestant, Run
from pipelines.training.declaring import TRAINABLE

Kind = Literal["experiment", "model"]
Signals = Mapping[str, str]
"""A signal of each recording."""
History = Mapping[str, Sequence[Mapping[str, Any]]]
"""Epochs of a run by part."""

CURVES: Mapping[str, str] = {
    "valid_loss": "Validation loss (nat)",
    "train_loss": "Training loss (nat)",
    "valid_record_accuracy": "Validation recordings right",
    "valid_accuracy": "Validation windows right",
    "train_accuracy": "Training windows right",
    "learning_rate": "Learning rate",
    "gradient_norm": "Gradient norm",
    "samples_per_s": "Training windows (1/s)",
}
"""What is drawn over the epochs."""

_APART = ("model", "params", "target", "split", "seed")
"""Parts of a training's configuration that stand on their own among the settings, or with the seeds."""


@dataclass(frozen=True)
class Entry:
    """One side of a comparison.

    Attributes
    ----------
    reference : str
        Id of the experiment or model version.
    kind : {"experiment", "model"}
    name : str
        What it is called; no two entries of a comparison are called the same.
    model, title : str
        The model by its name in the registry, and in words.
    target, dataset_id, dataset, dataset_version, split
        What it predicts, on which data, and how the test was kept apart, in words.
    seeds : tuple of int
        Of the runs that have ended.
    models : tuple of str
        Ids of the model versions that these left.
    state : str
        As of jobs.
    synthetic : bool
        Whether it has learned from simulated signals.
    """

    reference: str
    kind: Kind
    name: str
    model: str
    title: str
    target: str
    dataset_id: str
    dataset: str
    dataset_version: int
    split: str
    seeds: tuple[int, ...]
    models: tuple[str, ...]
    state: str
    synthetic: bool


@dataclass(frozen=True)
class Found:
    """An entry with its results.

    Attributes
    ----------
    settings : mapping
        The configuration, complete: defaults that were not asked for are in it.
    signals : mapping of str to str
        A signal of each tested recording.
    histories : list
        Epochs of each run by part; empty for models without epochs.
    """

    entry: Entry
    contestant: Contestant
    settings: Mapping[str, Any]
    signals: Signals
    histories: list[History]


@dataclass(frozen=True)
class Candidate:
    """Something that could be compared as well."""

    reference: str
    kind: Kind
    name: str
    note: str


def found_entries(session: Session, references: Sequence[str], missing: list[str] | None = None) -> list[Found]:
    """The entries of these references, with their results; those that are not there are added to `missing`.

    Raises
    ------
    NotFoundError
        One of them is not there, or not seen by this session, and there is no list for it.
    """
    signals = partial(_signals, session, {})
    found = []
    for reference in references:
        try:
            found.append(_one(session, reference, signals))
        except NotFoundError:
            if missing is None:
                raise
            missing.append(reference)
    # one model may have been named twice, by its id and by its name
    return _told_apart(list({one.entry.reference: one for one in found}.values()))


def candidates(context: Context, text: str = "", *, limit: int = 8) -> list[Candidate]:
    """Experiments and model versions whose names hold the words, newest first."""
    context.require("read")
    words = text.casefold().split()
    with context.read() as session:
        rows = experiment_pages.page(session, ExperimentQuery(search=text, limit=limit)).rows
        known = models.named(session, words, limit=limit)
    found = [
        Candidate(one.id, "experiment", one.name, f"experiment · {_title(one.model)} · held out {one.split_text}")
        for one in rows
    ]
    versions = [
        Candidate(
            one.id, "model", f"{one.name}:{one.number}", f"model version · {_title(one.model)} · held out {_split(one)}"
        )
        for one in known
    ]
    # both kinds are offered, whatever there is more of
    rest = max(limit - len(versions), limit // 2)
    return [*found[:rest], *versions][:limit]


def _one(session: Session, reference: str, signals: Any) -> Found:
    try:
        return _model(models.get(session, reference), signals)
    except NotFoundError as no_model:
        try:
            experiment = experiments.get(session, reference)
        except NotFoundError:
            raise NotFoundError(
                f"no experiment and no model version is called {reference!r}", hint=no_model.hint
            ) from no_model
    (row,) = experiment_pages.rows_of(session, [experiment])
    return _experiment(session, row, signals)


def _experiment(session: Session, row: ExperimentRow, signals: Any) -> Found:
    """An experiment with the runs that have left a model; epochs are told of those that still learn, too."""
    runs = experiments.runs(session, row.id)
    versions = [models.get(session, one.model_id) for one in runs if one.model_id is not None]
    entry = Entry(
        reference=row.id,
        kind="experiment",
        name=row.name,
        model=row.model,
        title=_title(row.model),
        target=row.target,
        dataset_id=row.dataset_id,
        dataset=row.dataset,
        dataset_version=row.dataset_version,
        split=row.split_text.removeprefix("held out "),
        seeds=tuple(version.seed for version in versions),
        models=tuple(version.id for version in versions),
        state=row.state,
        synthetic=any(version.config.get("synthetic") for version in versions),
    )
    found = _found(entry, versions, signals)
    return replace(found, histories=_histories(session, row.id), settings=found.settings or _asked(row))


def _histories(session: Session, experiment_id: str) -> list[History]:
    """What was measured in the epochs of each run, by part."""
    found: dict[int, dict[str, dict[int, dict[str, Any]]]] = {}
    for run, _, part, epoch, name, value in run_metrics.history(session, experiment_id, names=list(CURVES)):
        found.setdefault(run, {}).setdefault(part, {}).setdefault(epoch, {"epoch": epoch})[name] = value
    return [{part: list(epochs.values()) for part, epochs in parts.items()} for parts in found.values()]


def _asked(row: ExperimentRow) -> dict[str, Any]:
    """The configuration of an experiment that has left no model yet: what was asked for."""
    train = row.config["config"]
    return {
        "model": row.model,
        "parameters": train["params"],
        "target": row.target,
        "split": train["split"],
        "training": {name: value for name, value in train.items() if name not in _APART},
        "features": row.config["features"],
        "channels": row.config["channels"],
        "dataset": row.dataset,
        "dataset_version": row.dataset_version,
    }


def _model(version: ModelVersion, signals: Any) -> Found:
    name = f"{version.name}:{version.number}"
    entry = Entry(
        reference=version.id,
        kind="model",
        name=name,
        model=version.model,
        title=_title(version.model),
        target=version.target,
        dataset_id=version.dataset_id,
        dataset=str(version.config["dataset"]),
        dataset_version=version.dataset_version,
        split=_split(version),
        seeds=(version.seed,),
        models=(version.id,),
        state="done",
        synthetic=bool(version.config.get("synthetic")),
    )
    return _found(entry, [version], signals)


def _found(entry: Entry, versions: Sequence[ModelVersion], signals: Any) -> Found:
    tested = {version.id: signals(version) for version in versions}
    runs = tuple(Run(version.seed, version.metrics, _units(version, tested[version.id])) for version in versions)
    return Found(
        entry,
        Contestant(entry.name, entry.dataset, runs),
        _settings(versions[0]) if versions else {},
        {recording: signal_id for one in tested.values() for recording, signal_id in one.items()},
        [version.metrics["history"] for version in versions if version.metrics.get("history")],
    )


def _signals(session: Session, known: dict[tuple[str, str], Signals], version: ModelVersion) -> Signals:
    """A signal of each recording that a model was tested on: the same for all models of one split."""
    key = (version.dataset_id, str(version.metrics["split"]["hash"]))
    if key not in known:
        known[key] = models.tested_signals(session, version.id)
    return known[key]


def _units(version: ModelVersion, signals: Mapping[str, str]) -> dict[str, int]:
    """What each recording moves together with between training and test."""
    split = version.metrics["split"]
    unit = dict(zip(split["signal_ids"], split["unit"], strict=True))
    return {recording: unit[signal_id] for recording, signal_id in signals.items() if signal_id in unit}


def _settings(version: ModelVersion) -> dict[str, Any]:
    config, metrics = version.config, version.metrics
    train = config["train"]
    return {
        "model": version.model,
        "parameters": metrics["trained_on"]["params"],
        "target": version.target,
        "split": train["split"],
        "training": {name: value for name, value in train.items() if name not in _APART},
        "features": config["features"],
        "channels": config["channels"],
        "dataset": config["dataset"],
        "dataset_version": version.dataset_version,
        "data_hash": version.manifest_hash,
        "classes": metrics["classes"],
        "environment": version.environment,
    }


def _told_apart(found: Sequence[Found]) -> list[Found]:
    """The same, with the beginning of its id behind a name that another one has too."""
    names = [one.entry.name for one in found]
    return [
        one if names.count(one.entry.name) == 1 else _renamed(one, f"{one.entry.name} ({one.entry.reference[:6]})")
        for one in found
    ]


def _renamed(found: Found, name: str) -> Found:
    return replace(found, entry=replace(found.entry, name=name), contestant=replace(found.contestant, name=name))


def _title(model: str) -> str:
    return TRAINABLE[model].title if model in TRAINABLE.names else model.replace("_", " ")


def _split(version: ModelVersion | ModelName) -> str:
    return held_out_by(TrainConfig.model_validate(version.config["train"])).removeprefix("held out ")
