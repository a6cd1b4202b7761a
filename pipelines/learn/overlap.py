"""What training and test have in common although no recording is on both sides."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.learn.split import Fold, Overlap
from pipelines.learn.table import NOT_GIVEN, metadata

PHYSICAL_COLUMNS = ("bearing", "asset", "fault_size", "load")
ALWAYS_ANSWERED = ("bearing",)


def group_overlaps(
    records: pd.DataFrame, target: str, folds: Sequence[Fold], columns: Sequence[str]
) -> tuple[Overlap, ...]:
    """Answer for each column whether one of its values is on both sides of some fold.

    Columns of the split itself come first, then those that name a physical thing or condition, where they are known;
    the bearing is answered always, "unknown" included, because a result hinges on it.
    """
    asked = list(dict.fromkeys([*columns, *PHYSICAL_COLUMNS]))
    present = [c for c in asked if c != target and (c in records.columns or c in ALWAYS_ANSWERED)]
    return tuple(_overlap(records, target, folds, column) for column in present)


def _overlap(records: pd.DataFrame, target: str, folds: Sequence[Fold], column: str) -> Overlap:
    if column not in records.columns:
        return Overlap(column, "unknown", 0, 0)
    values = metadata(records, column)
    known = values != NOT_GIVEN
    if not known.any():
        return Overlap(column, "unknown", 0, 0)
    labels = metadata(records, target)
    recordings = metadata(records, "recording")
    tested: set[str] = set()
    shared: set[str] = set()
    common = False
    for fold in folds:
        train, test = _known(fold.train, known), _known(fold.test, known)
        tested.update(recordings[test])
        trained_values = set(values[train])
        trained = set(zip(labels[train], values[train], strict=True))
        common = common or any(values[i] in trained_values for i in test)
        shared.update(recordings[i] for i in test if (labels[i], values[i]) in trained)
    return Overlap(column, "yes" if common else "no", len(tested), len(shared))


def _known(side: Sequence[int], known: NDArray[np.bool_]) -> NDArray[np.int64]:
    rows = np.asarray(side, dtype=np.int64)
    return rows[known[rows]]
