"""Model versions: numbered under a name, never overwritten, deleted for 30 days before they are gone."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, String, cast, func, select
from sqlalchemy.orm import Session

from data_catalog import audit
from data_catalog.batches import insert_all
from data_catalog.database import lock_name
from data_catalog.datasets import nearest_names, require_visibility
from data_catalog.errors import CatalogError, ConflictError, NotFoundError
from data_catalog.schema import ModelVersion, Prediction, utc_now
from data_catalog.schema.shipping import ASKED_BY, PRODUCTION


@dataclass(frozen=True, kw_only=True)
class ModelDraft:
    """A trained model about to be saved; the fields are those of the table."""

    name: str
    model: str
    target: str
    dataset_id: str
    dataset_version: int
    manifest_hash: str
    feature_set_id: str
    split_id: str
    seed: int
    config: Mapping[str, Any]
    environment: Mapping[str, Any]
    metrics: Mapping[str, Any]
    artifact_id: str
    record_accuracy: float | None = None
    job_id: str | None = None
    notes: str = ""


@dataclass(frozen=True, kw_only=True)
class PredictionDraft:
    """What a model said of one recording (or one channel of it); `label` None: it abstained."""

    kind: str
    recording: str
    channel: str = ""
    signal_id: str | None = None
    source: str = ""
    truth: str | None = None
    label: str | None = None
    probability: float | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    job_id: str | None = None


class ModelBrief(NamedTuple):
    """What is needed to ask a model, without its evaluation, which may be long."""

    id: str
    name: str
    number: int
    artifact_id: str
    config: dict[str, Any]


class ModelPage(NamedTuple):
    """One slice of the living model versions, newest first."""

    rows: list[ModelVersion]
    total: int


class ModelName(NamedTuple):
    """A model version without its evaluation; `config` is that of its training."""

    id: str
    name: str
    number: int
    model: str
    config: dict[str, Any]


class PredictionPage(NamedTuple):
    """One slice of predictions, in the order they were made."""

    rows: list[Prediction]
    total: int


def save(session: Session, draft: ModelDraft, *, owner: str) -> ModelVersion:
    """Save a model as the next number under its name; a number is never used twice, deleted or not."""
    require_name(draft.name)
    lock_name(session, f"model:{draft.name}")
    last = session.scalar(select(func.max(ModelVersion.number)).where(ModelVersion.name == draft.name)) or 0
    values = asdict(draft)
    version = ModelVersion(number=last + 1, owner=owner, **values)
    session.add(version)
    session.flush()
    detail = {"name": draft.name, "number": version.number}
    audit.record(session, owner, "save", "model", version.id, detail)
    session.flush()
    return version


def require_name(name: str) -> None:
    """Refuse what no model can be called.

    Raises
    ------
    CatalogError
        It is blank, has a colon, which stands before the number of a version, or ends as ``@production`` does.
    """
    if not name.strip() or ":" in name or _staged(name):
        raise CatalogError(
            f"a model cannot be called {name!r}", hint="give a name without a colon, and without @production"
        )


def get(session: Session, reference: str) -> ModelVersion:
    """A living model by id, ``name:number``, ``name@production``, ``name@candidate``, or name: its newest version.

    Raises
    ------
    NotFoundError
        There is none; the hint names the nearest.
    """
    found: ModelVersion = _find(session, select(ModelVersion), reference)[0]
    return found


def brief(session: Session, reference: str) -> ModelBrief:
    """What is needed to ask a living model; names it as `get` does."""
    columns = ModelVersion.id, ModelVersion.name, ModelVersion.number, ModelVersion.artifact_id, ModelVersion.config
    return ModelBrief._make(_find(session, select(*columns), reference))


def _find(session: Session, asked: Select[Any], reference: str) -> Row[Any]:
    """What `asked` selects of the model that `reference` names."""
    living = asked.where(ModelVersion.deleted_at.is_(None))
    newest = living.order_by(ModelVersion.number.desc())
    staged = _staged(reference)
    name, _, number = reference.rpartition(":")
    if staged:
        name, stage = staged
        found = session.execute(newest.where(ModelVersion.name == name, ModelVersion.stage == stage)).first()
        if found is None:
            raise NotFoundError(
                f"no version of {name!r} is {'in production' if stage == PRODUCTION else 'a candidate'}",
                hint="promote one on its page, or name a version: name:number",
            )
        return found
    if name and number.isdigit():
        found = session.execute(living.where(ModelVersion.name == name, ModelVersion.number == int(number))).first()
    else:
        found = (
            session.execute(newest.where(ModelVersion.name == reference)).first()
            or session.execute(living.where(ModelVersion.id == reference)).first()
        )
    if found is None:
        names = session.scalars(select(ModelVersion.name).where(ModelVersion.deleted_at.is_(None)).distinct()).all()
        raise NotFoundError(f"no model is called {reference!r}", hint=nearest_names(name or reference, names, "model"))
    return found


def require_seen(session: Session, model_ids: Sequence[str]) -> None:
    """Refuse what was told of models while they might be seen, unless all of them still may; deleted ones may.

    Raises
    ------
    NotFoundError
        One of them is gone, or not for the viewer of the session.
    """
    seen = session.scalar(select(func.count()).select_from(ModelVersion).where(ModelVersion.id.in_(model_ids))) or 0
    if seen < len(set(model_ids)):
        raise NotFoundError("a model in it is not there any more", hint="see the list of models")


def _staged(reference: str) -> tuple[str, str] | None:
    """Name and stage of ``name@stage``, for the stages that a version can be asked for by."""
    name, _, stage = reference.rpartition("@")
    return (name, stage) if name and stage in ASKED_BY else None


def page(
    session: Session, *, dataset_id: str | None = None, stage: str | None = None, offset: int = 0, limit: int = 50
) -> ModelPage:
    """Living model versions, newest first."""
    conditions: list[ColumnElement[bool]] = [ModelVersion.deleted_at.is_(None)]
    if dataset_id is not None:
        conditions.append(ModelVersion.dataset_id == dataset_id)
    if stage is not None:
        conditions.append(ModelVersion.stage == stage)
    total = session.scalar(select(func.count()).select_from(ModelVersion).where(*conditions)) or 0
    rows = session.scalars(
        select(ModelVersion)
        .where(*conditions)
        .order_by(ModelVersion.created_at.desc(), ModelVersion.id)
        .offset(offset)
        .limit(limit)
    )
    return ModelPage(list(rows), total)


def named(session: Session, words: Sequence[str], *, limit: int = 50) -> list[ModelName]:
    """Living model versions that have all words in their name, number or kind of model, newest first."""
    searched = func.lower(ModelVersion.name + ":" + cast(ModelVersion.number, String) + " " + ModelVersion.model)
    holding = [searched.contains(word.casefold(), autoescape=True) for word in words]
    rows = session.execute(
        select(ModelVersion.id, ModelVersion.name, ModelVersion.number, ModelVersion.model, ModelVersion.config)
        .where(ModelVersion.deleted_at.is_(None), *holding)
        .order_by(ModelVersion.created_at.desc(), ModelVersion.id)
        .limit(limit)
    )
    return [ModelName(*row) for row in rows]


def update_notes(session: Session, model_id: str, notes: str, *, owner: str) -> ModelVersion:
    """Rewrite the notes of a model version."""
    version = get(session, model_id)
    version.notes = notes
    audit.record(session, owner, "update", "model", version.id, {"notes": notes})
    session.flush()
    return version


def set_visibility(session: Session, model_id: str, visibility: str, *, owner: str) -> ModelVersion:
    """Let the team see a model version, or only its owner and administrators.

    Raises
    ------
    NotFoundError, CatalogError
        No such model; `visibility` is neither ``team`` nor ``private``.
    """
    version = get(session, model_id)
    require_visibility(visibility)
    if visibility != version.visibility:
        told = {"name": version.name, "number": version.number}
        audit.record(session, owner, visibility, "model", version.id, told)
        version.visibility = visibility
        session.flush()
    return version


def delete(session: Session, model_id: str, *, owner: str) -> None:
    """Hide a model version; `restore` brings it back until it is purged after 30 days.

    Raises
    ------
    ConflictError
        It is in production: programs ask for it.
    """
    version = get(session, model_id)
    if version.stage == PRODUCTION:
        raise ConflictError(
            f"{version.name}:{version.number} is in production", hint="retire it first, or put another in its place"
        )
    version.deleted_at = utc_now()
    audit.record(session, owner, "delete", "model", version.id, {"name": version.name, "number": version.number})
    session.flush()


def restore(session: Session, model_id: str, *, owner: str) -> ModelVersion:
    """Bring a deleted model version back, by its id."""
    version = session.get(ModelVersion, model_id)
    if version is None or version.deleted_at is None:
        raise NotFoundError(f"no deleted model has the id {model_id!r}", hint="it may have been purged already")
    version.deleted_at = None
    audit.record(session, owner, "restore", "model", version.id, {"name": version.name, "number": version.number})
    session.flush()
    return version


def count_predictions(session: Session, model_id: str) -> dict[str, int]:
    """How many predictions of each kind a model version has."""
    rows = session.execute(
        select(Prediction.kind, func.count()).where(Prediction.model_id == model_id).group_by(Prediction.kind)
    )
    return {row[0]: row[1] for row in rows}


def add_predictions(session: Session, model_id: str, drafts: Sequence[PredictionDraft]) -> None:
    """Store predictions of a model version, many at once."""
    rows = [asdict(draft) | {"model_id": model_id, "created_at": utc_now()} for draft in drafts]
    insert_all(session, Prediction, rows)


def predictions(
    session: Session,
    model_id: str,
    *,
    kind: str | None = None,
    job_id: str | None = None,
    signal_id: str | None = None,
    offset: int = 0,
    limit: int = 1000,
) -> PredictionPage:
    """Predictions of a model version, of one kind, job or signal if asked."""
    conditions = [Prediction.model_id == model_id]
    if kind is not None:
        conditions.append(Prediction.kind == kind)
    if job_id is not None:
        conditions.append(Prediction.job_id == job_id)
    if signal_id is not None:
        conditions.append(Prediction.signal_id == signal_id)
    total = session.scalar(select(func.count()).select_from(Prediction).where(*conditions)) or 0
    rows = session.scalars(select(Prediction).where(*conditions).order_by(Prediction.id).offset(offset).limit(limit))
    return PredictionPage(list(rows), total)


def tested_signals(session: Session, model_id: str) -> dict[str, str]:
    """The recordings that a model version was tested on, each with the id of the first of its signals."""
    found: dict[str, str] = {}
    rows = session.execute(
        select(Prediction.recording, Prediction.signal_id)
        .where(Prediction.model_id == model_id, Prediction.kind == "held_out", Prediction.signal_id.is_not(None))
        .order_by(Prediction.id)
    )
    for recording, signal_id in rows:
        if signal_id is not None:
            found.setdefault(recording, signal_id)
    return found
