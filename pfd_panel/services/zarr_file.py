"""Signals as one zipped Zarr store that xarray opens: a group for each rate, length and unit, a row a signal."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import zarr
from zarr.storage import ZipStore

from data_catalog.signals import SignalRow
from data_catalog.store import SignalStore

BLOCK = 2**20
"""Samples that are held in memory at once, and that a chunk holds at most."""

NUMBERS = ("rate_hz", "speed_rpm", "fault_size", "load", "rms", "peak", "kurtosis")
WORDS = ("signal_id", "recording", "channel", "fault", "position", "severity", "bearing", "asset")


def write_zarr(path: Path, store: SignalStore, rows: Sequence[SignalRow], about: Mapping[str, Any]) -> None:
    """Write signals to a zip of Zarr version 3.

    Each group holds ``samples`` (signal, time) as float32 in the unit of its attribute ``unit``, one chunk a signal (a
    long one in several), numbers known of the signals as float64 (signal), and words as lists in its attributes.

    Parameters
    ----------
    path : Path
        File to write; whatever is there is replaced.
    store : SignalStore
        Where the samples lie.
    rows : sequence of SignalRow
        Which signals.
    about : mapping
        Attributes of the whole store, JSON types.
    """
    groups: dict[tuple[float, int, str], list[SignalRow]] = {}
    for row in rows:
        groups.setdefault((row.rate_hz, row.length, row.unit), []).append(row)
    # float32 noise hardly packs, and is packed already by the codec of its array
    with ZipStore(path, mode="w", compression=zipfile.ZIP_STORED) as target:
        root = zarr.open_group(target, mode="w", attributes=dict(about))
        for number, ((rate, length, unit), members) in enumerate(groups.items()):
            told = {name: [getattr(row, name) for row in members] for name in WORDS}
            group = root.create_group(f"{number:03d}", attributes={"rate_hz": rate, "unit": unit, **told})
            samples = group.create_array(
                "samples",
                shape=(len(members), length),
                chunks=(1, min(length, BLOCK)),
                dtype="float32",
                attributes={"units": unit},
                dimension_names=("signal", "time"),
            )
            for at, row in enumerate(members):
                reader = store.open(row.segment_id)
                for start in range(0, length, BLOCK):
                    stop = min(start + BLOCK, length)
                    samples[at, start:stop] = reader.read(row.row, start, stop)
            for name in NUMBERS:
                values = np.array([getattr(row, name) for row in members], dtype=np.float64)
                group.create_array(name, data=values, dimension_names=("signal",))
