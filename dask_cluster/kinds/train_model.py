"""Train a baseline or a network, test it honestly, and keep the model with everything needed to doubt it."""

import statistics
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from dask_cluster import beginning, step_memory, training_record
from dask_cluster.jobs import JobContext, JobKind, Plan, Step, WorkerContext, register
from dask_cluster.kinds.extract_features import input_key
from dask_cluster.train_params import TrainParams, held_out_by, title_of
from data_catalog import artifacts, datasets, features, jobs, models, signals, splits
from data_catalog.errors import NotFoundError
from data_catalog.models import ModelDraft, PredictionDraft
from data_catalog.schema import Job, Member
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
        seeds = f", {len(params.seeds)} seeds" if len(params.seeds) > 1 else ""
        return f"Train {title_of(params.config)} on {params.dataset}, {held_out_by(params.config)}{seeds}"

    def submitted(self, session: Session, job: Job, params: TrainParams) -> None:
        training_record.add(session, params, job.id, job.owner)

    def plan(self, context: JobContext) -> Plan:
        from pipelines.training.declaring import TRAINABLE, RocketDeclaration

        params: TrainParams = context.params
        self._see_to_record(context)
        if params.after:
            await_end(context, params.after)
        with context.catalog.read() as session:
            dataset = datasets.get(session, params.dataset)
            version = datasets.version(session, dataset.id)
            stored = features.find(session, dataset.id, params.features.key())
            if stored is None:
                raise missing_features(dataset.name)
            everything = datasets.manifest(session, dataset.id)
            members = [member for member in everything if params.channels is None or member.channel in params.channels]
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
            begins = params.config.params.get("start_from")
            payload = {
                "records": [record_of(member) for member, pair in zip(members, pairs, strict=True) if pair in places],
                "places": [
                    (place.part_id, place.first_row, place.windows)
                    for pair in pairs
                    if (place := places.get(pair)) is not None
                ],
                "samples": [samples[pair[0]] for pair in pairs if pair in places],
                "names": list(stored.names),
                "folds": params.config.split.folds or 1,
                "start": beginning.beginning(session, begins, everything) if begins else None,
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
            samples_too = TRAINABLE.on_samples(params.config.model)
            needed = step_memory.training_network(*sizes) if samples_too else step_memory.training(*sizes)
            if isinstance(TRAINABLE[params.config.model], RocketDeclaration):
                kernels = TRAINABLE[params.config.model].validate(params.config.params).model_dump()
                needed += step_memory.kernels(kernels["most_windows"], kernels["features"])
        units = params.config.split.folds or 1
        return Plan(
            steps=[
                Step(
                    f"run-{number}",
                    payload | {"run": number, "config": params.of_seed(seed).model_dump(mode="json")},
                    units,
                    step_memory.asked(needed),
                )
                for number, seed in enumerate(params.every_seed, start=1)
            ]
        )

    def _see_to_record(self, context: JobContext) -> None:
        """Jobs of before, and those queued before their dataset was there, have no experiment yet."""
        with context.catalog.read() as session:
            known = training_record.experiment_id(session, context.job_id)
        if known is None:
            with context.catalog.write() as session:
                training_record.add(session, context.params, context.job_id, context.owner)

    @staticmethod
    def run(payload: dict[str, Any], worker: WorkerContext) -> dict[str, Any]:
        import numpy as np
        import pandas as pd

        from dask_cluster.network_learning import learn_network
        from pipelines.learn import FeatureTable, run_experiment, save_model
        from pipelines.training.declaring import TRAINABLE

        worker.begin()
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
        if TRAINABLE.on_samples(config.model):
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
        config = TrainConfig.model_validate(step.payload["config"])
        artifact = artifacts.add(session, result["artifact"], "model")
        split = splits.save(
            session,
            about["dataset_id"],
            about["dataset_version"],
            config.split.model_dump(mode="json"),
            result["split"],
        )
        saved = models.save(
            session,
            ModelDraft(
                name=params.model_name,
                model=config.model,
                target=config.target,
                dataset_id=about["dataset_id"],
                dataset_version=about["dataset_version"],
                manifest_hash=about["manifest_hash"],
                feature_set_id=about["feature_set_id"],
                split_id=split.id,
                seed=config.seed,
                config={
                    "train": step.payload["config"],
                    "features": params.features.model_dump(mode="json"),
                    "channels": params.channels,
                    "dataset": params.dataset,
                    "synthetic": about["synthetic"],
                    **beginning.kept_of(step.payload.get("start")),
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
        told = {
            "model_id": saved.id,
            "model": f"{saved.name}:{saved.number}",
            "split_id": split.id,
            "seed": config.seed,
            "statement": result["metrics"]["statement"],
            "record_accuracy": result["record_accuracy"],
        }
        of_run = told | {"dataset_version": about["dataset_version"]}
        training_record.finish(session, context.job_id, step.payload["run"], of_run, result["metrics"])
        return told

    def hear(self, session: Session, context: JobContext, step: str, told: Sequence[Mapping[str, Any]]) -> None:
        training_record.hear(session, context.job_id, int(step.rpartition("-")[2]), told)

    def finish(self, session: Session, context: JobContext) -> dict[str, Any]:
        runs = list(context.step_results(session).values())
        experiment = training_record.experiment_id(session, context.job_id)
        return summed_up(runs) | {"experiment_id": experiment, "runs": runs}


def summed_up(runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The result of a job: that of its run, or of the first of several, with the mean over all of them."""
    first, known = dict(runs[0]), [one["record_accuracy"] for one in runs if one["record_accuracy"] is not None]
    if len(runs) == 1 or not known:
        return first
    spread = f", standard deviation {100 * statistics.stdev(known):.1f} points" if len(known) > 1 else ""
    mean = statistics.fmean(known)
    told = f"{mean:.1%} of recordings right on the mean of {len(runs)} seeds{spread}. Seed {first['seed']}: "
    return first | {"statement": told + first["statement"], "record_accuracy": mean}


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
