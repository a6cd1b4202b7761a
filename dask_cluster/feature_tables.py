"""The features of a whole dataset as one table, kept while neither its version nor its features change.

A page that filters asks for a part of the same table again and again. What lies in a version and in a feature set never
changes, so the table of both is kept by their names and only the filter asks the database.
"""

from datetime import datetime
from functools import lru_cache

import numpy as np
import pandas as pd

from dask_cluster.kinds.extract_features import input_key
from data_catalog import Catalog, datasets, features, signals
from data_catalog.signals import SignalQuery

ATTRIBUTES = [
    "signal_id",
    "recording",
    "channel",
    "fault",
    "fault_size",
    "load",
    "severity",
    "rate_hz",
    "speed_rpm",
    "unit",
]
KEPT = 4


@lru_cache(maxsize=KEPT)
def feature_table(
    catalog: Catalog, dataset_id: str, version: int, feature_set_id: str, _changed_at: datetime
) -> pd.DataFrame:
    """Attributes and whole-record features of a version's signals, one row a signal that has features, indexed by id.

    Whoever asks must have made sure that the user may see the dataset. The table is shared: it is not to be changed.
    """
    with catalog.read() as session:
        names = list(features.get(session, feature_set_id).names)
        pairs = [(one.signal_id, input_key(one)) for one in datasets.manifest(session, dataset_id, version)]
        places = features.locate(session, feature_set_id, pairs)
        asked = SignalQuery(dataset_id=dataset_id, version=version, limit=len(pairs))
        by_signal = {signal_id: place for (signal_id, _), place in places.items()}
        rows = [row for row in signals.page(session, asked).rows if row.signal_id in by_signal]
    where = [by_signal[row.signal_id] for row in rows]
    values = np.full((len(rows), len(names)), np.nan)
    for part_id in dict.fromkeys(place.part_id for place in where):
        chosen = [index for index, place in enumerate(where) if place.part_id == part_id]
        ranges = [(where[index].first_row, where[index].first_row + 1) for index in chosen]
        values[chosen] = catalog.feature_store.read_rows(part_id, ranges)
    attributes = pd.DataFrame([{name: getattr(row, name) for name in ATTRIBUTES} for row in rows], columns=ATTRIBUTES)
    return pd.concat([attributes, pd.DataFrame(values, columns=names)], axis=1).set_index("signal_id")
