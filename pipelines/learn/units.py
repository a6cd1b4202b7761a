"""What moves between training and test as a whole: recordings, or recordings joined by a group value."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pipelines.learn.table import metadata


def join_signals(records: pd.DataFrame, columns: Sequence[str]) -> NDArray[np.int64]:
    """Number the connected components of signals that share a value in any of the columns.

    Joining by any shared value, not by the combination of values, is what guarantees that no bearing *and* no asset is
    on both sides when both are named. Missing values count as one value: what is unknown is not assumed to differ.

    Returns
    -------
    ndarray, shape (len(records),), int
        Component of each signal, numbered from 0 in order of first appearance.
    """
    signals = len(records)
    parents: list[NDArray[np.int64]] = []
    offset = signals
    for column in columns:
        codes, values = pd.factorize(metadata(records, column))
        parents.append(codes.astype(np.int64) + offset)
        offset += len(values)
    rows = np.tile(np.arange(signals), len(parents))
    links = np.concatenate(parents)
    graph = coo_array((np.ones(len(rows), dtype=np.int8), (rows, links)), shape=(offset, offset))
    component = connected_components(graph, directed=False)[1][:signals]
    return pd.factorize(component)[0].astype(np.int64)


def class_counts(unit: NDArray[np.int64], recording: NDArray[np.int64], label: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count the recordings of each class in each unit.

    Parameters
    ----------
    unit, recording, label : ndarray, shape (S,), int
        Unit, recording and class of each signal.

    Returns
    -------
    ndarray, shape (units, classes), int
    """
    _, first = np.unique(recording, return_index=True)
    counts = np.zeros((unit.max() + 1, label.max() + 1), dtype=np.int64)
    np.add.at(counts, (unit[first], label[first]), 1)
    return counts


def deal_into_folds(
    counts: NDArray[np.int64], folds: int, stratified: bool, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Deal units into folds, largest first, each to the fold that has least of what the unit brings.

    Parameters
    ----------
    counts : ndarray, shape (units, classes), int
        Recordings of each class in each unit.
    folds : int
        Number of folds, at most the number of units.

    Returns
    -------
    ndarray, shape (units,), int
        Fold of each unit.
    """
    shuffled = rng.permutation(len(counts))
    order = shuffled[np.argsort(-counts[shuffled].sum(axis=1), kind="stable")]
    weight = 1.0 / np.maximum(counts.sum(axis=0), 1) ** 2 if stratified else np.zeros(counts.shape[1])
    dealt = np.zeros((folds, counts.shape[1]), dtype=np.int64)
    fold_of = np.zeros(len(counts), dtype=np.int64)
    for unit in order:
        crowding = dealt @ (counts[unit] * weight)
        fold = np.lexsort((dealt.sum(axis=1), np.round(crowding, 12)))[0]
        fold_of[unit] = fold
        dealt[fold] += counts[unit]
    return fold_of


def draw_test_units(
    counts: NDArray[np.int64], share: float, stratified: bool, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Draw units for one test side, as near to the wished share (of every class) as whole units allow.

    Every class keeps at least one unit on the training side.

    Returns
    -------
    ndarray, shape (units,), bool
        True for units that are tested.
    """
    total = counts.sum(axis=0)
    wished = np.maximum(share * total, 1.0)
    tested = np.zeros(len(counts), dtype=bool)
    drawn = np.zeros(counts.shape[1], dtype=np.int64)
    for unit in rng.permutation(len(counts)):
        after = drawn + counts[unit]
        if (after >= total).any():
            continue
        misses = (drawn, after) if stratified else (drawn.sum(keepdims=True), after.sum(keepdims=True))
        goal = wished if stratified else np.array([max(share * total.sum(), 1.0)])
        before_miss, after_miss = (np.abs(taken - goal).sum() for taken in misses)
        if after_miss < before_miss:
            tested[unit] = True
            drawn = after
    return tested
