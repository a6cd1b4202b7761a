"""Reports of model versions, and of several against one another, as PDF and HTML: made by a job, kept, handed out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from sqlalchemy.orm import Session

from dask_cluster.kinds.make_report import MEDIA, MOST_MODELS, Format
from data_catalog import artifacts, experiments, jobs, models
from data_catalog.errors import NotFoundError
from data_catalog.schema import Job, ModelVersion
from pfd_panel.errors import RequestError
from pfd_panel.services import work
from pfd_panel.services.context import Context

KIND = "make_report"
FORMATS: tuple[Format, ...] = get_args(Format)

_ID = re.compile("[0-9a-f]{32}")

LOOKED_THROUGH = 200
"""Newest reports among which those of the very same models are looked for."""


@dataclass(frozen=True)
class ReportFile:
    """One file of a report.

    Attributes
    ----------
    format : {"pdf", "html"}
    name : str
        What it is called when it is saved.
    media_type : str
    bytes : int
    sha256 : str
        Of its content; the same report of the same results has the same.
    """

    format: Format
    name: str
    media_type: str
    bytes: int
    sha256: str


def start(context: Context, references: Sequence[str], formats: Sequence[str] = FORMATS) -> Job:
    """Queue the report of one model version, or the comparison of 2 to 10.

    Parameters
    ----------
    references : sequence of str
        Each a model version (id, ``name:number``, or a name for its newest), or the id of an experiment, which stands
        for what its finished runs left.
    formats : sequence of str
        ``pdf``, ``html`` or both.

    Raises
    ------
    NotFoundError
        No such model, or not for this user.
    RequestError
        None, too many, or one of them twice; no such format.
    """
    context.require("work")
    strange = [one for one in formats if one not in FORMATS]
    if strange or not formats:
        said = f"reports are not written as {strange[0]!r}" if strange else "a report is written as something"
        raise RequestError(said, hint=f"There are: {', '.join(FORMATS)}.")
    with context.read() as session:
        found = [version for one in references for version in _versions(session, one)]
    if not 1 <= len(found) <= MOST_MODELS:
        raise RequestError(
            f"a report is of 1 to {MOST_MODELS} models, not of {len(found)}", hint="Name one, or those to compare."
        )
    names = [f"{one.name}:{one.number}" for one in found]
    if len({one.id for one in found}) < len(found):
        raise RequestError("one model is named twice", hint="Name different model versions.")
    about = names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
    return work.start(
        context, KIND, {"models": [one.id for one in found], "formats": list(formats), "about": about[:500]}
    )


def made(context: Context, references: Sequence[str], *, most: int = 5) -> list[Job]:
    """The jobs that made, or are making, the report of just these models, newest first.

    Raises
    ------
    NotFoundError
        No such model, or not for this user.
    """
    context.require("read")
    with context.read() as session:
        wanted = [version.id for one in references for version in _versions(session, one)]
        found = jobs.about_model(session, KIND, wanted[0], limit=LOOKED_THROUGH) if wanted else []
    return [job for job in found if set(job.params["models"]) == set(wanted)][:most]


def files(context: Context, job_id: str) -> list[ReportFile]:
    """The files of a report; none until its job is done.

    Raises
    ------
    NotFoundError
        No such report, or a model in it may not be seen any more.
    """
    return [
        ReportFile(one["format"], one["name"], MEDIA[one["format"]], one["bytes"], one["artifact_id"])
        for one in _report(context, job_id).result.get("files", [])
    ]


def file(context: Context, job_id: str, form: str) -> tuple[ReportFile, Path]:
    """One file of a report, and where it lies.

    Raises
    ------
    NotFoundError
        No such report, none of this format, or a model in it may not be seen any more.
    StoreError
        It is not what was written.
    """
    job = _report(context, job_id)
    found = next((one for one in files(context, job.id) if one.format == form), None)
    if found is None:
        why = "has none yet" if job.state not in jobs.FINISHED else f"has no {form}"
        raise NotFoundError(f"the report {why}", hint="make it again, or wait for its job")
    with context.read() as session:
        kept = artifacts.get(session, found.sha256)
    return found, context.catalog.artifacts.path(kept.id)


def _versions(session: Session, reference: str) -> list[ModelVersion]:
    """What a reference stands for: a model version, or those of an experiment's finished runs."""
    try:
        return [models.get(session, reference)]
    except NotFoundError:
        if not _ID.fullmatch(reference):
            raise
    experiment = experiments.get(session, reference)
    made = [run.model_id for run in experiments.runs(session, experiment.id) if run.model_id]
    if not made:
        raise RequestError(f"no run of {experiment.name!r} has finished", hint="Wait for it, or start it again.")
    return [models.get(session, model_id) for model_id in made]


def _report(context: Context, job_id: str) -> Job:
    """The job of a report whose every model the user may see at this moment."""
    job = work.get(context, job_id)
    if job.kind != KIND:
        raise NotFoundError(f"the job {job_id!r} made no report", hint="start one: pfd report MODEL")
    with context.read() as session:
        models.require_seen(session, job.params["models"])
    return job
