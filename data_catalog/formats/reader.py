"""The registry of readers: each knows its files by their content and opens them once for all their channels."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from data_catalog.errors import FormatError
from data_catalog.formats.contract import FoundChannel, Limits
from data_catalog.formats.sources import ChannelSource

HEAD_BYTES = 4096


class SkippedFile(FormatError):  # noqa: N818 - it is no error of the file
    """The file is no measurement at all (a text, a table of cases); nothing is lost by leaving it out."""


class OpenFile(ABC):
    """One file, parsed at most once; its sources stay valid until it is closed.

    Attributes
    ----------
    channels : list of FoundChannel
        Every signal in the file.
    metadata : dict
        Scalars and short texts of the file by their full name, for presets.
    clock_columns : int
        Leading columns of a text table that count hours, minutes, seconds and a fraction; 0 if none.
    columns : int
        Columns of a text table; 0 for other kinds.
    """

    channels: list[FoundChannel]

    def __init__(self) -> None:
        self.channels = []
        self.metadata: dict[str, float | str] = {}
        self.clock_columns = 0
        self.columns = 0

    @abstractmethod
    def source(self, inner: Mapping[str, Any]) -> ChannelSource:
        """The samples of the channel whose `FoundChannel.inner` is given."""

    def close(self) -> None:  # noqa: B027 - most formats hold nothing open
        """Release what is held open."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Reader(ABC):
    """A file format. `claims` looks at content only; suffixes decide nothing.

    `reads_whole` says that `open` holds every array of the file in memory, because the format cannot be read in parts.
    """

    name: str
    title: str
    rank: int = 50
    reads_whole: bool = False

    @abstractmethod
    def claims(self, head: bytes, path: Path) -> bool:
        """Whether the file with these first `HEAD_BYTES` bytes is of this kind."""

    @abstractmethod
    def open(self, path: Path, limits: Limits, called: str) -> OpenFile:
        """Parse the structure of the file.

        Parameters
        ----------
        path : Path
            Where the bytes lie now (a temporary file for a zip member).
        called : str
            The file's name as its owner knows it, for messages and file numbers.

        Raises
        ------
        FormatError
            Truncated, empty, unsafe or beyond `limits`.
        """


@dataclass
class ReaderRegistry:
    """Readers by name, asked in order of `rank` (exact magic numbers first, text tables last)."""

    readers: dict[str, Reader] = field(default_factory=dict)

    def register(self, reader: Reader) -> None:
        """Add a reader; its name must be new."""
        if reader.name in self.readers:
            raise ValueError(f"a reader named {reader.name!r} is registered already")
        self.readers[reader.name] = reader

    def ordered(self) -> list[Reader]:
        """All readers, the most certain first."""
        return sorted(self.readers.values(), key=lambda reader: (reader.rank, reader.name))

    def named(self, name: str) -> Reader:
        """The reader of that name.

        Raises
        ------
        FormatError
            Unknown name.
        """
        if name not in self.readers:
            raise FormatError(
                f"no reader is named {name!r}; there are {', '.join(sorted(self.readers))}",
                hint="inspect the file again with this version",
            )
        return self.readers[name]

    def choose(self, path: Path, called: str) -> Reader:
        """The reader that claims the file's content.

        Raises
        ------
        FormatError
            Empty file, or content of no known kind.
        """
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
        if not head:
            raise FormatError(f"{called} is empty (0 bytes)", hint="copy or export the file again")
        for reader in self.ordered():
            if reader.claims(head, path):
                return reader
        titles = ", ".join(reader.title for reader in self.ordered())
        raise FormatError(f"{called} is of no kind that can be read as signals", hint=f"readable are: {titles}")


REGISTRY = ReaderRegistry()


def reads_whole(reader: str) -> bool:
    """Whether the reader of that name holds a file's arrays in memory while the file is open."""
    return REGISTRY.named(reader).reads_whole


def reader_of(path: Path) -> Reader:
    """The reader that claims a file's content, whatever its name says.

    Raises
    ------
    FormatError
        Empty file, or content of no known kind.
    """
    return REGISTRY.choose(path, path.name)


def list_readers() -> list[Reader]:
    """Every registered reader, the most certain first."""
    return REGISTRY.ordered()
