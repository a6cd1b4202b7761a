"""A selection: the signals that a filter finds, kept as a dataset, as a version, or as a file."""

import hashlib
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal, get_args

import h5py
import numpy as np

from data_catalog import datasets, signals, subsets
from data_catalog.datasets import DatasetSummary
from data_catalog.schema import DatasetVersion
from data_catalog.signals import SignalQuery, SignalRow
from pfd_panel.errors import RequestError
from pfd_panel.services import collections, exporting, querying, viewing
from pfd_panel.services.context import Context
from pfd_panel.services.file_names import plain_stem
from pfd_panel.services.zarr_file import write_zarr

Form = Literal["h5", "npz", "zarr"]
FORMS: tuple[Form, ...] = get_args(Form)
ENDINGS: Mapping[Form, str] = {"h5": ".h5", "npz": ".npz", "zarr": ".zarr.zip"}
LARGEST_NPZ = 2**28
"""Samples of one NPZ file, which is made in memory: 1 GiB of single precision."""

LARGEST_EXPORT = 2**33
"""Samples of one file that a request waits for: 32 GiB of single precision."""


def save_as(context: Context, dataset: str, name: str, query: SignalQuery, *, asked: str = "") -> DatasetSummary:
    """Make a dataset of what a query finds in another; its samples are stored once and belong to both.

    Raises
    ------
    CatalogError
        Nothing was found, or the name is taken or blank.
    """
    context.require("work")
    prepared = _of(context, dataset, query)
    with context.write() as session:
        found = signals.ids(session, prepared)
        told = asked or described(query)
        made = subsets.save_as(
            session, str(prepared.dataset_id), found, name, owner=context.user.name, asked=told
        ).id  # fmt: skip
    return collections.get(context, made)


def keep_only(context: Context, dataset: str, query: SignalQuery, *, reason: str = "") -> DatasetVersion:
    """Make a version of a dataset that holds what a query finds; earlier versions keep the rest.

    Raises
    ------
    CatalogError
        Nothing was found, or everything.
    """
    context.require("work")
    prepared = _of(context, dataset, query)
    with context.write() as session:
        found = signals.ids(session, prepared)
        said = reason or f"kept {len(found)} signals: {described(query)}"
        return subsets.keep_only(session, str(prepared.dataset_id), found, owner=context.user.name, reason=said)


def export(context: Context, dataset: str, query: SignalQuery, form: Form = "h5") -> Path:
    """Write what a query finds to a file below ``exports/`` of the data directory; the same signals are written once.

    ``h5`` imports back as it was; ``npz`` holds each signal as float32 under ``recording/channel``; ``zarr`` is a
    zipped store with a group for each rate, length and unit, which xarray opens without reading all of it.

    Raises
    ------
    RequestError
        Nothing was found, it is too much for such a file, or there is no such form.
    """
    context.require("read")
    if form not in FORMS:
        raise RequestError(f"signals are not written as {form!r}", hint=f"There are: {', '.join(FORMS)}.")
    summary = collections.get(context, dataset)
    rows = viewing.page(context, replace(_of(context, dataset, query), offset=0, limit=10_000_000)).rows
    samples = sum(row.length for row in rows)
    largest = LARGEST_NPZ if form == "npz" else LARGEST_EXPORT
    if not rows:
        raise RequestError("no signal was found", hint="Widen the filter.")
    if samples > largest:
        raise RequestError(
            f"{samples:,} samples are more than a {form} file is made of", hint=f"Choose at most {largest:,}."
        )
    folder = context.catalog.home / "exports"
    folder.mkdir(exist_ok=True)
    about = "".join(f"{row.signal_id} {row.attributes_hash}\n" for row in rows)
    told = hashlib.sha256(about.encode()).hexdigest()[:8]
    target = folder / f"{plain_stem(summary.name, 'dataset')}-{len(rows)}-signals-{told}{ENDINGS[form]}"
    if target.exists():
        return target
    part = target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")  # several may ask for the same one at once
    source = f"{len(rows)} signals of {summary.name}, version {summary.version}"
    try:
        if form == "zarr":
            write_zarr(part, context.catalog.store, rows, {"source": source, "synthetic": summary.synthetic})
        elif form == "npz":
            with part.open("wb") as stream:
                np.savez(stream, allow_pickle=False, **_arrays(context, rows))
        else:
            with h5py.File(part, "w") as file:
                file.attrs["source"] = source
                file.attrs["synthetic"] = int(summary.synthetic)
                for row in rows:
                    exporting.write_signal(file, context.catalog.store, row)
        return part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def write_to(context: Context, dataset: str, target: Path, query: SignalQuery) -> Path:
    """Export what a query finds to a file of the user's choice; its ending says the form.

    Raises
    ------
    RequestError
        As `export`, or `target` lies in no folder.
    """
    context.require("read")
    if not target.parent.is_dir():
        raise RequestError(f"there is no folder {target.parent}", hint="Make it first, or name another.")
    made = export(context, dataset, query, form_of(target))
    return Path(shutil.copyfile(made, target))


def form_of(target: Path) -> Form:
    """The form that the ending of a file says.

    Raises
    ------
    RequestError
        There is no such form.
    """
    for form, ending in ENDINGS.items():
        if target.name.lower().endswith(ending):
            return form
    raise RequestError(f"{target.name} does not say in which form", hint=f"End it in {' or '.join(ENDINGS.values())}.")


def described(query: SignalQuery) -> str:
    """A filter in words, as a query where it is one."""
    parts = [query.query] if query.query else []
    parts += [f"words {query.text!r}"] if query.text else []
    parts += [f"{name} {' or '.join(map(str, values))}" for name, values in query.where.items()]
    parts += [
        f"{name} {'' if low is None else low}..{'' if high is None else high}"
        for name, (low, high) in query.ranges.items()
    ]
    parts += [f"tag {tag}" for tag in query.tags]
    parts += [f"{len(query.only)} signals picked by hand"] if query.only is not None else []
    return "; ".join(parts) or "every signal"


def _of(context: Context, dataset: str, query: SignalQuery) -> SignalQuery:
    with context.read() as session:
        dataset_id = datasets.get(session, dataset).id
    return querying.prepared(context, replace(query, dataset_id=dataset_id))


def _arrays(context: Context, rows: list[SignalRow]) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {}
    for row in rows:
        found[f"{row.recording}/{row.channel}"] = viewing.samples(context, row)
    found["signal_id"] = np.array([row.signal_id for row in rows])
    found["rate_hz"] = np.array([row.rate_hz for row in rows])
    found["fault"] = np.array([row.fault or "" for row in rows])
    return found
