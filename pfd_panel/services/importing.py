"""Import in two steps: inspect what a source holds, then store what was confirmed or corrected."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from dask_cluster.jobs import parse_params
from dask_cluster.kinds.import_signals import ImportParams
from data_catalog.formats import Inspection
from data_catalog.schema import Job
from pfd_panel.errors import RequestError
from pfd_panel.services import reach, work
from pfd_panel.services.context import Context


def parse_patterns(entries: list[str] | tuple[str, ...], what: str, number: bool = True) -> dict[str, Any]:
    """Turn ``['Normal/*=48000']`` into ``{'Normal/*': 48000.0}``; a value without a pattern holds for everything.

    Raises
    ------
    RequestError
        If a value is not a positive number where one is due.
    """
    out: dict[str, Any] = {}
    for entry in entries:
        pattern, found, value = entry.rpartition("=")
        pattern = pattern if found else "*"
        if not number:
            out[pattern] = value
            continue
        try:
            out[pattern] = float(value)
        except ValueError:
            out[pattern] = 0.0
        if not 0 < out[pattern] < 1e12:
            raise RequestError(
                f"{what} {entry!r} is not a positive number",
                hint=f"Write PATTERN=NUMBER, for example 'Normal/*=48000', or a number for every recording ({what}).",
            )
    return out


def inspection(
    context: Context, params: ImportParams, *, progress: Callable[[int, int], None] | None = None
) -> Inspection:
    """What a file, folder or zip holds under these corrections; stores nothing.

    Parameters
    ----------
    progress : callable, optional
        ``progress(files_done, files_known)``, called from the thread that inspects.

    Returns
    -------
    Inspection
        Every channel with its rate and where it came from, statistics and preview, and what must still be answered.
    """
    context.require("work")
    from data_catalog.formats import inspect

    path = reach.readable(context, params.path)
    asked = params.model_dump(exclude={"path", "dataset", "notes"})
    return inspect(path, **asked, statistics=True, progress=progress)


def gather(context: Context, files: Sequence[Path]) -> Path:
    """One path for uploaded files: the file itself, or a folder beside it that holds them all.

    Uploads lie in folders of their own; several are linked, not copied, into one, so that they are inspected together.

    Raises
    ------
    NotAllowedError
        One was not uploaded by this user.
    RequestError
        There is no file, or one is not there any more.
    """
    context.require("work")
    files = [reach.readable(context, file) for file in files]
    gone = [file.name for file in files if not file.is_file()]
    if gone or not files:
        raise RequestError(
            f"{', '.join(gone) or 'no file'} was not uploaded", hint="Choose the files again and wait for 'stored'."
        )
    if len(files) == 1:
        return files[0]
    folder = reach.upload_folder(files[0].parent.parent, context.user.name)
    for number, file in enumerate(files):
        named = folder / file.name
        os.link(file, named if not named.exists() else folder / f"{file.stem}-{number}{file.suffix}")
    return folder


def start(context: Context, params: ImportParams) -> Job:
    """Queue the import of everything that is certain."""
    if not params.dataset.strip():
        raise RequestError("the dataset has no name", hint="Name the dataset the recordings go into.")
    path = source(reach.readable(context, params.path))
    params = params.model_copy(update={"path": path, "dataset": params.dataset.strip()})
    return work.start(context, "import_signals", params.model_dump())


def source(path: Path | str) -> str:
    """The absolute path of what shall be read; whether a user may have it read is asked by `reach.readable`.

    Raises
    ------
    RequestError
        Nothing lies there, or the path is no text.
    """
    absolute = str(Path(path).expanduser().absolute())
    shown = os.fsencode(absolute).decode("utf-8", "replace")
    if shown != absolute:
        raise RequestError(f"the path {shown} is not valid UTF-8", hint="Rename the file or folder, then try again.")
    if not Path(absolute).exists():
        raise RequestError(f"{path} does not exist", hint="Check the path; it is read on the server's machine.")
    return str(Path(absolute).resolve())


def asked(path: Path | str, dataset: str = "inspection", **corrections: Any) -> ImportParams:
    """What was asked of an import, checked; corrections are the fields of `ImportParams`.

    Raises
    ------
    RequestError
        Nothing lies at `path`, or it is no text.
    ParamsError
        A correction that does not fit, by name.
    """
    params = parse_params("import_signals", {"path": source(path), "dataset": dataset, **corrections})
    assert isinstance(params, ImportParams)
    return params


def parse_labels(entries: list[str] | tuple[str, ...]) -> dict[str, dict[str, str | float]]:
    """Turn ``['Normal/*:fault=healthy']`` into ``{'Normal/*': {'fault': 'healthy'}}``; numbers become numbers."""
    out: dict[str, dict[str, str | float]] = {}
    for entry in entries:
        left, found, value = entry.rpartition("=")
        pattern, _, name = left.rpartition(":")
        if not found or not name:
            raise RequestError(f"--label {entry!r} names no label", hint="Write 'PATTERN:fault=inner_race'.")
        try:
            out.setdefault(pattern or "*", {})[name] = float(value)
        except ValueError:
            out.setdefault(pattern or "*", {})[name] = value
    return out
