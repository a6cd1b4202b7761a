"""The Explorer without a server: facets, features, table, and work on several signals."""

import csv
import io
import json
from urllib.parse import parse_qs, urlsplit

import pytest

from data_catalog.signals import SignalQuery
from pfd_panel.errors import RequestError
from pfd_panel.pages.explorer import ExplorerView, charts, filtering
from pfd_panel.services import collections, diagnosing, exploring, extracting, viewing
from pfd_panel.services.context import Context, User
from tests.pfd_panel.conftest import JOURNAL, RIG, SIMULATED
from tests.pfd_panel.pages.conftest import Toast


def explore(context: Context, dataset: str = RIG, **query: str) -> ExplorerView:
    return ExplorerView(context, {"dataset": dataset, **query})


def counts(view: ExplorerView, name: str) -> dict[str, int]:
    facet = next(one for one in view.facets.facets if one.name == name)
    return {value.label: value.count for value in facet.values}


def test_facets_count_the_signals_of_each_value(filled: Context) -> None:
    view = explore(filled)
    assert counts(view, "fault") == {"Inner race": 6, "Ball": 4, "Healthy": 4, "Outer race": 4}
    assert counts(view, "channel") == {"DE": 9, "FE": 9}
    assert counts(view, "rate_hz") == {"12 kHz": 14, "48 kHz": 4}
    assert "18 of 18 signals" in view._head.html


def test_a_facet_filters_everything_and_stays_in_the_address(filled: Context) -> None:
    view = explore(filled)
    view.facets._on_box(f"fault\x1f{json.dumps('ball')}", True)
    assert view.where == {"fault": ["ball"]}
    assert view.table.total == 4
    assert counts(view, "fault")["Inner race"] == 6
    assert counts(view, "channel") == {"DE": 2, "FE": 2}
    assert view.cards.findings is not None
    assert len(view.cards.findings.frame) == 4
    again = ExplorerView(filled, {k: v[0] for k, v in parse_qs(view.address()).items()})
    assert again.table.total == 4
    assert again.facets.chosen == view.facets.chosen
    view.clear()
    assert view.table.total == 18


def test_words_filter_and_nothing_found_says_so(filled: Context) -> None:
    view = explore(filled)
    view._bar.on["text"]("outer FE")
    assert view.table.total == 2
    view._bar.on["text"]("nothing like this")
    assert view.table.total == 0
    assert "No signal matches" in view.table._body.html
    assert "Nothing to show" in view.cards.statistics.html
    assert "no signal of this filter has features" in view.points.slot.html
    view._bar.on["clear-filter"]("")
    assert view.table.total == 18


def test_the_table_sorts_and_pages_in_the_database(filled: Context) -> None:
    view = explore(filled)
    ordered = viewing.page(filled, SignalQuery(dataset_id=view.summary.id, sort="rms", limit=100)).rows
    view.table._on_sort("rms")
    view.table._on_sort("rms")
    assert (view.sort, view.descending) == ("rms", False)
    assert view.table._body.html.index(ordered[0].signal_id) < view.table._body.html.index(ordered[1].signal_id)
    view.table._on_page("1")
    assert ordered[10].signal_id in view.table._body.html
    assert ordered[0].signal_id not in view.table._body.html
    assert "page=1" in view.address()


def test_a_diagnosis_is_shown_only_where_it_was_computed(filled_copy: Context) -> None:
    here = SignalQuery(dataset_id=collections.get(filled_copy, RIG).id, text="130@6_0 DE")
    row = viewing.page(filled_copy, here).rows[0]
    collections.correct(filled_copy, RIG, [row.signal_id], {"speed_rpm": 1790.0})
    row = viewing.page(filled_copy, here).rows[0]
    view = explore(filled_copy, text="130@6_0 DE")
    assert "–</td></tr>" in view.table._body.html
    found = diagnosing.of_signal(filled_copy, row)
    view.table.refresh()
    assert f"{found.evidence[0].score:.1f}" in view.table._body.html


def test_statistics_are_those_of_the_features(filled: Context) -> None:
    view = explore(filled)
    frame = extracting.table(filled, RIG)
    html = view.cards.statistics.html
    healthy = frame.loc[frame["fault"] == "healthy", "rms"]
    assert f"{healthy.median():.3g}" in html
    assert "RMS (g)" in html


def test_the_feature_of_the_boxes_can_be_chosen(filled: Context) -> None:
    view = explore(filled)
    assert "kurtosis" in view.cards.boxes.content[1].object.yaxis.axis_label.lower()
    view.cards.boxes._head.on["feature"]("rms")
    assert view.cards.boxes.content[1].object.yaxis.axis_label == "RMS (g)"
    assert view.feature == "rms"
    top = view.cards.separability.content[0]
    name = view.cards.ranked.ranking.features[0][0]  # type: ignore[union-attr]
    top.on["feature"](name)
    assert view.feature == name


def test_separability_puts_a_separating_feature_before_one_that_does_not(filled: Context) -> None:
    found = explore(filled, where='{"channel":["DE"]}').cards.ranked.ranking
    ranking = dict(found.features)  # type: ignore[union-attr]
    assert ranking["kurtosis"] > ranking["skewness"]
    assert list(ranking.values()) == sorted(ranking.values(), reverse=True)


def test_features_that_came_later_are_shown(filled_copy: Context) -> None:
    """The table of a dataset is kept; not longer than it is true."""
    before = extracting.table(filled_copy, RIG)
    row = viewing.page(filled_copy, explore(filled_copy).present).rows[0]
    collections.correct(filled_copy, RIG, [row.signal_id], {"speed_rpm": 1234.0})
    assert row.signal_id in before.index
    assert row.signal_id not in extracting.table(filled_copy, RIG).index
    assert extracting.coverage(filled_copy, RIG).present == len(before) - 1


def test_marked_signals_are_tagged(filled_copy: Context, toasts: list[Toast]) -> None:
    view = explore(filled_copy)
    ids = [row.signal_id for row in viewing.page(filled_copy, view.present).rows[:2]]
    view.table.chosen = ids
    assert "2 marked" in view.bulk.view.html
    view.bulk.view.on["tag"]("")
    assert "no tag was typed" in view.bulk.view.html
    view.bulk.view.on["bulk-tag"]("odd")
    view.bulk.view.on["tag"]("")
    assert exploring.tags_of(filled_copy, ids) == {ids[0]: ["odd"], ids[1]: ["odd"]}
    assert view.table.chosen == []
    assert view.bulk.view.html == ""
    assert toasts == [Toast("Tagged 2 signals with odd.", "success")]


def test_a_tag_is_taken_off_the_marked_signals_that_carry_it(filled_copy: Context, toasts: list[Toast]) -> None:
    ids = [row.signal_id for row in viewing.page(filled_copy, explore(filled_copy).present).rows[:3]]
    exploring.tag(filled_copy, ids[:2], "odd")
    exploring.tag(filled_copy, ids[:1], "loud")
    view = explore(filled_copy)
    view.table.chosen = ids[1:]
    assert '<datalist id="tags"><option value="odd"></datalist>' in view.bulk.view.html
    assert 'data-send="untag"' in view.bulk.view.html
    view.bulk.view.on["bulk-tag"]("loud")
    view.bulk.view.on["untag"]("")
    assert "none of these signals carries the tag" in view.bulk.view.html
    assert "They carry: odd." in view.bulk.view.html
    assert view.table.chosen == ids[1:]
    view.bulk.view.on["bulk-tag"](" odd ")
    view.bulk.view.on["untag"]("")
    left = exploring.tags_of(filled_copy, ids)
    assert {one: left.get(one, []) for one in ids} == {ids[0]: ["loud", "odd"], ids[1]: [], ids[2]: []}
    assert toasts == [Toast("Took odd off 1 signal.", "success")]
    assert view.table.chosen == []


def test_who_may_only_read_takes_no_tag_off(filled_copy: Context) -> None:
    (row, *_) = viewing.page(filled_copy, explore(filled_copy).present).rows
    exploring.tag(filled_copy, [row.signal_id], "odd")
    view = explore(filled_copy.acting_as(User("guest", "viewer")))
    view.table.chosen = [row.signal_id]
    view.bulk.view.on["bulk-tag"]("odd")
    view.bulk.view.on["untag"]("")
    assert "may not change anything" in view.bulk.view.html
    assert exploring.tags_of(filled_copy, [row.signal_id]) == {row.signal_id: ["odd"]}


def test_the_label_of_marked_signals_is_corrected_in_a_new_version(filled_copy: Context) -> None:
    view = explore(filled_copy)
    before = view.summary.version
    row = viewing.page(filled_copy, SignalQuery(dataset_id=view.summary.id, where={"fault": ["ball"]})).rows[0]
    view.table._on_mark(row.signal_id, True)
    view.bulk.view.on["bulk-label"]("outer_race")
    view.bulk.view.on["correct"]("")
    assert viewing.get(filled_copy, RIG, row.signal_id).fault == "outer_race"
    assert view.summary.version == before + 1
    assert counts(view, "fault")["Ball"] == 3
    view.table._on_mark(row.signal_id, True)
    view.bulk.view.on["unmark"]("")
    assert view.table.chosen == []


def test_someone_who_may_only_read_is_told_so(filled_copy: Context) -> None:
    view = explore(filled_copy.acting_as(User("guest", "viewer")))
    view.table.chosen = [viewing.page(filled_copy, view.present).rows[0].signal_id]
    view.bulk.view.on["bulk-tag"]("odd")
    view.bulk.view.on["tag"]("")
    assert "may not change anything" in view.bulk.view.html


def test_tags_need_a_word_and_a_signal(filled_copy: Context) -> None:
    with pytest.raises(RequestError, match="no tag"):
        exploring.tag(filled_copy, ["x"], " ")
    with pytest.raises(RequestError, match="no signal"):
        exploring.tag(filled_copy, [], "odd")


def test_training_gets_the_dataset_and_the_channels(filled: Context) -> None:
    view = explore(filled, where='{"channel":["DE"]}')
    asked = parse_qs(urlsplit(view.training_href()).query)
    assert asked == {"dataset": [RIG], "channels": ['["DE"]']}
    assert "Send to training" in view._head.html


def test_without_features_the_table_is_there_and_a_button_starts_the_job(filled_copy: Context) -> None:
    view = explore(filled_copy, JOURNAL)
    assert view.table.total == 3
    assert view.cards.extraction is not None
    view.cards.extraction.start()
    assert view.cards.extraction.watch is not None


def test_the_synthetic_dataset_is_called_synthetic_and_its_load_is_a_share(filled: Context) -> None:
    view = explore(filled, SIMULATED)
    assert "Synthetic" in view._head.html
    assert "Load (%)" in view.table._body.html


def test_a_column_of_many_values_shows_the_most_frequent_and_the_chosen_ones() -> None:
    counted = {"load": [(float(value), 1) for value in range(40)]}
    (shown,) = filtering.facets(counted, {"load": [33.0]}, "%")
    assert len(shown.values) == filtering.MOST_VALUES + 1
    assert shown.values[-1].label == "33 %"
    assert shown.title == "Load (13 of 40 values)"


def test_the_drawer_opens_and_closes(filled: Context) -> None:
    view = explore(filled)
    assert view.drawer.css_classes == ["closed"]
    view._bar.on["filters"]("")
    assert view.drawer.css_classes == []
    view._facet_card[0].on["filters"]("")
    assert view.drawer.css_classes == ["closed"]


def test_another_dataset_is_opened_by_its_address(filled: Context) -> None:
    view = explore(filled)
    view._bar.on["dataset"](SIMULATED)
    assert parse_qs(urlsplit(view.goto.opened).query) == {"dataset": [SIMULATED]}


def test_what_is_shown_can_be_had_as_tables(filled: Context) -> None:
    view = explore(filled)
    made = [
        view.signals_csv(),
        view.points.csv(),
        view.cards.features_csv(),
        view.cards.statistics_csv(),
        view.cards.ranked.csv(),
    ]
    lines = [list(csv.reader(io.StringIO(one.content.decode()))) for one in made]  # type: ignore[union-attr]
    assert [len(table) - 1 for table in lines[:4]] == [18, 18, 18, 4]
    assert len(lines[4]) > charts.RANKED


def test_an_empty_catalog_leads_to_the_import(bare: Context) -> None:
    assert "/datasets" in ExplorerView(bare, {}).__panel__()[1][0].object
