"""Files that were made for one person: they lie in the data directory for an hour, to be fetched."""

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

KEPT_S = 3600.0
"""How long such a file lies there."""


@dataclass(frozen=True)
class MadeFile:
    """A file that was made to be fetched.

    Attributes
    ----------
    path : Path
        Where it lies, for an hour.
    media_type : str
    note : str
        What should be known of its content: how samples are scaled, what was done to them.
    """

    path: Path
    media_type: str
    note: str = ""


def place(folder: Path, name: str) -> Path:
    """Where a file of that name can be written, in a fresh folder below `folder`; what is too old there is removed."""
    folder.mkdir(parents=True, exist_ok=True)
    _forget_old(folder)
    target = folder / uuid4().hex / name
    target.parent.mkdir()
    return target


def _forget_old(folder: Path) -> None:
    horizon = time.time() - KEPT_S
    for one in folder.iterdir():
        with suppress(OSError):  # another process forgets them too
            if one.stat().st_mtime < horizon:
                for file in one.iterdir():
                    file.unlink()
                one.rmdir()
