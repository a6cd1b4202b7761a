"""The features of a dataset as numbers that a query of the catalog can filter and sort by."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache

import numpy as np
import pandas as pd

from dask_cluster.feature_tables import ATTRIBUTES, KEPT, feature_table
from data_catalog import Catalog, signals
from data_catalog.packed_numbers import PackedNumbers


class FeatureNumbers(Mapping[str, PackedNumbers]):
    """Features by name; each is packed when it is first asked for, and kept.

    Parameters
    ----------
    frame : DataFrame
        Features, one row a member.
    member_ids : int64 (N,)
        The member of each row.
    """

    def __init__(self, frame: pd.DataFrame, member_ids: np.ndarray) -> None:
        self._frame, self._ids = frame, member_ids
        self._packed: dict[str, PackedNumbers] = {}

    def __getitem__(self, name: str) -> PackedNumbers:
        if name not in self._packed:
            self._packed[name] = PackedNumbers(self._ids, self._frame[name].to_numpy(dtype=float))
        return self._packed[name]

    def __contains__(self, name: object) -> bool:
        return name in self._frame.columns

    def __iter__(self) -> Iterator[str]:
        return iter(self._frame.columns)

    def __len__(self) -> int:
        return len(self._frame.columns)


@lru_cache(maxsize=KEPT)
def feature_numbers(
    catalog: Catalog, dataset_id: str, version: int, feature_set_id: str, changed_at: datetime
) -> FeatureNumbers:
    """Whole-record features of a version's signals; whoever asks must have made sure that the user may see them."""
    frame = feature_table(catalog, dataset_id, version, feature_set_id, changed_at)
    with catalog.read() as session:
        members = signals.member_ids(session, dataset_id, version)
    chosen = np.array([members[signal_id] for signal_id in frame.index], np.int64)
    return FeatureNumbers(frame[[name for name in frame.columns if name not in ATTRIBUTES]], chosen)
