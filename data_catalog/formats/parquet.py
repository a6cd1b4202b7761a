"""Parquet tables, read batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from data_catalog.errors import FormatError
from data_catalog.formats.contract import Limits
from data_catalog.formats.reader import REGISTRY, OpenFile, Reader
from data_catalog.formats.sources import ChannelSource
from data_catalog.formats.table import MOST_LABELS, Column, found_channels, roles_of

MAGIC = b"PAR1"
_FOREIGN_KEYS = (b"pandas", b"ARROW:schema")
_BATCH = 2**17


class _ParquetSource(ChannelSource):
    """One column; only the row groups a read touches are decoded."""

    def __init__(self, file: Any, place: int, dtype: np.dtype[Any], name: str) -> None:
        super().__init__(file.metadata.num_rows, dtype)
        self._file, self._name = file, name
        counts = [file.metadata.row_group(n).num_rows for n in range(file.metadata.num_row_groups)]
        self._starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)

    def read(self, start: int, stop: int) -> NDArray[Any]:
        stop = min(stop, self.length)
        first = int(np.searchsorted(self._starts, start, side="right")) - 1
        last = int(np.searchsorted(self._starts, stop, side="left"))
        groups = list(range(max(first, 0), max(last, first + 1)))
        begin = start - int(self._starts[groups[0]])
        with _readable(self._name):
            table = self._file.read_row_groups(groups, columns=[self._name])
            return _numbers(table.column(0).slice(begin, stop - start), self.dtype)

    def blocks(self, size: int = _BATCH) -> Iterator[NDArray[Any]]:
        with _readable(self._name):
            for batch in self._file.iter_batches(batch_size=size, columns=[self._name]):
                yield _numbers(batch.column(0), self.dtype)


@contextmanager
def _readable(column: str) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError) as bad:
        raise FormatError(
            f"column {column} cannot be read: the Parquet file is damaged ({bad})", hint="copy it again"
        ) from bad


def _numbers(values: Any, dtype: np.dtype[Any]) -> NDArray[Any]:
    if values.null_count:
        values = values.cast(pa.float64())
    return np.ascontiguousarray(
        values.to_numpy(zero_copy_only=False) if isinstance(values, pa.Array) else values.to_numpy(), dtype=dtype
    )


class _ParquetFile(OpenFile):
    def __init__(self, path: Path, limits: Limits, called: str) -> None:
        super().__init__()
        try:
            self._file = pq.ParquetFile(path)
        except (pa.ArrowException, OSError) as bad:
            raise FormatError(
                f"{called} is a Parquet file that ends early or is damaged ({bad})", hint="copy it again"
            ) from bad
        try:
            schema = self._file.schema_arrow
            for key, value in (schema.metadata or {}).items():
                if key not in _FOREIGN_KEYS:
                    self.metadata[key.decode("utf-8", "replace")] = _value(value)
            self._columns = [self._column(n, schema.field(n)) for n in range(len(schema))]
            self.columns = len(self._columns)
            roles = roles_of(self._columns, has_header=True, called=called, limits=limits)
            self.channels = found_channels(self._columns, roles, self.metadata, limits, called)
        except BaseException:
            self._file.close()
            raise

    def _column(self, place: int, field: Any) -> Column:
        rows, kind = self._file.metadata.num_rows, field.type
        if pa.types.is_timestamp(kind):
            per_second = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}[kind.unit]
            return Column(field.name, "moment", str(kind), rows, lambda: self._moments(field.name, per_second))
        if pa.types.is_integer(kind) or pa.types.is_floating(kind):
            unit = (field.metadata or {}).get(b"unit", b"").decode("utf-8", "replace")
            header = f"{field.name} [{unit}]" if unit and len(unit) <= 12 else field.name
            return Column(header, "number", str(np.dtype(kind.to_pandas_dtype())), rows, self._source(place).as_floats)
        return Column(field.name, "text", str(kind), rows, lambda: iter(()), self._words(field.name))

    def _moments(self, name: str, per_second: float) -> Iterator[NDArray[np.float64]]:
        for batch in self._file.iter_batches(batch_size=_BATCH, columns=[name]):
            ticks = batch.column(0).cast(pa.int64())
            if ticks.null_count:
                yield np.asarray(ticks.cast(pa.float64()).to_numpy(zero_copy_only=False)) / per_second
            else:
                yield ticks.to_numpy() / per_second

    def _words(self, name: str) -> tuple[str, ...]:
        batch = next(self._file.iter_batches(batch_size=1000, columns=[name]), None)
        values = batch.column(0).to_pylist() if batch is not None else []
        return tuple(dict.fromkeys(str(value) for value in values))[:MOST_LABELS]

    def _source(self, place: int) -> ChannelSource:
        field = self._file.schema_arrow.field(place)
        whole = np.dtype(field.type.to_pandas_dtype())
        nulls = self._nulls(place)
        return _ParquetSource(self._file, place, np.dtype(np.float64) if nulls else whole, field.name)

    def _nulls(self, place: int) -> bool:
        groups = (self._file.metadata.row_group(n) for n in range(self._file.metadata.num_row_groups))
        name = self._file.schema_arrow.field(place).name
        leaves = (group.column(n) for group in groups for n in range(group.num_columns))
        statistics = (leaf.statistics for leaf in leaves if leaf.path_in_schema == name)
        return any(one is None or one.null_count is None or one.null_count > 0 for one in statistics)

    def source(self, inner: Mapping[str, Any]) -> ChannelSource:
        return self._source(inner["column"])

    def close(self) -> None:
        self._file.close()


def _value(raw: bytes) -> float | str:
    text = raw.decode("utf-8", "replace")
    try:
        return float(text)
    except ValueError:
        return text


class ParquetReader(Reader):
    """Columns of a Parquet file; its key-value metadata may state rate and speed."""

    name = "parquet"
    title = "Parquet"
    rank = 10

    def claims(self, head: bytes, path: Path) -> bool:
        """Parquet's magic bytes."""
        return head.startswith(MAGIC)

    def open(self, path: Path, limits: Limits, called: str) -> OpenFile:
        """Read the footer; columns stay on disk."""
        return _ParquetFile(path, limits, called)


REGISTRY.register(ParquetReader())
