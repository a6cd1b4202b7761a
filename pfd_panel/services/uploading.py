"""Files that come in piece by piece: announced, sent from the offset that is certain, checked, then used by name."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from data_catalog import uploads
from data_catalog.errors import ConflictError, StoreError
from data_catalog.schema import Upload, utc_now
from data_catalog.store.durable import store_errors
from pfd_panel.errors import RequestError
from pfd_panel.services import importing
from pfd_panel.services.context import Context
from pfd_panel.services.file_names import safe_name

LARGEST_BYTES = 64 * 10**9
UNFINISHED_AT_ONCE = 32
KEPT = timedelta(days=7)
"""An upload to which nothing was added for so long is swept."""

PART = ".part"
SPARE_BYTES = 256 * 2**20
"""Room that an upload leaves on the disk, for the database and the logs."""


def start(context: Context, name: str, size: int, *, sha256: str | None = None) -> Upload:
    """Announce a file; `append` then adds to it.

    Parameters
    ----------
    size
        Bytes of the whole file.
    sha256
        Of the whole file, in hexadecimal digits; checked when the last byte has come.

    Raises
    ------
    RequestError
        An unusable name, or a file that is empty or too large.
    ConflictError
        Too many uploads of this user are unfinished.
    StoreError
        The disk has no room for it.
    """
    context.require("work")
    safe = safe_name(name)
    if not 0 < size <= LARGEST_BYTES:
        raise RequestError(f"{safe} has {size:,} bytes; expected 1 to {LARGEST_BYTES:,}", hint="Send it in parts.")
    _sweep(context)
    root = _root(context)
    root.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(root).free < size + SPARE_BYTES:
        raise StoreError(f"{safe} has {size:,} bytes, more than the disk has room for", hint="Free some space.")
    with context.write() as session:
        if uploads.unfinished(session, owner=context.user.name) >= UNFINISHED_AT_ONCE:
            raise ConflictError(
                f"{UNFINISHED_AT_ONCE} uploads are unfinished already", hint="Finish or delete one of them."
            )
        upload = uploads.create(session, safe, size, owner=context.user.name, sha256=sha256)
        folder = root / upload.id
        folder.mkdir()
        (folder / PART).touch()
    return upload


def get(context: Context, upload_id: str) -> Upload:
    """One upload of this user, with how many bytes of it are safely here."""
    context.require("work")
    with context.read() as session:
        return uploads.get(session, upload_id, owner=context.user.name)


def page(context: Context, *, offset: int = 0, limit: int = 50) -> tuple[list[Upload], int]:
    """The uploads of this user, newest first, and how many there are."""
    context.require("work")
    with context.read() as session:
        rows, total = uploads.page(session, owner=context.user.name, offset=offset, limit=limit)
        return list(rows), total


def append(
    context: Context, upload_id: str, offset: int, chunks: Iterable[bytes], *, sha256: str | None = None
) -> Upload:
    """Add bytes that begin at `offset`, and write down how far the file is certain.

    What came before a broken connection is kept, unless a checksum was promised for the part: then all of it or none.

    Parameters
    ----------
    sha256
        Of this part, in hexadecimal digits.

    Raises
    ------
    NotFoundError
        This user has no such upload.
    ConflictError
        `offset` is not where the file ends, the file is complete, or another part is being written.
    RequestError
        More bytes than announced, or a checksum that does not fit: of the part, which is then left out, or of the
        whole file, which is then forgotten.
    """
    context.require("work")
    with _alone(context, upload_id) as (upload, part):
        _require_offset(upload, offset)
        received = certain = offset
        told = hashlib.sha256()
        try:
            with store_errors(f"the upload {upload.name}"), part.open("r+b") as stream:
                stream.truncate(offset)  # bytes that came but were never written down
                stream.seek(offset)
                for chunk in chunks:
                    received += len(chunk)
                    if received > upload.bytes:
                        raise RequestError(
                            f"{upload.name} was announced with {upload.bytes:,} bytes, and more came",
                            hint="Announce it again with its true size.",
                        )
                    stream.write(chunk)
                    told.update(chunk)
                    certain = received if sha256 is None else offset
            if sha256 is not None and told.hexdigest() != sha256.lower():
                raise RequestError(
                    f"the part at {offset:,} has the SHA-256 {told.hexdigest()}, not {sha256}", hint="Send it again."
                )
            certain = received
        except RequestError:
            certain = offset
            raise
        finally:
            upload = _settle(context, upload, part, certain)
        return upload


def delete(context: Context, upload_id: str) -> None:
    """Forget an upload and its bytes; imports that read it keep what they have stored."""
    context.require("work")
    with context.write() as session:
        upload = uploads.get(session, upload_id, owner=context.user.name)
        uploads.remove(session, upload)
    shutil.rmtree(_root(context) / upload.id, ignore_errors=True)


def path_of(context: Context, upload_ids: Sequence[str]) -> Path:
    """Where complete uploads can be read: the file, or a folder that holds several.

    Raises
    ------
    NotFoundError
        This user has no such upload.
    ConflictError
        One is not complete.
    """
    found = [get(context, upload_id) for upload_id in upload_ids]
    lacking = [one for one in found if one.completed_at is None]
    if lacking:
        told = lacking[0]
        raise ConflictError(
            f"{told.name} has {told.received:,} of {told.bytes:,} bytes", hint="Send the rest of it first."
        )
    return importing.gather(context, [_whole(context, one) for one in found])


def _root(context: Context) -> Path:
    return context.catalog.home / "uploads"


def _require_offset(upload: Upload, offset: int) -> None:
    if upload.completed_at is not None:
        raise ConflictError(f"{upload.name} is complete", hint="Use it, or announce another file.")
    if offset != upload.received:
        raise ConflictError(
            f"{upload.name} ends at {upload.received:,}, the part begins at {offset:,}",
            hint=f"Send what begins at {upload.received}.",
        )


@contextmanager
def _alone(context: Context, upload_id: str) -> Iterator[tuple[Upload, Path]]:
    """The upload and its file, which no other thread or process writes meanwhile."""
    part = _root(context) / get(context, upload_id).id / PART
    try:
        held = os.open(part, os.O_RDWR)
    except FileNotFoundError:
        _require_offset(get(context, upload_id), -1)
        raise
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise ConflictError("another part of this file is being written", hint="Ask for its offset.") from busy
        yield get(context, upload_id), part  # read again: the part that was written before has moved the offset
    finally:
        os.close(held)


def _settle(context: Context, upload: Upload, part: Path, received: int) -> Upload:
    """Write down how much is certain; a whole file is checked before it counts as complete."""
    with store_errors(f"the upload {upload.name}"), part.open("r+b") as stream:
        stream.truncate(received)
        os.fsync(stream.fileno())
    if received == upload.bytes and upload.sha256 is not None:
        with part.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
        if found != upload.sha256.lower():
            delete(context, upload.id)
            raise RequestError(
                f"{upload.name} arrived with the SHA-256 {found}, not {upload.sha256}",
                hint="It was changed on the way or while it was read. Announce it again.",
            )
    with context.write() as session:
        return uploads.note_received(session, upload, received)


def _whole(context: Context, upload: Upload) -> Path:
    """The file of a complete upload, under its own name."""
    folder = _root(context) / upload.id
    if (folder / PART).exists():
        (folder / PART).rename(folder / upload.name)
    return folder / upload.name


def _sweep(context: Context) -> None:
    with context.write() as session:
        expired = uploads.expire(session, utc_now() - KEPT)
    for upload_id in expired:
        shutil.rmtree(_root(context) / upload_id, ignore_errors=True)
