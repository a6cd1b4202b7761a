"""A stretch of a signal: its features, and its samples as a file."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from data_catalog.signals import SignalRow
from pfd_panel.errors import RequestError
from pfd_panel.services import diagnosing, passing_files, viewing
from pfd_panel.services.context import Context
from pfd_panel.services.file_names import plain_stem
from pfd_panel.services.passing_files import MadeFile
from pfd_panel.spreadsheets import inert
from pipelines.features import declaration, extract, feature_names
from pipelines.sound import Bits, scale_for, write_wav

Form = Literal["csv", "npy", "parquet", "wav"]
FORMS: tuple[Form, ...] = get_args(Form)
LARGEST = 2**28
"""Samples of one file: an hour at 70 kHz, 1 GiB of single precision."""

LARGEST_CSV = 2**24
"""Lines of one CSV file: some 400 MB, more than any spreadsheet opens."""

BLOCK = 2**20
"""Samples that are held in memory at once."""


@dataclass(frozen=True)
class StretchFeature:
    """One feature of a stretch: its name, title, domain, value and unit; None where it needs what is not known."""

    name: str
    title: str
    domain: str
    value: float | None
    unit: str


def bounds(row: SignalRow, start_s: float = 0.0, stop_s: float | None = None) -> tuple[int, int]:
    """The first sample of a stretch of a signal and the one after its last.

    Raises
    ------
    RequestError
        There is no sample between, or the stretch lies outside of the record.
    """
    end_s = row.length / row.rate_hz
    until = end_s if stop_s is None else stop_s
    # half a sample beyond the end is rounding of whoever asks
    if 0 <= start_s < until < end_s + 0.5 / row.rate_hz:
        start, stop = round(start_s * row.rate_hz), min(round(until * row.rate_hz), row.length)
        if start < stop:
            return start, stop
    raise RequestError(
        f"no stretch of the record goes from {start_s:g} s to {until:g} s",
        hint=f"Give 0 ≤ start < stop ≤ {end_s:g} s.",
    )


def analysed(context: Context, row: SignalRow, start_s: float, stop_s: float | None) -> NDArray[np.float32]:
    """The samples of a stretch that something is computed from.

    Raises
    ------
    RequestError
        It is no stretch of the record, or longer than what is analysed at once.
    """
    start, stop = bounds(row, start_s, stop_s)
    if stop - start > viewing.ANALYSED_SAMPLES:
        raise RequestError(
            f"the stretch has {stop - start:,} samples, at most {viewing.ANALYSED_SAMPLES:,} are analysed at once",
            hint=f"Choose at most {viewing.ANALYSED_SAMPLES / row.rate_hz:.4g} s.",
        )
    return viewing.samples(context, row, start, stop)


def features(
    context: Context, row: SignalRow, start_s: float = 0.0, stop_s: float | None = None
) -> list[StretchFeature]:
    """Every feature of a stretch of a signal; those of its whole record are kept with the dataset.

    Raises
    ------
    RequestError
        It is no stretch of the record, or too long.
    InputError
        It is too short, or has gaps.
    """
    samples = analysed(context, row, start_s, stop_s)
    geometry = diagnosing.geometry_of(row.bearing) if diagnosing.has_geometry(row) else None
    orders = geometry.orders() if geometry else None
    found = extract(samples, row.rate_hz, speed_rpm=row.speed_rpm, orders=orders)[0]
    out = []
    for name, value in zip(feature_names(), found.tolist(), strict=True):
        told = declaration(name)
        unit = told.unit.replace("{unit}", row.unit or "(unit)")
        out.append(StretchFeature(name, told.title, told.domain, value if np.isfinite(value) else None, unit))
    return out


def export(
    context: Context,
    row: SignalRow,
    form: Form = "csv",
    start_s: float = 0.0,
    stop_s: float | None = None,
    *,
    bits: Bits = 16,
) -> MadeFile:
    """Write the samples of a stretch of a signal to a file.

    ``csv`` has time and value in a line; ``npy`` is the float32 array; ``parquet`` one float32 column whose metadata
    state rate, speed and unit; ``wav`` fills the range of its samples, and its note and the comment in it tell by which
    factor. All but ``npy`` import back with their rate.

    Parameters
    ----------
    form : {"csv", "npy", "parquet", "wav"}
    start_s, stop_s : float
        The stretch, s; the whole record without.
    bits : {16, 24, 32}
        Of samples of a WAV file; 32 is float.

    Raises
    ------
    RequestError
        No such form, no stretch of the record, or more than such a file is made of.
    InputError
        A WAV file cannot hold it.
    """
    context.require("read")
    context.require_seen(row.dataset_id)
    if form not in FORMS:
        raise RequestError(f"samples are not written as {form!r}", hint=f"There are: {', '.join(FORMS)}.")
    start, stop = bounds(row, start_s, stop_s)
    most = LARGEST_CSV if form == "csv" else LARGEST
    if stop - start > most:
        raise RequestError(
            f"{stop - start:,} samples are more than a {form} file is made of",
            hint=f"Choose at most {most / row.rate_hz:.4g} s.",
        )
    target = passing_files.place(folder(context), f"{stem(row, start, stop)}.{form}")
    writers: dict[Form, Callable[[], str]] = {
        "csv": lambda: _csv(context, row, start, stop, target),
        "npy": lambda: _npy(context, row, start, stop, target),
        "parquet": lambda: _parquet(context, row, start, stop, target),
        "wav": lambda: _wav(context, row, start, stop, target, bits),
    }
    try:
        note = writers[form]()
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return MadeFile(target, MEDIA[form], note)


MEDIA: dict[Form, str] = {
    "csv": "text/csv; charset=utf-8",
    "npy": "application/x-npy",
    "parquet": "application/vnd.apache.parquet",
    "wav": "audio/wav",
}


def folder(context: Context) -> Path:
    """Where what is made of a stretch lies for an hour."""
    context.require("read")
    return context.catalog.home / "exports" / "stretches"


def stem(row: SignalRow, start: int = 0, stop: int | None = None) -> str:
    """The beginning of the name of a file that is made of a signal."""
    last = row.recording.rpartition("/")[2]
    until = row.length if stop is None else stop
    words = f"{last}_{row.channel}"
    if (start, until) != (0, row.length):
        words = f"{words[:40]}_{start / row.rate_hz:.6g}-{until / row.rate_hz:.6g}s"
    return plain_stem(words, "signal")


def blocks(context: Context, row: SignalRow, start: int, stop: int) -> Iterator[NDArray[np.float32]]:
    """The samples of a stretch in order, `BLOCK` at a time."""
    context.require("read")
    context.require_seen(row.dataset_id)
    firsts = range(start, stop, BLOCK)
    return (viewing.samples(context, row, first, min(first + BLOCK, stop)) for first in firsts)


def _csv(context: Context, row: SignalRow, start: int, stop: int, target: Path) -> str:
    import pyarrow as pa
    import pyarrow.csv as arrow_csv

    value = str(inert(f"{row.channel} ({row.unit})" if row.unit else row.channel))
    value = f"{value} value" if value == "time (s)" else value
    schema = pa.schema([("time (s)", pa.float64()), (value, pa.float32())])
    with arrow_csv.CSVWriter(target, schema) as writer:
        first = start
        for block in blocks(context, row, start, stop):
            times = np.arange(first, first + block.size, dtype=np.float64) / row.rate_hz
            writer.write_batch(pa.record_batch([times, block.astype(np.float32)], schema=schema))
            first += block.size
    return f"{stop - start:,} lines; time in s from the beginning of the record"


def _npy(context: Context, row: SignalRow, start: int, stop: int, target: Path) -> str:
    with target.open("wb") as file:
        told = {"descr": "<f4", "fortran_order": False, "shape": (stop - start,)}
        np.lib.format.write_array_header_1_0(file, told)
        for block in blocks(context, row, start, stop):
            file.write(block.astype("<f4").tobytes())
    return f"float32 in {row.unit or 'the unit of the signal'}; the rate, {row.rate_hz:.9g} Hz, is not in the file"


def _parquet(context: Context, row: SignalRow, start: int, stop: int, target: Path) -> str:
    import pyarrow as pa
    import pyarrow.parquet as pq

    known: dict[str, float | str | None] = {
        "sampling_rate": row.rate_hz,
        "rpm": row.speed_rpm,
        "start_s": start / row.rate_hz,
    }
    known |= {"dataset": row.dataset, "recording": row.recording, "signal_id": row.signal_id}
    said = {name: repr(value) if isinstance(value, float) else str(value) for name, value in known.items() if value}
    field = pa.field(row.channel, pa.float32(), metadata={"unit": row.unit} if row.unit else None)
    with pq.ParquetWriter(target, pa.schema([field], metadata=said), compression="zstd") as writer:
        for block in blocks(context, row, start, stop):
            writer.write_table(pa.table([block.astype(np.float32)], schema=writer.schema))
    return f"float32 in {row.unit or 'the unit of the signal'}, {row.rate_hz:.9g} Hz"


def _wav(context: Context, row: SignalRow, start: int, stop: int, target: Path, bits: Bits) -> str:
    peak = max(
        float(np.abs(np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0)).max())
        for block in blocks(context, row, start, stop)
    )
    scale = scale_for(peak, bits)
    unit = row.unit or "(unit not given)"
    note = f"full scale is {scale.full_scale!r} {unit}: value = sample / {scale.full_range} × {scale.full_scale!r}"
    rate = round(row.rate_hz)
    if rate != row.rate_hz:
        note += f"; recorded at {row.rate_hz!r} Hz, and WAV states whole ones only"
    told = f"{row.recording} / {row.channel}, {start / row.rate_hz:g} to {stop / row.rate_hz:g} s; {note}"
    with target.open("wb") as file:
        gaps = write_wav(file, blocks(context, row, start, stop), stop - start, rate, scale, told)
    return note + (f"; {gaps:,} samples were missing and are 0" if gaps and bits != 32 else "")
