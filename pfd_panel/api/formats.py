"""Columns as JSON, Arrow or NPY, whichever the client prefers."""

import io
import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from pfd_panel.api import wire
from pfd_panel.api.wire import Columnar
from pfd_panel.errors import RequestError

JSON = "application/json"
ARROW = "application/vnd.apache.arrow.stream"
NPY = "application/x-npy"
PART = "application/offset+octet-stream"
"""Bytes of a file from an offset on; named by the tus protocol for resumable uploads."""

_ABOUT = b"about"

LARGEST_JSON = 1_000_000
"""Most values that are answered as text; more of them belong into Arrow or NPY."""


def chosen(accept: str, offered: tuple[str, ...]) -> str | None:
    """The offered media type that an Accept header prefers; None when it takes none of them.

    Quality and precedence as in RFC 9110, section 12.5.1; of equals the first offered.
    """
    if not accept.strip():
        return offered[0]
    wanted = dict(filter(None, map(_range, accept.split(","))))

    def quality(media_type: str) -> float:
        ranges = (media_type, media_type.partition("/")[0] + "/*", "*/*")
        return next((wanted[one] for one in ranges if one in wanted), 0.0)

    best = max(offered, key=quality)
    return best if quality(best) > 0 else None


def _range(entry: str) -> tuple[str, float] | None:
    media_type, *parameters = (part.strip().lower() for part in entry.split(";"))
    try:
        weight = next((float(one[2:]) for one in parameters if one.startswith("q=")), 1.0)
    except ValueError:
        return None
    return media_type, weight


def to_json(answer: Columnar) -> bytes:
    """All fields by name."""
    count = sum(column.size for column in answer.columns().values())
    if count > LARGEST_JSON:
        raise RequestError(
            f"{count:,} values are too many for JSON, which takes at most {LARGEST_JSON:,}",
            hint=f"Ask for a smaller window, or send Accept: {ARROW} or {NPY}.",
        )
    return wire.encode(type(answer), answer)


def to_arrow(answer: Columnar) -> bytes:
    """An Arrow stream of one record batch; a column of several dimensions is one of fixed-size lists."""
    columns = {name: _arrow(column) for name, column in answer.columns().items()}
    about = json.dumps(answer.about(), allow_nan=False)
    table = pa.table(columns).replace_schema_metadata({_ABOUT: about.encode()})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def _arrow(column: np.ndarray) -> Any:
    if column.ndim == 2:
        return pa.FixedSizeListArray.from_arrays(pa.array(column.reshape(-1)), column.shape[1])
    return pa.array(column.tolist() if column.dtype == object else column)


def from_arrow[Kind: Columnar](kind: type[Kind], body: bytes) -> Kind:
    """The answer that an Arrow stream tells."""
    table = pa.ipc.open_stream(body).read_all()
    about = json.loads((table.schema.metadata or {}).get(_ABOUT, b"{}"))
    return kind.of({name: _numpy(table[name].combine_chunks()) for name in table.column_names}, about)


def _numpy(column: Any) -> np.ndarray:
    if pa.types.is_fixed_size_list(column.type):
        return np.asarray(column.flatten()).reshape(len(column), column.type.list_size)
    return np.asarray(column.to_numpy(zero_copy_only=False))


def to_npy(answer: Columnar) -> bytes:
    """One column as a plain array, several as a structured one; a text that is not known is empty."""
    columns = {name: _typed(column) for name, column in answer.columns().items()}
    if len(columns) == 1:
        (made,) = columns.values()
    else:
        rows = len(next(iter(columns.values()), ()))
        made = np.empty(rows, [(name, column.dtype, column.shape[1:]) for name, column in columns.items()])
        for name, column in columns.items():
            made[name] = column
    sink = io.BytesIO()
    np.lib.format.write_array(sink, np.ascontiguousarray(made), allow_pickle=False)
    return sink.getvalue()


def _typed(column: np.ndarray) -> np.ndarray:
    if column.dtype != object:
        return column
    known = [one for one in column.tolist() if one is not None]
    if all(isinstance(one, int | float) for one in known):
        return column.astype(np.float64)
    return np.array(["" if one is None else str(one) for one in column.tolist()], dtype=np.str_)


ENCODERS: Mapping[str, Callable[[Columnar], bytes]] = {JSON: to_json, ARROW: to_arrow, NPY: to_npy}
