"""The same signal, or nearly the same, in training and in test."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors

from pipelines.learn.pooling import mean_by
from pipelines.learn.split import Split
from pipelines.learn.standardiser import Standardiser
from pipelines.learn.table import FeatureTable, as_keys

CLOSE = 1e-3
"""Near-duplicates agree, RMS over all features, to a thousandth of the features' spread between signals."""
LOCAL_RATIO = 0.01
"""And are a hundred times closer than the local spacing (distance to the tenth neighbour): where few features or many
signals make small distances usual, closeness alone proves nothing."""
LOCAL_NEIGHBOURS = 10
FEWEST_FEATURES = 3
FEWEST_SIGNALS = 4
MOST_SIGNALS = 20_000
CORRELATED = 0.999


@dataclass(frozen=True)
class DuplicatePair:
    """Two signals of different recordings that a split puts on opposite sides."""

    tested_recording: str
    trained_recording: str
    tested_row: int
    trained_row: int

    def describe(self) -> str:
        """Return the pair in words."""
        return f"{self.tested_recording!r} and {self.trained_recording!r}"


def sides(split: Split) -> NDArray[np.int64]:
    """Return a code for each signal: two signals are ever on opposite sides exactly when their codes differ.

    The code is the fold that tests the signal, -1 for signals only trained on and -2 for those left out.
    """
    code = np.full(len(split.unit), -2)
    for number, fold in enumerate(split.folds):
        trained_only = np.array(fold.train, dtype=np.int64)
        code[trained_only[code[trained_only] == -2]] = -1
        code[list(fold.test)] = number
    return code


def exact_duplicates(records: pd.DataFrame, split: Split) -> tuple[DuplicatePair, ...]:
    """Return pairs of rows with one signal id (a hash of the samples) on opposite sides."""
    side = sides(split)
    rows_by_id: dict[str, list[int]] = defaultdict(list)
    for row in np.flatnonzero(side >= -1):
        rows_by_id[split.signal_ids[row]].append(int(row))
    pairs = [(a, b) for rows in rows_by_id.values() for a, b in pairwise(rows) if side[a] != side[b]]
    return _pairs(records, pairs)


def near_duplicates(table: FeatureTable, split: Split) -> tuple[DuplicatePair, ...]:
    """Return signals whose nearest neighbour in feature space lies implausibly close on the opposite side.

    Each signal is the mean of its windows' standardised features. Beyond 20,000 signals a seeded draw is checked.
    """
    side = sides(split)
    signals, means = _signal_means(table, side)
    # a feature with one value only tells signals apart as little as a missing one
    varied = means.shape[1] and means.std(axis=0) > 0
    if len(signals) < FEWEST_SIGNALS or np.count_nonzero(varied) < FEWEST_FEATURES:
        return ()
    means = means[:, varied] / means[:, varied].std(axis=0)
    neighbours = min(LOCAL_NEIGHBOURS + 1, len(signals))
    distance, index = NearestNeighbors(n_neighbors=neighbours).fit(means).kneighbors(means)
    distance /= np.sqrt(means.shape[1])
    limit = np.minimum(CLOSE, LOCAL_RATIO * distance[:, -1])
    found = set()
    for row, (near, others) in enumerate(zip(distance, index, strict=True)):
        a = int(signals[row])
        for d, other in zip(near, others, strict=True):
            b = int(signals[other])
            distinct = side[a] != side[b] and split.signal_ids[a] != split.signal_ids[b]
            if d <= limit[row] and distinct:
                found.add((min(a, b), max(a, b)))
    return _pairs(table.records, sorted(found))


def waveform_duplicates(
    records: pd.DataFrame, fingerprint: NDArray[np.float64], split: Split
) -> tuple[DuplicatePair, ...]:
    """Return signals on opposite sides whose fingerprints, shape (S, K), correlate above 0.999 in absolute value."""
    side = sides(split)
    centred = fingerprint - fingerprint.mean(axis=1, keepdims=True)
    length = np.linalg.norm(centred, axis=1)
    signals = np.flatnonzero((side >= -1) & (length > 0))
    unit = centred[signals] / length[signals, None]
    found = []
    for begin in range(0, len(signals), 1024):
        correlated = np.abs(unit[begin : begin + 1024] @ unit.T) > CORRELATED
        for row, other in zip(*np.nonzero(correlated), strict=True):
            a, b = int(signals[begin + row]), int(signals[other])
            if a < b and side[a] != side[b] and split.signal_ids[a] != split.signal_ids[b]:
                found.append((a, b))
    return _pairs(records, found)


def _signal_means(table: FeatureTable, side: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    rows = np.flatnonzero(table.usable_windows() & (side[table.record] >= -1))
    signals, owner = np.unique(table.record[rows], return_inverse=True)
    if len(signals) > MOST_SIGNALS:
        chosen = np.sort(np.random.default_rng(0).choice(len(signals), MOST_SIGNALS, replace=False))
        rows = rows[np.isin(owner, chosen)]
        signals, owner = np.unique(table.record[rows], return_inverse=True)
    if not len(signals):
        return signals, np.empty((0, 0))
    prepared = Standardiser.fit(table.values[rows]).transform(table.values[rows])
    return signals, mean_by(prepared, owner, len(signals))


def _pairs(records: pd.DataFrame, rows: list[tuple[int, int]]) -> tuple[DuplicatePair, ...]:
    names = as_keys(records["recording"])
    return tuple(DuplicatePair(names[a], names[b], a, b) for a, b in rows)
