"""Export a model version: the files in which it leaves, each proven to say what the model says, and measured."""

from typing import Any

from pydantic import Field, field_validator
from sqlalchemy.orm import Session

from dask_cluster import step_memory
from dask_cluster.jobs import JobContext, JobKind, JobParams, Plan, Step, WorkerContext, register
from dask_cluster.learned_from import learned_from
from data_catalog import artifacts, audit, model_exports, models
from data_catalog.schema import ModelVersion
from pipelines.exchange import ModelFacts, export_format, formats_for

REFITS = "onnx_int8"
"""What it costs in accuracy is measured by a network that is fitted for it, without the recordings it is asked of."""


class ExportParams(JobParams):
    """Which model, and which files."""

    model: str = Field(min_length=1, description="Model version: id, name:number, name@production, or name.")
    formats: tuple[str, ...] = Field((), max_length=10, description="Names of formats; none: all that it can leave in.")

    @field_validator("formats")
    @classmethod
    def _known(cls, formats: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(export_format(name).name for name in formats))


@register
class ExportModel(JobKind):
    """One file a step, one after the other: what is measured beside other work is not measured."""

    name = "export_model"
    title = "Export a model"
    unit = "file"
    Params = ExportParams

    def describe(self, params: ExportParams) -> str:
        return f"Export {params.model}"

    def plan(self, context: JobContext) -> Plan:
        from pipelines.errors import InputError
        from pipelines.training.declaring import TRAINABLE

        params: ExportParams = context.params
        with context.catalog.read() as session:
            model = models.get(session, params.model)
            network = TRAINABLE.network(model.model) is not None
            offered = [one.name for one in formats_for(network=network)]
            lacking = [name for name in params.formats if name not in offered]
            if lacking:
                raise InputError(
                    f"{model.name}:{model.number} has no file of the format {lacking[0]}: that is for networks, "
                    f"this is a {model.model} on features",
                    hint=f"it leaves as: {', '.join(offered)}",
                )
            found = learned_from(session, model)
            payload = found.payload() | {
                "artifact": model.artifact_id,
                "facts": facts_of(model).plain(),
                "model_id": model.id,
                "split": model.metrics["split"],
                "config": model.config["train"],
                "features": model.config["features"],
                "network": network,
            }
        sizes = sum(max(windows, 1) for *_, windows in found.places), len(found.names), len(found.places), 0
        small = step_memory.asked(step_memory.NETWORK_BYTES)
        large = step_memory.asked(step_memory.training_network(*sizes))
        steps = [
            Step(name, payload | {"format": name}, 1, large if name == REFITS else small)
            for name in offered
            if not params.formats or name in params.formats
        ]
        return Plan(steps, parallel=False)

    @staticmethod
    def run(payload: dict[str, Any], worker: WorkerContext) -> dict[str, Any]:
        from dask_cluster.model_files import make

        return make(payload, worker)

    def commit(self, session: Session, context: JobContext, step: Step, result: dict[str, Any]) -> dict[str, Any]:
        if "refused" in result:
            return {"format": step.key, "refused": result["refused"]}
        stored = result["stored"]
        # the model itself is an artifact already
        artifact = (
            artifacts.get(session, step.payload["artifact"])
            if stored is None
            else artifacts.add(session, stored, "model_export")
        )
        made = model_exports.add(
            session,
            step.payload["model_id"],
            step.key,
            artifact,
            result["report"],
            owner=context.owner,
            job_id=context.job_id,
        )
        told = {"format": step.key, "sha256": artifact.id}
        audit.record(session, context.owner, "export", "model", made.model_id, told)
        return {"format": step.key, "artifact_id": artifact.id, "bytes": artifact.bytes, "report": result["report"]}

    def finish(self, session: Session, context: JobContext) -> dict[str, Any]:
        model = models.get(session, context.params.model)
        results = list(context.step_results(session).values())
        return {
            "model": f"{model.name}:{model.number}",
            "model_id": model.id,
            "files": [one for one in results if "refused" not in one],
            "refused": [one for one in results if "refused" in one],
        }


def facts_of(model: ModelVersion) -> ModelFacts:
    """What a file says of the model's origin."""
    from pipelines.learn import SplitConfig

    split = SplitConfig.model_validate(model.metrics["split"]["config"])
    groups = " and ".join(name.replace("_", " ") for name in split.groups)
    return ModelFacts(
        model_id=model.id,
        model=f"{model.name}:{model.number}",
        artifact=model.artifact_id,
        dataset=str(model.config["dataset"]),
        dataset_version=str(model.dataset_version),
        manifest=model.manifest_hash,
        split=f"held out by {groups or 'recording'}",
        split_hash=str(model.metrics["split"]["hash"]),
        trained_at=model.created_at.isoformat(timespec="seconds"),
    )
