"""A dataset as one HDF5 file that imports back as it was."""

import re
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np

from data_catalog import datasets, signals
from data_catalog.signals import SignalQuery, SignalRow
from data_catalog.store import SignalStore
from pfd_panel.errors import RequestError
from pfd_panel.services.context import Context

BLOCK = 2**20
"""Samples that are held in memory at once."""

PAGE = 500
LABELS = ("fault", "fault_size", "position", "load", "severity", "bearing", "asset")


def export(context: Context, dataset: str, *, progress: Callable[[int, int], None] | None = None) -> Path:
    """Write the current version of a dataset to ``exports/`` of the data directory; an unchanged one is written once.

    Each signal is a dataset ``recording/channel`` of float32 samples whose attributes are its rate (``sampling_rate``,
    Hz), speed (``rpm``), unit and labels, which the import reads back.

    Parameters
    ----------
    progress : callable, optional
        ``progress(done, total)`` after each signal.

    Raises
    ------
    RequestError
        The dataset holds no signal.
    """
    context.require("read")
    with context.read() as session:
        found = datasets.get(session, dataset)
        if not found.current_version:
            raise RequestError(f"{found.name} holds no signals yet", hint="Import or generate some first.")
        version = datasets.version(session, found.id)
    name = re.sub(r"[^\w.-]+", "_", found.name).strip("._") or "dataset"
    target = context.catalog.home / "exports" / f"{name}-v{version.number}-{version.manifest_hash[:8]}.h5"
    if target.exists():
        return target
    target.parent.mkdir(exist_ok=True)
    part = target.with_name(
        f"{target.name}.{secrets.token_hex(4)}.part"
    )  # several may be asked for the same one at once
    try:
        with h5py.File(part, "w") as file:
            file.attrs["source"] = f"{found.name}, version {version.number}, manifest {version.manifest_hash}"
            file.attrs["synthetic"] = int(found.synthetic)
            file.attrs["notes"] = found.notes
            _write(context, found.id, version.number, version.signal_count, file, progress)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target


def write_to(context: Context, dataset: str, target: Path) -> Path:
    """Export the current version of a dataset to a file of the user's choice, or under its own name into a folder.

    Raises
    ------
    RequestError
        The dataset holds no signal, or `target` lies in no folder.
    """
    context.require("read")
    if not target.parent.is_dir():
        raise RequestError(f"there is no folder {target.parent}", hint="Make it first, or name another.")
    made = export(context, dataset)
    return Path(shutil.copyfile(made, target / made.name if target.is_dir() else target))


def _write(
    context: Context,
    dataset_id: str,
    number: int,
    total: int,
    file: h5py.File,
    progress: Callable[[int, int], None] | None,
) -> None:
    done = 0
    query = SignalQuery(dataset_id=dataset_id, version=number, sort="id", limit=PAGE)
    while done < total:
        with context.read() as session:
            rows = signals.page(session, SignalQuery(**{**vars(query), "offset": done})).rows
        for row in rows:
            write_signal(file, context.catalog.store, row)
            done += 1
            if progress:
                progress(done, total)
        if not rows:
            return


def write_signal(file: h5py.File, store: SignalStore, row: SignalRow) -> None:
    """Add a signal to an open file, as `export` says; whoever asks must have made sure that the user may see it."""
    # a name that begins with # is taken for MATLAB's own references when it is read
    path = f"{row.recording.lstrip('/#')}/{row.channel.replace('/', '_')}"
    made = file.create_dataset(
        path, shape=(row.length,), dtype=np.float32, chunks=True, compression="lzf", shuffle=True
    )
    reader = store.open(row.segment_id)
    for start in range(0, row.length, BLOCK):
        stop = min(start + BLOCK, row.length)
        made[start:stop] = reader.read(row.row, start, stop)
    told = {"sampling_rate": row.rate_hz, "rpm": row.speed_rpm, "unit": row.unit or None}
    told |= {label: getattr(row, label) for label in LABELS}
    for key, value in told.items():
        if value is not None:
            made.attrs[key] = value
