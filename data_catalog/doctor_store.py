"""Checks of the doctor between rows and files."""

from collections.abc import Iterator
from functools import partial

from sqlalchemy import delete, select

from data_catalog import retention
from data_catalog.batches import changed
from data_catalog.catalog import Catalog
from data_catalog.errors import CatalogError
from data_catalog.problems import Problem
from data_catalog.schema import Artifact, FeaturePart, FeatureRow, Segment, Signal
from data_catalog.store import FeatureStore, SignalStore


def segments(catalog: Catalog) -> Iterator[Problem]:
    """Whether every segment is there and holds what was written."""
    with catalog.read() as session:
        known = session.execute(select(Segment.id, Segment.checksum)).all()
    for segment_id, checksum in known:
        for what in catalog.store.verify(segment_id, checksum):
            yield Problem("error", f"{what}; import its files again", segment_id)


def segments_without_signals(catalog: Catalog) -> Iterator[Problem]:
    """Rows of segments that hold no signal the catalog knows; their files become orphans."""
    with catalog.read() as session:
        empty = session.scalars(select(Segment.id).where(retention.without(Segment.id, Signal.segment_id))).all()
    for segment_id in empty:
        repair = partial(_forget_segment, catalog, segment_id)
        yield Problem("note", f"segment {segment_id} holds no signal of any dataset", segment_id, repair)


def feature_parts(catalog: Catalog) -> Iterator[Problem]:
    """Whether every feature part is there and holds what was written; a lost one can be computed again."""
    with catalog.read() as session:
        known = session.execute(select(FeaturePart.id, FeaturePart.checksum)).all()
    for part_id, checksum in known:
        for what in catalog.feature_store.verify(part_id, checksum):
            repair = partial(_forget_part, catalog, part_id)
            yield Problem("error", f"{what}; its features will be extracted again", part_id, repair)


def artifacts(catalog: Catalog) -> Iterator[Problem]:
    """Whether every artifact is there and hashes to its name."""
    with catalog.read() as session:
        known = session.scalars(select(Artifact.id)).all()
    for artifact_id in known:
        try:
            catalog.artifacts.path(artifact_id)
        except CatalogError as error:
            yield Problem("error", str(error), artifact_id)


def orphans(catalog: Catalog) -> Iterator[Problem]:
    """Segments and feature parts of no row, older than any running job could need them."""
    with catalog.read() as session:
        segment_ids = set(session.scalars(select(Segment.id)))
        part_ids = set(session.scalars(select(FeaturePart.id)))
    stores: tuple[tuple[SignalStore | FeatureStore, set[str]], ...] = (
        (catalog.store, segment_ids),
        (catalog.feature_store, part_ids),
    )
    for store, known in stores:
        for name in sorted(store.orphans(known, retention.ORPHAN_AGE_S)):
            repair = partial(store.sweep, known, retention.ORPHAN_AGE_S)
            yield Problem("note", f"{name} in the store belongs to nothing", name, repair)


def _forget_segment(catalog: Catalog, segment_id: str) -> None:
    with catalog.write() as session:
        unused = retention.without(Segment.id, Signal.segment_id)
        changed(session, delete(Segment).where(Segment.id == segment_id, unused))


def _forget_part(catalog: Catalog, part_id: str) -> None:
    with catalog.write() as session:
        changed(session, delete(FeatureRow).where(FeatureRow.part_id == part_id))
        changed(session, delete(FeaturePart).where(FeaturePart.id == part_id))
