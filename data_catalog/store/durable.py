"""Writing so that a crash leaves a thing whole or leaves nothing: hidden name, fsync, rename, fsync."""

import hashlib
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any

from data_catalog.errors import StoreError

HIDDEN = ".writing-"


def hidden_name() -> str:
    """A name that no reader looks at, for what is still being written."""
    return f"{HIDDEN}{uuid.uuid4().hex}"


def sync_open_file(file: IO[Any]) -> None:
    """Force what was written to an open file onto the disk."""
    file.flush()
    os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Force the names in a folder onto the disk; some file systems cannot, and then do it by themselves."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


_content_hash: Any = partial(hashlib.blake2b, digest_size=16)


def sync_and_hash(root: Path) -> tuple[str, int]:
    """Force every file and folder below `root`, and `root` itself, onto the disk.

    Returns
    -------
    tuple of str and int
        Checksum over the names and contents of all files (`checksum`), and their size in bytes.
    """
    found, size = _checksum(root, sync=True)
    for folder, _, _ in root.walk(top_down=False):
        sync_folder(folder)
    return found, size


def checksum(root: Path) -> str:
    """blake2b-128 over the names and contents of all files below `root`, in the order of their names."""
    return _checksum(root, sync=False)[0]


def _checksum(root: Path, *, sync: bool) -> tuple[str, int]:
    total, size = hashlib.blake2b(digest_size=16), 0
    files = sorted(folder / name for folder, _, names in root.walk() for name in names)
    for path in files:
        with path.open("rb") as file:
            content = hashlib.file_digest(file, _content_hash)
            size += file.tell()
            if sync:
                os.fsync(file.fileno())
        total.update(f"{path.relative_to(root).as_posix()}\n{content.hexdigest()}\n".encode())
    return total.hexdigest(), size


@contextmanager
def store_errors(what: str) -> Iterator[None]:
    """Say in words why `what` could not be written.

    Raises
    ------
    StoreError
        Full, read-only or failing disk.
    """
    try:
        yield
    except StoreError:
        raise
    except OSError as error:
        raise StoreError(
            f"{what} could not be written: {error.strerror or error}",
            hint="check that the data directory's disk has free space and is writable; nothing was changed",
        ) from error
