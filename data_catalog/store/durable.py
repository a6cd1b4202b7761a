"""Writing so that a crash leaves a thing whole or leaves nothing: hidden name, fsync, rename, fsync."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
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


def sync_tree(root: Path) -> None:
    """Force every file and folder below `root`, and `root` itself, onto the disk."""
    for folder, _, files in root.walk(top_down=False):
        for name in files:
            descriptor = os.open(folder / name, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        sync_folder(folder)


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
