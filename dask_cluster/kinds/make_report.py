"""Write the report of a model version, or of several against one another, as PDF and HTML."""

import re
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints
from sqlalchemy.orm import Session

from dask_cluster.jobs import JobContext, JobKind, JobParams, Plan, Step, WorkerContext, register
from dask_cluster.report_facts import facts_of
from data_catalog import artifacts, models
from data_catalog.errors import CatalogError

Format = Literal["pdf", "html"]
# by id and not by name: what a name stands for depends on who asks
ModelId = Annotated[str, StringConstraints(pattern="^[0-9a-f]{32}$")]

MEDIA: dict[Format, str] = {"pdf": "application/pdf", "html": "text/html; charset=utf-8"}
MOST_MODELS = 10


class ReportParams(JobParams):
    """On which model versions, written as what."""

    models: tuple[ModelId, ...] = Field(
        min_length=1, max_length=MOST_MODELS, description="Ids of model versions: one for its report, more to compare."
    )
    formats: tuple[Format, ...] = Field(("pdf", "html"), min_length=1, description="What it is written as.")
    about: str = Field("", max_length=500, description="What the job is called.")


@register
class MakeReport(JobKind):
    """Gather what is stored, lay it out, write one file a format."""

    name = "make_report"
    title = "Make a report"
    unit = "file"
    Params = ReportParams

    def describe(self, params: ReportParams) -> str:
        many = len(params.models) > 1
        named = params.about or (f"{len(params.models)} models" if many else "a model")
        return f"{'Comparison' if many else 'Report'} of {named}"

    def plan(self, context: JobContext) -> Plan:
        from pipelines.training.declaring import TRAINABLE

        params: ReportParams = context.params
        if len(set(params.models)) != len(params.models):
            raise CatalogError("a model is named twice", hint="name each model version once")
        titles = {one.name: one.title for one in TRAINABLE}
        with context.catalog.read() as session:
            found = [models.get(session, model_id) for model_id in params.models]
            facts = [facts_of(session, one, titles.get(one.model, one.model)) for one in found]
        told = [one.model_dump(mode="json") for one in facts]
        stem = file_stem([one.reference for one in facts])
        wanted = dict.fromkeys(params.formats)
        return Plan([Step(form, {"models": told, "format": form, "name": f"{stem}.{form}"}) for form in wanted])

    @staticmethod
    def run(payload: dict[str, Any], worker: WorkerContext) -> dict[str, Any]:
        from pipelines.reports import ModelFacts, as_html, as_pdf, comparison_report, model_report

        facts = [ModelFacts.model_validate(one) for one in payload["models"]]
        worker.check()
        worker.progress(0.1, "lays it out")
        document = model_report(facts[0]) if len(facts) == 1 else comparison_report(facts)
        worker.check()
        worker.progress(0.5, f"writes {payload['format'].upper()}")
        made = {"pdf": as_pdf, "html": as_html}[payload["format"]](document)
        return {"artifact": worker.artifacts.put(made), "title": document.title}

    def commit(self, session: Session, context: JobContext, step: Step, result: dict[str, Any]) -> dict[str, Any]:
        kept = artifacts.add(session, result["artifact"], "report")
        form = step.payload["format"]
        file = {"format": form, "name": step.payload["name"], "artifact_id": kept.id, "bytes": kept.bytes}
        return {"file": file, "title": result["title"]}

    def finish(self, session: Session, context: JobContext) -> dict[str, Any]:
        results = context.step_results(session)
        params: ReportParams = context.params
        made = [results[form] for form in dict.fromkeys(params.formats)]
        return {
            "title": made[0]["title"],
            "models": list(params.models),
            "files": [one["file"] for one in made],
        }


def file_stem(references: list[str]) -> str:
    """What the files of a report are called: letters, digits, dots and dashes of what they are about."""
    about = references[0] if len(references) == 1 else f"{references[0]} and {len(references) - 1} more"
    plain = re.sub(r"[^A-Za-z0-9]+", "-", about).strip("-")[:80].strip("-") or "model"
    return f"{'report' if len(references) == 1 else 'comparison'}-{plain}"
