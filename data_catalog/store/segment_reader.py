"""Read samples and drawable overviews of one segment."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import zarr

from data_catalog.errors import CatalogError, NotFoundError, StoreError
from data_catalog.store.kernels import bucket_bounds
from data_catalog.store.layout import FORMAT
from data_catalog.store.pyramid import FACTOR, level_sizes
from data_catalog.store.quantisation import from_int16


@dataclass(frozen=True)
class Overview:
    """Bounds of consecutive buckets of `step` samples, the first beginning at sample `x0`.

    `low` and `high` are float32 (B,): the smallest and largest finite sample of each bucket, NaN where there is none.
    Samples outside the stretch that was asked for are left out, also in the first and last bucket.
    """

    x0: int
    step: int
    low: np.ndarray
    high: np.ndarray


class SegmentReader:
    """One segment, open for reading; may be shared by threads, and stays valid because segments never change.

    Parameters
    ----------
    path
        Folder of the segment.

    Raises
    ------
    StoreError
        The segment is missing or damaged.
    """

    def __init__(self, path: Path) -> None:
        self.id = path.name
        if not path.is_dir():
            raise StoreError(f"segment {self.id} is missing from the store", hint="run the doctor")
        with self._damage():
            group = zarr.open_group(path, mode="r")
            about = dict(group.attrs)
            if about["format"] != FORMAT:
                raise StoreError(
                    f"segment {self.id} has format {about['format']}; this program reads format {FORMAT}",
                    hint="update the program",
                )
            self._lengths: list[int] = about["lengths"]
            self._steps: list[float] | None = about["steps"]
            self._block: int = about["block"]
            self.signal_ids: list[str] = about["signal_ids"]
            self.channels: list[str] = about["channels"]
            self._signal: zarr.Array[Any] = group["signal"]
            self._overview: zarr.Array[Any] = group["overview"]

    def length(self, row: int) -> int:
        """Samples of a row, without padding."""
        self._require(row)
        return self._lengths[row]

    def read(self, row: int, start: int = 0, stop: int | None = None) -> np.ndarray:
        """Samples `start` to `stop` (the end by default) of a row, float32 (stop − start,).

        Raises
        ------
        NotFoundError, CatalogError, StoreError
            No such row; no such stretch; damaged segment.
        """
        start, stop = self._stretch(row, start, stop)
        with self._damage():
            values = np.asarray(self._signal[row, start:stop])
        return self._restored(values, row)

    def read_rows(self, rows: Sequence[int]) -> np.ndarray:
        """Several rows of one length at once, float32 (R, L); consecutive rows are read in one go.

        Raises
        ------
        NotFoundError, CatalogError, StoreError
            No such row; rows of different lengths; damaged segment.
        """
        lengths = {self.length(row) for row in rows}
        if len(lengths) != 1:
            raise CatalogError(
                f"rows of one length can be read together, got lengths {sorted(lengths)}", hint="read them one by one"
            )
        length = lengths.pop()
        block = np.empty((len(rows), length), np.float32)
        at = 0
        with self._damage():
            for first, last in _runs(rows):
                values = np.asarray(self._signal[first:last, :length])
                for row in range(first, last):
                    block[at] = self._restored(values[row - first], row)
                    at += 1
        return block

    def overview(
        self, row: int, start: int = 0, stop: int | None = None, buckets: int = 1000, *, whole_blocks: bool = False
    ) -> Overview:
        """Bounds of at most `buckets` buckets that cover samples `start` to `stop` of a row.

        Far out, buckets are whole blocks of the coarsest level of the pyramid that is fine enough, so `x0` may lie
        a little before `start`; close in they are taken from the samples. Every bound is exact. With `whole_blocks`
        the first and the last bucket keep the samples of their outermost blocks that were not asked for: one read of
        the store then answers what takes seven otherwise.

        Raises
        ------
        NotFoundError, CatalogError, StoreError
            No such row; no such stretch or number of buckets; damaged segment.
        """
        start, stop = self._stretch(row, start, stop)
        if buckets < 1:
            raise CatalogError(f"an overview needs at least 1 bucket, got {buckets}")
        count = stop - start
        if count == 0:
            return Overview(start, 1, np.empty(0, np.float32), np.empty(0, np.float32))
        step = -(-count // buckets)
        if step < self._block:
            samples = self.read(row, start, stop)
            return Overview(start, step, *_grouped(samples, samples, step))
        level, width = self._level(row, step)
        x0 = start - start % width
        step = -(-step // width) * width
        while -(-(stop - x0) // step) > buckets:
            step += width
        low, high = self._pairs(row, level, x0 // width, -(-stop // width))
        if whole_blocks:
            return Overview(x0, step, *_grouped(low, high, step // width))
        # the outermost blocks may reach beyond what was asked for
        low, high = low.copy(), high.copy()
        if start > x0:
            low[0], high[0] = self._bounds(row, start, min(x0 + width, stop))
        if stop % width and stop < self._lengths[row] and (low.size > 1 or start == x0):
            low[-1], high[-1] = self._bounds(row, max(stop - stop % width, start), stop)
        return Overview(x0, step, *_grouped(low, high, step // width))

    def _bounds(self, row: int, start: int, stop: int) -> tuple[np.float32, np.float32]:
        """Bounds of a stretch: whole blocks from level 0, the rest from the samples."""
        first, last = -(-start // self._block), stop // self._block
        parts: list[tuple[np.ndarray, np.ndarray]] = []
        if first < last:
            parts.append(self._pairs(row, 0, first, last))
            pieces = [(start, first * self._block), (last * self._block, stop)]
        else:
            pieces = [(start, stop)]
        for begin, end in pieces:
            if begin < end:
                samples = self.read(row, begin, end)
                parts.append((samples, samples))
        low, high = (np.concatenate([part[side] for part in parts]) for side in (0, 1))
        lower, upper = bucket_bounds(low, high, np.array([0, low.size]))
        return lower[0], upper[0]

    def _level(self, row: int, step: int) -> tuple[int, int]:
        """The coarsest level whose blocks are not wider than `step`, and their width in samples."""
        level, width = 0, self._block
        for number in range(1, len(level_sizes(self._lengths[row], self._block))):
            if width * FACTOR > step:
                break
            level, width = number, width * FACTOR
        return level, width

    def _pairs(self, row: int, level: int, first: int, last: int) -> tuple[np.ndarray, np.ndarray]:
        """Low and high of blocks `first` to `last` of a level, float32."""
        offset = sum(level_sizes(self._lengths[row], self._block)[:level])
        with self._damage():
            pairs = np.asarray(self._overview[row, :, offset + first : offset + last])
        return self._restored(pairs[0], row), self._restored(pairs[1], row)

    def _restored(self, values: np.ndarray, row: int) -> np.ndarray:
        return values if self._steps is None else from_int16(values, self._steps[row])

    def _require(self, row: int) -> None:
        if not 0 <= row < len(self._lengths):
            raise NotFoundError(f"segment {self.id} has rows 0 to {len(self._lengths) - 1}, asked for {row}")

    def _stretch(self, row: int, start: int, stop: int | None) -> tuple[int, int]:
        length = self.length(row)
        end = length if stop is None else stop
        if not 0 <= start <= end <= length:
            raise CatalogError(f"the signal has samples 0 to {length}, asked for {start} to {end}")
        return start, end

    @contextmanager
    def _damage(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError, RuntimeError, KeyError) as error:
            if isinstance(error, CatalogError):
                raise
            raise StoreError(f"segment {self.id} cannot be read: {error}", hint="run the doctor") from error


def _grouped(low: np.ndarray, high: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    edges = np.append(np.arange(0, low.size, size), low.size)
    lower, upper = bucket_bounds(low, high, edges)
    return lower, upper


def _runs(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Consecutive stretches [first, last) of `rows`, in their order."""
    first = last = rows[0]
    for row in rows:
        if row != last:
            yield first, last
            first = row
        last = row + 1
    yield first, last
