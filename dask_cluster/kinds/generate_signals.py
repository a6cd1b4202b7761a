"""Generate: synthetic signals with their full metadata, stored like imported ones and marked synthetic."""

from typing import TYPE_CHECKING, Any

from pydantic import Field
from sqlalchemy.orm import Session

from dask_cluster import step_memory
from dask_cluster.jobs import JobContext, JobKind, JobParams, Plan, Step, WorkerContext, register
from data_catalog import datasets, signals
from data_catalog.signals import MemberDraft
from data_catalog.store import RowInput, SegmentManifest
from pipelines.generate import GENERATOR_VERSION, GenerateConfig

if TYPE_CHECKING:
    from pydantic import TypeAdapter

ROWS_PER_STEP = 64
CHANNEL = "vibration"
# metadata that has a column of its own; everything else is kept as labels
COLUMNS = ("fault", "severity", "load", "fault_size", "position", "bearing", "asset")


def config_adapter() -> "TypeAdapter[Any]":
    """Validates and dumps either kind of generator configuration."""
    from pydantic import TypeAdapter

    return TypeAdapter(GenerateConfig)


class GenerateParams(JobParams):
    """Which synthetic signals, into which dataset."""

    dataset: str = Field(min_length=1, description="Name of the dataset; created if it does not exist.")
    config: GenerateConfig = Field(description="Every control of the generator.")
    notes: str = Field("", description="Notes kept with a new dataset.")


def draft_of(metadata: dict[str, Any], manifest: SegmentManifest, place: int) -> MemberDraft:
    """The member that a generated signal becomes."""
    labels = dict(metadata)
    columns = {name: labels.pop(name, None) for name in COLUMNS}
    source = f"generator {GENERATOR_VERSION}"
    return MemberDraft(
        recording=f"{columns['fault']}_{metadata['index']:05d}",
        channel=CHANNEL,
        rate_hz=float(labels.pop("rate_hz")),
        rate_source=source,
        speed_rpm=float(labels.pop("speed_rpm")),
        speed_source=source,
        unit=labels.pop("unit"),
        labels=labels,
        stored=manifest.stored[place],
        **columns,
    )


@register
class GenerateSignals(JobKind):
    """Simulate journal or rolling-element bearing signals."""

    name = "generate_signals"
    title = "Generate signals"
    unit = "signal"
    Params = GenerateParams

    def describe(self, params: GenerateParams) -> str:
        config = params.config
        physics = " with the reference's physics" if config.kind == "journal" and config.reference_compat else ""
        return f"Generate {config.kind} bearing signals{physics} into {params.dataset}"

    def plan(self, context: JobContext) -> Plan:
        from pipelines.generate import plan

        config = context.params.config
        count = len(plan(config))
        needed = step_memory.asked(step_memory.generating(min(ROWS_PER_STEP, count), config.samples))
        encoded = config_adapter().dump_python(config, mode="json")
        return Plan(
            steps=[
                Step(
                    key=f"{first:07d}",
                    payload={"config": encoded, "first": first, "last": min(first + ROWS_PER_STEP, count)},
                    units=min(ROWS_PER_STEP, count - first),
                    resources=needed,
                )
                for first in range(0, count, ROWS_PER_STEP)
            ]
        )

    @staticmethod
    def run(payload: dict[str, Any], worker: WorkerContext) -> dict[str, Any]:
        from pipelines.generate import generate_block, plan

        config = config_adapter().validate_python(payload["config"])
        samples, metadata = generate_block(config, plan(config)[payload["first"] : payload["last"]])
        worker.check()
        manifest = worker.store.write_short([RowInput(CHANNEL, row) for row in samples])
        drafts = [draft_of(entry, manifest, place) for place, entry in enumerate(metadata)]
        return {"manifest": manifest, "drafts": drafts}

    def commit(self, session: Session, context: JobContext, step: Step, result: dict[str, Any]) -> dict[str, Any]:
        params: GenerateParams = context.params
        dataset = datasets.get_or_create(
            session,
            params.dataset,
            owner=context.owner,
            synthetic=True,
            source={"kind": "generate", "config": config_adapter().dump_python(params.config, mode="json")},
            notes=params.notes,
        )
        added = signals.add_segments(
            session,
            dataset.id,
            [result["manifest"]],
            result["drafts"],
            owner=context.owner,
            job_id=context.job_id,
            reason=self.describe(params),
        )
        return {"added": added.added, "duplicates": len(added.duplicates)}

    def finish(self, session: Session, context: JobContext) -> dict[str, Any]:
        results = context.step_results(session).values()
        out: dict[str, Any] = {
            "dataset": context.params.dataset,
            "added": sum(result["added"] for result in results),
            "duplicates": sum(result["duplicates"] for result in results),
        }
        dataset = datasets.get(session, context.params.dataset)
        if out["added"]:
            version = signals.seal_version(
                session, dataset.id, owner=context.owner, reason=self.describe(context.params), job_id=context.job_id
            )
            out |= {"version": version.number, "manifest_hash": version.manifest_hash}
        return out | {"dataset_id": dataset.id}
