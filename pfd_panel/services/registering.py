"""Model versions on their way into use: stages with reasons, files to take away, what is known of their cost."""

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dask_cluster.kinds.export_model import ExportParams
from data_catalog import artifacts, model_exports, models, stages
from data_catalog.schema import Job, ModelExport, ModelVersion, StageChange
from pfd_panel.errors import RequestError
from pfd_panel.services import passing_files, training, work
from pfd_panel.services.context import Context
from pipelines.exchange import ExportFormat, export_format, formats_for
from pipelines.training.declaring import TRAINABLE

STORED = "saved"
"""The format that needs no job: the model as it is stored."""


@dataclass(frozen=True)
class ModelFile:
    """A file in which a model can leave, and what was measured of it.

    `made` False: it was not made yet; `report` None: it was not measured. The model as it is stored is always there.
    """

    format: str
    title: str
    summary: str
    made: bool
    sha256: str = ""
    bytes: int = 0
    report: dict[str, Any] | None = None
    created_at: str = ""
    owner: str = ""


@dataclass(frozen=True)
class ModelCard:
    """What a model version weighs and how fast it is; numbers are None until they were measured.

    Attributes
    ----------
    model, model_id, stage, kind : str
        `kind` is the registry key of the model.
    parameters : int or None
        Weights of a network; other models have none to count.
    stored_bytes : int
        Of the model as it is stored, compressed.
    latency_ms, latency_p95_ms : float or None
        One record from samples to the answer: median, and what 95 of 100 do not exceed.
    machine : str
        Where that was measured.
    exportable : bool
        Whether it can leave as weights and ONNX: that is for networks.
    files : list of ModelFile
    """

    model: str
    model_id: str
    stage: str
    kind: str
    parameters: int | None
    stored_bytes: int
    latency_ms: float | None
    latency_p95_ms: float | None
    machine: str
    exportable: bool
    files: list[ModelFile]


@dataclass(frozen=True)
class Promoted:
    """A model version with its new stage; `retired` is the version that left production for it, or empty."""

    model: str
    model_id: str
    stage: str
    retired: str


def promote(context: Context, reference: str, stage: str, reason: str) -> Promoted:
    """Move a model version to a stage: ``none``, ``candidate``, ``production`` or ``retired``.

    The version of the same name that was in production retires with it; both moves are in the history and the log.

    Raises
    ------
    CatalogError
        No such stage, or no reason.
    ConflictError
        It is in that stage already.
    """
    context.require("work")
    with context.write() as session:
        moved, former = stages.promote(session, reference, stage, reason, owner=context.user.name)
        return Promoted(stages.title(moved), moved.id, moved.stage, stages.title(former) if former else "")


def stage_history(context: Context, reference: str) -> list[StageChange]:
    """Every change of stage under the name of a model version, newest first."""
    context.require("read")
    with context.read() as session:
        return stages.history(session, models.get(session, reference).name)


def export(context: Context, reference: str, formats: Sequence[str] = ()) -> Job:
    """Queue the making of files, each checked against the model and measured; none named: all that there can be.

    Raises
    ------
    UnknownNameError
        No such format.
    RequestError
        The model does not leave in this format.
    """
    context.require("work")
    found = training.get(context, reference)
    offered = [one.name for one in formats_for(network=_is_network(found))]
    for name in formats:
        if export_format(name).name not in offered:
            raise RequestError(
                f"{found.name}:{found.number} is no network: {export_format(name).title} is for networks only",
                hint=f"It leaves as: {', '.join(offered)}.",
            )
    params = ExportParams(model=f"{found.name}:{found.number}", formats=tuple(formats))
    return work.start(context, "export_model", params.model_dump(mode="json"))


def files(context: Context, reference: str) -> list[ModelFile]:
    """The files of a model version, those that were not made yet among them."""
    found = training.get(context, reference)
    with context.read() as session:
        made = model_exports.newest(session, found.id)
        stored = artifacts.get(session, found.artifact_id)
    told = [_told(one, made.get(one.name)) for one in formats_for(network=_is_network(found))]
    created = found.created_at.isoformat(timespec="seconds")
    return [
        replace(one, made=True, sha256=stored.id, bytes=stored.bytes, owner=found.owner, created_at=created)
        if one.format == STORED
        else one
        for one in told
    ]


def download(context: Context, reference: str, format: str) -> Path:
    """A file of a model version, under a name that says what it is; it lies there for an hour.

    Raises
    ------
    NotFoundError
        It was not made yet.
    """
    context.require("read")
    declared = export_format(format)
    with context.read() as session:
        found = models.get(session, reference)
        # the model itself is a file already
        stored = declared.name == STORED
        artifact = found.artifact_id if stored else model_exports.get(session, found.id, declared.name).artifact_id
    name = re.sub(r"[^\w.-]+", "_", f"{found.name}-v{found.number}").strip("._") or "model"
    target = passing_files.place(context.catalog.home / "exports" / "models", name + declared.extension)
    shutil.copyfile(context.catalog.artifacts.path(artifact), target)
    return target


def write_to(context: Context, reference: str, format: str, target: Path) -> Path:
    """Write a file of a model version to a place of the user's choice, or under its own name into a folder."""
    context.require("read")
    if not target.parent.is_dir():
        raise RequestError(f"there is no folder {target.parent}", hint="Make it first, or name another.")
    made = download(context, reference, format)
    return Path(shutil.copyfile(made, target / made.name if target.is_dir() else target))


def card(context: Context, reference: str) -> ModelCard:
    """What a model version weighs and how fast it is, as far as it was measured."""
    found = training.get(context, reference)
    told = files(context, found.id)
    reports = {one.format: one.report for one in told if one.report}
    whole = reports.get(STORED)
    latency = (whole or {}).get("latency", {})
    counted = next((one["parameters"] for one in reports.values() if one.get("parameters")), None)
    return ModelCard(
        model=f"{found.name}:{found.number}",
        model_id=found.id,
        stage=found.stage,
        kind=found.model,
        parameters=counted,
        stored_bytes=next(one.bytes for one in told if one.format == STORED),
        latency_ms=latency.get("median_ms"),
        latency_p95_ms=latency.get("p95_ms"),
        machine=(whole or {}).get("machine", ""),
        exportable=_is_network(found),
        files=told,
    )


def _is_network(model: ModelVersion) -> bool:
    return TRAINABLE.network(model.model) is not None


def _told(declared: ExportFormat, made: ModelExport | None) -> ModelFile:
    told = ModelFile(declared.name, declared.title, declared.summary, made=False)
    if made is None:
        return told
    return replace(
        told,
        made=True,
        sha256=made.artifact_id,
        bytes=made.bytes,
        report=made.report,
        created_at=made.created_at.isoformat(timespec="seconds"),
        owner=made.owner,
    )
