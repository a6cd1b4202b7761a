"""What was deleted long enough ago goes for good, and then what nothing refers to any more."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, delete, exists, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from data_catalog import audit, run_metrics
from data_catalog.batches import batches, changed
from data_catalog.schema import (
    Annotation,
    Dataset,
    DatasetVersion,
    Experiment,
    FeaturePart,
    FeatureRow,
    FeatureSet,
    HealthyReference,
    Member,
    ModelExport,
    ModelVersion,
    Prediction,
    Recording,
    Run,
    Segment,
    Signal,
    Split,
    Tag,
    utc_now,
)

if TYPE_CHECKING:
    from data_catalog.catalog import Catalog

KEPT = timedelta(days=30)
"""How long a deleted dataset, model, experiment or annotation can be restored."""

ORPHAN_AGE_S = 24 * 3600.0
"""From this age on, a segment without a row belongs to no running job: steps take minutes, leases seconds."""


@dataclass(frozen=True)
class Purged:
    """Names of the datasets and models that are gone, and how many signals went with them."""

    datasets: list[str]
    models: list[str]
    signals: int


def purge(session: Session, *, owner: str, older_than: timedelta = KEPT) -> Purged:
    """Remove what was deleted longer ago than `older_than`: models, experiments, datasets with all only they used.

    A dataset stays as long as a model trained on it can be used or restored: its results must remain traceable. The
    models of an experiment stay when it goes. The files of removed signals and features go with the next `sweep`.
    """
    oldest = utc_now() - older_than
    changed(session, delete(Annotation).where(Annotation.deleted_at < oldest))
    _purge_experiments(session, Experiment.deleted_at < oldest, owner)
    models = session.scalars(select(ModelVersion).where(ModelVersion.deleted_at < oldest)).all()
    for model in models:
        changed(session, delete(Prediction).where(Prediction.model_id == model.id))
        changed(session, delete(ModelExport).where(ModelExport.model_id == model.id))
        changed(session, delete(Tag).where(Tag.subject_kind == "model", Tag.subject_id == model.id))
        changed(session, update(Run).where(Run.model_id == model.id).values(model_id=None))
        audit.record(session, owner, "purge", "model", model.id, {"name": model.name, "number": model.number})
        session.delete(model)
    session.flush()
    used = exists().where(ModelVersion.dataset_id == Dataset.id)
    datasets = session.scalars(select(Dataset).where(Dataset.deleted_at < oldest, ~used)).all()
    for dataset in datasets:
        _purge_experiments(session, Experiment.dataset_id == dataset.id, owner)
        _purge_dataset(session, dataset)
        audit.record(session, owner, "purge", "dataset", dataset.id, {"name": dataset.name})
    signals = _purge_signals(session)
    return Purged([dataset.name for dataset in datasets], [f"{one.name}:{one.number}" for one in models], signals)


def sweep(catalog: "Catalog", *, older_than_s: float = ORPHAN_AGE_S) -> list[str]:
    """Remove segments and feature parts that no row refers to, and leavings of killed writers; their names."""
    with catalog.read() as session:
        segments = set(session.scalars(select(Segment.id)))
        parts = set(session.scalars(select(FeaturePart.id)))
    return [*catalog.store.sweep(segments, older_than_s), *catalog.feature_store.sweep(parts, older_than_s)]


def _purge_experiments(session: Session, which: ColumnElement[bool], owner: str) -> None:
    found = session.execute(select(Experiment.id, Experiment.name).where(which)).all()
    ids = [row.id for row in found]
    run_metrics.forget(session, ids)
    for chunk in batches(ids, 500):
        changed(session, delete(Tag).where(Tag.subject_kind == "experiment", Tag.subject_id.in_(chunk)))
        changed(session, delete(Experiment).where(Experiment.id.in_(chunk)))
    for row in found:
        audit.record(session, owner, "purge", "experiment", row.id, {"name": row.name})


def _purge_dataset(session: Session, dataset: Dataset) -> None:
    sets = select(FeatureSet.id).where(FeatureSet.dataset_id == dataset.id)
    recordings = select(Recording.id).where(Recording.dataset_id == dataset.id)
    changed(session, delete(FeatureRow).where(FeatureRow.feature_set_id.in_(sets)))
    changed(session, delete(FeaturePart).where(FeaturePart.feature_set_id.in_(sets)))
    changed(session, delete(Tag).where(Tag.subject_kind == "recording", Tag.subject_id.in_(recordings)))
    changed(session, delete(Tag).where(Tag.subject_kind == "dataset", Tag.subject_id == dataset.id))
    owned: tuple[
        type[Annotation | HealthyReference | FeatureSet | Split | Member | Recording | DatasetVersion], ...
    ] = (
        Annotation,
        HealthyReference,
        FeatureSet,
        Split,
        Member,
        Recording,
        DatasetVersion,
    )
    for table in owned:
        changed(session, delete(table).where(table.dataset_id == dataset.id))
    session.delete(dataset)
    session.flush()


def _purge_signals(session: Session) -> int:
    """Remove signals of no dataset and no feature set, then segments without signals."""
    unused = ~exists().where(Member.signal_id == Signal.id) & ~exists().where(FeatureRow.signal_id == Signal.id)
    changed(session, delete(Annotation).where(Annotation.signal_id.in_(select(Signal.id).where(unused))))
    gone = changed(session, delete(Signal).where(unused))
    changed(session, delete(Segment).where(without(Segment.id, Signal.segment_id)))
    signal = exists().where(Signal.id == Tag.subject_id)
    changed(session, delete(Tag).where(Tag.subject_kind == "signal", ~signal))
    return gone


def without(key: InstrumentedAttribute[str], reference: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Rows whose `key` no `reference` names."""
    return ~exists().where(reference == key)
