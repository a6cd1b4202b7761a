"""What a stored model has learned from: its signals, their features and samples, in the order of its split."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from dask_cluster.kinds.extract_features import input_key
from dask_cluster.kinds.train_model import record_of
from data_catalog import datasets, features, signals
from data_catalog.errors import NotFoundError
from data_catalog.schema import ModelVersion

if TYPE_CHECKING:
    from data_catalog.store.features import FeatureStore
    from pipelines.learn import FeatureTable


@dataclass(frozen=True)
class LearnedFrom:
    """Signals of a split: what is known of each, where its features lie (part, first row, windows), and its samples.

    `samples` are (segment, row); `names` are the columns of the stored features, `wanted` those the model uses.
    """

    records: list[dict[str, Any]]
    places: list[tuple[str, int, int]]
    samples: list[tuple[str, int]]
    names: list[str]
    wanted: list[str]

    def payload(self) -> dict[str, Any]:
        """As plain values, for a step."""
        return asdict(self)

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> "LearnedFrom":
        """Back from `payload`."""
        return cls(**{name: payload[name] for name in cls.__dataclass_fields__})


def learned_from(session: Session, model: ModelVersion) -> LearnedFrom:
    """Find what a model version has learned from, as its dataset was then.

    Raises
    ------
    NotFoundError
        A signal or its features are not stored any more.
    """
    ids = list(model.metrics["split"]["signal_ids"])
    members = {
        member.signal_id: member
        for member in datasets.manifest(session, model.dataset_id, model.dataset_version)
        if member.signal_id in set(ids)
    }
    stored = features.get(session, model.feature_set_id)
    pairs = [(one, input_key(members[one])) for one in ids if one in members]
    found = features.locate(session, stored.id, pairs)
    if len(found) < len(ids):
        raise NotFoundError(
            f"the features of {len(ids) - len(found)} of {len(ids)} signals that {model.name}:{model.number} learned "
            "from are not stored any more",
            hint="train the model again",
        )
    where = signals.places(session, ids)
    return LearnedFrom(
        records=[record_of(members[one]) for one in ids],
        places=[(place.part_id, place.first_row, place.windows) for place in (found[pair] for pair in pairs)],
        samples=[where[one] for one in ids],
        names=list(stored.names),
        wanted=list(model.metrics["features"]),
    )


def feature_table(store: "FeatureStore", found: LearnedFrom) -> "FeatureTable":
    """Read the features that a model learned from; its windows, or the whole record of one shorter than a window."""
    import numpy as np
    import pandas as pd

    from pipelines.learn import FeatureTable

    values, starts = [], []
    for part_id, first, windows in found.places:
        low, high = (first + 1, first + 1 + windows) if windows else (first, first + 1)
        values.append(store.read_rows(part_id, [(low, high)]))
        starts.append(np.maximum(store.window_starts(part_id)[low:high], 0))
    table = FeatureTable(
        np.concatenate(values),
        tuple(found.names),
        np.repeat(np.arange(len(values)), [len(block) for block in values]),
        np.concatenate(starts),
        pd.DataFrame(found.records),
    )
    return table.select(found.wanted)
