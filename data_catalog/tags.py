"""Words on datasets, signals, recordings, models and experiments."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from data_catalog import audit
from data_catalog.batches import batches, changed, insert_new
from data_catalog.errors import CatalogError, NotFoundError
from data_catalog.schema import Dataset, Experiment, ModelVersion, Recording, Signal, Tag

SUBJECTS: dict[str, type[Dataset | Signal | Recording | ModelVersion | Experiment]] = {
    "dataset": Dataset,
    "signal": Signal,
    "recording": Recording,
    "model": ModelVersion,
    "experiment": Experiment,
}


def add(session: Session, subject_kind: str, subject_ids: Sequence[str], tag: str, *, owner: str) -> None:
    """Put a tag on subjects; one that carries it already stays as it is.

    Raises
    ------
    CatalogError
        An unknown kind of subject, or a blank tag.
    NotFoundError
        There is no such subject, or the session may not see it.
    """
    if subject_kind not in SUBJECTS:
        raise CatalogError(f"a {subject_kind!r} carries no tags; known: {', '.join(SUBJECTS)}")
    tag = tag.strip()
    if not tag:
        raise CatalogError("a tag needs at least one character")
    _require_present(session, subject_kind, subject_ids)
    rows = [{"subject_kind": subject_kind, "subject_id": one, "tag": tag, "owner": owner} for one in subject_ids]
    insert_new(session, Tag, rows)
    for subject_id in subject_ids:
        audit.record(session, owner, "tag", subject_kind, subject_id, {"tag": tag})


def _require_present(session: Session, subject_kind: str, subject_ids: Sequence[str]) -> None:
    key = SUBJECTS[subject_kind].id
    for chunk in batches(list(dict.fromkeys(subject_ids)), 500):
        absent = set(chunk) - set(session.scalars(select(key).where(key.in_(chunk))))
        if absent:
            raise NotFoundError(f"no {subject_kind} has the id {min(absent)!r}", hint="it may have been removed")


def remove(session: Session, subject_kind: str, subject_ids: Sequence[str], tag: str, *, owner: str) -> None:
    """Take a tag off subjects."""
    for chunk in batches(list(subject_ids), 500):
        changed(session, delete(Tag).where(Tag.subject_kind == subject_kind, Tag.subject_id.in_(chunk), Tag.tag == tag))
    for subject_id in subject_ids:
        audit.record(session, owner, "untag", subject_kind, subject_id, {"tag": tag})


def of(session: Session, subject_kind: str, subject_ids: Sequence[str]) -> dict[str, list[str]]:
    """The tags of each subject, in alphabetical order; subjects without one have an empty list."""
    found: dict[str, list[str]] = {subject_id: [] for subject_id in subject_ids}
    for chunk in batches(list(found), 500):
        rows = session.execute(
            select(Tag.subject_id, Tag.tag)
            .where(Tag.subject_kind == subject_kind, Tag.subject_id.in_(chunk))
            .order_by(Tag.tag)
        )
        for subject_id, tag in rows:
            found[subject_id].append(tag)
    return found


def counts(session: Session, subject_kind: str) -> list[tuple[str, int]]:
    """Every tag on subjects of a kind with how many carry it, most frequent first."""
    amount = func.count()
    rows = session.execute(
        select(Tag.tag, amount)
        .where(Tag.subject_kind == subject_kind)
        .group_by(Tag.tag)
        .order_by(amount.desc(), Tag.tag)
    )
    return [(tag, count) for tag, count in rows]
