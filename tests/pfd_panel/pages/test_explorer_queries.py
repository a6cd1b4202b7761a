"""The Explorer without a server: queries, ranges, columns, tags, and keeping what is found."""

import json
from urllib.parse import parse_qs, urlsplit

import numpy as np

from pfd_panel.pages.explorer import ExplorerView
from pfd_panel.services import collections, exploring, extracting, viewing
from pfd_panel.services.context import Context, User
from pfd_panel.theme import numbers
from tests.pfd_panel.conftest import JOURNAL, RIG
from tests.pfd_panel.pages.conftest import Toast
from tests.pfd_panel.pages.test_explorer import counts, explore


def again(context: Context, view: ExplorerView) -> ExplorerView:
    """The page that a link to this view opens."""
    return ExplorerView(context, {name: values[0] for name, values in parse_qs(view.address()).items()})


def test_a_query_filters_everything_and_stays_in_the_address(filled: Context) -> None:
    view = explore(filled)
    view.box.view.on["query"](" fault:inner and channel:DE ")
    assert view.table.total == 3
    assert "3 of 18 signals" in view._head.html
    assert len(view.cards.findings.frame) == 3  # type: ignore[union-attr]
    linked = again(filled, view)
    assert (linked.table.total, linked.query) == (3, "fault:inner and channel:DE")
    assert parse_qs(urlsplit(view.href("x")).query)["query"] == ["fault:inner and channel:DE"]
    view._bar.on["clear-filter"]("")
    assert (view.table.total, view.query) == (18, "")


def test_a_query_on_a_feature_finds_the_signals_whose_feature_is_so(filled: Context) -> None:
    view = explore(filled)
    frame = extracting.table(filled, RIG)
    middle = float(frame["spectral_centroid"].median())
    view.ask(f"spectral_centroid > {middle:.17g} and fault:healthy")
    wanted = frame[(frame["spectral_centroid"] > middle) & (frame["fault"] == "healthy")]
    assert 0 < len(wanted) < 18
    assert {row.signal_id for row in viewing.page(filled, view.present).rows} == set(wanted.index)
    assert view.table.total == len(wanted)


def test_a_mistake_in_a_query_is_told_beside_the_box_and_the_page_lives_on(filled: Context) -> None:
    view = explore(filled)
    view.ask("fault:inner")
    view.ask("fault:inner and krtosis > 3")
    html = view.box.view.html
    assert "No value is called &#39;krtosis&#39; (character 17)" in html
    assert "<mark>krtosis</mark>" in html
    assert "Did you mean kurtosis" in html
    assert view.table.total == 6, "the last query that could be answered holds"
    opened = explore(filled, query="(rms > 1")
    assert "is not closed" in opened.box.view.html
    assert opened.table.total == 18
    opened.ask("kurtosis > 3")
    assert 'role="alert"' not in opened.box.view.html
    assert 0 < opened.table.total < 18
    lacking = explore(filled, JOURNAL, query="spectral_centroid > 3")
    assert "does not have yet" in lacking.box.view.html


def test_from_and_to_fields_bound_columns_and_features(filled: Context) -> None:
    view = explore(filled)
    frame = extracting.table(filled, RIG)
    low, high = frame["rms"].quantile([0.3, 0.8])
    fields = view.range_list._body
    assert f'placeholder="{frame["rms"].min():.4g}"' in fields.html
    fields.on["low-rms"](f"{low:.6g}")
    fields.on["high-rms"](f"{high:.6g}")
    inside = frame[frame["rms"].between(float(f"{low:.6g}"), float(f"{high:.6g}"))]
    assert view.table.total == len(inside) > 0
    assert sum(counts(view, "channel").values()) == len(inside)
    fields.on["add-range"]("spectral_centroid")
    fields.on["low-spectral_centroid"](f"{inside['spectral_centroid'].median():.6g}")
    assert 0 < view.table.total < len(inside)
    assert again(filled, view).table.total == view.table.total
    before = view.table.total
    fields.on["high-rms"]("loud")
    assert "is no number" in fields.html
    assert 'value="loud"' in fields.html
    fields.on["high-rms"]("-1")
    assert "ends before it begins" in fields.html
    assert view.table.total == before
    fields.on["drop-range"]("spectral_centroid")
    assert view.table.total == len(inside)
    view.clear()
    assert view.table.total == 18


def test_ranges_of_an_address_that_cannot_be_asked_are_left_out(filled: Context) -> None:
    told = {"rms": ["x", None], "nothing": [1, 2], "kurtosis": [0, None], "date": ["soon", None], "peak": 3}
    view = explore(filled, ranges=json.dumps(told), sort="nonsense")
    assert dict(view.ranges) == {"kurtosis": (0, None)}
    assert view.sort == "kurtosis"


def test_columns_are_chosen_and_features_are_shown_and_sorted_by(filled: Context) -> None:
    view = explore(filled)
    assert "Spectral centroid" not in view.table._body.html
    assert view.choice.view.html == ""
    view.choice.toggle()
    assert 'data-value="spectral_centroid"' in view.choice.view.html
    view.choice.view.on["column"]("spectral_centroid", True)
    view.choice.view.on["column"]("fault", False)
    assert "Fault (label)" not in view.table._body.html
    frame = extracting.table(filled, RIG)
    view.table._on_sort("spectral_centroid")
    assert (view.sort, view.descending) == ("spectral_centroid", True)
    highest = frame["spectral_centroid"].sort_values(ascending=False).index
    html = view.table._body.html
    assert [html.index(one) for one in highest[:10]] == sorted(html.index(one) for one in highest[:10])
    assert numbers.number(frame.loc[highest[0], "spectral_centroid"]) in html
    linked = again(filled, view)
    assert linked.table._body.html == html
    assert "spectral_centroid" in view.signals_csv().content.decode().partition("\n")[0]  # type: ignore[union-attr]
    view.choice.view.on["columns-reset"]("")
    assert "Fault (label)" in view.table._body.html
    view.choice.view.on["columns-close"]("")
    assert view.choice.view.html == ""


def test_tags_are_a_facet_that_also_knows_what_carries_none(filled_copy: Context) -> None:
    view = explore(filled_copy)
    assert "tag" not in [one.name for one in view.facets.facets]
    ids = [row.signal_id for row in viewing.page(filled_copy, view.present).rows[:3]]
    exploring.tag(filled_copy, ids, "odd")
    view = explore(filled_copy)
    assert counts(view, "tag") == {"odd": 3, "no tag": 15}
    view.facets._on_box(f"tag\x1f{json.dumps('odd')}", True)
    assert view.table.total == 3
    view.ask("not tag:odd")
    assert view.table.total == 0


def test_everything_that_is_found_is_saved_as_a_dataset_or_a_file(filled_copy: Context, toasts: list[Toast]) -> None:
    view = explore(filled_copy, query="fault:inner and channel:DE")
    assert view.selection.view.html == ""
    view.selection.toggle()
    assert "3 signals" in view.selection.view.html
    view.selection.view.on["save-selection"]("")
    assert "needs a name" in view.selection.view.html
    view.selection.view.on["selection-name"]("inner DE")
    view.selection.view.on["save-selection"]("")
    assert toasts == [Toast("Saved 3 signals as inner DE.", "success")]
    made = collections.get(filled_copy, "inner DE")
    assert made.signals == 3
    assert "inner DE" in view._bar.html
    ids = {row.signal_id for row in viewing.page(filled_copy, view.present).rows}
    assert {row.signal_id for row in collections.choose(filled_copy, "inner DE", ["*"])} == ids
    file = view.selection._producer("npz")()
    with np.load(file.content) as held:  # type: ignore[arg-type]
        assert set(held["signal_id"].tolist()) == ids
    view.selection.toggle()
    assert view.selection.view.html == ""
    reader = explore(filled_copy.acting_as(User("guest", "viewer")))
    reader.selection.view.on["selection-name"]("mine")
    reader.selection.save()
    assert "mine" not in {one.name for one in collections.listing(filled_copy)}
