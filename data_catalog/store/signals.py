"""The signal store: immutable segments of samples, each written whole by one writer."""

import shutil
import time
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from data_catalog.store.durable import HIDDEN, checksum, hidden_name, store_errors
from data_catalog.store.records import RowInput, SegmentManifest

if TYPE_CHECKING:
    from data_catalog.store.segment_reader import SegmentReader

LONG_LENGTH = 1 << 22
"""From this length on a signal belongs in a segment of its own (`write_long`), which is read in parts."""

_OPEN_SEGMENTS = 256


class SignalStore:
    """Where samples lie.

    Guarantees: a segment is visible whole or not at all, whatever kills its writer; it never changes afterwards; any
    number of processes may write at once, because each writes segments of its own; what was never committed to the
    catalog is removed by `sweep`.

    Parameters
    ----------
    root
        The store folder; made at the first write.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(root)
        self._segments = self.root / "segments"
        self._open: OrderedDict[str, SegmentReader] = OrderedDict()
        self._lock = Lock()

    def write_short(self, rows: Sequence[RowInput]) -> SegmentManifest:
        """Write 1 to 64 signals as one shard; lengths may differ (padded; the true length is kept).

        Samples that are exact multiples of one step within 16 bits (as those of any 16-bit converter are) are stored
        as int16 if this holds for all rows, otherwise as float32.

        Raises
        ------
        FormatError
            No or too many signals, a signal without samples, or samples that are not real numbers.
        StoreError
            The disk is full, read-only or failing; nothing is left behind.
        """
        from data_catalog.store.segment_writer import write_short  # here, because zarr takes long to import

        return write_short(self._folder(), rows)

    def write_long(self, blocks: Iterable[np.ndarray], length: int, *, channel: str) -> SegmentManifest:
        """Write one signal of `length` samples that comes in blocks (N,) of any size, in bounded memory.

        Raises
        ------
        FormatError
            No samples, or samples that are not real numbers.
        StoreError
            More or fewer samples came than announced; the disk is full, read-only or failing. Nothing is left behind.
        """
        from data_catalog.store.segment_writer import write_long

        return write_long(self._folder(), blocks, length, channel)

    def open(self, segment_id: str) -> "SegmentReader":
        """A reader of one segment; readers are kept open for the next who asks.

        Raises
        ------
        StoreError
            The segment is missing or damaged.
        """
        from data_catalog.store.segment_reader import SegmentReader

        with self._lock:
            found = self._open.get(segment_id)
            if found is not None:
                self._open.move_to_end(segment_id)
                return found
        reader = SegmentReader(self._segments / segment_id)
        with self._lock:
            self._open[segment_id] = reader
            while len(self._open) > _OPEN_SEGMENTS:
                self._open.popitem(last=False)
        return reader

    def ids(self) -> set[str]:
        """Every segment there is, referenced or not."""
        return set(folder_names(self._segments))

    def verify(self, segment_id: str, checksum: str) -> list[str]:
        """What is wrong with a segment, in words; nothing if its files are those that were written."""
        return folder_problems(self._segments / segment_id, checksum, f"segment {segment_id}")

    def orphans(self, referenced: set[str], older_than_s: float) -> list[str]:
        """What `sweep` would remove."""
        return unreferenced_folders(self._segments, referenced, older_than_s)

    def sweep(self, referenced: set[str], older_than_s: float) -> list[str]:
        """Remove segments that nothing refers to, and leavings of killed writers, older than `older_than_s` seconds.

        The age must exceed the time any job may take between writing a segment and committing it.

        Returns
        -------
        list of str
            Names of what was removed.
        """
        removed = sweep_folders(self._segments, referenced, older_than_s)
        with self._lock:
            for name in removed:
                self._open.pop(name, None)
        return removed

    def _folder(self) -> Path:
        with store_errors("the segment"):
            self._segments.mkdir(parents=True, exist_ok=True)
        return self._segments


def folder_names(root: Path) -> list[str]:
    """Names of the folders that are written whole."""
    if not root.is_dir():
        return []
    return [entry.name for entry in root.iterdir() if entry.is_dir() and not entry.name.startswith(HIDDEN)]


def folder_problems(folder: Path, expected: str, what: str) -> list[str]:
    """Whether a folder is there and has the checksum it was written with."""
    if not folder.is_dir():
        return [f"{what} is missing"]
    try:
        found = checksum(folder)
    except OSError as error:
        return [f"{what} cannot be read: {error.strerror or error}"]
    return [] if found == expected else [f"{what} is damaged: its checksum is {found}, it was written with {expected}"]


def unreferenced_folders(root: Path, referenced: set[str], older_than_s: float) -> list[str]:
    """Names of folders not in `referenced` that nobody touched for `older_than_s` seconds, hidden ones included."""
    if not root.is_dir():
        return []
    oldest = time.time() - older_than_s
    return [
        entry.name
        for entry in root.iterdir()
        if entry.name not in referenced and entry.is_dir() and _touched(entry) <= oldest
    ]


def sweep_folders(root: Path, referenced: set[str], older_than_s: float) -> list[str]:
    """Remove what `unreferenced_folders` names; the names."""
    removed = unreferenced_folders(root, referenced, older_than_s)
    for name in removed:
        hidden = root / name
        if not name.startswith(HIDDEN):
            hidden = hidden.rename(root / hidden_name())  # gone for readers in one step
        shutil.rmtree(hidden, ignore_errors=True)
    return removed


def _touched(folder: Path) -> float:
    """When anything in a folder last changed; a segment being written changes deep inside."""
    times = [0.0]
    for path in [folder, *folder.rglob("*")]:
        try:
            times.append(path.stat().st_mtime)
        except FileNotFoundError:
            continue
    return max(times)
