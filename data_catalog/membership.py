"""How signals enter, change and leave a dataset: pending until sealed, never edited, versions immutable.

Any number of jobs may add to one dataset at once. What a job brings waits under its own mark (`Member.pending`) and
is invisible; sealing gives all of it the next version number in one statement. A signal that another job sealed in
the meantime is dropped then, and one that another job merely has pending is not: that job may yet be cancelled.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from data_catalog import audit
from data_catalog.batches import batches, changed, insert_all, insert_new
from data_catalog.canonical import digest
from data_catalog.errors import CatalogError, NotFoundError
from data_catalog.recordings import recordings_of
from data_catalog.schema import Dataset, DatasetVersion, JobStep, Member, Segment, Signal, utc_now
from data_catalog.store.records import SegmentManifest, StoredSignal
from data_catalog.visibility import in_version, live

ATTRIBUTES = (
    "recording",
    "channel",
    "rate_hz",
    "rate_source",
    "speed_rpm",
    "speed_source",
    "unit",
    "fault",
    "fault_size",
    "position",
    "load",
    "severity",
    "bearing",
    "asset",
    "labels",
    "findings",
    "notes",
)
"""What a version says of a signal besides its samples; hashed into the manifest in this form."""

CORRECTABLE = frozenset(ATTRIBUTES) - {"recording", "channel"}
"""What `correct` may change: the channel is part of a signal's identity, and a recording is where it came from."""

_SEARCHED = ("recording", "channel", "fault", "bearing", "asset", "notes")
_SEARCH_LENGTH = 500

_COPIED = ("length", "rms", "peak", "crest_factor", "kurtosis")


@dataclass(frozen=True, kw_only=True)
class MemberDraft:
    """A stored signal and the attributes under which it shall belong to a dataset."""

    recording: str
    channel: str
    rate_hz: float
    rate_source: str
    stored: StoredSignal
    speed_rpm: float | None = None
    speed_source: str = ""
    unit: str = ""
    fault: str | None = None
    fault_size: float | None = None
    position: str | None = None
    load: float | None = None
    severity: str | None = None
    bearing: str | None = None
    asset: str | None = None
    labels: Mapping[str, Any] = field(default_factory=dict)
    findings: Sequence[Any] = ()
    notes: str = ""
    source_path: str = ""
    source_member: str = ""
    sequence: int | None = None
    started_at: datetime | None = None


@dataclass(frozen=True)
class AddResult:
    """What adding did: `version` will be the next if sealed now; `duplicates` name (recording, channel, the recording
    that already holds the same samples)."""

    version: int
    added: int
    duplicates: list[tuple[str, str, str]]


def attributes_hash(attributes: Mapping[str, Any]) -> str:
    """Hash of the attributes of one member (`ATTRIBUTES`)."""
    return digest({name: attributes[name] for name in ATTRIBUTES})


def search_text(attributes: Mapping[str, Any]) -> str:
    """The words by which a member is found, case folded; so long that an index takes them."""
    return " ".join(str(attributes[name]) for name in _SEARCHED if attributes[name]).casefold()[:_SEARCH_LENGTH]


def add_segments(
    session: Session,
    dataset_id: str,
    segments: Sequence[SegmentManifest],
    drafts: Sequence[MemberDraft],
    *,
    owner: str,
    job_id: str | None,
    reason: str,
) -> AddResult:
    """Add stored signals to a dataset, invisible until `seal_version` of the same `job_id`.

    A signal the dataset holds already (or that this job has added already) adds nothing and is named in the result.

    Raises
    ------
    NotFoundError
        No such dataset.
    CatalogError
        A draft names a segment that is not among `segments`, or has no usable rate.
    """
    dataset = _locked(session, dataset_id)
    _check(segments, drafts)
    known = _known_signals(session, dataset.id, job_id, [draft.stored.signal_id for draft in drafts])
    fresh: list[MemberDraft] = []
    duplicates: list[tuple[str, str, str]] = []
    for draft in drafts:
        holder = known.get(draft.stored.signal_id)
        if holder is not None:
            duplicates.append((draft.recording, draft.channel, holder))
            continue
        known[draft.stored.signal_id] = draft.recording
        fresh.append(draft)
    _add_signals(session, segments, fresh, job_id)
    recordings = recordings_of(session, dataset.id, fresh)
    rows = [
        _member_row(dataset.id, job_id, draft, *recordings[draft.recording, draft.source_path, draft.source_member])
        for draft in fresh
    ]
    insert_all(session, Member, rows)
    detail = {"added": len(fresh), "duplicates": len(duplicates), "reason": reason, "job": job_id}
    audit.record(session, owner, "add signals", "dataset", dataset.id, detail)
    session.flush()
    return AddResult(dataset.current_version + 1, len(fresh), duplicates)


def seal_version(session: Session, dataset_id: str, *, owner: str, reason: str, job_id: str | None) -> DatasetVersion:
    """Make what the job added visible, all of it at once, as the next version.

    A job that brought nothing new makes no version: the current one is returned.

    Raises
    ------
    NotFoundError
        No such dataset.
    """
    dataset = _locked(session, dataset_id)
    mine = (Member.dataset_id == dataset.id, Member.added_version.is_(None), Member.pending == (job_id or ""))
    sealed = aliased(Member)
    overtaken = exists().where(
        sealed.dataset_id == Member.dataset_id,
        sealed.signal_id == Member.signal_id,
        sealed.removed_version.is_(None),
        sealed.pending.is_(None),
    )
    changed(session, delete(Member).where(*mine, overtaken))
    number = dataset.current_version + 1
    moved = changed(session, update(Member).where(*mine).values(added_version=number, pending=None))
    if moved == 0 and dataset.current_version > 0:
        found = session.get(DatasetVersion, (dataset.id, dataset.current_version))
        assert found is not None
        return found
    return _new_version(session, dataset, owner=owner, reason=reason, job_id=job_id, action="seal version")


def correct(
    session: Session,
    dataset_id: str,
    signal_ids: Sequence[str],
    changes: Mapping[str, Any],
    *,
    owner: str,
    reason: str,
) -> DatasetVersion:
    """Change attributes of members: closes their rows, adds corrected ones, and makes a new version.

    A corrected `rate_hz` or `speed_rpm` without a source gets the source 'corrected'.

    Raises
    ------
    NotFoundError
        A signal is not in the current version.
    CatalogError
        Nothing or an unknown attribute to change, or an impossible rate.
    """
    unknown = sorted(set(changes) - CORRECTABLE)
    if unknown or not changes:
        raise CatalogError(
            f"cannot correct {', '.join(unknown) or 'nothing'}; correctable: {', '.join(sorted(CORRECTABLE))}",
            hint="name at least one of those",
        )
    values = dict(changes)
    for value, source in (("rate_hz", "rate_source"), ("speed_rpm", "speed_source")):
        if value in values:
            values.setdefault(source, "corrected")
    if "rate_hz" in values:
        _check_rate(values["rate_hz"], "the correction")
    dataset = _locked(session, dataset_id)
    current = _current(session, dataset, signal_ids)
    differing = [member for member in current if any(getattr(member, name) != new for name, new in values.items())]
    if not differing:
        return session.get_one(DatasetVersion, (dataset.id, dataset.current_version))
    number = dataset.current_version + 1
    rows = []
    for member in differing:
        row = {column.key: getattr(member, column.key) for column in Member.__table__.columns if column.key != "id"}
        row |= values | {"added_version": number}
        rows.append(row | {"attributes_hash": attributes_hash(row), "search": search_text(row)})
    _close(session, differing, number)
    insert_all(session, Member, rows)
    return _new_version(session, dataset, owner=owner, reason=reason, job_id=None, action="correct", detail=values)


def remove(session: Session, dataset_id: str, signal_ids: Sequence[str], *, owner: str, reason: str) -> DatasetVersion:
    """Leave signals out of the next version; earlier versions keep them.

    Raises
    ------
    NotFoundError
        A signal is not in the current version.
    """
    dataset = _locked(session, dataset_id)
    _close(session, _current(session, dataset, signal_ids), dataset.current_version + 1)
    return _new_version(session, dataset, owner=owner, reason=reason, job_id=None, action="remove signals")


def manifest_hash(session: Session, dataset_id: str, number: int) -> tuple[str, int]:
    """sha256 over the sorted lines "signal_id attributes_hash" of a version, and how many lines there are."""
    pairs = session.execute(
        select(Member.signal_id, Member.attributes_hash).where(Member.dataset_id == dataset_id, in_version(number))
    )
    lines = sorted(f"{signal_id} {attributes}\n" for signal_id, attributes in pairs)
    return hashlib.sha256("".join(lines).encode()).hexdigest(), len(lines)


def discard_pending(session: Session, job_id: str) -> int:
    """Forget what a job added but never sealed, and its steps, so that a retry starts afresh; how many members."""
    gone = changed(session, delete(Member).where(Member.added_version.is_(None), Member.pending == job_id))
    changed(session, delete(JobStep).where(JobStep.job_id == job_id))
    return gone


def _locked(session: Session, dataset_id: str) -> Dataset:
    dataset = session.scalars(
        select(Dataset)
        .where(Dataset.id == dataset_id, Dataset.deleted_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if dataset is None:
        raise NotFoundError(f"no dataset has the id {dataset_id!r}", hint="it may have been deleted; see the list")
    return dataset


def _check(segments: Sequence[SegmentManifest], drafts: Sequence[MemberDraft]) -> None:
    written = {segment.id for segment in segments}
    for draft in drafts:
        if draft.stored.segment_id not in written:
            raise CatalogError(f"signal {draft.recording}/{draft.channel} lies in a segment that was not handed over")
        _check_rate(draft.rate_hz, f"signal {draft.recording}/{draft.channel}")


def _check_rate(rate_hz: Any, whose: str) -> None:
    if not isinstance(rate_hz, int | float) or not 0 < rate_hz < float("inf"):
        raise CatalogError(f"{whose} has the sampling rate {rate_hz!r}; expected a positive number of hertz")


def _known_signals(session: Session, dataset_id: str, job_id: str | None, ids: Sequence[str]) -> dict[str, str]:
    mine = Member.added_version.is_(None) & (Member.pending == (job_id or ""))
    known: dict[str, str] = {}
    for chunk in batches(ids, 500):
        rows = session.execute(
            select(Member.signal_id, Member.recording).where(
                Member.dataset_id == dataset_id, Member.signal_id.in_(chunk), or_(live(), mine)
            )
        )
        known.update((signal_id, recording) for signal_id, recording in rows)
    return known


def _add_signals(
    session: Session, segments: Sequence[SegmentManifest], fresh: Sequence[MemberDraft], job_id: str | None
) -> None:
    """Insert the signals the catalog has not seen, and the segments that hold at least one of them."""
    stored = {draft.stored.signal_id: draft.stored for draft in fresh}
    for chunk in batches(list(stored), 500):
        for signal_id in session.scalars(select(Signal.id).where(Signal.id.in_(chunk))):
            del stored[signal_id]
    used = {signal.segment_id for signal in stored.values()}
    rows = [
        {
            "id": segment.id,
            "kind": segment.kind,
            "dtype": segment.dtype,
            "rows": segment.rows,
            "bytes": segment.bytes,
            "checksum": segment.checksum,
            "job_id": job_id,
        }
        for segment in segments
        if segment.id in used
    ]
    insert_new(session, Segment, rows)
    statistics = (*_COPIED, "mean", "nan_count", "clipped_fraction", "channel", "segment_id", "row")
    # in the order of their ids, so that two transactions with the same signals cannot wait for each other in a circle
    insert_new(
        session,
        Signal,
        [{"id": key} | {name: getattr(stored[key], name) for name in statistics} for key in sorted(stored)],
    )


def _member_row(
    dataset_id: str, job_id: str | None, draft: MemberDraft, recording_id: str, recording: str
) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(draft, name) for name in ATTRIBUTES}
    row |= {"recording": recording, "labels": dict(draft.labels), "findings": list(draft.findings)}
    row |= {"attributes_hash": attributes_hash(row), "search": search_text(row)}
    row |= {name: getattr(draft.stored, name) for name in _COPIED}
    return row | {
        "dataset_id": dataset_id,
        "signal_id": draft.stored.signal_id,
        "recording_id": recording_id,
        "added_version": None,
        "removed_version": None,
        "pending": job_id or "",
    }


def _current(session: Session, dataset: Dataset, signal_ids: Sequence[str]) -> list[Member]:
    found: dict[str, Member] = {}
    for chunk in batches(list(dict.fromkeys(signal_ids)), 500):
        members = session.scalars(
            select(Member).where(Member.dataset_id == dataset.id, Member.signal_id.in_(chunk), live())
        )
        found.update((member.signal_id, member) for member in members)
    absent = [signal_id for signal_id in signal_ids if signal_id not in found]
    if absent or not found:
        raise NotFoundError(
            f"{len(absent)} of {len(signal_ids)} signals are not in dataset {dataset.name!r}"
            + (f", first {absent[0]!r}" if absent else ""),
            hint="take the ids from the current version",
        )
    return list(found.values())


def _close(session: Session, members: Sequence[Member], number: int) -> None:
    for chunk in batches([member.id for member in members], 500):
        changed(session, update(Member).where(Member.id.in_(chunk)).values(removed_version=number))
    for member in members:
        session.expunge(member)


def _new_version(
    session: Session,
    dataset: Dataset,
    *,
    owner: str,
    reason: str,
    job_id: str | None,
    action: str,
    detail: Mapping[str, Any] | None = None,
) -> DatasetVersion:
    number = dataset.current_version + 1
    of_version = (Member.dataset_id == dataset.id, in_version(number))
    found, count = manifest_hash(session, dataset.id, number)
    recordings = session.scalar(select(func.count(Member.recording_id.distinct())).where(*of_version))
    version = DatasetVersion(
        dataset_id=dataset.id,
        number=number,
        manifest_hash=found,
        signal_count=count,
        recording_count=recordings or 0,
        reason=reason,
        job_id=job_id,
        owner=owner,
    )
    session.add(version)
    dataset.current_version = number
    dataset.updated_at = utc_now()
    summed = {"version": number, "signals": count, "reason": reason, "job": job_id} | dict(detail or {})
    audit.record(session, owner, action, "dataset", dataset.id, summed)
    session.flush()
    return version
