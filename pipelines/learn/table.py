"""The table that every experiment starts from: features of windows, and what is known about each signal."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.errors import InputError, UnknownNameError

NOT_GIVEN = "not given"
REQUIRED_COLUMNS = ("signal_id", "recording")


@dataclass(frozen=True)
class FeatureTable:
    """Features of windows, one row a window.

    Parameters
    ----------
    values : ndarray, shape (R, F), float64
        Feature values in their declared units; NaN where a feature could not be computed.
    names : tuple of str
        The F feature names.
    record : ndarray, shape (R,), int
        Row of `records` (a signal: one channel of one recording) that the window was cut from.
    start : ndarray, shape (R,), int
        First sample of the window.
    records : DataFrame, one row a signal
        Columns ``signal_id``, ``recording`` and any metadata (fault, fault_size, load, bearing, asset, rate_hz …).
    fingerprint : ndarray, shape (len(records), K), optional
        A waveform or spectrum excerpt of every signal, for the near-duplicate check.

    Raises
    ------
    InputError
        When shapes disagree, a value is infinite, a name occurs twice or a required column is missing.
    """

    values: NDArray[np.float64]
    names: tuple[str, ...]
    record: NDArray[np.int64]
    start: NDArray[np.int64]
    records: pd.DataFrame
    fingerprint: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", np.asarray(self.values, dtype=np.float64))
        object.__setattr__(self, "names", tuple(self.names))
        object.__setattr__(self, "record", np.asarray(self.record, dtype=np.int64))
        object.__setattr__(self, "start", np.asarray(self.start, dtype=np.int64))
        object.__setattr__(self, "records", self.records.reset_index(drop=True))
        self._check_shapes()
        self._check_records()
        refuse_infinite(self.values, self.names)

    def _check_shapes(self) -> None:
        windows = len(self.record)
        if self.values.shape != (windows, len(self.names)):
            expected = f"{windows} windows by {len(self.names)} features"
            raise InputError(f"the feature values have shape {self.values.shape}, expected {expected}")
        if len(set(self.names)) != len(self.names):
            twice = sorted({name for name in self.names if self.names.count(name) > 1})
            raise InputError(f"feature names must be unique, these occur twice: {', '.join(twice)}")
        if self.start.shape != (windows,):
            raise InputError(f"window starts have shape {self.start.shape}, expected ({windows},)")

    def _check_records(self) -> None:
        missing = [column for column in REQUIRED_COLUMNS if column not in self.records.columns]
        if missing:
            raise InputError(f"the table of signals has no column {', '.join(missing)}")
        if len(self.record) and (self.record.min() < 0 or self.record.max() >= len(self.records)):
            raise InputError(
                f"windows refer to signals {self.record.min()} to {self.record.max()}, "
                f"the table of signals has rows 0 to {len(self.records) - 1}"
            )
        if self.fingerprint is not None and len(self.fingerprint) != len(self.records):
            raise InputError(f"{len(self.fingerprint)} fingerprints were given for {len(self.records)} signals")

    def select(self, features: Sequence[str] | None) -> "FeatureTable":
        """Return the table with only the named features, in the order given; None keeps all.

        Raises
        ------
        UnknownNameError
            When a feature is not in the table.
        """
        if features is None:
            return self
        columns = [position_of(name, self.names) for name in features]
        return FeatureTable(
            self.values[:, columns], tuple(features), self.record, self.start, self.records, self.fingerprint
        )

    def usable_windows(self) -> NDArray[np.bool_]:
        """Return, for each of the R windows, whether at least one feature could be computed."""
        return ~np.isnan(self.values).all(axis=1)


def position_of(name: str, names: Sequence[str]) -> int:
    """Return where a feature stands among the names; suggest the nearest one when it is unknown."""
    if name in names:
        return names.index(name)
    near = difflib.get_close_matches(name, names, n=1)
    raise UnknownNameError(
        f"unknown feature {name!r}" + (f", did you mean {near[0]!r}?" if near else ""),
        hint=f"known features: {', '.join(names)}",
    )


def refuse_infinite(values: NDArray[np.float64], names: Sequence[str]) -> None:
    """Raise `InputError` naming the features that hold infinite values."""
    infinite = np.isinf(values).sum(axis=0)
    if infinite.any():
        named = ", ".join(f"{names[i]} ({infinite[i]} windows)" for i in np.flatnonzero(infinite).tolist())
        raise InputError(f"infinite feature values: {named}", hint="write NaN where a feature is not defined")


def as_keys(column: pd.Series) -> NDArray[np.object_]:
    """Return metadata values as text: missing ones as 'not given', 7.0 and 7 alike."""
    return np.array([as_key(value) for value in column.tolist()], dtype=object)


def as_key(value: object) -> str:
    """Return one metadata value as text."""
    if value is None or value is pd.NA or value is pd.NaT or value == "" or value != value:
        return NOT_GIVEN
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def ordered(keys: Sequence[str]) -> tuple[str, ...]:
    """Return distinct keys in order: by number when all are numbers, else alphabetically."""
    distinct = sorted(set(keys))
    try:
        return tuple(sorted(distinct, key=float))
    except ValueError:
        return tuple(distinct)


def metadata(records: pd.DataFrame, column: str) -> NDArray[np.object_]:
    """Return a metadata column as keys, or raise `InputError` naming the columns there are."""
    if column not in records.columns:
        known = ", ".join(str(name) for name in records.columns if name not in REQUIRED_COLUMNS)
        near = difflib.get_close_matches(column, [str(name) for name in records.columns], n=1)
        suggestion = f", did you mean {near[0]!r}?" if near else ""
        raise InputError(f"the signals have no metadata column {column!r}{suggestion}", hint=f"columns: {known}")
    return as_keys(records[column])
