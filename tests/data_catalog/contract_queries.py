"""What every catalog answers to queries, whatever its database; each kind of database subclasses this."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from data_catalog import Catalog, datasets, models, privacy, signals, tags
from data_catalog.errors import CatalogError
from data_catalog.marks import marks_of, newest_model
from data_catalog.packed_numbers import PackedNumbers
from data_catalog.query_text import QueryError
from data_catalog.signals import SignalQuery
from tests.data_catalog.contract_work import save_model
from tests.data_catalog.drafts import drafts, fill, segment

COUNT = 30
TILT = np.arange(COUNT) - 10.0
"""A feature of each signal: from −10 to 19; that of signal 4 is not known, and signals 0 to 2 have none."""

Found = dict[str, set[int]]
EVERY = set(range(COUNT))
FAULT = {None: set(range(0, COUNT, 3)), "inner race": set(range(1, COUNT, 3)), "outer race": set(range(2, COUNT, 3))}


def packed(catalog: Catalog, dataset_id: str, *, spread: int = 1) -> dict[str, PackedNumbers]:
    with catalog.read() as session:
        members = signals.member_ids(session, dataset_id, 1)
    ids = np.array([members[f"segment-rig-DE-{row:05d}"] for row in range(COUNT)])
    values = TILT.copy()
    values[4] = np.nan
    order = np.random.default_rng(0).permutation(np.arange(3, COUNT))
    # members of others between ours must not move them
    far = ids.max() + 10_000 * spread + np.arange(5)
    return {"tilt": PackedNumbers(np.concatenate([ids[order], far]), np.concatenate([values[order], np.zeros(5)]))}


class QueryContract:
    """Queries over one dataset of 30 signals: rms is row + 1, a fault for two of three, tags on two."""

    @pytest.fixture
    def rows(self, catalog: Catalog) -> Callable[..., list[int]]:
        """``rows(query, **more)``: the rows of the signals that a query finds, in its order."""
        fill(catalog, "other", 3)
        dataset_id = fill(catalog, "rig", COUNT, notes="Prüfstand 4")
        with catalog.write() as session:
            tags.add(session, "signal", ["segment-rig-DE-00003", "segment-rig-DE-00007"], "odd", owner="ada")
            tags.add(session, "signal", ["segment-rig-DE-00007"], "very loud", owner="ada")
        numbers = packed(catalog, dataset_id)

        def find(query: str, **more: object) -> list[int]:
            asked = SignalQuery(dataset_id, query=query, features=numbers, limit=100, **more)  # type: ignore[arg-type]
            with catalog.read() as session:
                return [row.row for row in signals.page(session, asked).rows]

        return find

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("", EVERY),
            ("fault:inner and rms > 10", FAULT["inner race"] & set(range(10, COUNT))),
            ("fault:INNER_race", FAULT["inner race"]),
            ('fault = "inner race" or fault:outer', EVERY - FAULT[None]),
            ("not fault:inner", EVERY - FAULT["inner race"]),
            ("fault != x", EVERY - FAULT[None]),
            ("fault:none", FAULT[None]),
            ('fault:"none"', set()),
            ("not (fault:none or rms < 20)", set(range(19, COUNT)) - FAULT[None]),
            ("rms 3..4.5", {2, 3}),
            ("rms = 7", {6}),
            ("kurtosis:none", {0, 7, 14, 21, 28}),
            ("not kurtosis >= 0", {0, 7, 14, 21, 28}),
            ("notes:prüfstand", EVERY),
            ("notes:Prüfstand", EVERY),
            ("notes:Pr%fstand", set()),
            ("00012", {12}),
            ("recording:00012 or id:DE-00013", {12, 13}),
            ("tag:odd", {3, 7}),
            ('tag:"very loud"', {7}),
            ('tag:odd and not tag:"very loud"', {3}),
            ("tag:none and rms < 6", {0, 1, 2, 4}),
            ("tag != odd and rms <= 5", {0, 1, 2, 4}),
            ("length >= 1028", {28, 29}),
            ("duration_s > 0.0856", {28, 29}),
            ("clipped_fraction > 0", set()),
            ("nan_count = 0 and mean -1..1", EVERY),
            ("date:none", EVERY),
            ("not imported < 2020-01-01", EVERY),
            ("imported:1999-01-01", set()),
            ("tilt > 17", {28, 29}),
            ("tilt >= -7 and tilt < -5", {3}),
            ("tilt <= -7", {3}),
            ("tilt = 0", {10}),
            ("tilt:-1..1", {9, 10, 11}),
            ("tilt ..-4.5", {3, 5}),
            ("tilt:none", {0, 1, 2, 4}),
            ("tilt != none and tilt < -4", {3, 5}),
            ("not tilt > -4", {0, 1, 2, 3, 4, 5, 6}),
            ("tilt != 19 and tilt > 17", {28}),
        ],
    )
    def test_a_query_finds_what_it_says(self, rows: Callable[..., list[int]], query: str, expected: set[int]) -> None:
        assert set(rows(query)) == expected

    def test_a_query_finds_nothing_of_what_is_private(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", COUNT)
        with catalog.write() as session:
            datasets.set_visibility(session, dataset_id, "private", owner="ada")
            tags.add(session, "signal", ["segment-rig-DE-00003"], "odd", owner="ada")
        features = packed(catalog, dataset_id)
        for viewer, count in (("eve", 0), ("ada", 1)):
            for sort in ("recording", "rms", "kurtosis", "tilt"):
                for query in ("rms = 4", "tag:odd", "quality:none and rms = 4", "imported > 2020-01-01 and tilt = -7"):
                    asked = SignalQuery(dataset_id, query=query, sort=sort, features=features)
                    with catalog.read() as session:
                        privacy.limit_to(session, viewer)
                        page = signals.page(session, asked)
                        assert (page.total, len(page.rows)) == (count, count), (viewer, sort, query)
                        tagged = signals.facets(session, asked, ["tag", "fault"])
                        assert bool(tagged["tag"]) == bool(tagged["fault"]) == bool(count)

    def test_a_page_beyond_the_end_still_counts(self, rows: Callable[..., list[int]], catalog: Catalog) -> None:
        with catalog.read() as session:
            dataset_id = datasets.get(session, "rig").id
            page = signals.page(session, SignalQuery(dataset_id, query="rms > 20", sort="rms", offset=90))
            assert (page.rows, page.total) == ([], 10)
            page = signals.page(session, SignalQuery(dataset_id, query="rms > 99", sort="rms"))
            assert (page.rows, page.total) == ([], 0)

    def test_what_is_wrong_with_samples_is_a_filter(self, catalog: Catalog) -> None:
        manifest = segment("bad", 8)
        said: list[dict[str, object]] = [
            {},
            {"clipped_fraction": 0.01},
            {"nan_count": 3},
            {"kurtosis": None, "crest_factor": 1.0},
            {"mean": -4.0, "rms": 5.0, "peak": 6.0},
            {"rms": 1.0, "peak": 11.0},
            {"rms": 9.0, "peak": 20.0, "length": 77},
            {"rms": 9.0, "peak": 20.0, "length": 77},
        ]
        stored = [replace(one, **{"kurtosis": 0.0} | more) for one, more in zip(manifest.stored, said, strict=True)]
        made = replace(manifest, stored=tuple(stored))
        with catalog.write() as session:
            dataset_id = datasets.create(session, "bad", owner="ada").id
            signals.add_segments(session, dataset_id, [made], drafts(made), owner="ada", job_id=None, reason="")
            signals.seal_version(session, dataset_id, owner="ada", reason="", job_id=None)
        for query, expected in {
            "quality:clipped": [1],
            "quality:gaps": [2],
            "quality = constant": [3],
            "quality:offset": [4],
            "quality:spikes": [5],
            "quality:duplicate": [6, 7],
            "quality:none": [0],
            "quality != clipped and not quality:duplicate": [0, 2, 3, 4, 5],
        }.items():
            with catalog.read() as session:
                rows = signals.page(session, SignalQuery(dataset_id, query=query)).rows
                assert [row.row for row in rows] == expected, query
                # the same from marks that are read once for the version
                known = replace(SignalQuery(dataset_id, query=query), marks=marks_of(catalog, dataset_id, 1, None))
                assert [row.row for row in signals.page(session, known).rows] == expected, query
        counted = {"duplicate": 2, None: 1, "clipped": 1, "gaps": 1, "constant": 1, "offset": 1, "spikes": 1}
        with catalog.read() as session:
            for where, total in (({}, 8), ({"quality": ["gaps", None]}, 2), ({"quality": ["duplicate"]}, 2)):
                asked = replace(known, query="", where=where)
                assert dict(signals.facets(session, asked, ["quality"])["quality"]) == counted
                assert signals.page(session, asked).total == total
            only = replace(known, query="length:77")
            assert signals.facets(session, only, ["quality"])["quality"] == [("duplicate", 2)]
            with pytest.raises(CatalogError, match="no quality is called 'loud'"):
                signals.page(session, replace(known, where={"quality": ["loud"]}))

    def test_what_a_model_said_is_a_filter_and_is_counted(self, catalog: Catalog) -> None:
        manifest = segment("judged", 5)
        labels = ["ball", "ball", "inner", "inner", None]
        given = [replace(draft, fault=label) for draft, label in zip(drafts(manifest), labels, strict=True)]
        ids = [one.signal_id for one in manifest.stored]
        with catalog.write() as session:
            dataset_id = datasets.create(session, "judged", owner="ada").id
            signals.add_segments(session, dataset_id, [manifest], given, owner="ada", job_id=None, reason="")
            signals.seal_version(session, dataset_id, owner="ada", reason="", job_id=None)
            assert newest_model(session, dataset_id) is None
            model_id = save_model(session, dataset_id)
            said = [("ball", 0), ("inner", 1), (None, 2), ("ball", 4)]
            models.add_predictions(
                session,
                model_id,
                [
                    models.PredictionDraft(kind="held_out", recording="r", signal_id=ids[at], label=label)
                    for label, at in said
                ],
            )
        with catalog.read() as session:
            assert newest_model(session, dataset_id) == model_id
            known = SignalQuery(dataset_id, marks=marks_of(catalog, dataset_id, 1, model_id), sort="id")
            # without a label nothing can agree; nobody asked about the fourth
            for asked, rows in {"agree": [0], "disagree": [1], "abstained": [2], "none": [3, 4]}.items():
                found = signals.page(session, replace(known, query=f"agreement:{asked}")).rows
                assert sorted(row.row for row in found) == rows, asked
            expected = {"agree": 1, "disagree": 1, "abstained": 1, None: 2}
            chosen = replace(known, where={"agreement": ["disagree", None]})
            assert dict(signals.facets(session, chosen, ["agreement"])["agreement"]) == expected
            counted = signals.facets(session, chosen, ["fault", "quality"])
            assert dict(counted["fault"]) == {"ball": 1, "inner": 1, None: 1}
            assert sum(count for _, count in counted["quality"]) == 3
            with pytest.raises(QueryError, match="asked of one dataset"):
                signals.page(session, SignalQuery(query="agreement:agree"))

    def test_dates_are_days_and_moments_in_utc(self, catalog: Catalog) -> None:
        manifest = segment("dated", 4)
        with catalog.write() as session:
            dataset_id = datasets.create(session, "dated", owner="ada").id
            for draft, day in zip(drafts(manifest), (1, 2, 3, None), strict=True):
                started = datetime(2026, 3, day, 23, 30, tzinfo=UTC) if day else None
                one = signals.MemberDraft(**{**vars(draft), "started_at": started})
                signals.add_segments(session, dataset_id, [manifest], [one], owner="ada", job_id=None, reason="")
            signals.seal_version(session, dataset_id, owner="ada", reason="", job_id=None)
        for query, expected in {
            "date:2026-03-02": [1],
            "date > 2026-03-01": [1, 2],
            "date >= 2026-03-01": [0, 1, 2],
            "date 2026-03-02T23:30..2026-03-03": [1, 2],
            "date ..2026-03-01": [0],
            "date != 2026-03-01": [1, 2],
            "date:none": [3],
            "not date < 2026-03-03": [2, 3],
        }.items():
            with catalog.read() as session:
                found = signals.page(session, SignalQuery(dataset_id, query=query)).rows
                assert [row.row for row in found] == expected, query
        with catalog.read() as session:
            asked = SignalQuery(dataset_id, ranges={"date": ("2026-03-02", None)})
            assert [row.row for row in signals.page(session, asked).rows] == [1, 2]
            found = signals.spans(session, SignalQuery(dataset_id), ["date", "rms"])
            assert [end.day for end in found["date"]] == [1, 3]
            assert found["rms"] == (1.0, 4.0)
            assert signals.spans(session, asked, ["rms", "speed_rpm"]) == {"rms": (2.0, 3.0), "speed_rpm": (None, None)}

    @pytest.mark.parametrize(
        ("query", "position", "words", "hint"),
        [
            ("fault:inner and krtosis > 3", 16, "no value is called 'krtosis'", "did you mean kurtosis"),
            ("tlt > 3", 0, "no value is called 'tlt'", "tilt"),
            ("rms > loud", 6, "rms is a number, not 'loud'", "rms > 0.3"),
            ("tilt > loud", 7, "tilt is a number", ""),
            ("rms > 1e999", 6, "rms is a number", ""),
            ("fault > inner", 0, "fault is a word", ": or ="),
            ("quality:clippd", 8, "no quality is called 'clippd'", "clipped"),
            ("quality > clipped", 0, "a quality cannot be >", "quality:"),
            ("tag < a", 0, "a tag cannot be <", "tag:"),
            ("fault 1..2", 0, "has no range", ""),
            ("date:soon", 5, "date is a date, not 'soon'", "2026-03-01"),
            ("imported > 9999-12-31T99:00", 11, "imported is a date", ""),
            ("rms < none", 6, "what is not known cannot be <", "rms:none"),
        ],
    )
    def test_what_cannot_be_asked_is_refused_at_its_place(
        self, rows: Callable[..., list[int]], query: str, position: int, words: str, hint: str
    ) -> None:
        with pytest.raises(QueryError, match=words) as caught:
            rows(query)
        assert caught.value.position == position
        assert hint in caught.value.hint

    def test_a_query_goes_with_facets_words_and_ranges(self, catalog: Catalog, rows: Callable[..., list[int]]) -> None:
        assert rows("tilt > 0", text="inner", ranges={"rms": (None, 20.0), "tilt": (5.0, None)}) == [16, 19]
        assert rows("tilt > 17 or rms < 3", where={"fault": ["inner race"]}) == [1, 28]
        assert rows("rms < 9", where={"tag": ["odd", None]}) == [*range(8)]
        assert rows("rms < 9", where={"tag": ["very loud"]}) == [7]
        with pytest.raises(CatalogError, match="fault is a word"):
            rows("", ranges={"fault": (1.0, None)})

    def test_signals_are_found_by_however_many_ids(self, rows: Callable[..., list[int]]) -> None:
        wanted = [f"segment-rig-DE-{row:05d}" for row in (2, 7, 11)]
        strange = ["it's", 'a "quote"', "ü", *(f"none-{number}" for number in range(40_000))]
        assert rows("", only=[*strange, *wanted]) == [2, 7, 11]
        assert rows("tag:odd", only=wanted) == [7]
        assert rows("", only=wanted, sort="rms", descending=True) == [11, 7, 2]
        assert rows("", only=[]) == []
        assert set(rows("", only=None)) == EVERY

    @pytest.mark.parametrize("descending", [False, True])
    def test_a_feature_orders_pages_and_unknown_ones_come_last(
        self, catalog: Catalog, rows: Callable[..., list[int]], descending: bool
    ) -> None:
        known = [row for row in range(3, COUNT) if row != 4]
        order = [*(known[::-1] if descending else known), 0, 1, 2, 4]
        assert rows("", sort="tilt", descending=descending) == order
        assert rows("rms > 3", sort="tilt", descending=descending, offset=3) == [r for r in order if r > 2][3:]
        with catalog.read() as session:
            dataset_id = datasets.get(session, "rig").id
        asked = SignalQuery(dataset_id, sort="tilt", descending=descending, features=packed(catalog, dataset_id))
        with catalog.read() as session:
            ids = [f"segment-rig-DE-{row:05d}" for row in order]
            places = [signals.neighbours(session, asked, one) for one in ids]
        assert [place.position for place in places] == list(range(1, COUNT + 1))
        assert [place.next for place in places] == [*ids[1:], None]

    def test_members_far_apart_keep_their_own_numbers(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", COUNT)
        numbers = packed(catalog, dataset_id, spread=1000)
        with catalog.read() as session:
            asked = SignalQuery(dataset_id, query="tilt > 17", features=numbers)
            assert [row.row for row in signals.page(session, asked).rows] == [28, 29]

    def test_tags_are_counted_under_the_rest_of_the_filter(
        self, catalog: Catalog, rows: Callable[..., list[int]]
    ) -> None:
        with catalog.read() as session:
            dataset_id = datasets.get(session, "rig").id
            asked = SignalQuery(dataset_id, query="rms < 9", where={"tag": ["odd"]})
            counted = signals.facets(session, asked, ["tag", "fault"])
            assert counted["tag"] == [(None, 6), ("odd", 2), ("very loud", 1)]
            assert dict(counted["fault"]) == {None: 1, "inner race": 1}
            assert signals.facets(session, SignalQuery(dataset_id, query="rms < 2"), ["tag"]) == {"tag": []}
            tagged = SignalQuery(dataset_id, query='tag:odd and not tag:"very loud"')
            assert signals.facets(session, tagged, ["tag"]) == {"tag": [("odd", 1)]}
            assert signals.facets(session, SignalQuery(dataset_id, tags=["very loud"]), ["tag"])["tag"] == [
                ("odd", 1),
                ("very loud", 1),
            ]
