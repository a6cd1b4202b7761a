"""How a text table is written: encoding, delimiter, decimal sign, preamble, header."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from data_catalog.formats.moments import looks_like_moment

SAMPLE_BYTES = 2**20
SAMPLE_LINES = 400
_SAMPLE_ROWS = 100
_DELIMITERS: tuple[str | None, ...] = (";", "\t", ",", "|", None)  # None: any run of blanks
_DOT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_COMMA = re.compile(r"[+-]?(\d+,\d+|,\d+)([eE][+-]?\d+)?")
MISSING = ("", "na", "nan", "n/a", "#n/a", "null", "none", "?", "-", "inf", "-inf", "+inf")
_STATED = re.compile(r"^[#%/\s]*(?P<key>[A-Za-z][\w .\-]*?)(?:\s*[(\[][^)\]]*[)\]])?\s*[:=]\s*(?P<value>.+?)\s*$")
_NUMBER_AND_UNIT = re.compile(r"(?P<number>[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?)\s*(?P<unit>[A-Za-z/]*)")
_CONTROL = bytes(set(range(32)) - {9, 10, 12, 13, 26})
_PLAUSIBLE = frozenset("°µμ²³äöüÄÖÜßéèêàâçñøåÅæØ±·")
"""Characters that measurement tables of western makers hold; they tell one old encoding from another."""


@dataclass(frozen=True)
class Dialect:
    """Everything needed to parse a text table.

    Attributes
    ----------
    delimiter : str or None
        None for runs of blanks.
    skip : int
        Physical lines before the first row of data.
    header : tuple of str or None
        Column names; None when the table has none.
    trailing : bool
        Every line ends with one more delimiter.
    stated : dict
        ``key: value`` lines of the preamble.
    """

    encoding: str
    delimiter: str | None
    decimal: str
    skip: int
    width: int
    header: tuple[str, ...] | None
    comment: str | None
    trailing: bool
    stated: dict[str, float | str]


def encoding_of(head: bytes) -> str | None:
    """The encoding of a text, or None for content that is no text."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if head.startswith(mark):
            return name
    if b"\x00" in head:
        halves = (head[0::2].count(0), head[1::2].count(0))
        half = max(len(head) // 2, 1)
        if max(halves) < 0.9 * half or min(halves) > 0.1 * half:
            return None
        return "utf-16-be" if halves[0] > halves[1] else "utf-16-le"
    if len(head) - len(head.translate(None, _CONTROL)) > 0.001 * len(head):
        return None
    try:
        head[: max(len(head) - 3, 1)].decode("utf-8")
    except UnicodeDecodeError as bad:
        if bad.start < len(head) - 6:
            return max(("cp1252", "gb18030"), key=lambda name: _plausible(head, name))
    return "utf-8"


def _plausible(head: bytes, encoding: str) -> float:
    foreign = [char for char in head.decode(encoding, "replace") if ord(char) > 127]
    return sum(char in _PLAUSIBLE for char in foreign) / max(len(foreign), 1)


def dialect_of(sample: bytes, *, whole: bool) -> Dialect | None:
    """The dialect of a text table from its first bytes, or None when there is no table in it.

    Parameters
    ----------
    sample : bytes
        The first `SAMPLE_BYTES` bytes, or fewer.
    whole : bool
        Whether the sample is the whole file, so that its last line is complete.
    """
    encoding = encoding_of(sample)
    if encoding is None:
        return None
    split = re.split(r"\r\n|\n|\r", sample.decode(encoding, "replace"), maxsplit=SAMPLE_LINES)
    lines = split if whole and len(split) <= SAMPLE_LINES else split[:-1]
    tables = [table for delimiter in _present(lines) if (table := _table(lines, delimiter))]
    if not tables:
        return None
    best = max(tables, key=lambda table: table.score)
    header, skip = _header(best, lines)
    return Dialect(
        encoding=encoding,
        delimiter=best.delimiter,
        decimal=best.decimal,
        skip=skip,
        width=best.width,
        header=header,
        comment="#" if any(line.lstrip().startswith("#") for line in lines[:skip]) else None,
        trailing=best.trailing,
        stated=_stated(lines[: best.start]),
    )


def _present(lines: Sequence[str]) -> list[str | None]:
    """Delimiters that occur near the end of the sample, where the table certainly is."""
    probe = "\n".join([line for line in lines if line.strip()][-5:])
    return [one for one in _DELIMITERS if (one or " ") in probe] or [";"]


@dataclass(frozen=True)
class _Table:
    delimiter: str | None
    decimal: str
    start: int
    width: int
    trailing: bool
    rows: tuple[tuple[str, ...], ...]
    score: tuple[float, float, int]


def split_line(line: str, delimiter: str | None) -> list[str]:
    """Cells of one line, quotes removed, blanks around them too."""
    if delimiter is None:
        return line.split()
    try:
        cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        cells = line.split(delimiter)
    return [cell.strip() for cell in cells]


def _table(lines: Sequence[str], delimiter: str | None) -> _Table | None:
    split = [(n, split_line(line, delimiter)) for n, line in enumerate(lines) if line.strip()]
    if not split:
        return None
    widths = Counter(len(cells) for _, cells in split[-_SAMPLE_ROWS:])
    width = widths.most_common(1)[0][0]
    trailing = width > 1 and all(not cells[-1] for _, cells in split[-_SAMPLE_ROWS:] if len(cells) == width)
    accepted = {width, width - 1} if trailing else {width}
    first = next((at for at in range(len(split)) if _mostly(split[at:], accepted)), None)
    if first is None:
        return None
    width -= trailing
    if width == 1:
        first = _single_column_start(split, first)
    rows = tuple(tuple(cells[:width]) for _, cells in split[first:] if len(cells) >= width)
    cells = [cell for row in rows[1:][-_SAMPLE_ROWS:] or rows for cell in row]
    if not cells:
        return None
    dots, commas = (sum(bool(form.fullmatch(cell)) for cell in cells) for form in (_DOT, _COMMA))
    decimal = "," if delimiter != "," and commas > 0 and not any("." in c for c in cells if _DOT.fullmatch(c)) else "."
    known = dots + (commas if decimal == "," else 0) + sum(looks_like_moment(cell) for cell in cells)
    share = (known + sum(cell.lower() in MISSING for cell in cells)) / len(cells)
    if (width == 1 and share < 0.9) or (delimiter is None and share < 0.5) or known == 0:
        return None
    coverage = round(len(rows) / max(len(split), 1), 1)
    return _Table(delimiter, decimal, split[first][0], width, trailing, rows, (round(share, 2), coverage, width))


def _single_column_start(split: Sequence[tuple[int, list[str]]], first: int) -> int:
    """Every line of prose has one cell too: the table starts at the numbers, or at the word above them."""

    def counts(at: int) -> bool:
        return any(_is_value(split[at][1][0], decimal) for decimal in ".,")

    data = next(
        (at for at in range(first, len(split)) if counts(at) and all(map(counts, range(at, len(split))[:5]))), first
    )
    return data - 1 if data > first and not _STATED.match(split[data - 1][1][0]) else data


def _mostly(split: Sequence[tuple[int, list[str]]], widths: set[int]) -> bool:
    if len(split[0][1]) not in widths or split[0][1][0].startswith("#"):
        return False
    return sum(len(cells) in widths for _, cells in split) >= 0.95 * len(split)


def _is_value(cell: str, decimal: str) -> bool:
    form = _COMMA if decimal == "," else _DOT
    return bool(form.fullmatch(cell) or _DOT.fullmatch(cell)) or looks_like_moment(cell) or cell.lower() in MISSING


def _header(table: _Table, lines: Sequence[str]) -> tuple[tuple[str, ...] | None, int]:
    """Column names and how many physical lines to skip."""
    top, below = table.rows[0], table.rows[1:]
    for place, cell in enumerate(top):
        values = [row[place] for row in below[:200]]
        if not _is_value(cell, table.decimal) and values and all(_is_value(one, table.decimal) for one in values):
            return _named(top), table.start + 1
    above = next((line for line in reversed(lines[: table.start]) if line.strip()), "")
    if above.lstrip().startswith(("#", "%")):
        cells = split_line(above.lstrip("#% \t"), table.delimiter)
        if len(cells) == table.width and not any(_is_value(cell, table.decimal) for cell in cells):
            return _named(cells), table.start
    words = all(not _is_value(cell, table.decimal) for cell in top)
    if words and below and len(set(top)) == len(top) and not any(set(top) & set(row) for row in below[:200]):
        return _named(top), table.start + 1
    return None, table.start


def _named(cells: Sequence[str]) -> tuple[str, ...]:
    seen: Counter[str] = Counter()
    names = []
    for place, cell in enumerate(cells, start=1):
        name = cell.strip() or f"column {place}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(names)


def _stated(lines: Sequence[str]) -> dict[str, float | str]:
    """``key: value`` lines; numbers with their unit brought to Hz, seconds or rpm."""
    to_base = {"": 1.0, "hz": 1.0, "khz": 1e3, "mhz": 1e6, "s": 1.0, "ms": 1e-3, "us": 1e-6, "rpm": 1.0, "sps": 1.0}
    stated: dict[str, float | str] = {}
    for line in lines:
        if not (found := _STATED.match(line)):
            continue
        value = found["value"].strip(" ;,\t\"'")
        number = _NUMBER_AND_UNIT.fullmatch(value)
        if number and number["unit"].lower() in to_base:
            stated[found["key"]] = float(number["number"].replace(",", ".")) * to_base[number["unit"].lower()]
        else:
            stated[found["key"]] = value
    return stated
