"""Parts of a dataset, whatever the database; each kind of database subclasses this."""

import pytest

from data_catalog import Catalog, datasets, signals, subsets
from data_catalog.errors import CatalogError, ConflictError, NotFoundError
from data_catalog.signals import SignalQuery
from tests.data_catalog.drafts import fill

IDS = [f"segment-rig-DE-{row:05d}" for row in (1, 3, 4)]


class SubsetContract:
    def test_a_part_is_a_dataset_of_its_own_with_the_same_samples(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", 6, notes="hall 4", asset="motor 1")
        with catalog.write() as session:
            made = subsets.save_as(session, dataset_id, IDS, "part", owner="bob", asked="rms > 1")
        with catalog.write() as session:
            rows = signals.page(session, SignalQuery(made.id, sort="id")).rows
            old = {row.signal_id: row for row in signals.page(session, SignalQuery(dataset_id)).rows}
            assert [row.signal_id for row in rows] == IDS
            assert [(row.segment_id, row.row) for row in rows] == [(old[i].segment_id, old[i].row) for i in IDS]
            assert [row.attributes_hash for row in rows] == [old[i].attributes_hash for i in IDS]
            assert {row.recording_id for row in rows}.isdisjoint(row.recording_id for row in old.values())
            (version,) = datasets.versions(session, made.id)
            assert (version.signal_count, version.recording_count, version.owner) == (3, 3, "bob")
            assert version.reason == "3 signals of rig, version 1: rms > 1"
            assert datasets.get(session, "part").source["part_of"]["dataset"] == dataset_id
            signals.correct(session, made.id, IDS[:1], {"fault": "cage"}, owner="bob", reason="")
            assert signals.get(session, dataset_id, IDS[0]).fault == "inner race"

    def test_a_part_of_what_is_private_is_private(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", 6)
        with catalog.write() as session:
            datasets.set_visibility(session, dataset_id, "private", owner="ada")
            assert subsets.save_as(session, dataset_id, IDS, "part", owner="ada").visibility == "private"

    def test_keeping_some_leaves_the_others_in_earlier_versions(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", 6)
        with catalog.write() as session:
            version = subsets.keep_only(session, dataset_id, IDS, owner="ada")
            assert (version.number, version.signal_count, version.reason) == (2, 3, "kept 3 of 6 signals")
            assert sorted(signals.ids(session, SignalQuery(dataset_id))) == IDS
            assert len(signals.ids(session, SignalQuery(dataset_id, version=1))) == 6
            with pytest.raises(CatalogError, match="all 3 signals were chosen"):
                subsets.keep_only(session, dataset_id, IDS, owner="ada")
            with pytest.raises(CatalogError, match="no signal was chosen"):
                subsets.keep_only(session, dataset_id, [], owner="ada")

    @pytest.mark.parametrize(
        ("ids", "name", "error"),
        [([], "part", CatalogError), (["nobody"], "part", NotFoundError), (IDS, "rig", ConflictError)],
    )
    def test_a_part_that_cannot_be_made_leaves_nothing(
        self, catalog: Catalog, ids: list[str], name: str, error: type[CatalogError]
    ) -> None:
        dataset_id = fill(catalog, "rig", 6)
        with pytest.raises(error), catalog.write() as session:
            subsets.save_as(session, dataset_id, ids, name, owner="ada")
        with catalog.read() as session:
            assert [one.name for one in datasets.listing(session)] == ["rig"]
