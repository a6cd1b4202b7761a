"""Stages of model versions: a candidate is tried, one version of a name is in production, retired ones are kept."""

from typing import NamedTuple, cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from data_catalog import audit, models
from data_catalog.database import lock_name
from data_catalog.errors import CatalogError, ConflictError
from data_catalog.schema import ModelVersion, StageChange
from data_catalog.schema.shipping import PRODUCTION, RETIRED, STAGES, Stage

LONGEST_REASON = 2000


class Promotion(NamedTuple):
    """A version with its new stage, and the one that went out of production for it, if any."""

    model: ModelVersion
    retired: ModelVersion | None


def promote(session: Session, reference: str, stage: str, reason: str, *, owner: str) -> Promotion:
    """Move a model version to a stage; the version of its name that was in production retires with the same commit.

    Raises
    ------
    CatalogError
        No such stage, or no reason.
    ConflictError
        It is in that stage already, or the one in production may not be seen by whoever asks.
    """
    version = models.get(session, reference)
    wanted, reason = checked(stage), reason.strip()
    if not reason:
        raise CatalogError("a change of stage needs a reason", hint="say in a sentence why this version, and why now")
    if len(reason) > LONGEST_REASON:
        raise CatalogError(
            f"a reason of {len(reason)} characters, at most {LONGEST_REASON} are kept", hint="say it shorter"
        )
    # what decides is read under the lock: two may promote at once
    lock_name(session, f"model:{version.name}")
    session.refresh(version)
    if version.stage == wanted:
        raise ConflictError(f"{title(version)} is {words(wanted)} already", hint="nothing needs to be changed")
    former = _former(session, version) if wanted == PRODUCTION else None
    if former is not None:
        # before the other one takes the place: the database lets no two have it
        _move(session, former, RETIRED, f"{title(version)} took its place: {reason}"[:LONGEST_REASON], owner)
    _move(session, version, wanted, reason, owner)
    return Promotion(version, former)


def checked(stage: str) -> Stage:
    """A stage by name; `CatalogError` where there is none."""
    found = next((one for one in STAGES if one == stage), None)
    if found is None:
        raise CatalogError(f"there is no stage {stage!r}", hint=f"there are: {', '.join(STAGES)}")
    return found


def history(session: Session, name: str, *, limit: int = 1000) -> list[StageChange]:
    """Every change of stage under a model's name, newest first."""
    rows = session.scalars(
        select(StageChange).where(StageChange.name == name).order_by(StageChange.id.desc()).limit(limit)
    )
    return list(rows)


def words(stage: str) -> str:
    """A stage as it stands in a sentence: ``in production``."""
    return {"none": "without a stage", "candidate": "a candidate", PRODUCTION: "in production"}.get(stage, stage)


def title(version: ModelVersion) -> str:
    """``name:number``."""
    return f"{version.name}:{version.number}"


def _former(session: Session, version: ModelVersion) -> ModelVersion | None:
    """The version of the same name that is in production."""
    found = session.scalars(
        select(ModelVersion).where(ModelVersion.name == version.name, ModelVersion.stage == PRODUCTION)
    ).first()
    # the table itself is not limited to what the viewer may see, its rows are
    every = cast("Table", ModelVersion.__table__).c
    there = session.scalar(select(every.id).where(every.name == version.name, every.stage == PRODUCTION))
    if there is not None and found is None:
        raise ConflictError(
            f"the place in production of the model name {version.name!r} is taken",
            hint="ask an administrator, or train under another name",
        )
    return found


def _move(session: Session, version: ModelVersion, stage: Stage, reason: str, owner: str) -> None:
    before, version.stage = version.stage, stage
    session.add(
        StageChange(
            model_id=version.id,
            name=version.name,
            number=version.number,
            before=before,
            after=stage,
            reason=reason,
            user=owner,
        )
    )
    told = {"name": version.name, "number": version.number, "from": before, "to": stage, "reason": reason}
    audit.record(session, owner, "promote", "model", version.id, told)
    session.flush()
