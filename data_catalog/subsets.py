"""Parts of a dataset that become a dataset of their own, or all that its next version holds."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_catalog import datasets, membership
from data_catalog.batches import batches, insert_all
from data_catalog.errors import CatalogError, NotFoundError
from data_catalog.schema import Dataset, DatasetVersion, Member, Recording, new_id, utc_now
from data_catalog.visibility import in_version, live


def save_as(
    session: Session, dataset_id: str, signal_ids: Sequence[str], name: str, *, owner: str, asked: str = ""
) -> Dataset:
    """Make a dataset of some signals of another one's current version.

    Samples are stored once and belong to both; attributes are copied, so that corrections of one leave the other as it
    is. The new dataset is as private and as synthetic as the old one.

    Parameters
    ----------
    asked
        What chose the signals, in words; kept with the dataset.

    Raises
    ------
    CatalogError
        No signal was chosen, or the name is blank.
    ConflictError
        A living dataset has that name.
    NotFoundError
        A signal is not in the current version.
    """
    source = datasets.get(session, dataset_id)
    members = _members(session, source, signal_ids)
    told = {"dataset": source.id, "name": source.name, "version": source.current_version, "asked": asked}
    made = datasets.create(session, name, owner=owner, synthetic=source.synthetic, source={"part_of": told})
    made.visibility = source.visibility
    session.flush()
    recordings = _copied_recordings(session, made.id, members)
    rows = []
    for member in members:
        row = {column.key: getattr(member, column.key) for column in Member.__table__.columns if column.key != "id"}
        own = {"dataset_id": made.id, "recording_id": recordings[member.recording_id]}
        rows.append(row | own | {"added_version": None, "removed_version": None, "pending": ""})
    for member in members:
        session.expunge(member)
    insert_all(session, Member, rows)
    reason = f"{len(rows)} signals of {source.name}, version {source.current_version}" + (f": {asked}" if asked else "")
    membership.seal_version(session, made.id, owner=owner, reason=reason, job_id=None)
    return made


def keep_only(
    session: Session, dataset_id: str, signal_ids: Sequence[str], *, owner: str, reason: str = ""
) -> DatasetVersion:
    """Leave every other signal out of the next version; earlier versions keep them.

    Raises
    ------
    CatalogError
        No signal was chosen, or all of them.
    NotFoundError
        No such dataset.
    """
    dataset = datasets.get(session, dataset_id)
    kept = set(signal_ids)
    every = session.scalars(select(Member.signal_id).where(Member.dataset_id == dataset.id, live())).all()
    rest = [one for one in every if one not in kept]
    if len(rest) == len(every):
        raise CatalogError("no signal was chosen", hint="a version holds at least one; widen the filter")
    if not rest:
        raise CatalogError(f"all {len(every)} signals were chosen", hint="the current version holds just these already")
    said = reason or f"kept {len(every) - len(rest)} of {len(every)} signals"
    return membership.remove(session, dataset.id, rest, owner=owner, reason=said)


def _members(session: Session, dataset: Dataset, signal_ids: Sequence[str]) -> list[Member]:
    found: list[Member] = []
    wanted = list(dict.fromkeys(signal_ids))
    current = (Member.dataset_id == dataset.id, in_version(dataset.current_version))
    for chunk in batches(wanted, 500):
        found.extend(session.scalars(select(Member).where(*current, Member.signal_id.in_(chunk))))
    if not wanted:
        raise CatalogError("no signal was chosen", hint="widen the filter, or choose other signals")
    if len(found) < len(wanted):
        absent = len(wanted) - len(found)
        raise NotFoundError(
            f"{absent} of {len(wanted)} signals are not in dataset {dataset.name!r}", hint="choose them anew"
        )
    return sorted(found, key=lambda member: member.id)


def _copied_recordings(session: Session, dataset_id: str, members: Sequence[Member]) -> dict[str, str]:
    """Recordings of members, made anew in another dataset; the new id of each old one."""
    copied: dict[str, str] = {}
    rows = []
    for chunk in batches(list(dict.fromkeys(member.recording_id for member in members)), 500):
        for old in session.scalars(select(Recording).where(Recording.id.in_(chunk))):
            copied[old.id] = new_id()
            row = {column.key: getattr(old, column.key) for column in Recording.__table__.columns}
            rows.append(row | {"id": copied[old.id], "dataset_id": dataset_id, "created_at": utc_now()})
    insert_all(session, Recording, rows)
    return copied
