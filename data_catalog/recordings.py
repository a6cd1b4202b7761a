"""Which recording a signal belongs to: the channels of one file share one, and two files never do."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_catalog.batches import batches
from data_catalog.schema import Member, Recording, new_id


class Draft(Protocol):
    """What a signal about to be added says of its recording."""

    @property
    def recording(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def source_path(self) -> str: ...
    @property
    def source_member(self) -> str: ...
    @property
    def sequence(self) -> int | None: ...
    @property
    def started_at(self) -> datetime | None: ...


def recordings_of(
    session: Session, dataset_id: str, fresh: Sequence[Draft]
) -> dict[tuple[str, str, str], tuple[str, str]]:
    """(id, name) of the recording of each draft by (name, source): an existing one if it is the same and lacks these
    channels, else a new one, numbered where the name is taken."""
    wanted: dict[tuple[str, str, str], list[Draft]] = {}
    for draft in fresh:
        wanted.setdefault((draft.recording, draft.source_path, draft.source_member), []).append(draft)
    found: dict[tuple[str, str, str], tuple[str, str]] = {}
    names = _taken_names(session, dataset_id, [key[0] for key in wanted])
    for key, drafts in wanted.items():
        existing = names.get(key[0])
        if existing and (existing.source_path, existing.source_member) == key[1:]:
            channels = {draft.channel for draft in drafts}
            if not _has_channel(session, existing.id, channels):
                found[key] = (existing.id, existing.name)
                continue
        recording = Recording(
            id=new_id(),
            dataset_id=dataset_id,
            name=_unused(session, dataset_id, key[0], names),
            source_path=key[1],
            source_member=key[2],
            sequence=drafts[0].sequence,
            started_at=drafts[0].started_at,
        )
        session.add(recording)
        names[recording.name] = recording
        found[key] = (recording.id, recording.name)
    session.flush()
    return found


def _taken_names(session: Session, dataset_id: str, names: Iterable[str]) -> dict[str, Recording]:
    taken: dict[str, Recording] = {}
    for chunk in batches(sorted(set(names)), 500):
        rows = session.scalars(select(Recording).where(Recording.dataset_id == dataset_id, Recording.name.in_(chunk)))
        taken.update((row.name, row) for row in rows)
    return taken


def _has_channel(session: Session, recording_id: str, channels: set[str]) -> bool:
    clash = select(Member.id).where(
        Member.recording_id == recording_id, Member.removed_version.is_(None), Member.channel.in_(channels)
    )
    return session.scalar(clash.limit(1)) is not None


def _unused(session: Session, dataset_id: str, name: str, taken: dict[str, Recording]) -> str:
    if name not in taken:
        return name
    number = 2
    while True:
        candidate = f"{name} ({number})"
        if candidate not in taken and not _taken_names(session, dataset_id, [candidate]):
            return candidate
        number += 1
