"""Train a baseline or a network, test it honestly, and keep the model with everything needed to doubt it."""

import time
from typing import TYPE_CHECKING, Any

from pydantic import Field
from sqlalchemy.orm import Session

from dask_cluster import step_memory
from dask_cluster.jobs import JobContext, JobKind, JobParams, Plan, Step, WorkerContext, register
from dask_cluster.kinds.extract_features import input_key
from data_catalog import artifacts, datasets, features, jobs, models, signals, splits
from data_catalog.errors import NotFoundError
from data_catalog.models import ModelDraft, PredictionDraft
from data_catalog.schema import Member
from pipelines.features import FeatureConfig
from pipelines.learn import TrainConfig

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# samples compared to find copies across the split; a chance correlation of 0.999 over as many is out of the question
EXCERPT = 2048

# columns of a member that a split may group by or a model may predict
METADATA = (
    "channel",
    "rate_hz",
    "speed_rpm",
    "fault",
    "fault_size",
    "position",
    "load",
    "severity",
    "bearing",
    "asset",
)


class TrainParams(JobParams):
    """Which model, on which dataset, tested how."""

    dataset: str = Field(min_length=1, description="Name of the dataset.")
    name: str | None = Field(None, description="Name of the model; its versions are numbered. None: dataset and model.")
    channels: tuple[str, ...] | None = Field(None, description="Channels to learn from; none: all.")
    features: FeatureConfig = Field(default_factory=FeatureConfig, description="The feature set to learn from.")
    config: TrainConfig = Field(default_factory=TrainConfig, description="Model, target, split and seed.")
    after: str | None = Field(None, description="Job that extracts the features; the training waits for its end.")


def record_of(member: Member) -> dict[str, Any]:
    """What is known about a signal, flat: columns first, other plain labels after."""
    said = {name: value for name, value in member.labels.items() if isinstance(value, str | int | float | bool)}
    known = {name: getattr(member, name) for name in METADATA}
    return said | known | {"signal_id": member.signal_id, "recording": member.recording}


@register
class TrainModel(JobKind):
    """Split, train, test, refit on everything, save."""

    name = "train_model"
    title = "Train a model"
    unit = "fold"
    Params = TrainParams

    def describe(self, params: TrainParams) -> str:
        from pipelines.training.declaring import TRAINABLE

        known = params.config.model in TRAINABLE.names
        title = TRAINABLE[params.config.model].title if known else params.config.model
        return f"Train {title} on {params.dataset}, {held_out_by(params.config)}"

    def plan(self, context: JobContext) -> Plan:
        from pipelines.training.declaring import TRAINABLE

        params: TrainParams = context.params
        if params.after:
            await_end(context, params.after)
        with context.catalog.read() as session:
            dataset = datasets.get(session, params.dataset)
            version = datasets.version(session, dataset.id)
            stored = features.find(session, dataset.id, params.features.key())
            if stored is None:
                raise missing_features(dataset.name)
            members = [
                member
                for member in datasets.manifest(session, dataset.id)
                if params.channels is None or member.channel in params.channels
            ]
            if not members:
                raise NotFoundError(
                    f"no signal of {dataset.name} has a channel {' or '.join(params.channels or ())}",
                    hint="the Explorer lists the channels there are",
                )
            pairs = [(member.signal_id, input_key(member)) for member in members]
            places = features.locate(session, stored.id, pairs)
            samples = signals.places(session, [member.signal_id for member in members])
            if not places:
                raise missing_features(dataset.name)
            absent = len(pairs) - len(places)
            payload = {
                "records": [record_of(member) for member, pair in zip(members, pairs, strict=True) if pair in places],
                "places": [
                    (place.part_id, place.first_row, place.windows)
                    for pair in pairs
                    if (place := places.get(pair)) is not None
                ],
                "samples": [samples[pair[0]] for pair in pairs if pair in places],
                "names": list(stored.names),
                "config": params.config.model_dump(mode="json"),
                "folds": params.config.split.folds or 1,
                "about": {
                    "dataset_id": dataset.id,
                    "dataset_version": version.number,
                    "manifest_hash": version.manifest_hash,
                    "feature_set_id": stored.id,
                    "synthetic": dataset.synthetic,
                    "without_features": absent,
                },
            }
            rows = sum(max(place.windows, 1) for place in places.values())
            sizes = rows, len(stored.names), len(places), EXCERPT
            network = TRAINABLE.network(params.config.model) is not None
            needed = step_memory.training_network(*sizes) if network else step_memory.training(*sizes)
        units = params.config.split.folds or 1
        return Plan(steps=[Step("experiment", payload, units, step_memory.asked(needed))])

    @staticmethod
    def run(payload: dict[str, Any], worker: WorkerContext) -> dict[str, Any]:
        import numpy as np
        import pandas as pd

        from dask_cluster.network_learning import learn_network
        from pipelines.learn import FeatureTable, run_experiment, save_model
        from pipelines.training.declaring import TRAINABLE

        values, starts = [], []
        for part_id, first, windows in payload["places"]:
            # a record shorter than one window is judged by its whole-record row
            low, high = (first + 1, first + 1 + windows) if windows else (first, first + 1)
            values.append(worker.feature_store.read_rows(part_id, [(low, high)]))
            starts.append(np.maximum(worker.feature_store.window_starts(part_id)[low:high], 0))
        record = np.repeat(np.arange(len(values)), [len(block) for block in values])
        excerpts = np.stack([excerpt(worker, *place) for place in payload["samples"]])
        table = FeatureTable(
            np.concatenate(values),
            tuple(payload["names"]),
            record,
            np.concatenate(starts),
            pd.DataFrame(payload["records"]),
            excerpts,
        )
        config = TrainConfig.model_validate(payload["config"])
        folds = payload["folds"]
        if TRAINABLE.network(config.model) is not None:
            result, saved, told = learn_network(table, payload, worker)
        else:
            result = run_experiment(
                table,
                config,
                progress=lambda share, text: worker.progress(share * folds, text),
                should_stop=asked(worker),
            )
            saved, told = save_model(result), result.to_json()
        return {
            "artifact": worker.artifacts.put(saved),
            "metrics": told,
            "split": told["split"],
            "environment": result.environment,
            "record_accuracy": result.recording.accuracy,
            "predictions": result.predictions.to_dict("records"),
            "recordings": result.recordings.to_dict("records"),
        }

    def commit(self, session: Session, context: JobContext, step: Step, result: dict[str, Any]) -> dict[str, Any]:
        params: TrainParams = context.params
        about = step.payload["about"]
        artifact = artifacts.add(session, result["artifact"], "model")
        split = splits.save(
            session,
            about["dataset_id"],
            about["dataset_version"],
            params.config.split.model_dump(mode="json"),
            result["split"],
        )
        saved = models.save(
            session,
            ModelDraft(
                name=params.name or f"{params.dataset} {params.config.model}",
                model=params.config.model,
                target=params.config.target,
                dataset_id=about["dataset_id"],
                dataset_version=about["dataset_version"],
                manifest_hash=about["manifest_hash"],
                feature_set_id=about["feature_set_id"],
                split_id=split.id,
                seed=params.config.seed,
                config={
                    "train": params.config.model_dump(mode="json"),
                    "features": params.features.model_dump(mode="json"),
                    "channels": params.channels,
                    "dataset": params.dataset,
                    "synthetic": about["synthetic"],
                },
                environment=result["environment"],
                metrics=result["metrics"] | {"recordings": result["recordings"]},
                artifact_id=artifact.id,
                record_accuracy=result["record_accuracy"],
                job_id=context.job_id,
            ),
            owner=context.owner,
        )
        models.add_predictions(session, saved.id, [held_out(entry, context.job_id) for entry in result["predictions"]])
        return {
            "model_id": saved.id,
            "model": f"{saved.name}:{saved.number}",
            "split_id": split.id,
            "statement": result["metrics"]["statement"],
            "record_accuracy": result["record_accuracy"],
        }

    def finish(self, session: Session, context: JobContext) -> dict[str, Any]:
        return context.step_results(session)["experiment"]


def held_out_by(config: TrainConfig) -> str:
    """The split in a few words, for titles."""
    groups = " and ".join(name.replace("_", " ") for name in config.split.groups)
    return f"held out by {groups or 'recording'}"


def await_end(context: JobContext, job_id: str) -> None:
    """Return once another job has ended; its own row says how, and the features say what it left."""
    while True:
        with context.catalog.read() as session:
            job = jobs.get(session, job_id)
        if job.state in jobs.FINISHED:
            return
        context.check()
        time.sleep(0.2)


def excerpt(worker: WorkerContext, segment_id: str, row: int) -> "NDArray[np.float64]":
    """The beginning of a signal, (EXCERPT,), by which a copy under another name, scale or sign is recognised."""
    import numpy as np

    reader = worker.store.open(segment_id)
    out = np.zeros(EXCERPT)
    beginning = np.nan_to_num(reader.read(row, 0, min(EXCERPT, reader.length(row))))
    out[: len(beginning)] = beginning
    return out


def missing_features(dataset: str) -> NotFoundError:
    """The error for a dataset whose features were never extracted."""
    return NotFoundError(
        f"the features of {dataset} have not been extracted", hint=f"Extract them first: pfd features {dataset!r}"
    )


def held_out(entry: dict[str, Any], job_id: str) -> PredictionDraft:
    """One out-of-fold prediction as a row."""
    columns = {"signal_id", "recording", "channel", "true", "predicted", "confidence"}
    return PredictionDraft(
        kind="held_out",
        recording=str(entry["recording"]),
        channel=str(entry.get("channel", "")),
        signal_id=entry["signal_id"],
        truth=entry["true"],
        label=entry["predicted"],
        probability=entry["confidence"],
        detail={name: value for name, value in entry.items() if name not in columns},
        job_id=job_id,
    )


def asked(worker: WorkerContext) -> Any:
    """A question for `run_experiment` between fits; an interruption leaves through it."""

    def stop() -> bool:
        worker.check()
        return False

    return stop
