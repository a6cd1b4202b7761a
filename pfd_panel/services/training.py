"""Train baselines and networks, list and read model versions, say why two results differ, predict."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from pydantic import ValidationError

from dask_cluster.kinds.predict_recordings import PredictParams
from dask_cluster.kinds.train_model import record_of
from dask_cluster.train_params import TrainParams, held_out_by
from data_catalog import datasets, models, stages
from data_catalog.schema import Job, ModelVersion, Prediction
from pfd_panel.errors import RequestError
from pfd_panel.services import beginning, extracting, importing, reach, work
from pfd_panel.services.context import Context
from pipelines.features import FeatureConfig
from pipelines.learn import SavedResult, TrainConfig, explain_difference
from pipelines.learn.leaks import LeakReport
from pipelines.training.declaring import TRAINABLE, Trainable
from pipelines.training.presets import PRESETS, Preset


def declared() -> list[Trainable]:
    """The models that can be trained."""
    return list(TRAINABLE)


def presets() -> list[Preset]:
    """The named configurations, the quickest first."""
    return list(PRESETS)


def params_of(dataset: str, settings: Mapping[str, Any]) -> TrainParams:
    """Validate what was asked of a training, with the field named when one does not fit."""
    try:
        return TrainParams.model_validate({"dataset": dataset, **settings})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RequestError(f"{where}: {first['msg']}", hint="Correct this setting.") from error


def settings(
    *,
    preset: str | None = None,
    model: str | None = None,
    params: Mapping[str, Any] | None = None,
    target: str = "fault",
    split: str = "recording",
    groups: Sequence[str] = (),
    folds: int | None = 5,
    seed: int = 0,
    split_seed: int | None = None,
    drop_small_classes: bool = False,
    channels: Sequence[str] | None = None,
    name: str | None = None,
    calibrate: str = "temperature",
    coverage: float | None = 0.9,
    features: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The nested configuration of a training from the flat options that doors offer.

    `seed` moves the split too, unless `split_seed` holds it where it was for others to be compared with. `features`
    are fields of a `FeatureConfig`: domains, ``window_s``, overlap.
    A preset says model, parameters and windows; `params` given beside it replace its own. Without either the model is a
    random forest.

    Raises
    ------
    UnknownNameError
        No preset has this name.
    RequestError
        A preset and another model are both asked for.
    """
    chosen = PRESETS[preset] if preset else None
    if chosen is not None and model not in (None, chosen.model):
        raise RequestError(
            f"the preset {chosen.name} trains {chosen.model}, and {model} was asked for too",
            hint="Choose the preset or the model.",
        )
    if split not in {"recording", "group"}:
        groups, split = (split, *groups), "group"
    if chosen is not None:
        features = {"window_s": chosen.window_s} | dict(features or {})
    return {
        "name": name,
        "channels": list(channels) if channels else None,
        **({} if features is None else {"features": dict(features)}),
        "config": {
            "model": chosen.model if chosen else model or "random_forest",
            "params": {**(chosen.params if chosen else {}), **(params or {})},
            "target": target,
            "seed": seed,
            "calibrate": calibrate,
            "coverage": coverage,
            "split": {
                "kind": "group" if groups else split,
                "groups": list(groups),
                "folds": folds,
                "seed": seed if split_seed is None else split_seed,
                "drop_small_classes": drop_small_classes,
            },
        },
    }


def start(context: Context, dataset: str, asked: Mapping[str, Any]) -> Job:
    """Queue a training, which is an experiment; features that are missing are extracted first, by a job of their own.

    `experiments.start` gives it a name, notes, tags and a folder, and several seeds.
    """
    with context.read() as session:
        name = datasets.get(session, dataset).name
    params = params_of(name, asked)
    if params.config.model not in TRAINABLE.names:
        known = ", ".join(TRAINABLE.names)
        raise RequestError(f"no model is called {params.config.model!r}", hint=f"There are: {known}.")
    TRAINABLE[params.config.model].validate(params.config.params)
    models.require_name(params.model_name)
    params = beginning.settled(context, params)
    have = extracting.coverage(context, name, params.features)
    after = None
    if have.present < have.signals:
        after = extracting.start(context, name, params.features).id
    return work.start(context, "train_model", params.model_dump(mode="json") | {"after": after})


def page(
    context: Context, *, dataset: str | None = None, stage: str | None = None, offset: int = 0, limit: int = 50
) -> tuple[list[ModelVersion], int]:
    """Model versions, newest first, and how many there are; of one dataset or stage if asked."""
    context.require("read")
    with context.read() as session:
        dataset_id = datasets.get(session, dataset).id if dataset else None
        wanted = stages.checked(stage) if stage else None
        found = models.page(session, dataset_id=dataset_id, stage=wanted, offset=offset, limit=limit)
        return found.rows, found.total


def get(context: Context, reference: str) -> ModelVersion:
    """One model version by id, ``name:number`` or name."""
    context.require("read")
    with context.read() as session:
        return models.get(session, reference)


def held_out(context: Context, model_id: str) -> list[Prediction]:
    """What the model said of every signal while it was held out."""
    context.require("read")
    with context.read() as session:
        return models.predictions(session, model_id, kind="held_out", limit=1_000_000).rows


def why_different(context: Context, first: str, second: str) -> str:
    """In plain words, why two results on the same data differ."""
    told = (get(context, reference).metrics for reference in (first, second))
    return explain_difference(*(SavedResult.from_json(metrics, metrics["recordings"]) for metrics in told))


def comparable(context: Context, model: ModelVersion) -> list[ModelVersion]:
    """The other living models of the same dataset, newest first."""
    context.require("read")
    with context.read() as session:
        found = models.page(session, dataset_id=model.dataset_id, limit=200)
    return [other for other in found.rows if other.id != model.id]


def split_named(model: ModelVersion) -> str:
    """How the test was kept apart, in a few words: ``by fault size``."""
    return held_out_by(TrainConfig.model_validate(model.metrics["config"])).removeprefix("held out ")


def findings(model: ModelVersion) -> tuple[str, ...]:
    """What the leak check found, in words, the gravest first; empty when it found nothing."""
    return LeakReport.from_json(model.metrics["leaks"]).warnings


def write_notes(context: Context, reference: str, notes: str) -> ModelVersion:
    """Rewrite the notes of a model version."""
    context.require("work")
    with context.write() as session:
        return models.update_notes(session, models.get(session, reference).id, notes, owner=context.user.name)


def share(context: Context, reference: str, visibility: str) -> ModelVersion:
    """Let the team see a model version, or only its owner and administrators: ``team`` or ``private``."""
    context.require("work")
    with context.write() as session:
        found = models.get(session, reference)
        context.require_owner(found.owner)
        return models.set_visibility(session, found.id, visibility, owner=context.user.name)


def restore(context: Context, model_id: str) -> ModelVersion:
    """Bring a deleted model version back, by its id."""
    context.require("work")
    with context.write() as session:
        return models.restore(session, model_id, owner=context.user.name)


def records(context: Context, dataset: str, channels: Sequence[str] | None = None) -> pd.DataFrame:
    """What is known of each signal that a training would learn from, one row a signal, as splits see it."""
    context.require("read")
    with context.read() as session:
        members = datasets.manifest(session, datasets.get(session, dataset).id)
    rows = [record_of(member) for member in members if not channels or member.channel in channels]
    if not rows:
        raise RequestError(f"{dataset} has no signals of these channels", hint="Choose at least one channel it has.")
    return pd.DataFrame(rows)


def delete(context: Context, reference: str) -> None:
    """Take a model version out of sight; it can be brought back for 30 days."""
    context.require("work")
    with context.write() as session:
        models.delete(session, models.get(session, reference).id, owner=context.user.name)


def predict(context: Context, params: PredictParams) -> Job:
    """Queue a model's prediction for every recording of a file, folder or zip."""
    found = get(context, params.model)
    # by number: under the same name there may be a newer one that this user may not see
    exact = {"path": importing.source(reach.readable(context, params.path)), "model": f"{found.name}:{found.number}"}
    absolute = params.model_copy(update=exact)
    return work.start(context, "predict_recordings", absolute.model_dump())


def default_features() -> FeatureConfig:
    """The feature set that trainings use unless told otherwise."""
    return FeatureConfig()
