"""Samples again from a locator: the second half of every import, in any process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from data_catalog.errors import FormatError
from data_catalog.formats.archive import unpacked_member
from data_catalog.formats.contract import DEFAULT_LIMITS, Limits
from data_catalog.formats.reader import REGISTRY, OpenFile
from data_catalog.formats.sources import ChannelSource


def locator_of(path: Path, member: str, reader: str, inner: Mapping[str, Any]) -> dict[str, Any]:
    """What `open_channel` needs later; remembers the file's size and time to notice a change in between."""
    status = path.stat()
    return {
        "path": str(path),
        "member": member,
        "reader": reader,
        "inner": dict(inner),
        "size": status.st_size,
        "mtime_ns": status.st_mtime_ns,
    }


class ChannelFiles:
    """Opens channels and keeps each file open, so that several channels of one file share one parse.

    Close it (or leave its ``with`` block) to release everything; sources are not usable after that.

    Parameters
    ----------
    limits : Limits
        Bounds for parsing and unpacking.
    keep : int
        Files held open at once; the oldest is closed first, so ask for the channels of one file together.
    """

    def __init__(self, limits: Limits = DEFAULT_LIMITS, *, keep: int = 1) -> None:
        self._limits = limits
        self._keep = keep
        self._open: dict[tuple[str, str], tuple[OpenFile, ExitStack]] = {}

    def open(self, locator: Mapping[str, Any]) -> ChannelSource:
        """The channel's samples.

        Raises
        ------
        FormatError
            The file is gone, changed since it was inspected, or damaged.
        """
        key = (locator["path"], locator["member"])
        if key not in self._open:
            while len(self._open) >= self._keep:
                self._open.pop(next(iter(self._open)))[1].close()
            self._open[key] = _opened(locator, self._limits)
        return self._open[key][0].source(locator["inner"])

    def close(self) -> None:
        """Close every file."""
        while self._open:
            self._open.popitem()[1][1].close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_channel(locator: Mapping[str, Any], *, limits: Limits = DEFAULT_LIMITS) -> ChannelSource:
    """The samples of one channel of a `ChannelRead`; closing the source closes its file.

    Raises
    ------
    FormatError
        The file is gone, changed since it was inspected, or damaged.
    """
    files = ChannelFiles(limits)
    source = files.open(locator)
    source.add_close(files.close)
    return source


def open_file_channels(
    locators: Sequence[Mapping[str, Any]], *, limits: Limits = DEFAULT_LIMITS
) -> list[ChannelSource]:
    """Sources for several channels, each file parsed once; a file closes when its last source is closed.

    Raises
    ------
    FormatError
        A file is gone, changed since it was inspected, or damaged; nothing stays open then.
    """
    files = ChannelFiles(limits, keep=max(1, len(locators)))
    with ExitStack() as undo:
        undo.callback(files.close)
        sources = [files.open(locator) for locator in locators]
        undo.pop_all()
    left = [len(sources)]

    def one_less() -> None:
        left[0] -= 1
        if left[0] == 0:
            files.close()

    for source in sources:
        source.add_close(one_less)
    return sources


def _opened(locator: Mapping[str, Any], limits: Limits) -> tuple[OpenFile, ExitStack]:
    path = Path(locator["path"])
    try:
        status = path.stat()
    except OSError as gone:
        raise FormatError(
            f"{path} is not there any more", hint="put the file back, or inspect the folder again"
        ) from gone
    if (status.st_size, status.st_mtime_ns) != (locator["size"], locator["mtime_ns"]):
        raise FormatError(
            f"{path} changed since it was inspected", hint="inspect it again and confirm what it holds now"
        )
    with ExitStack() as stack:
        member = locator["member"]
        readable = stack.enter_context(unpacked_member(path, member, limits)) if member else path
        opened = REGISTRY.named(locator["reader"]).open(readable, limits, member or path.name)
        stack.enter_context(opened)
        return opened, stack.pop_all()
