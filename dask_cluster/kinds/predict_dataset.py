"""Predict a dataset: a saved model's answer for every recording of a stored dataset, or of one version of it."""

from itertools import groupby
from typing import Any

from pydantic import Field
from sqlalchemy.orm import Session

from dask_cluster import step_memory
from dask_cluster.jobs import JobContext, JobKind, JobParams, Plan, Step, WorkerContext, register
from data_catalog import datasets, models, signals
from data_catalog.errors import NotFoundError
from data_catalog.models import PredictionDraft
from data_catalog.schema import Member
from pipelines.features import FeatureConfig

RECORDINGS_A_STEP = 32


class PredictDatasetParams(JobParams):
    """Which model, on which dataset."""

    model: str = Field(min_length=1, description="Model version: id, name:number, name@production, or name.")
    dataset: str = Field(min_length=1, description="Name of the dataset.")
    version: int | None = Field(None, ge=1, le=2**31 - 1, description="Version of the dataset; none: the current one.")


@register
class PredictDataset(JobKind):
    """Read signals from the store, extract the model's own features, answer for whole recordings."""

    name = "predict_dataset"
    title = "Predict a dataset"
    unit = "signal"
    Params = PredictDatasetParams

    def describe(self, params: PredictDatasetParams) -> str:
        return f"Predict {params.dataset} with {params.model}"

    def plan(self, context: JobContext) -> Plan:
        params: PredictDatasetParams = context.params
        with context.catalog.read() as session:
            model = models.get(session, params.model)
            dataset = datasets.get(session, params.dataset)
            members = chosen(datasets.manifest(session, dataset.id, params.version), model.config["channels"])
            if not members:
                raise NotFoundError(
                    f"{dataset.name} holds no signals that a model could be asked about", hint="import some first"
                )
            where = signals.places(session, [member.signal_id for member in members])
            about = {
                "artifact": model.artifact_id,
                "features": model.config["features"],
                "target": model.target,
                "model_id": model.id,
                "model": f"{model.name}:{model.number}",
                "dataset": dataset.name,
            }
        told = [said_of(member, where[member.signal_id]) for member in members]
        told.sort(key=lambda one: one["recording"])
        recordings = [list(of) for _, of in groupby(told, key=lambda one: one["recording"])]
        steps = []
        for first in range(0, len(recordings), RECORDINGS_A_STEP):
            block = [one for of in recordings[first : first + RECORDINGS_A_STEP] for one in of]
            needed = step_memory.features([(max(one["length"] for one in block), 1)], len(block), 100)
            resources = step_memory.asked(needed + step_memory.NETWORK_BYTES)
            steps.append(Step(f"{first:08d}", about | {"signals": block}, len(block), resources))
        return Plan(steps)

    @staticmethod
    def run(payload: dict[str, Any], worker: WorkerContext) -> dict[str, Any]:
        from pipelines.errors import InputError
        from pipelines.exchange.listener import Listener
        from pipelines.training.reading import load_any

        model = load_any(worker.artifacts.read(payload["artifact"]))
        listener = Listener(model, FeatureConfig.model_validate(payload["features"]))
        refused: list[dict[str, str]] = []
        about: dict[str, dict[str, Any]] = {}
        for done, one in enumerate(payload["signals"]):
            worker.check()
            worker.progress(done, one["recording"])
            reader = worker.store.open(one["segment"])
            samples = reader.read(one["row"], 0, reader.length(one["row"]))
            try:
                listener.add(one["recording"], samples, one["rate_hz"], one["speed_rpm"], one["bearing"])
            except InputError as error:
                refused.append({"recording": one["recording"], "message": str(error), "hint": error.hint})
                continue
            # the first of a recording's signals stands for it
            about.setdefault(one["recording"], one)
        return {
            "predictions": [
                {
                    "recording": recording,
                    "signal_id": about[recording]["signal_id"],
                    "source": about[recording]["source"],
                    "truth": about[recording]["labels"].get(payload["target"]),
                    **answer,
                }
                for recording, answer in listener.answers().items()
            ],
            "refused": refused,
        }

    def commit(self, session: Session, context: JobContext, step: Step, result: dict[str, Any]) -> dict[str, Any]:
        named = {"recording", "signal_id", "source", "truth"}
        drafts = [
            PredictionDraft(
                kind="predict",
                recording=entry["recording"],
                signal_id=entry["signal_id"],
                source=entry["source"],
                truth=None if entry["truth"] is None else str(entry["truth"]),
                label=entry["label"],
                probability=entry["probability"],
                detail={name: entry[name] for name in entry if name not in named},
                job_id=context.job_id,
            )
            for entry in result["predictions"]
        ]
        models.add_predictions(session, step.payload["model_id"], drafts)
        return result

    def finish(self, session: Session, context: JobContext) -> dict[str, Any]:
        results = context.step_results(session)
        model = models.get(session, context.params.model)
        return {
            "model": f"{model.name}:{model.number}",
            "model_id": model.id,
            "dataset": context.params.dataset,
            "predictions": [entry for result in results.values() for entry in result["predictions"]],
            "refused": [entry for result in results.values() for entry in result["refused"]],
            "needs": [],
            "problems": [],
        }


def chosen(members: list[Member], channels: list[str] | None) -> list[Member]:
    """Signals of the channels that a model learned from where there are any, else all of them."""
    fitting = [member for member in members if member.channel in (channels or ())]
    return fitting or members


def said_of(member: Member, place: tuple[str, int]) -> dict[str, Any]:
    """What a step needs to know of a signal."""
    from dask_cluster.kinds.train_model import record_of

    said = record_of(member)
    segment, row = place
    return {
        "signal_id": member.signal_id,
        "recording": member.recording,
        "segment": segment,
        "row": row,
        "length": member.length,
        "rate_hz": member.rate_hz,
        "speed_rpm": member.speed_rpm,
        "bearing": member.bearing,
        "source": "",
        "labels": said,
    }
