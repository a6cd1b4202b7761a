"""Datasets: create, find, rename, delete for 30 days, and read back any version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from rapidfuzz import process
from sqlalchemy import Table, func, or_, select
from sqlalchemy.orm import Session

from data_catalog import audit
from data_catalog.database import lock_name
from data_catalog.errors import CatalogError, ConflictError, NotFoundError
from data_catalog.privacy import VISIBILITIES
from data_catalog.schema import Dataset, DatasetVersion, Member, utc_now
from data_catalog.visibility import in_version, live


@dataclass(frozen=True)
class DatasetSummary:
    """A dataset as a card shows it; `classes` counts the signals of each fault, '' for those without one."""

    id: str
    name: str
    notes: str
    synthetic: bool
    version: int
    manifest_hash: str
    signals: int
    recordings: int
    classes: dict[str, int]
    updated_at: datetime
    owner: str
    visibility: str


def create(
    session: Session,
    name: str,
    *,
    owner: str,
    synthetic: bool = False,
    source: Mapping[str, Any] | None = None,
    notes: str = "",
) -> Dataset:
    """Add an empty dataset.

    Raises
    ------
    ConflictError
        A living dataset has that name.
    CatalogError
        The name is blank.
    """
    name = _free_name(session, name)
    dataset = Dataset(name=name, synthetic=synthetic, source=dict(source or {}), notes=notes, owner=owner)
    session.add(dataset)
    session.flush()
    audit.record(session, owner, "create", "dataset", dataset.id, {"name": name})
    return dataset


def get_or_create(
    session: Session,
    name: str,
    *,
    owner: str,
    synthetic: bool = False,
    source: Mapping[str, Any] | None = None,
    notes: str = "",
) -> Dataset:
    """The living dataset of that name, added if there is none; what exists keeps its source and notes."""
    lock_name(session, f"dataset:{name.strip()}")
    found = session.scalars(select(Dataset).where(Dataset.name == name.strip(), Dataset.deleted_at.is_(None))).first()
    return found or create(session, name, owner=owner, synthetic=synthetic, source=source, notes=notes)


def get(session: Session, name_or_id: str) -> Dataset:
    """The living dataset of that name or id.

    Raises
    ------
    NotFoundError
        There is none; the hint names the nearest.
    """
    found = session.scalars(
        select(Dataset)
        .where(Dataset.deleted_at.is_(None), or_(Dataset.id == name_or_id, Dataset.name == name_or_id))
        .order_by(Dataset.name == name_or_id)
    ).first()
    if found is None:
        names = session.scalars(select(Dataset.name).where(Dataset.deleted_at.is_(None))).all()
        raise NotFoundError(f"no dataset is called {name_or_id!r}", hint=nearest_names(name_or_id, names, "dataset"))
    return found


def nearest_names(asked: str, names: Sequence[str], what: str) -> str:
    """A hint that offers the names most like the one asked for."""
    if not names:
        return f"there is no {what} yet"
    near = [name for name, _, _ in process.extract(asked, names, limit=3, score_cutoff=50)]
    offered = near or sorted(names)[:3]
    return f"did you mean {' or '.join(repr(name) for name in offered)}?"


def listing(session: Session) -> list[DatasetSummary]:
    """Every living dataset, the most recently changed first."""
    datasets = session.scalars(
        select(Dataset).where(Dataset.deleted_at.is_(None)).order_by(Dataset.updated_at.desc(), Dataset.name)
    ).all()
    current = {
        version.dataset_id: version
        for version in session.scalars(
            select(DatasetVersion).join(
                Dataset,
                (Dataset.id == DatasetVersion.dataset_id) & (Dataset.current_version == DatasetVersion.number),
            )
        )
    }
    classes: dict[str, dict[str, int]] = {}
    counted = select(Member.dataset_id, Member.fault, func.count()).where(live())
    for dataset_id, fault, count in session.execute(counted.group_by(Member.dataset_id, Member.fault)):
        classes.setdefault(dataset_id, {})[fault or ""] = count
    return [_summary(dataset, current.get(dataset.id), classes.get(dataset.id, {})) for dataset in datasets]


def summary(session: Session, dataset: Dataset) -> DatasetSummary:
    """What `listing` says of one dataset."""
    version = session.scalars(
        select(DatasetVersion).where(
            DatasetVersion.dataset_id == dataset.id, DatasetVersion.number == dataset.current_version
        )
    ).first()
    counted = select(Member.fault, func.count()).where(live(), Member.dataset_id == dataset.id).group_by(Member.fault)
    classes = {fault or "": count for fault, count in session.execute(counted)}
    return _summary(dataset, version, classes)


def _summary(dataset: Dataset, version: DatasetVersion | None, classes: dict[str, int]) -> DatasetSummary:
    return DatasetSummary(
        id=dataset.id,
        name=dataset.name,
        notes=dataset.notes,
        synthetic=dataset.synthetic,
        version=dataset.current_version,
        manifest_hash=version.manifest_hash if version else "",
        signals=version.signal_count if version else 0,
        recordings=version.recording_count if version else 0,
        classes=classes,
        updated_at=dataset.updated_at,
        owner=dataset.owner,
        visibility=dataset.visibility,
    )


def update(
    session: Session, dataset_id: str, *, name: str | None = None, notes: str | None = None, owner: str
) -> Dataset:
    """Rename a dataset or rewrite its notes.

    Raises
    ------
    NotFoundError, ConflictError
        No such dataset; the new name is taken.
    """
    dataset = get(session, dataset_id)
    changes: dict[str, Any] = {}
    if name is not None and name.strip() != dataset.name:
        changes["name"] = [dataset.name, name.strip()]
        dataset.name = _free_name(session, name)
    if notes is not None and notes != dataset.notes:
        changes["notes"] = [dataset.notes, notes]
        dataset.notes = notes
    if changes:
        dataset.updated_at = utc_now()
        audit.record(session, owner, "update", "dataset", dataset.id, changes)
    session.flush()
    return dataset


def set_visibility(session: Session, dataset_id: str, visibility: str, *, owner: str) -> Dataset:
    """Let the team see a dataset, or only its owner and administrators.

    Raises
    ------
    NotFoundError
        No such dataset.
    CatalogError
        `visibility` is neither ``team`` nor ``private``.
    """
    dataset = get(session, dataset_id)
    require_visibility(visibility)
    if visibility != dataset.visibility:
        audit.record(session, owner, visibility, "dataset", dataset.id, {"name": dataset.name})
        dataset.visibility = visibility
        session.flush()
    return dataset


def require_visibility(word: str) -> None:
    """Refuse a word that says nothing about who may see a thing."""
    if word not in VISIBILITIES:
        raise CatalogError(f"something cannot be {word!r}", hint=f"it can be {' or '.join(VISIBILITIES)}")


def delete(session: Session, dataset_id: str, *, owner: str) -> None:
    """Hide a dataset; `restore` brings it back until it is purged after 30 days."""
    dataset = get(session, dataset_id)
    dataset.deleted_at = utc_now()
    audit.record(session, owner, "delete", "dataset", dataset.id, {"name": dataset.name})
    session.flush()


def deleted(session: Session) -> Sequence[Dataset]:
    """Datasets that can still be restored, the last deleted first."""
    return session.scalars(
        select(Dataset).where(Dataset.deleted_at.is_not(None)).order_by(Dataset.deleted_at.desc())
    ).all()


def restore(session: Session, dataset_id: str, *, owner: str) -> Dataset:
    """Bring a deleted dataset back.

    Raises
    ------
    NotFoundError
        No deleted dataset has that id.
    ConflictError
        Its name has been taken since.
    """
    dataset = session.get(Dataset, dataset_id)
    if dataset is None or dataset.deleted_at is None:
        raise NotFoundError(f"no deleted dataset has the id {dataset_id!r}", hint="it may have been purged already")
    _free_name(session, dataset.name)
    dataset.deleted_at = None
    dataset.updated_at = utc_now()
    audit.record(session, owner, "restore", "dataset", dataset.id, {"name": dataset.name})
    session.flush()
    return dataset


def versions(session: Session, dataset_id: str) -> list[DatasetVersion]:
    """Every version of a dataset, oldest first."""
    rows = session.scalars(
        select(DatasetVersion).where(DatasetVersion.dataset_id == dataset_id).order_by(DatasetVersion.number)
    )
    return list(rows)


def version(session: Session, dataset_id: str, number: int | None = None) -> DatasetVersion:
    """One version of a dataset, the current one by default.

    Raises
    ------
    NotFoundError
        No such dataset, or it has no such version yet.
    """
    dataset = get(session, dataset_id)
    wanted = dataset.current_version if number is None else number
    found = session.get(DatasetVersion, (dataset.id, wanted))
    if found is None:
        raise NotFoundError(
            f"dataset {dataset.name!r} has no version {wanted}; it has {dataset.current_version}",
            hint="import or generate signals first" if dataset.current_version == 0 else "name one that exists",
        )
    return found


def manifest(session: Session, dataset_id: str, number: int | None = None) -> list[Member]:
    """The members of a version (the current one by default), in the order they were added.

    Raises
    ------
    NotFoundError
        No such dataset or version.
    """
    dataset = get(session, dataset_id)
    if number is None and dataset.current_version == 0:
        return []
    wanted = version(session, dataset.id, number).number
    rows = session.scalars(
        select(Member).where(Member.dataset_id == dataset.id, in_version(wanted)).order_by(Member.id)
    )
    return list(rows)


def _free_name(session: Session, name: str) -> str:
    name = name.strip()
    if not name:
        raise CatalogError("a dataset needs a name, got a blank one", hint="give it a short name")
    lock_name(session, f"dataset:{name}")
    # columns of the table, not of the class: a name is taken by a dataset that the session may not see, too
    every = cast("Table", Dataset.__table__).c
    taken = session.scalar(select(every.id).where(every.name == name, every.deleted_at.is_(None)))
    if taken is not None:
        raise ConflictError(f"a dataset called {name!r} exists already", hint="choose another name, or add to that one")
    return name
