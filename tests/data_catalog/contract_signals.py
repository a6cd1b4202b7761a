"""What datasets and signals guarantee on every database."""

import pytest

from data_catalog import Catalog, audit, datasets, signals, tags
from data_catalog.errors import CatalogError, ConflictError, NotFoundError
from data_catalog.signals import SignalQuery
from tests.data_catalog.drafts import drafts, fill, segment


class SignalContract:
    """Subclasses give a `catalog` fixture."""

    def test_a_name_can_be_taken_again_only_after_deletion(self, catalog: Catalog) -> None:
        with catalog.write() as session:
            first = datasets.create(session, "rig", owner="ada")
        with pytest.raises(ConflictError), catalog.write() as session:
            datasets.create(session, " rig ", owner="ada")
        with catalog.write() as session:
            datasets.delete(session, first.id, owner="ada")
            datasets.create(session, "rig", owner="ada")
        with pytest.raises(ConflictError), catalog.write() as session:
            datasets.restore(session, first.id, owner="ada")

    def test_a_deleted_dataset_comes_back_with_everything(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", 5)
        with catalog.write() as session:
            before = datasets.listing(session)
            datasets.delete(session, dataset_id, owner="ada")
            assert datasets.listing(session) == []
            assert signals.page(session, SignalQuery()).total == 0
            assert [one.id for one in datasets.deleted(session)] == [dataset_id]
            datasets.restore(session, dataset_id, owner="ada")
            after = datasets.listing(session)
        assert [(one.id, one.manifest_hash, one.signals) for one in after] == [
            (one.id, one.manifest_hash, one.signals) for one in before
        ]

    def test_a_wrong_name_is_answered_with_the_nearest(self, catalog: Catalog) -> None:
        fill(catalog, "bearing rig", 1)
        with catalog.read() as session, pytest.raises(NotFoundError) as caught:
            datasets.get(session, "bearng rig")
        assert "'bearing rig'" in caught.value.hint

    def test_the_listing_counts_signals_recordings_and_classes(self, catalog: Catalog) -> None:
        fill(catalog, "rig", 7)
        with catalog.read() as session:
            (summary,) = datasets.listing(session)
        assert (summary.version, summary.signals, summary.recordings) == (1, 7, 7)
        assert summary.classes == {"": 3, "inner race": 2, "outer race": 2}

    def test_members_are_invisible_until_their_job_seals_them(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", 2)
        with catalog.write() as session:
            for job in ("one", "two"):
                manifest = segment(job, 3)
                result = signals.add_segments(
                    session, dataset_id, [manifest], drafts(manifest), owner="ada", job_id=job, reason="import"
                )
                assert (result.added, result.version) == (3, 2)
            assert signals.page(session, SignalQuery(dataset_id)).total == 2
            assert datasets.listing(session)[0].signals == 2
            assert signals.seal_version(session, dataset_id, owner="ada", reason="import", job_id="two").number == 2
            assert signals.page(session, SignalQuery(dataset_id)).total == 5
            assert signals.seal_version(session, dataset_id, owner="ada", reason="import", job_id="one").number == 3
            assert signals.page(session, SignalQuery(dataset_id)).total == 8
            assert signals.page(session, SignalQuery(dataset_id, version=2)).total == 5
            assert [one.signal_count for one in datasets.versions(session, dataset_id)] == [2, 5, 8]

    def test_the_same_signals_again_add_nothing_and_are_named(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", 3)
        manifest = segment("segment-rig", 3)
        with catalog.write() as session:
            result = signals.add_segments(
                session, dataset_id, [manifest], drafts(manifest), owner="ada", job_id="again", reason="import"
            )
            version = signals.seal_version(session, dataset_id, owner="ada", reason="import", job_id="again")
        assert result.added == 0
        assert result.duplicates[0] == ("segment-rig/00000.mat", "DE", "segment-rig/00000.mat")
        assert version.number == 1

    def test_two_jobs_with_the_same_signals_seal_them_once(self, catalog: Catalog) -> None:
        with catalog.write() as session:
            dataset_id = datasets.create(session, "rig", owner="ada").id
            manifest = segment("shared", 4)
            for job in ("one", "two"):
                added = signals.add_segments(
                    session, dataset_id, [manifest], drafts(manifest), owner="ada", job_id=job, reason="import"
                ).added
                assert added == 4  # the other job may yet be cancelled
            for job in ("one", "two"):
                version = signals.seal_version(session, dataset_id, owner="ada", reason="import", job_id=job)
            assert (version.number, version.signal_count) == (1, 4)

    def test_what_a_cancelled_job_brought_can_be_discarded(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", 2)
        manifest = segment("extra", 3)
        with catalog.write() as session:
            signals.add_segments(
                session, dataset_id, [manifest], drafts(manifest), owner="ada", job_id="gone", reason="import"
            )
            assert signals.discard_pending(session, "gone") == 3
            assert signals.seal_version(session, dataset_id, owner="ada", reason="", job_id="gone").signal_count == 2

    def test_channels_of_one_file_share_a_recording_and_other_files_of_that_name_do_not(self, catalog: Catalog) -> None:
        first, second, other = segment("a", 1), segment("b", 1, channel="FE"), segment("c", 1)
        with catalog.write() as session:
            dataset_id = datasets.create(session, "rig", owner="ada").id
            for manifest, path in ((first, "x.mat"), (second, "x.mat"), (other, "elsewhere/x.mat")):
                draft = signals.MemberDraft(
                    recording="x",
                    channel=manifest.stored[0].channel,
                    rate_hz=1.0,
                    rate_source="file",
                    stored=manifest.stored[0],
                    source_path=path,
                )
                signals.add_segments(
                    session, dataset_id, [manifest], [draft], owner="ada", job_id=None, reason="import"
                )
            version = signals.seal_version(session, dataset_id, owner="ada", reason="import", job_id=None)
            rows = signals.page(session, SignalQuery(dataset_id)).rows
        assert version.recording_count == 2
        assert [(row.recording, row.channel) for row in rows] == [("x", "DE"), ("x", "FE"), ("x (2)", "DE")]

    def test_a_correction_makes_a_version_and_leaves_the_old_one_as_it_was(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", 3)
        ids = ["segment-rig-DE-00000", "segment-rig-DE-00002"]
        with catalog.write() as session:
            first = datasets.version(session, dataset_id)
            second = signals.correct(session, dataset_id, ids, {"rate_hz": 48000.0}, owner="ada", reason="48 kHz file")
            now = {row.signal_id: row for row in signals.page(session, SignalQuery(dataset_id)).rows}
            then = datasets.manifest(session, dataset_id, 1)
        assert (second.number, second.signal_count) == (2, 3)
        assert second.manifest_hash != first.manifest_hash
        assert [now[one].rate_hz for one in sorted(now)] == [48000.0, 12000.0, 48000.0]
        assert now[ids[0]].rate_source == "corrected"
        assert {member.rate_hz for member in then} == {12000.0}

    def test_a_correction_taken_back_gives_the_first_hash_again(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", 3)
        one = ["segment-rig-DE-00001"]
        with catalog.write() as session:
            first = datasets.version(session, dataset_id).manifest_hash
            signals.correct(session, dataset_id, one, {"load": 3.0}, owner="ada", reason="")
            back = signals.correct(session, dataset_id, one, {"load": None}, owner="ada", reason="")
            same = signals.correct(session, dataset_id, one, {"load": None}, owner="ada", reason="")
        assert back.manifest_hash == first
        assert same.number == back.number == 3  # nothing to correct makes no version

    @pytest.mark.parametrize(
        "changes", [{}, {"rms": 3.0}, {"channel": "FE"}, {"rate_hz": 0.0}, {"rate_hz": float("nan")}]
    )
    def test_an_impossible_correction_is_refused(self, catalog: Catalog, changes: dict[str, object]) -> None:
        dataset_id = fill(catalog, "rig", 1)
        with pytest.raises(CatalogError), catalog.write() as session:
            signals.correct(session, dataset_id, ["segment-rig-DE-00000"], changes, owner="ada", reason="")

    def test_removed_signals_stay_in_the_versions_that_had_them(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", 4)
        with catalog.write() as session:
            version = signals.remove(session, dataset_id, ["segment-rig-DE-00001"], owner="ada", reason="broken")
            assert (version.number, version.signal_count) == (2, 3)
            assert len(datasets.manifest(session, dataset_id, 1)) == 4
            with pytest.raises(NotFoundError):
                signals.get(session, dataset_id, "segment-rig-DE-00001")

    def test_a_page_filters_sorts_and_cuts(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", 30)
        with catalog.read() as session:
            query = SignalQuery(
                dataset_id,
                where={"fault": ["inner race", None]},
                ranges={"rms": (3.0, 20.0)},
                sort="rms",
                descending=True,
                offset=2,
                limit=5,
            )
            page = signals.page(session, query)
        expected = [row + 1.0 for row in range(29, -1, -1) if row % 3 != 2 and 3.0 <= row + 1.0 <= 20.0]
        assert page.total == len(expected)
        assert [row.rms for row in page.rows] == expected[2:7]

    def test_text_finds_every_word_anywhere_and_takes_no_wildcards(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", 12, notes="50% load")
        with catalog.read() as session:
            assert signals.page(session, SignalQuery(dataset_id, text="INNER 0004")).rows[0].row == 4
            assert signals.page(session, SignalQuery(dataset_id, text="50%")).total == 12
            assert signals.page(session, SignalQuery(dataset_id, text="5%0")).total == 0

    def test_unknown_columns_are_refused_by_name(self, catalog: Catalog) -> None:
        with catalog.read() as session:
            for query in (
                SignalQuery(sort="labels"),
                SignalQuery(where={"id; drop": [1]}),
                SignalQuery(ranges={"x": (0, 1)}),
            ):
                with pytest.raises(CatalogError, match="no column"):
                    signals.page(session, query)

    def test_facets_count_under_the_other_choices(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", 9)
        with catalog.read() as session:
            query = SignalQuery(dataset_id, where={"fault": ["inner race"]})
            counted = signals.facets(session, query, ["fault", "channel"])
        assert dict(counted["fault"]) == {None: 3, "inner race": 3, "outer race": 3}
        assert counted["channel"] == [("DE", 3)]

    @pytest.mark.parametrize("sort", ["recording", "fault", "kurtosis", "rms"])
    @pytest.mark.parametrize("descending", [False, True])
    def test_neighbours_walk_the_page_order(self, catalog: Catalog, sort: str, descending: bool) -> None:
        dataset_id = fill(catalog, "rig", 16)
        with catalog.read() as session:
            query = SignalQuery(dataset_id, sort=sort, descending=descending, where={"channel": ["DE"]})
            order = [row.signal_id for row in signals.page(session, query).rows]
            found = [signals.neighbours(session, query, one) for one in order]
        assert len(order) == 16
        assert [one.previous for one in found] == [None, *order[:-1]]
        assert [one.next for one in found] == [*order[1:], None]
        assert [(one.position, one.total) for one in found] == [(number, 16) for number in range(1, 17)]

    def test_tags_select_signals_and_are_counted(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", 4)
        ids = [f"segment-rig-DE-0000{row}" for row in range(3)]
        with catalog.write() as session:
            tags.add(session, "signal", ids, "odd", owner="ada")
            tags.add(session, "signal", ids[:1], "loud", owner="ada")
            tags.add(session, "signal", ids[:1], "loud", owner="bob")
            tags.remove(session, "signal", ids[2:], "odd", owner="ada")
            assert tags.of(session, "signal", ids) == {ids[0]: ["loud", "odd"], ids[1]: ["odd"], ids[2]: []}
            assert tags.counts(session, "signal") == [("odd", 2), ("loud", 1)]
            assert signals.page(session, SignalQuery(dataset_id, tags=["odd", "loud"])).total == 1

    def test_every_change_leaves_an_audit_entry(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", 2)
        with catalog.write() as session:
            datasets.update(session, dataset_id, name="rig 2", notes="new", owner="bob")
            signals.correct(
                session, dataset_id, ["segment-rig-DE-00000"], {"load": 1.0}, owner="bob", reason="log book"
            )
            datasets.delete(session, dataset_id, owner="bob")
            entries, total = audit.page(session, subject_kind="dataset", subject_id=dataset_id)
        assert [entry.action for entry in reversed(entries)] == [
            "create",
            "add signals",
            "seal version",
            "update",
            "correct",
            "delete",
        ]
        assert total == 6
        assert entries[2].detail == {"name": ["rig", "rig 2"], "notes": ["", "new"]}
        assert entries[1].user == "bob"

    def test_an_error_rolls_everything_back(self, catalog: Catalog) -> None:
        def change_and_fail() -> None:
            with catalog.write() as session:
                datasets.create(session, "rig", owner="ada")
                raise RuntimeError("the process thought better of it")

        with pytest.raises(RuntimeError):
            change_and_fail()
        with catalog.read() as session:
            assert datasets.listing(session) == []
            assert audit.page(session)[1] == 0
