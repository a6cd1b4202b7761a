"""Columns and features that tell the class for a reason other than the fault."""

from dataclasses import dataclass
from math import lgamma

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.learn.pooling import mean_by
from pipelines.learn.split import Split
from pipelines.learn.table import NOT_GIVEN, FeatureTable, metadata
from pipelines.learn.wording import counted, listed

ACQUISITION_COLUMNS = ("rate_hz", "samples", "duration_s", "channel", "unit", "sensor", "source_format", "dataset")
"""How a signal was taken: a difference here shows in the features although no machine is involved."""
CONDITION_COLUMNS = ("load", "speed_rpm", "asset", "bearing", "temperature", "measurement_point")
"""What a signal was taken from: when it goes with one class only, the two cannot be told apart."""
MOST_VALUES = 12
CHANCE = 0.01


@dataclass(frozen=True)
class TellingColumn:
    """A column or feature whose values give away classes; `told` are those classes."""

    name: str
    kind: str
    told: tuple[str, ...]
    explanation: str

    def describe(self) -> str:
        """Return the finding in words."""
        return self.explanation


def telling_columns(records: pd.DataFrame, split: Split) -> tuple[TellingColumn, ...]:
    """Find metadata about how or where signals were taken that occurs with one class only.

    The model does not see these columns, but features follow them: if only healthy signals are sampled at 48 kHz,
    recognising 48 kHz looks like recognising health.
    """
    rows, first_rows = _used(records, split)
    label = metadata(records, split.target)
    found = []
    for column in (*ACQUISITION_COLUMNS, *CONDITION_COLUMNS):
        if column not in records.columns or column == split.target:
            continue
        values = metadata(records, column)
        told = _told_classes(values[rows], label[rows], split.classes)
        if told:
            named = _values_of(values[rows], label[rows], told)
            recordings = int(np.isin(label[first_rows], told).sum())
            found.append(_telling_column(column, told, named, recordings))
    return tuple(found)


def telling_features(table: FeatureTable, split: Split) -> tuple[TellingColumn, ...]:
    """Find single features that tell every class of every recording apart, more neatly than chance allows.

    Recordings sorted by such a feature stand in one block a class. With C classes of n_c among n recordings this
    happens by chance with probability C! prod(n_c!) / n!, here times the number of features (Bonferroni).
    """
    _, first_rows = _used(table.records, split)
    recording = metadata(table.records, "recording")
    label = metadata(table.records, split.target)
    names = recording[first_rows]
    position = {name: i for i, name in enumerate(names)}
    owner_of_signal = np.array([position.get(name, -1) for name in recording])
    rows = np.flatnonzero(owner_of_signal[table.record] >= 0)
    owner = owner_of_signal[table.record[rows]]
    codes = np.array([split.classes.index(name) for name in label[first_rows]])
    if _chance_of_blocks(codes) * len(table.names) >= CHANCE:
        return ()
    means = mean_by(table.values[rows], owner, len(names))
    complete = ~np.isnan(means).any(axis=0)
    telling = [table.names[f] for f in np.flatnonzero(complete) if _in_blocks(means[:, f], codes)]
    if not telling:
        return ()
    shown = listed(telling)
    plural = "each tell" if len(telling) > 1 else "tells"
    explanation = (
        f"{shown} {plural} all classes apart without any other feature: "
        "make sure this is the machine and not how the signals were taken."
    )
    return (TellingColumn(shown, "feature", split.classes, explanation),)


def _telling_column(column: str, told: tuple[str, ...], named: str, recordings: int) -> TellingColumn:
    classes = ", ".join(repr(name) for name in told)
    kind = "acquisition" if column in ACQUISITION_COLUMNS else "condition"
    consequence = (
        "the model may recognise how these signals were taken instead of the fault"
        if kind == "acquisition"
        else "its effect cannot be told from the fault's"
    )
    those = counted(recordings, "recording")
    explanation = f"{column} tells {classes}: its {those}, and no other class's, have {column} {named}; {consequence}."
    return TellingColumn(column, kind, told, explanation)


def _used(records: pd.DataFrame, split: Split) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return rows of signals that take part, and the first row of each recording among them."""
    rows = np.flatnonzero(np.array(split.unit) >= 0)
    _, first = np.unique(metadata(records, "recording")[rows].astype(str), return_index=True)
    return rows, rows[first]


def _told_classes(values: NDArray[np.object_], label: NDArray[np.object_], classes: tuple[str, ...]) -> tuple[str, ...]:
    """Return the classes none of whose values occurs with another class, where values are few enough to repeat."""
    distinct = set(values)
    if NOT_GIVEN in distinct or not 2 <= len(distinct) <= min(MOST_VALUES, len(values) // 2):
        return ()
    by_class = {name: set(values[label == name]) for name in classes}
    others = {name: set().union(*(found for o, found in by_class.items() if o != name)) for name in classes}
    return tuple(name for name in classes if not by_class[name] & others[name])


def _values_of(values: NDArray[np.object_], label: NDArray[np.object_], told: tuple[str, ...]) -> str:
    return ", ".join(sorted(set(values[np.isin(label, told)])))


def _chance_of_blocks(codes: NDArray[np.int64]) -> float:
    counts = np.bincount(codes)
    counts = counts[counts > 0]
    log_chance = lgamma(len(counts) + 1) + sum(lgamma(n + 1) for n in counts) - lgamma(len(codes) + 1)
    return float(np.exp(log_chance))


def _in_blocks(means: NDArray[np.float64], codes: NDArray[np.int64]) -> bool:
    order = np.argsort(means, kind="stable")
    blocks = np.count_nonzero(np.diff(codes[order])) + 1
    borders = np.flatnonzero(np.diff(codes[order]))
    separated = bool((np.diff(means[order])[borders] > 0).all())
    return separated and blocks == len(np.unique(codes))
