"""Which columns of a table are signals, which are clocks, counters and labels: shared by text tables and Parquet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from data_catalog.errors import FormatError
from data_catalog.formats import vocabulary
from data_catalog.formats.contract import FoundChannel, Limits
from data_catalog.formats.reader import SkippedFile
from data_catalog.formats.time_axis import TimeAxis, seconds_per, time_axis

Kind = Literal["number", "moment", "clock", "text"]

MOST_LABELS = 20
"""A column named like a label is one only with at most this many different values."""


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    kind : {'number', 'moment', 'clock', 'text'}
        `moment` columns give seconds since 1970 UTC, `clock` columns seconds since midnight.
    blocks : callable
        Float64 blocks in order, as often as asked; empty for text.
    words : tuple of str
        Some different values of a text column.
    """

    header: str
    kind: Kind
    dtype: str
    length: int
    blocks: Callable[[], Iterator[NDArray[np.float64]]]
    words: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()


@dataclass
class Roles:
    """The verdict on a table's columns."""

    signals: list[int] = field(default_factory=list)
    time: TimeAxis | None = None
    time_name: str = ""
    time_source: str = ""
    clock_columns: int = 0
    notes: list[str] = field(default_factory=list)


def roles_of(columns: Sequence[Column], *, has_header: bool, called: str, limits: Limits) -> Roles:
    """Sort the columns of a table into signals and the rest.

    Clocks, counters (1, 2, 3, …) and label columns are no signals. A table with columns of words and no even time
    column is a table of cases or events, and is skipped.

    Raises
    ------
    SkippedFile
        Not a table of samples.
    FormatError
        Fewer rows than a signal needs.
    """
    rows = columns[0].length if columns else 0
    roles = Roles(clock_columns=0 if has_header else _clock_columns(columns))
    if roles.clock_columns:
        roles.notes.append(f"the first {roles.clock_columns} columns are a clock (hours, minutes, seconds, fraction)")
    words = []
    for place, column in enumerate(columns[roles.clock_columns :], start=roles.clock_columns):
        if column.kind == "text":
            words.append(column)
        elif _may_be_time(column, has_header) and _take_time(roles, column):
            continue
        elif _is_counter(column, has_header) and len(columns) > 1:
            roles.notes.append(f"{column.header} counts the rows; it is no signal")
        elif _is_label(column):
            roles.notes.append(f"{column.header} holds labels; it is no signal")
        elif not has_header and place == 0 and len(columns) > 1 and (guess := _even_ramp(column)):
            roles.notes.append(
                f"column 1 grows evenly by {guess:.6g}; if that is seconds, the rate is {1 / guess:g} Hz"
            )
        else:
            roles.signals.append(place)
    _refuse_cases(roles, words, called)
    if not roles.signals:
        raise SkippedFile(
            f"{called} has no column of measured numbers", hint="a signal needs a column of numbers, one per sample"
        )
    fewest = limits.min_samples if roles.time is None else limits.min_trend_samples
    if rows < fewest:
        raise FormatError(
            f"{called} has {rows} rows, a signal has at least {fewest} samples",
            hint="if it is a table of cases, it is not imported as signals",
        )
    return roles


def found_channels(
    columns: Sequence[Column], roles: Roles, metadata: Mapping[str, float | str], limits: Limits, called: str
) -> list[FoundChannel]:
    """Descriptions of the signal columns, with the rate from the time column or from unambiguous metadata."""
    if len(roles.signals) > limits.max_channels_per_file:
        raise FormatError(
            f"{called} has {len(roles.signals)} columns, more than {limits.max_channels_per_file}",
            hint="if each row is a recording, transpose it",
        )
    rate, source = (roles.time.rate_hz, roles.time_source) if roles.time else (None, "")
    findings = tuple(roles.notes) + (roles.time.findings if roles.time else ())
    stated = {
        key: float(v) for key, v in metadata.items() if isinstance(v, float) and vocabulary.is_rate(key) and v > 0
    }
    if rate is None and len(set(stated.values())) == 1:
        key, rate = next(iter(stated.items()))
        source = f"file ({key})"
    speeds = {
        key: float(v) for key, v in metadata.items() if isinstance(v, float) and vocabulary.is_speed(key) and v > 0
    }
    speed = next(iter(speeds.items())) if len(set(speeds.values())) == 1 else None
    found = []
    for place in roles.signals:
        column = columns[place]
        name, unit = vocabulary.unit_in(column.header)
        found.append(
            FoundChannel(
                group="",
                name=name,
                variable=column.header,
                length=column.length,
                dtype=column.dtype,
                inner={"column": place},
                rate_hz=rate,
                rate_source=source if rate is not None else "",
                speed_rpm=speed[1] if speed else None,
                speed_source=f"file ({speed[0]})" if speed else "",
                unit=unit,
                findings=findings + column.findings,
                started_at=roles.time.started_at if roles.time else None,
            )
        )
    return found


def _may_be_time(column: Column, has_header: bool) -> bool:
    named = has_header and vocabulary.plain(column.header) in vocabulary.TIME_NAMES
    return column.kind in ("moment", "clock") or (column.kind == "number" and named)


def _take_time(roles: Roles, column: Column) -> bool:
    """Use the column as the table's clock, or say why not; False for numbers that are no time at all."""
    name, unit = vocabulary.unit_in(column.header)
    first = next((float(block[0]) for block in column.blocks() if block.size), 0.0)
    size, absolute = (1.0, column.kind == "moment") if column.kind != "number" else seconds_per(unit, first)
    if column.kind == "number" and not unit and _is_counter(column, has_header=False):
        roles.notes.append(f"{column.header} counts the rows; it states no rate")
        return True
    axis = time_axis((block * size for block in column.blocks()), absolute=absolute)
    if column.kind == "number" and not axis.forward:
        return False
    if roles.time is not None:
        roles.notes.append(f"{column.header} is a second time column; it is not used")
        return True
    assumed = ", taken as seconds" if column.kind == "number" and not unit and not absolute else ""
    roles.time, roles.time_name, roles.time_source = axis, name, f"time column {name!r}{assumed}"
    return True


def _refuse_cases(roles: Roles, words: Sequence[Column], called: str) -> None:
    for column in words:
        known = vocabulary.plain(column.header) in vocabulary.LABEL_NAMES or len(column.words) == 1
        shown = ", ".join(column.words[:3])
        roles.notes.append(f"{column.header} holds words ({shown}); it is no signal")
        even = roles.time is not None and roles.time.rate_hz is not None
        if not known and not even:
            raise SkippedFile(
                f"{called} is a table of cases or events, not of samples: column {column.header!r} holds words "
                f"({shown}) and no column is an even clock",
                hint="signals are columns of numbers with one row per sample; leave the words out if it is one",
            )


def _is_counter(column: Column, has_header: bool) -> bool:
    """0 or 1, then one more in each row; a column named as an index need only be whole numbers that rise."""
    named = has_header and vocabulary.plain(column.header) in vocabulary.INDEX_NAMES
    last: float | None = None
    for block in column.blocks():
        steps = np.diff(block, prepend=block[0] - 1 if last is None else last)
        if last is None and not named and block[0] not in (0.0, 1.0):
            return False
        if not (np.all(steps == 1) or (named and np.all(steps > 0))):
            return False
        last = float(block[-1])
    return last is not None


def _even_ramp(column: Column) -> float | None:
    axis = time_axis(column.blocks(), absolute=False)
    return 1.0 / axis.rate_hz if axis.regular and axis.rate_hz else None


def _is_label(column: Column) -> bool:
    if vocabulary.plain(column.header) not in vocabulary.LABEL_NAMES:
        return False
    seen: set[Any] = set()
    for block in column.blocks():
        seen.update(np.unique(block[np.isfinite(block)]).tolist())
        if len(seen) > MOST_LABELS:
            return False
    return True


def _clock_columns(columns: Sequence[Column]) -> int:
    """4 if the first columns run like hours, minutes, seconds and a counting fraction of a second, else 0."""
    if len(columns) < 5 or any(column.kind != "number" for column in columns[:4]):
        return 0
    last, changes = -np.inf, 0
    for blocks in zip(*(column.blocks() for column in columns[:4]), strict=True):
        hours, minutes, seconds, fraction = blocks
        whole = all(np.array_equal(block, np.floor(block)) for block in blocks)
        limits = ((hours, 24), (minutes, 60), (seconds, 60), (fraction, 1_000_000_000))
        if not whole or any(block.min() < 0 or block.max() >= limit for block, limit in limits):
            return 0
        clock = hours * 3600 + minutes * 60 + seconds
        steps = np.diff(clock, prepend=clock[0] if np.isinf(last) else last)
        within = np.diff(fraction)[steps[1:] == 0]
        if steps.min() < 0 or np.any(within <= 0):
            return 0
        changes += within.size
        last = float(clock[-1])
    return 4 if changes > 0 else 0
