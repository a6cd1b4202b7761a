"""Which files lie below a path, in a stable order, without following links out of it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from data_catalog.errors import FormatError
from data_catalog.formats.contract import FileProblem, Limits

_RENAME = "rename it, in letters that this system can show, and inspect again"


@dataclass(frozen=True)
class Scan:
    """Files to read, the folder their names are relative to, and entries that are refused."""

    root: Path
    files: tuple[Path, ...]
    problems: tuple[FileProblem, ...]


def scan(path: Path, limits: Limits) -> Scan:
    """List one file, or every file of a folder tree.

    Hidden entries are left out. Links that lead out of the tree are refused, so that an import takes what its owner
    pointed at and nothing else.

    Raises
    ------
    FormatError
        Nothing lies there, an empty folder, or more files than ``limits.max_files``.
    """
    path = path.expanduser().absolute()
    if _shown(path) != str(path):
        raise FormatError(f"the path {_shown(path)} is not valid UTF-8", hint=_RENAME)
    if not path.exists():
        raise FormatError(f"there is no file or folder {path}", hint="check the spelling of the path")
    if path.is_file():
        return Scan(path.parent, (path,), ())
    if not path.is_dir():
        raise FormatError(f"{path} is neither a file nor a folder", hint="give a measurement file or a folder of them")
    inside = path.resolve()
    files: list[Path] = []
    problems: list[FileProblem] = []
    for folder, folders, names in path.walk(follow_symlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and not (folder / name).is_symlink())
        for name in sorted(names):
            if name.startswith("."):
                continue
            refused = _refused(folder / name, inside)
            if refused is None:
                files.append(folder / name)
            else:
                problems.append(refused)
            if len(files) > limits.max_files:
                raise FormatError(
                    f"{path} holds more than {limits.max_files} files", hint="import its folders one by one"
                )
    if not files and not problems:
        raise FormatError(f"{path} holds no files", hint="choose the folder that holds the measurements")
    return Scan(path, tuple(files), tuple(problems))


def _refused(file: Path, inside: Path) -> FileProblem | None:
    """Why an entry of the folder is not read, if it is not."""
    if _shown(file) != str(file):
        return FileProblem(_shown(file), "", f"the name of {_shown(file.name)} is not valid UTF-8", _RENAME)
    # not Path.resolve, which raises for links that go in a circle
    if file.is_symlink() and not Path(os.path.realpath(file)).is_relative_to(inside):
        return FileProblem(str(file), "", f"{file.name} is a link out of the folder", "copy the file itself here")
    if not file.is_file():
        return FileProblem(str(file), "", f"{file.name} is no regular file", "remove it from the folder")
    return None


def _shown(name: Path | str) -> str:
    """The name with a mark for what is no UTF-8: neither a database nor JSON takes that."""
    return os.fsencode(name).decode("utf-8", "replace")
