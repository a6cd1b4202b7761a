"""Write one segment, whole or not at all."""

import shutil
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import zarr

from data_catalog.errors import FormatError, StoreError
from data_catalog.fault_points import reach
from data_catalog.store import layout
from data_catalog.store.durable import hidden_name, store_errors, sync_and_hash, sync_folder
from data_catalog.store.measure import Measurement, as_float32
from data_catalog.store.pyramid import LONG_BLOCK, SHORT_BLOCK
from data_catalog.store.quantisation import find_step, from_int16, to_int16
from data_catalog.store.records import RowInput, SegmentManifest, StoredSignal


def write_short(folder: Path, rows: Sequence[RowInput]) -> SegmentManifest:
    """Write up to 64 signals into `folder`; see `SignalStore.write_short`."""
    if not 1 <= len(rows) <= layout.SHARD_ROWS:
        raise FormatError(f"a segment takes 1 to {layout.SHARD_ROWS} signals, got {len(rows)}")
    samples = [as_float32(row.samples, f"channel {row.channel!r}") for row in rows]
    for row, values in zip(rows, samples, strict=True):
        _require_samples(values.size, row.channel)
    narrow = _all_narrow(rows, samples)
    measured = [Measurement(row.channel, values.size, SHORT_BLOCK) for row, values in zip(rows, samples, strict=True)]
    for measurement, values in zip(measured, samples, strict=True):
        measurement.add(values)
    pyramids = [measurement.pyramid() for measurement in measured]
    steps = None
    if narrow is not None:
        samples, steps = [numbers for numbers, _ in narrow], [step for _, step in narrow]
        pyramids = [_narrowed(one, step) for one, step in zip(pyramids, steps, strict=True)]
    signals = _stack(samples)
    overviews = _stack(pyramids)

    def fill(group: zarr.Group) -> None:
        count, length = signals.shape
        layout.create_signal(group, count, length, signals.dtype.str[1:], long=False)[:] = signals
        layout.create_overview(group, len(rows), overviews.shape[-1], overviews.dtype.str[1:])[:] = overviews

    stored = [
        (row.channel, values.size, measurement)
        for row, values, measurement in zip(rows, samples, measured, strict=True)
    ]
    return _publish(folder, "short", SHORT_BLOCK, signals.dtype, steps, stored, fill)


def write_long(folder: Path, blocks: Iterable[np.ndarray], length: int, channel: str) -> SegmentManifest:
    """Write one signal as it comes into `folder`; see `SignalStore.write_long`."""
    _require_samples(length, channel)
    measurement = Measurement(channel, length, LONG_BLOCK)
    written: list[_LongSignal] = []

    def fill(group: zarr.Group) -> None:
        signal = _LongSignal(group, length)
        written.append(signal)
        total = 0
        for part, integers in _shards(blocks, channel):
            total += part.size
            if total > length:
                break
            measurement.add(part)
            signal.append(part, integers=integers)
        if total != length:
            raise StoreError(
                f"channel {channel!r} was to have {length} samples, but {'more' if total > length else total} came",
                hint="the source changed or is truncated; look at it again",
            )
        pyramid = measurement.pyramid()
        if signal.step is not None:
            pyramid = _narrowed(pyramid, signal.step)
        layout.create_overview(group, 1, pyramid.shape[-1], pyramid.dtype.str[1:])[0] = pyramid
        group.attrs["steps"] = None if signal.step is None else [signal.step]

    return _publish(folder, "long", LONG_BLOCK, None, None, [(channel, length, measurement)], fill)


class _LongSignal:
    """The samples of a long segment: int16 for as long as they are exact multiples of one step, else float32."""

    def __init__(self, group: zarr.Group, length: int) -> None:
        self._group = group
        self._length = length
        self._array: zarr.Array[Any] | None = None
        self._done = 0
        self.step: float | None = None

    def append(self, part: np.ndarray, *, integers: bool) -> None:
        """Write one whole shard (or the last, shorter one)."""
        if self._array is None:
            self.step = 1.0 if integers else find_step(part)
        numbers = to_int16(part, self.step) if self.step is not None else None
        if numbers is None and self.step is not None and self._array is not None:
            self._widen(self.step)
        if numbers is None:
            self.step = None
        if self._array is None:
            self._array = self._create("f4" if numbers is None else "i2")
        self._array[0, self._done : self._done + part.size] = part if numbers is None else numbers
        self._done += part.size

    def _create(self, dtype: str) -> zarr.Array[Any]:
        return layout.create_signal(self._group, 1, self._length, dtype, long=True)

    def _widen(self, step: float) -> None:
        """Start over as float32 with what is written; its int16 form is exact."""
        narrow = self._array
        assert narrow is not None
        folder = Path(self._group.store.root) / "signal"
        aside = folder.with_name("narrow")
        folder.rename(aside)
        narrow = zarr.open_array(aside, mode="r")
        wide = self._create("f4")
        for start in range(0, self._done, layout.LONG_SHARD):
            stop = min(start + layout.LONG_SHARD, self._done)
            wide[0, start:stop] = from_int16(np.asarray(narrow[0, start:stop]), step)
        shutil.rmtree(aside)
        self._array = wide


def _shards(blocks: Iterable[np.ndarray], channel: str) -> Iterable[tuple[np.ndarray, bool]]:
    """Blocks of any size as float32 shards, each with whether it came as integers of at most 16 bits."""
    gathered = np.empty(layout.LONG_SHARD, np.float32)
    filled, integers = 0, True
    for block in blocks:
        integers = integers and _is_narrow_integer(block)
        values = as_float32(block, f"channel {channel!r}")
        while values.size:
            taken = min(values.size, gathered.size - filled)
            gathered[filled : filled + taken] = values[:taken]
            values, filled = values[taken:], filled + taken
            if filled == gathered.size:
                yield gathered, integers
                filled = 0
    if filled:
        yield gathered[:filled], integers


def _is_narrow_integer(samples: np.ndarray) -> bool:
    # -32768 has no positive counterpart, which `quantise` refuses; such samples fall back to float32
    return samples.dtype.kind in "iu" and samples.dtype.itemsize <= 2 and samples.dtype != np.uint16


def _require_samples(length: int, channel: str) -> None:
    if length < 1:
        raise FormatError(f"channel {channel!r} has no samples", hint="leave it out of the import")


def _all_narrow(rows: Sequence[RowInput], samples: Sequence[np.ndarray]) -> list[tuple[np.ndarray, float]] | None:
    """Every row as (int16, step), or None as soon as one row cannot be."""
    found: list[tuple[np.ndarray, float]] = []
    for row, values in zip(rows, samples, strict=True):
        step = 1.0 if _is_narrow_integer(row.samples) else find_step(values)
        numbers = to_int16(values, step) if step is not None else None
        if step is None or numbers is None:
            return None
        found.append((numbers, step))
    return found


def _narrowed(pyramid: np.ndarray, step: float) -> np.ndarray:
    narrowed: np.ndarray = np.rint(pyramid.astype(np.float64) / step).astype(np.int16)
    return narrowed


def _stack(arrays: Sequence[np.ndarray]) -> np.ndarray:
    """Arrays that differ in the length of their last axis as one, padded with zeros."""
    longest = max(array.shape[-1] for array in arrays)
    stacked = np.zeros((len(arrays), *arrays[0].shape[:-1], longest), arrays[0].dtype)
    for index, array in enumerate(arrays):
        stacked[index, ..., : array.shape[-1]] = array
    return stacked


def _publish(
    folder: Path,
    kind: str,
    block: int,
    dtype: np.dtype | None,
    steps: list[float] | None,
    stored: Sequence[tuple[str, int, Measurement]],
    fill: Callable[[zarr.Group], None],
) -> SegmentManifest:
    """Fill a group under a hidden name, force it onto the disk, and only then give it its name."""
    segment_id = uuid.uuid4().hex
    hidden = folder / hidden_name()
    with store_errors("the segment"):
        try:
            group = layout.create_group(hidden)
            group.attrs.update({"format": layout.FORMAT, "kind": kind, "block": block, "steps": steps})
            fill(group)
            signals = tuple(
                StoredSignal(
                    signal_id=measurement.signal_id(),
                    channel=channel,
                    length=length,
                    row=row,
                    segment_id=segment_id,
                    **asdict(measurement.statistics()),
                )
                for row, (channel, length, measurement) in enumerate(stored)
            )
            group.attrs.update(
                {
                    "signal_ids": [signal.signal_id for signal in signals],
                    "channels": [signal.channel for signal in signals],
                    "lengths": [signal.length for signal in signals],
                }
            )
            reach("segment.before_fsync")
            checksum, size = sync_and_hash(hidden)
            reach("segment.after_fsync")
            hidden.rename(folder / segment_id)
            reach("segment.after_rename")
            sync_folder(folder)
        except BaseException:
            shutil.rmtree(hidden, ignore_errors=True)
            raise
    if dtype is None:
        dtype = np.dtype(np.float32 if group.attrs["steps"] is None else np.int16)
    return SegmentManifest(segment_id, kind, dtype.name, len(signals), size, checksum, signals)
