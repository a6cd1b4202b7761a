"""Uploads as rows: what was announced, how much of it is safely on the disk, and whose it is."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from data_catalog import audit
from data_catalog.batches import changed
from data_catalog.errors import NotFoundError
from data_catalog.schema import Upload, utc_now


def create(session: Session, name: str, size: int, *, owner: str, sha256: str | None = None) -> Upload:
    """Announce a file of `size` bytes."""
    upload = Upload(name=name, bytes=size, owner=owner, sha256=sha256)
    session.add(upload)
    session.flush()
    audit.record(session, owner, "create", "upload", upload.id, {"name": name, "bytes": size})
    return upload


def get(session: Session, upload_id: str, *, owner: str) -> Upload:
    """One upload of `owner`.

    Raises
    ------
    NotFoundError
        There is none of that id, or it belongs to somebody else: the two are not told apart.
    """
    found = session.get(Upload, upload_id, populate_existing=True)
    if found is None or found.owner != owner:
        raise NotFoundError(f"no upload has the id {upload_id!r}", hint="it may have expired; announce the file again")
    return found


def is_of(session: Session, upload_id: str, *, owner: str) -> bool:
    """Whether `owner` has an upload of that id."""
    found = session.get(Upload, upload_id)
    return found is not None and found.owner == owner


def page(session: Session, *, owner: str, offset: int = 0, limit: int = 50) -> tuple[Sequence[Upload], int]:
    """The uploads of `owner`, newest first, and how many there are."""
    total = session.scalar(select(func.count()).select_from(Upload).where(Upload.owner == owner)) or 0
    newest = select(Upload).where(Upload.owner == owner).order_by(Upload.created_at.desc(), Upload.id)
    return session.scalars(newest.offset(offset).limit(limit)).all(), total


def unfinished(session: Session, *, owner: str) -> int:
    """How many uploads of `owner` still lack bytes."""
    lacking = select(func.count()).select_from(Upload).where(Upload.owner == owner, Upload.completed_at.is_(None))
    return session.scalar(lacking) or 0


def note_received(session: Session, upload: Upload, received: int) -> Upload:
    """Write down that `received` bytes are on the disk; with the last of them the upload is complete."""
    row = get(session, upload.id, owner=upload.owner)
    row.received, row.updated_at = received, utc_now()
    row.completed_at = utc_now() if received == row.bytes else None
    session.flush()
    return row


def remove(session: Session, upload: Upload) -> None:
    """Forget an upload."""
    session.execute(delete(Upload).where(Upload.id == upload.id))
    audit.record(session, upload.owner, "delete", "upload", upload.id, {"name": upload.name})


def expire(session: Session, before: datetime) -> list[str]:
    """Forget uploads that nothing was added to since `before`; returns their ids."""
    old = list(session.scalars(select(Upload.id).where(Upload.updated_at < before)))
    changed(session, delete(Upload).where(Upload.updated_at < before))
    return old
