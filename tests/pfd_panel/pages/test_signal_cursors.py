"""Cursors of the Signal page: what the bars do with what the browser tells them."""

import json
from html import unescape
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from data_catalog.signals import SignalQuery, SignalRow
from pfd_panel.pages.explorer.view import ExplorerView
from pfd_panel.pages.signal.view import SignalView
from pfd_panel.services import annotating, collections, measuring, viewing
from pfd_panel.services.context import Context
from pipelines.bearings import lookup
from tests.pfd_panel.conftest import RIG


@pytest.fixture
def row(filled: Context) -> SignalRow:
    query = SignalQuery(dataset_id=collections.get(filled, RIG).id, where={"fault": ["outer_race"]})
    return viewing.page(filled, query).rows[0]


@pytest.fixture
def view(filled: Context, row: SignalRow) -> SignalView:
    return SignalView(filled, {"dataset": RIG, "id": row.signal_id})


def says(view: SignalView, plot: str, **told: object) -> None:
    """What the browser sends."""
    view.bars.tools[plot]._handle_msg({"seen": [0.0, 500.0], **told})


def shaft_order(row: SignalRow) -> float:
    return row.speed_rpm / 60 * lookup(row.bearing).orders().bpfo


def test_a_harmonic_cursor_begins_on_the_fault_that_is_there(view: SignalView, row: SignalRow) -> None:
    says(view, "envelope", kind="harmonic", at=[], count=4)
    tool = view.bars.tools["envelope"]
    assert tool.at == [pytest.approx(shaft_order(row), rel=0.02)]
    assert [line[0] for line in tool.rows] == ["1×", "2×", "3×", "4×"]
    assert dict(tool.totals).keys() >= {"fundamental"}
    assert tool.problem == ""


def test_a_dragged_cursor_is_read_where_it_came_to_rest(view: SignalView) -> None:
    says(view, "spectrum", kind="delta", at=[100.0, 350.0])
    tool = view.bars.tools["spectrum"]
    first = list(tool.rows)
    assert dict(tool.totals)["Δx"].endswith("Hz")
    says(view, "spectrum", kind="delta", at=[100.0, 1350.0])
    assert tool.rows != first
    assert tool.rows[0] == first[0]


def test_places_are_told_in_the_unit_of_the_axis(view: SignalView, row: SignalRow) -> None:
    says(view, "envelope", kind="single", at=[120.0])
    view.axis = "cpm"
    tool = view.bars.tools["envelope"]
    assert (tool.unit, tool.at) == ("CPM", [pytest.approx(7200.0)])
    assert "CPM" in tool.heads[1]
    says(view, "envelope", kind="single", at=[6000.0], seen=[0.0, 60_000.0])
    view.axis = "orders"
    assert tool.at == [pytest.approx(100.0 * 60 / row.speed_rpm)]


def test_an_address_brings_the_cursors_back(filled: Context, view: SignalView, row: SignalRow) -> None:
    says(view, "envelope", kind="sideband", at=[200.0, 30.0], count=2)
    says(view, "waveform", kind="period", at=[0.1, 0.02], count=3)
    kept = json.loads(parse_qs(view.address())["cursors"][0])
    again = SignalView(filled, {"dataset": RIG, "id": row.signal_id, "cursors": json.dumps(kept)})
    for plot in ("envelope", "waveform"):
        old, new = view.bars.tools[plot], again.bars.tools[plot]
        assert (new.kind, new.at, new.count, new.rows) == (old.kind, old.at, old.count, old.rows)
        assert new.rows


@pytest.mark.parametrize(
    "told",
    [
        {"envelope": 3},
        {"envelope": {"kind": "period", "at": [1.0, 2.0]}},
        {"spectrogram": {"kind": "single", "at": [1.0]}},
        {"spectrum": {"kind": "delta", "at": [1.0]}},
        {"spectrum": {"kind": "peaks", "at": ["<b>"]}},
        {"spectrum": {"kind": "harmonic", "at": [10.0], "count": "many"}},
    ],
)
def test_what_cannot_be_a_cursor_is_left_out_of_an_address(filled: Context, row: SignalRow, told: dict) -> None:
    view = SignalView(filled, {"dataset": RIG, "id": row.signal_id, "cursors": json.dumps(told)})
    assert view.bars.state == {}
    assert all(tool.kind == "" for tool in view.bars.tools.values())


def test_a_cursor_taken_away_leaves_nothing(view: SignalView) -> None:
    says(view, "envelope", kind="single", at=[120.0])
    says(view, "envelope", kind="", at=[])
    tool = view.bars.tools["envelope"]
    assert (tool.kind, tool.at, tool.rows, tool.totals) == ("", [], [], [])
    assert "cursors" not in view.address()


def test_a_cursor_beside_the_plot_is_answered_in_words_and_the_page_lives_on(view: SignalView) -> None:
    says(view, "envelope", kind="single", at=[1e9])
    tool = view.bars.tools["envelope"]
    assert "outside the plot" in tool.problem
    assert tool.rows == []
    says(view, "envelope", kind="single", at=[120.0])
    assert (tool.problem, len(tool.rows)) == ("", 1)


def test_another_signal_is_read_at_the_same_places(view: SignalView) -> None:
    says(view, "envelope", kind="harmonic", at=[107.0], count=3)
    tool = view.bars.tools["envelope"]
    before = list(tool.rows)
    view.step(1)
    assert tool.at == [107.0]
    assert tool.rows != before
    assert [line[:2] for line in tool.rows] == [line[:2] for line in before]


def test_the_page_reads_what_the_service_reads(filled: Context, view: SignalView, row: SignalRow) -> None:
    says(view, "envelope", kind="peaks", at=[107.0, 214.0])
    found = measuring.cursor(filled, row, "envelope", "peaks", [107.0, 214.0])
    shown = [float(line[2].replace(",", "")) for line in view.bars.tools["envelope"].rows]
    assert shown == [pytest.approx(one.found, rel=1e-4) for one in found.readings]


def test_a_stretch_of_a_waveform_has_its_statistics(filled: Context, view: SignalView, row: SignalRow) -> None:
    says(view, "waveform", kind="band", at=[0.5, 1.5], seen=[0.0, 2.0])
    told = dict(view.bars.tools["waveform"].totals)
    samples = viewing.samples(filled, row, int(0.5 * row.rate_hz), int(1.5 * row.rate_hz) + 1)
    assert float(told["rms"].split()[0]) == pytest.approx(float((samples.astype(float) ** 2).mean() ** 0.5), rel=1e-3)
    assert {"crest factor", "excess kurtosis", "peak"} <= told.keys()


def test_an_annotation_begins_at_the_cursor_and_is_drawn_where_it_was_written(filled_copy: Context) -> None:
    query = SignalQuery(dataset_id=collections.get(filled_copy, RIG).id)
    row = viewing.page(filled_copy, query).rows[3]
    view = SignalView(filled_copy, {"dataset": RIG, "id": row.signal_id})
    says(view, "waveform", kind="band", at=[0.5, 0.7], seen=[0.0, 1.0])
    card = view.annotated.card
    assert card is not None
    card._head.on["annotate"]("")
    assert card.draft is not None
    assert (card.draft.kind, card.draft.start, card.draft.stop) == ("span", "0.5", "0.7")
    card._form.on["note-text"]("a burst")
    card.save()
    assert view.annotated.places.data == {"start": [0.5], "stop": [0.7]}
    card.look(card.rows[0].id)
    plot = view.pictures.plot
    assert plot is not None
    assert plot.figure.x_range.start < 0.5 < 0.7 < plot.figure.x_range.end < 1.0


def test_an_annotated_frequency_is_shown_by_a_cursor(filled_copy: Context) -> None:
    query = SignalQuery(dataset_id=collections.get(filled_copy, RIG).id)
    row = viewing.page(filled_copy, query).rows[3]
    annotating.add(filled_copy, RIG, row.signal_id, text="strange line", frequency_hz=1234.0)
    view = SignalView(filled_copy, {"dataset": RIG, "id": row.signal_id})
    card = view.annotated.card
    assert card is not None
    card.look(card.rows[0].id)
    assert view.bars.tools["spectrum"].at == [1234.0]
    assert view.annotated.places.data["start"] == []


def test_the_cell_to_copy_follows_what_is_shown(view: SignalView, row: SignalRow) -> None:
    assert f"bench.signal({row.dataset_id!r}, {row.signal_id!r})" in unescape(view._bar.html)
    assert "band=None" in unescape(view._bar.html)
    view.band = [2000.0, 4000.0]
    assert "band=(2000.0, 4000.0)" in unescape(view._bar.html)


def test_the_links_of_the_explorer_walk_in_its_query_and_order(filled: Context) -> None:
    explorer = ExplorerView(filled, {"dataset": RIG, "query": "fault:inner_race or fault:outer_race", "sort": "rms"})
    explorer.ranges = {"kurtosis": [0.0, None]}
    rows = explorer.table.fetch("rms", True, 0, 50).rows
    told = dict(parse_qsl(urlsplit(explorer.href(rows[0].signal_id)).query))
    view = SignalView(filled, told)
    walked = [view.id]
    while view.place is not None and view.place.next:
        view.step(1)
        walked.append(view.id)
    assert walked == [row.signal_id for row in rows]
    assert 1 < len(walked) < viewing.page(filled, SignalQuery(dataset_id=collections.get(filled, RIG).id)).total
    assert "filtered" in view._head.html
