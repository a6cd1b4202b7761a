"""The cards of the Explorer that tell how features are distributed, hang together and drift, without a server."""

import csv
import io
import json
from urllib.parse import parse_qs

import numpy as np
import pytest

from data_catalog.signals import SignalQuery
from pfd_panel.pages.explorer import ExplorerView
from pfd_panel.services import collections, extracting, selecting, statistics
from pfd_panel.services.context import Context
from tests.pfd_panel.conftest import RIG


def explore(context: Context, **query: str) -> ExplorerView:
    return ExplorerView(context, {"dataset": RIG, **query})


def again(context: Context, view: ExplorerView) -> ExplorerView:
    return ExplorerView(context, {name: value[0] for name, value in parse_qs(view.address()).items()})


def rows_of(view: ExplorerView) -> list[list[str]]:
    return list(csv.reader(io.StringIO(view.cards.relations.csv().content.decode())))  # type: ignore[union-attr]


@pytest.mark.parametrize("shape", ["violin", "histogram", "ecdf"])
def test_a_feature_is_shown_in_the_shape_that_is_chosen_and_stays_in_the_address(filled: Context, shape: str) -> None:
    view = explore(filled, feature="rms", where='{"channel":["DE"]}')
    view.cards.by_class.bar.on["shape"](shape)
    figure = view.cards.boxes.content[-1].object
    frame = extracting.table(filled, RIG)
    mine = frame[(frame["channel"] == "DE") & (frame["fault"] == "ball")]["rms"]
    found = next(
        one for one in statistics.distribution(frame[frame["channel"] == "DE"], "rms").classes if one.label == "ball"
    )
    data = figure.renderers[0].data_source.data
    if shape == "violin":
        assert figure.x_range.factors == ["Ball", "Healthy", "Inner race", "Outer race"]
        assert np.asarray(data["ys"][0]).max() == max(found.density_at)
        assert figure.renderers[1].data_source.data["middle"][0] == pytest.approx(mine.median())
    else:
        assert data["look"][0] == "Ball"
        assert data["ys"][0].max() == max(found.steps if shape == "ecdf" else found.shares)
    assert f"shape={shape}" in view.address()
    assert again(filled, view).cards.by_class.shape == shape


def test_a_click_on_a_box_shows_the_histogram_of_its_class(filled: Context) -> None:
    view = explore(filled)
    view.cards.by_class.boxes._sources["boxes"].selected.indices = [2]
    assert (view.shape, view.cards.by_class.focus) == ("histogram", "inner_race")
    data = view.cards.boxes.content[-1].object.renderers[0].data_source.data
    assert [width == 2.0 for width in data["width"]] == [False, False, True, False]
    view.cards.by_class.bar.on["all-classes"]("")
    data = view.cards.boxes.content[-1].object.renderers[0].data_source.data
    assert set(data["width"]) == {2.0}


def test_features_are_ranked_by_the_score_that_is_chosen(filled: Context) -> None:
    view = explore(filled)
    frame = extracting.table(filled, RIG)
    view.cards.ranked.body.on["ranking"]("mrmr")
    expected = statistics.ranked(frame, method="mrmr").features
    assert view.cards.ranked.ranking is not None
    assert view.cards.ranked.ranking.features == expected
    assert "say already" in view.cards.ranked.body.html
    assert again(filled, view).cards.ranked.ranking.features == expected  # type: ignore[union-attr]
    name, score = view.cards.ranked.csv().content.decode().splitlines()[1].split(",")  # type: ignore[union-attr]
    assert (name, float(score)) == expected[0]


def test_nothing_is_computed_below_until_it_is_asked_for(filled: Context) -> None:
    view = explore(filled)
    assert view.cards.relations.slot.content == [view.cards.relations.bar]
    view.cards.relations.bar.on["relation"]("correlation")
    assert len(view.cards.relations.slot.content) == 3
    view.cards.relations.bar.on["relation"]("correlation")
    assert view.cards.relations.slot.content == [view.cards.relations.bar]


def test_a_cell_of_the_correlation_leads_to_its_pair(filled: Context) -> None:
    view = explore(filled, relation=json.dumps({"show": "correlation", "kind": "spearman"}))
    figure = view.cards.relations.slot.content[-1].object
    data = figure.renderers[0].data_source.data
    frame = extracting.table(filled, RIG)
    place = next(
        at for at, (x, y) in enumerate(zip(data["x"], data["y"], strict=True)) if {x, y} == {"RMS", "Excess kurtosis"}
    )
    assert data["r"][place] == pytest.approx(frame["rms"].corr(frame["kurtosis"], method="spearman"))
    assert len(rows_of(view)) == 1 + len(figure.x_range.factors)
    figure.renderers[0].data_source.selected.indices = [place]
    assert view.relation["show"] == "pairs"
    assert set(view.relation["features"]) == {"rms", "kurtosis"}
    again(filled, view)


def test_pairs_show_two_to_five_features_of_the_filter(filled: Context) -> None:
    view = explore(filled, where='{"fault":["ball"]}', relation='{"show":"pairs","features":["rms","kurtosis"]}')
    card = view.cards.relations
    grid = card.slot.content[-1][0].object
    figures = [child[0] for child in grid.children]
    assert len(figures) == 3
    source = figures[1].renderers[0].data_source
    frame = extracting.table(filled, RIG, query=SignalQuery(where={"fault": ["ball"]}))
    np.testing.assert_array_equal(source.data["rms"], frame["rms"])
    for name in ("skewness", "crest_factor", "shape_factor", "impulse_factor"):
        card.bar.on["add-feature"](name)
    assert card.features == ["kurtosis", "skewness", "crest_factor", "shape_factor", "impulse_factor"]
    assert "Add a feature" not in card.bar.html
    card.bar.on["drop-feature"](card.features[0])
    assert len(card.features) == 4
    assert len(rows_of(view)) == 1 + len(frame)
    source = [child[0] for child in card.slot.content[-1][0].object.children][1].renderers[0].data_source
    source.selected.indices = [1]
    assert frame.index[1] in view.goto.opened


def test_the_drift_between_two_versions_is_told_in_words(filled_copy: Context) -> None:
    view = explore(filled_copy, relation='{"show":"versions"}')
    assert "one version" in view.cards.relations.words.html
    selecting.keep_only(filled_copy, RIG, SignalQuery(query="not fault:healthy"))
    view = explore(filled_copy, relation='{"show":"versions","versions":[9,"x"]}')
    expected = statistics.drift(filled_copy, RIG, 1, 2)
    assert view.cards.relations.versions == (1, 2)
    assert "Classes that are gone: healthy" in expected.verdict
    assert expected.verdict in view.cards.relations.words.html
    assert rows_of(view)[1][0] == expected.features[0].name
    view.cards.relations.bar.on["before"]("2")
    assert "Both versions hold the same signals" in view.cards.relations.words.html
    assert again(filled_copy, view).cards.relations.versions == (2, 2)


def test_what_an_address_says_wrongly_is_left_out(filled: Context) -> None:
    view = explore(filled, shape="cake", ranking="best", relation='{"show":"x","features":"rms","kind":3}')
    assert (view.shape, view.ranking, view.cards.relations.show) == ("box", "anova", "")
    view = explore(filled, relation='{"show":"pairs","features":["rms","loudness",4]}')
    assert view.cards.relations.features == ["rms"]
    assert "no pair" in view.cards.relations.words.html
    assert collections.get(filled, RIG).signals == 18
