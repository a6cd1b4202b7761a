"""Files in which model versions leave, as rows: made by a job, found by format, gone with their model."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_catalog.errors import NotFoundError
from data_catalog.schema import Artifact, ModelExport


def add(
    session: Session,
    model_id: str,
    format: str,
    artifact: Artifact,
    report: Mapping[str, Any],
    *,
    owner: str,
    job_id: str | None = None,
) -> ModelExport:
    """Note a file of a model version with what was measured; an earlier one of the same format is kept as it was."""
    made = ModelExport(
        model_id=model_id,
        format=format,
        artifact_id=artifact.id,
        bytes=artifact.bytes,
        report=dict(report),
        owner=owner,
        job_id=job_id,
    )
    session.add(made)
    session.flush()
    return made


def newest(session: Session, model_id: str) -> dict[str, ModelExport]:
    """The newest file of each format of a model version, by format."""
    rows = session.scalars(
        select(ModelExport).where(ModelExport.model_id == model_id).order_by(ModelExport.created_at, ModelExport.id)
    )
    return {row.format: row for row in rows}


def get(session: Session, model_id: str, format: str) -> ModelExport:
    """The newest file of a format.

    Raises
    ------
    NotFoundError
        None was made yet.
    """
    found = newest(session, model_id).get(format)
    if found is None:
        raise NotFoundError(
            f"this model was not yet exported as {format}", hint="export it first: it is a job of seconds"
        )
    return found
