"""Predict: a saved model's answer for every recording of a file, folder or zip that was never imported."""

from typing import Any

from pydantic import Field
from sqlalchemy.orm import Session

from dask_cluster import step_memory
from dask_cluster.jobs import JobContext, JobKind, Plan, Step, WorkerContext, register
from dask_cluster.kinds.import_signals import ImportParams, batches, refuse
from data_catalog import models
from data_catalog.models import PredictionDraft
from pipelines.features import FeatureConfig


class PredictParams(ImportParams):
    """Which model, on what; corrections as for an import."""

    dataset: str = Field("", description="Not used: nothing is stored but the predictions.")
    model: str = Field(min_length=1, description="Model version: id, name:number, or name for its newest.")


@register
class PredictRecordings(JobKind):
    """Read, extract the model's own features, predict, average over windows and channels."""

    name = "predict_recordings"
    title = "Predict"
    unit = "channel"
    Params = PredictParams

    def describe(self, params: PredictParams) -> str:
        return f"Predict {params.path.rstrip('/').rpartition('/')[2]} with {params.model}"

    def plan(self, context: JobContext) -> Plan:
        params: PredictParams = context.params
        found = params.inspect(statistics=False)
        with context.catalog.read() as session:
            model = models.get(session, params.model)
            about = {
                "artifact": model.artifact_id,
                "features": model.config["features"],
                "model_id": model.id,
                "model": f"{model.name}:{model.number}",
            }
            wanted = model.config["channels"]
        named = {channel.name for channel in found.channels}
        # channels the model has learned from where there are any, else whatever the file holds
        fitting = set(wanted) & named if wanted else named
        usable = [c for c in found.channels if c.rate_hz is not None and (not fitting or c.name in fitting)]
        told = {"needs": [vars(need) for need in found.needs], "problems": [vars(one) for one in found.problems]}
        steps = [
            Step(
                key=f"{index:06d}",
                payload={"channels": batch, **about},
                units=len(batch),
                resources=step_memory.asked(step_memory.describing(batch)),
            )
            for index, batch in enumerate(batches(usable))
        ]
        return Plan(steps=[*steps, Step(key="questions", payload={"questions": told | about}, units=0)])

    @staticmethod
    def run(payload: dict[str, Any], worker: WorkerContext) -> dict[str, Any]:
        if "questions" in payload:
            return payload["questions"]
        from data_catalog.formats import ChannelFiles
        from pipelines.errors import InputError
        from pipelines.exchange.listener import Listener
        from pipelines.training.reading import load_any

        model = load_any(worker.artifacts.read(payload["artifact"]))
        listener = Listener(model, FeatureConfig.model_validate(payload["features"]))
        refused = []
        with ChannelFiles() as files:
            for done, channel in enumerate(payload["channels"]):
                worker.check()
                worker.progress(done, channel.recording)
                source = files.open(channel.locator)
                bearing = channel.labels.get("bearing")
                try:
                    listener.add(
                        channel.recording,
                        source.read(0, source.length),
                        channel.rate_hz,
                        channel.speed_rpm,
                        str(bearing) if bearing else None,
                    )
                except InputError as error:
                    refused.append({"recording": channel.recording, "message": str(error), "hint": error.hint})
        truths = {channel.recording: channel.labels.get(model.target) for channel in payload["channels"]}
        paths = {channel.recording: channel.path for channel in payload["channels"]}
        return {
            "predictions": [
                {"recording": recording, "source": paths[recording], "truth": truths[recording], **answer}
                for recording, answer in listener.answers().items()
            ],
            "refused": refused,
        }

    def commit(self, session: Session, context: JobContext, step: Step, result: dict[str, Any]) -> dict[str, Any]:
        if "predictions" not in result:
            return result
        drafts = [
            PredictionDraft(
                kind="predict",
                recording=entry["recording"],
                source=entry["source"],
                truth=None if entry["truth"] is None else str(entry["truth"]),
                label=entry["label"],
                probability=entry["probability"],
                detail={name: entry[name] for name in entry if name not in {"recording", "source", "truth"}},
                job_id=context.job_id,
            )
            for entry in result["predictions"]
        ]
        models.add_predictions(session, step.payload["model_id"], drafts)
        return result

    def finish(self, session: Session, context: JobContext) -> dict[str, Any]:
        results = context.step_results(session)
        told = results.pop("questions")
        out = {
            "model": told["model"],
            "model_id": told["model_id"],
            "predictions": [entry for result in results.values() for entry in result["predictions"]],
            "refused": [entry for result in results.values() for entry in result["refused"]],
            "needs": told["needs"],
            "problems": told["problems"],
        }
        if not (out["predictions"] or out["needs"] or out["refused"]):
            refuse(context.params.path, out["problems"])
        return out
