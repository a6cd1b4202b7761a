"""Text tables (CSV, TSV, blanks) of any dialect, parsed once in chunks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data_catalog.errors import FormatError
from data_catalog.formats.contract import Limits
from data_catalog.formats.dialect import MISSING, SAMPLE_BYTES, Dialect, dialect_of, encoding_of
from data_catalog.formats.moments import DAY_FIRST_DOUBT, format_of, is_absolute, seconds_of, swapped
from data_catalog.formats.reader import REGISTRY, OpenFile, Reader, SkippedFile
from data_catalog.formats.sources import BLOCK, ArraySource, ChannelSource
from data_catalog.formats.spool import ColumnSpool
from data_catalog.formats.table import MOST_LABELS, Column, Kind, found_channels, roles_of

_VALUES_PER_CHUNK = 2**20
_MOSTLY = 0.95
"""Share of a column's cells that must be numbers for the others to be taken as missing values."""

_ENDS = 500
"""Cells from either end of the first chunk that decide how a date is written."""


class _ColumnParser:
    """Decides from the first chunk what a column is, and turns every chunk into float64."""

    def __init__(self, header: str, first: pd.Series) -> None:
        self.header = header
        self.form: str | None = None
        self.words: dict[str, None] = {}
        self.unread = 0
        self._first_unread = ""
        self.kind = self._kind(first)

    def _kind(self, first: pd.Series) -> Kind:
        if pd.api.types.is_numeric_dtype(first) and not pd.api.types.is_bool_dtype(first):
            return "number"
        cells = first.dropna()
        numbers = pd.to_numeric(cells, errors="coerce")
        if len(cells) and numbers.notna().mean() >= _MOSTLY:
            return "number"
        ends = cells if len(cells) <= 2 * _ENDS else pd.concat([cells.iloc[:_ENDS], cells.iloc[-_ENDS:]])
        self.form = format_of([str(cell).strip() for cell in ends])
        if self.form is None:
            return "text"
        return "moment" if is_absolute(self.form) else "clock"

    def floats(self, chunk: pd.Series) -> NDArray[np.float64]:
        """The chunk as float64, NaN where a cell is no number."""
        if self.form:
            return seconds_of(chunk, self.form)
        if self.kind == "text":
            if len(self.words) <= MOST_LABELS:
                self.words.update(dict.fromkeys(str(cell) for cell in chunk.dropna().unique()[:MOST_LABELS]))
            return np.empty(0)
        if pd.api.types.is_numeric_dtype(chunk):
            return chunk.to_numpy(dtype=np.float64)
        numbers = pd.to_numeric(chunk, errors="coerce")
        strange = chunk[numbers.isna() & chunk.notna()]
        if len(strange):
            self.unread += len(strange)
            self._first_unread = self._first_unread or str(strange.iloc[0])
        return numbers.to_numpy(dtype=np.float64)

    @property
    def findings(self) -> tuple[str, ...]:
        """What a person should know about this column."""
        if self.unread:
            return (f"{self.unread} cells of {self.header} are no numbers (such as {self._first_unread!r})",)
        return ()


class _DelimitedFile(OpenFile):
    def __init__(self, path: Path, limits: Limits, called: str) -> None:
        super().__init__()
        dialect = _dialect(path, called)
        self.metadata = dict(dialect.stated)
        self._parsers: list[_ColumnParser] = []
        self._rows = 0
        self._spool = ColumnSpool(dialect.width, limits.memory_bytes)
        try:
            self._parse(path, dialect, called)
            columns = [self._column(place) for place in range(dialect.width)]
            named = dialect.header is not None
            roles = roles_of(columns, has_header=named, called=called, limits=limits)
            roles.notes.extend(self._doubts(roles.time_name))
            self.columns, self.clock_columns = dialect.width, roles.clock_columns
            self.channels = found_channels(columns, roles, self.metadata, limits, called)
        except BaseException:
            self._spool.close()
            raise

    def _parse(self, path: Path, dialect: Dialect, called: str) -> None:
        names = list(dialect.header or (f"column {n + 1}" for n in range(dialect.width)))
        try:
            for chunk in _chunks(path, dialect, names):
                series = [chunk[place] for place in range(dialect.width)]
                if not self._parsers:
                    self._parsers = [_ColumnParser(name, one) for name, one in zip(names, series, strict=True)]
                floats = [parser.floats(one) for parser, one in zip(self._parsers, series, strict=True)]
                self._spool.append(floats)
                self._rows += len(chunk)
        except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeError) as bad:
            raise FormatError(
                f"{called} is a text table with broken lines ({str(bad).strip()})",
                hint="check that every line has the same number of columns",
            ) from bad

    def _column(self, place: int) -> Column:
        parser = self._parsers[place]
        return Column(
            header=parser.header,
            kind=parser.kind,
            dtype="float64",
            length=self._rows,
            blocks=lambda: _blocks(self._spool.column(place)),
            words=tuple(parser.words),
            findings=parser.findings,
        )

    def _doubts(self, time_name: str) -> Iterator[str]:
        for parser in self._parsers:
            if parser.header == time_name and parser.form and not is_absolute(parser.form):
                yield f"{time_name} holds times of day without a date"
            elif parser.header == time_name and parser.form and swapped(parser.form) and self._day_below_13(parser):
                yield DAY_FIRST_DOUBT.format(name=time_name)

    def _day_below_13(self, parser: _ColumnParser) -> bool:
        times = self._spool.column(self._parsers.index(parser))
        moments = pd.to_datetime(pd.Series([times[0], times[-1]]), unit="s", utc=True)
        return bool(moments.notna().all() and moments.dt.day.max() < 13 and (times[-1] - times[0]) < 12 * 86400)

    def source(self, inner: Mapping[str, Any]) -> ChannelSource:
        return ArraySource(self._spool.column(inner["column"]))

    def close(self) -> None:
        self._spool.close()


def _blocks(column: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    for start in range(0, column.size, BLOCK):
        yield column[start : start + BLOCK]


def _dialect(path: Path, called: str) -> Dialect:
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
        whole = not file.read(1)
    dialect = dialect_of(sample, whole=whole)
    if dialect is None:
        raise SkippedFile(
            f"{called} holds text, but no table of numbers", hint="nothing to do if it is a note or a licence"
        )
    return dialect


def _chunks(path: Path, dialect: Dialect, names: list[str]) -> Iterator[pd.DataFrame]:
    width = len(names) + int(dialect.trailing)
    with pd.read_csv(
        path,
        sep=r"\s+" if dialect.delimiter is None else dialect.delimiter,
        decimal=dialect.decimal,
        encoding=dialect.encoding,
        encoding_errors="replace",
        header=None,
        names=list(range(width)),
        index_col=False,
        skiprows=dialect.skip,
        comment=dialect.comment,
        na_values=[token for word in MISSING if "inf" not in word for token in {word, word.upper(), word.capitalize()}],
        skipinitialspace=dialect.delimiter is not None,
        low_memory=False,
        chunksize=max(1000, _VALUES_PER_CHUNK // width),
    ) as chunks:
        yield from chunks


class DelimitedReader(Reader):
    """Text tables; the last reader asked, because any text may be one."""

    name = "delimited"
    title = "CSV, TSV and other text tables"
    rank = 90

    def claims(self, head: bytes, path: Path) -> bool:
        """Content that decodes as text."""
        return encoding_of(head) is not None

    def open(self, path: Path, limits: Limits, called: str) -> OpenFile:
        """Find the dialect, then parse once."""
        return _DelimitedFile(path, limits, called)


REGISTRY.register(DelimitedReader())
