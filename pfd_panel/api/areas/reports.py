"""Reports: what a model's test found, or several against one another, as PDF and HTML."""

from typing import Literal

from pydantic import Field

from data_catalog.schema import Job
from pfd_panel.api.areas.jobs import OfJob
from pfd_panel.api.operation import operation
from pfd_panel.api.requests import Asked, Name
from pfd_panel.api.wire import Answer, FileAnswer
from pfd_panel.services import reporting
from pfd_panel.services.context import Context

Format = Literal["pdf", "html"]
_MODELS = "Each an id, `name:number`, a name for its newest version, or the id of an experiment."


class ReportRequest(Asked):
    """On which models, written as what."""

    models: list[Name] = Field(min_length=1, max_length=10, description=f"One, or those to compare. {_MODELS}")
    formats: list[Format] = Field(["pdf", "html"], min_length=1, max_length=2)


class ReportsOf(Asked):
    """Whose reports."""

    model: list[Name] = Field(min_length=1, max_length=10, description=f"The models of the report. {_MODELS}")


class OfFile(OfJob):
    """Which file of which report."""

    format: Format


class ReportFile(Answer):
    """A file of a report; `sha256` is of its content."""

    format: Format
    name: str
    media_type: str
    bytes: int
    sha256: str


@operation("POST", "/reports", right="work", offers=reporting.start, example={"models": ["CWRU forest:1"]})
def create_report(context: Context, asked: ReportRequest) -> Job:
    """Queue the report of one model version, or the comparison of 2 to 10."""
    return reporting.start(context, asked.models, asked.formats)


@operation("GET", "/reports", right="read", offers=reporting.made, example={"model": ["CWRU forest:1"]})
def list_reports(context: Context, asked: ReportsOf) -> list[Job]:
    """The newest jobs that made, or are making, the report of just these models."""
    return reporting.made(context, asked.model)


@operation("GET", "/reports/{job}/files", right="read", offers=reporting.files)
def list_report_files(context: Context, asked: OfJob) -> list[ReportFile]:
    """The files of a report; none until its job is done."""
    return [ReportFile(**vars(one)) for one in reporting.files(context, asked.job)]


@operation("GET", "/reports/{job}/files/{format}", right="read", offers=reporting.file)
def get_report_file(context: Context, asked: OfFile) -> FileAnswer:
    """One file of a report; the HTML needs nothing beside itself."""
    found, place = reporting.file(context, asked.job, asked.format)
    return FileAnswer(str(place), found.name, found.media_type)
