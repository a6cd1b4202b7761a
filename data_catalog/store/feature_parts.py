"""One feature part as a Zarr v3 group: ``features`` (row, feature) with coordinates of both."""

import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import zarr
from zarr.codecs import BloscCodec

from data_catalog.errors import CatalogError, StoreError
from data_catalog.fault_points import reach
from data_catalog.store.durable import hidden_name, sync_and_hash, sync_folder
from data_catalog.store.records import PartManifest


def write_part(
    root: Path, names: Sequence[str], values: np.ndarray, signal_ids: Sequence[str], window_starts: Sequence[int]
) -> PartManifest:
    """Write a part under a hidden name, force it onto the disk, then give it its name; see `FeatureStore`."""
    part_id = uuid.uuid4().hex
    hidden = root / hidden_name()
    try:
        hidden.mkdir()
        group = zarr.create_group(hidden, zarr_format=3, attributes={"format": 1, "coordinates": _COORDINATES})
        _array(group, "features", values, ("row", "feature"))
        _array(group, "feature", np.array(names, np.dtypes.StringDType()), ("feature",))
        _array(group, "signal_id", np.array(signal_ids, np.dtypes.StringDType()), ("row",))
        _array(group, "window_start", np.asarray(window_starts, np.int64), ("row",))
        reach("segment.before_fsync")
        checksum, size = sync_and_hash(hidden)
        reach("segment.after_fsync")
        hidden.rename(root / part_id)
        reach("segment.after_rename")
        sync_folder(root)
    except BaseException:
        shutil.rmtree(hidden, ignore_errors=True)
        raise
    return PartManifest(id=part_id, rows=len(values), names=tuple(names), bytes=size, checksum=checksum)


_COORDINATES = "signal_id window_start"
"""What xarray shall treat as coordinates, by the CF convention; ``feature`` is one by its name."""


def read_part(folder: Path) -> np.ndarray:
    """All rows of a part, float64 (R, F)."""
    return _read(folder, "features")


def read_window_starts(folder: Path) -> np.ndarray:
    """First sample of the window of each row, int64 (R,)."""
    return _read(folder, "window_start")


def _read(folder: Path, name: str) -> np.ndarray:
    try:
        array: zarr.Array[Any] = zarr.open_array(folder / name, mode="r")
        return np.asarray(array[:])
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        if isinstance(error, CatalogError):
            raise
        raise StoreError(f"feature part {folder.name} cannot be read: {error}", hint="run the doctor") from error


def _array(group: zarr.Group, name: str, values: np.ndarray, dimensions: tuple[str, ...]) -> None:
    numeric = values.dtype.kind in "if"
    array = group.create_array(
        name,
        shape=values.shape,
        chunks=values.shape,
        dtype=values.dtype,
        compressors=BloscCodec(cname="lz4", clevel=5, shuffle="shuffle" if numeric else "noshuffle"),
        dimension_names=dimensions,
    )
    array[:] = values
