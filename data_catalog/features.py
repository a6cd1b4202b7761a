"""Feature sets: which signals have their features already, and where those lie."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_catalog import audit
from data_catalog.batches import batches, insert_new
from data_catalog.errors import NotFoundError
from data_catalog.schema import FeaturePart, FeatureRow, FeatureSet, new_id, utc_now
from data_catalog.store.records import PartManifest

Pair = tuple[str, str]
"""(signal_id, input_key): a signal and what its features depend on besides its samples."""

_FEW = 5000


@dataclass(frozen=True)
class FeatureRowDraft:
    """Rows of a part that belong to one signal: its whole-record row `first_row`, then `windows` rows of windows."""

    signal_id: str
    input_key: str
    first_row: int
    windows: int


@dataclass(frozen=True)
class FeaturePlace:
    """Where the features of one signal lie."""

    part_id: str
    first_row: int
    windows: int


def get_or_create(
    session: Session, dataset_id: str, config: Mapping[str, Any], config_key: str, names: Sequence[str], owner: str
) -> FeatureSet:
    """The feature set of this dataset and configuration, made if there is none."""
    row = {
        "id": new_id(),
        "dataset_id": dataset_id,
        "config": dict(config),
        "config_key": config_key,
        "names": list(names),
        "owner": owner,
    }
    insert_new(session, FeatureSet, [row])
    found = session.scalars(
        select(FeatureSet).where(FeatureSet.dataset_id == dataset_id, FeatureSet.config_key == config_key)
    ).one()
    if found.id == row["id"]:
        audit.record(session, owner, "create", "feature_set", found.id, {"dataset": dataset_id, "key": config_key})
        session.flush()
    return found


def get(session: Session, feature_set_id: str) -> FeatureSet:
    """One feature set.

    Raises
    ------
    NotFoundError
        None has that id.
    """
    found = session.get(FeatureSet, feature_set_id)
    if found is None:
        raise NotFoundError(f"no feature set has the id {feature_set_id!r}", hint="extract features of a dataset first")
    return found


def find(session: Session, dataset_id: str, config_key: str) -> FeatureSet | None:
    """The feature set of this dataset and configuration, if there is one."""
    return session.scalars(
        select(FeatureSet).where(FeatureSet.dataset_id == dataset_id, FeatureSet.config_key == config_key)
    ).first()


def of_dataset(session: Session, dataset_id: str) -> list[FeatureSet]:
    """The feature sets of a dataset, the most recently extended first."""
    rows = session.scalars(
        select(FeatureSet).where(FeatureSet.dataset_id == dataset_id).order_by(FeatureSet.updated_at.desc())
    )
    return list(rows)


def missing(session: Session, feature_set_id: str, pairs: Sequence[Pair]) -> list[Pair]:
    """Those of `pairs` whose features are not stored, in their order."""
    present = locate(session, feature_set_id, pairs)
    return [pair for pair in pairs if pair not in present]


def locate(session: Session, feature_set_id: str, pairs: Sequence[Pair]) -> dict[Pair, FeaturePlace]:
    """Where the features of each of `pairs` lie; those not stored are left out."""
    statement = select(
        FeatureRow.signal_id, FeatureRow.input_key, FeatureRow.part_id, FeatureRow.first_row, FeatureRow.windows
    ).where(FeatureRow.feature_set_id == feature_set_id)
    wanted = set(pairs)
    ids = list({signal_id for signal_id, _ in wanted})
    narrowed = (
        [statement]
        if len(ids) > _FEW  # asking for everything at once is then cheaper than naming each
        else [statement.where(FeatureRow.signal_id.in_(chunk)) for chunk in batches(ids, 500)]
    )
    return {
        (signal_id, key): FeaturePlace(part_id, first_row, windows)
        for one in narrowed
        for signal_id, key, part_id, first_row, windows in session.execute(one)
        if (signal_id, key) in wanted
    }


def add_part(session: Session, feature_set_id: str, part: PartManifest, rows: Sequence[FeatureRowDraft]) -> int:
    """Make the rows of a written part findable; a signal that has its features already keeps the old place.

    Returns
    -------
    int
        How many signals gained features. A part that brings none is not recorded, and is swept in time.

    Raises
    ------
    NotFoundError
        No such feature set.
    """
    feature_set = get(session, feature_set_id)
    fresh = set(missing(session, feature_set_id, [(row.signal_id, row.input_key) for row in rows]))
    if not fresh:
        return 0
    session.add(
        FeaturePart(id=part.id, feature_set_id=feature_set_id, rows=part.rows, bytes=part.bytes, checksum=part.checksum)
    )
    session.flush()
    kept = [row for row in rows if (row.signal_id, row.input_key) in fresh]
    kept.sort(key=lambda row: (row.signal_id, row.input_key))
    insert_new(
        session, FeatureRow, [asdict(row) | {"feature_set_id": feature_set_id, "part_id": part.id} for row in kept]
    )
    feature_set.updated_at = utc_now()
    session.flush()
    return len(kept)
