"""The Compare page without a browser: which signals, how they are shown, and what is told."""

from html import unescape
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from data_catalog.signals import SignalRow
from pfd_panel.components.plots import Minimap
from pfd_panel.pages.compare.view import CompareView
from pfd_panel.pages.explorer.view import ExplorerView
from pfd_panel.services import collections, comparing, referencing
from pfd_panel.services.context import Context
from tests.pfd_panel.conftest import RIG
from tests.pfd_panel.pages.conftest import Toast


@pytest.fixture
def rows(filled: Context) -> list[SignalRow]:
    found = collections.choose(filled, RIG, ["*:DE"])
    return [
        next(row for row in found if f"/{name}" in row.recording.replace("#", "/"))
        for name in ("105_0", "106_1", "97_N")
    ]


def page(context: Context, rows: list[SignalRow], **said: str) -> CompareView:
    view = CompareView(context, {"dataset": RIG, "ids": ",".join(row.signal_id for row in rows), **said})
    view.__panel__()
    return view


def words(slot: object) -> str:
    return unescape(slot.html + " ".join(getattr(one, "html", "") for one in slot.content))  # type: ignore[attr-defined]


def test_signals_are_overlaid_with_their_own_lines(filled: Context, rows: list[SignalRow]) -> None:
    view = page(filled, rows)
    plots = view.pictures.plots
    assert set(plots) == {"waveform", "spectrum", "envelope"}
    colors = plots["waveform"].detail.data["color"]
    assert len(set(colors)) == 3
    for color in colors:
        assert color in view._listed.html
    assert "48 kHz" in view._listed.html
    assert "sampling rates differ" in words(view.pictures.waveform).lower()
    lines = comparing.spectra(filled, rows).lines
    for drawn, one in zip(plots["spectrum"].detail.data["ys"], lines, strict=True):
        assert drawn.max() == pytest.approx(one.values.max())
    assert any(isinstance(one, Minimap) for one in view.pictures.waveform.content)


def test_signals_are_added_ordered_and_removed(filled: Context, rows: list[SignalRow]) -> None:
    view = page(filled, rows[:1])
    view._picking.on["text"]("106_1")
    assert f'data-value="{rows[1].signal_id}"' in view._picking.html
    view._picking.on["add"](rows[1].signal_id)
    view._picking.on["add"](rows[2].signal_id)
    assert [row.signal_id for row in view.rows] == [row.signal_id for row in rows]
    view._listed.on["up"](rows[2].signal_id)
    view._listed.on["remove"](rows[0].signal_id)
    assert view.ids == f"{rows[2].signal_id},{rows[1].signal_id}"
    assert len(view.pictures.plots["waveform"].series) == 2
    assert parse_qs(view.address())["ids"] == [view.ids]
    view._picking.on["remove-all"]("")
    assert "No signal is chosen" in view._cards[0][0].object


def test_signals_that_are_gone_are_told_and_the_rest_lives_on(filled: Context, rows: list[SignalRow]) -> None:
    view = page(filled, rows[:2])
    view.ids += ",gone,lost"
    assert "2 signals of this address are not in this dataset any more" in view._listed.html
    assert len(view.rows) == 2
    view.ids = ",".join(f"id{number}" for number in range(40))
    assert "first 32 of 40 signals" in view._listed.html


def test_orders_bring_shaft_lines_of_different_speeds_together(filled: Context, rows: list[SignalRow]) -> None:
    view = page(filled, rows[:2], axis="orders", view="stacked")
    plot = view.pictures.plots["spectrum"]
    assert "orders of the shaft" in plot.figure.xaxis[0].axis_label
    places = []
    for x, y in zip(plot.detail.data["xs"], plot.detail.data["ys"], strict=True):
        near = (x > 0.8) & (x < 1.2)
        places.append(float(x[near][np.argmax(y[near])]))
    assert places == pytest.approx([1.0, 1.0], abs=0.05)
    view._bar.on["axis"]("cpm")
    assert view.pictures.plots["spectrum"].extent[1] == pytest.approx(60 * rows[0].rate_hz / 2, rel=0.01)


def test_the_difference_is_drawn_aligned_and_said(filled: Context, rows: list[SignalRow], toasts: list[Toast]) -> None:
    view = page(filled, [rows[0], rows[2]], view="difference")
    plots = view.pictures.plots
    assert "resampled from 48000 to 12000 Hz" in words(view.pictures.waveform)
    expected = comparing.difference(filled, rows[0], rows[2])
    shown = plots["difference"]
    x, y = shown.detail.data["xs"][0], shown.detail.data["ys"][0]
    assert y.max() == pytest.approx(expected.values[: round(x[-1] / expected.step)].max(), rel=1e-5)
    assert x[0] == 0
    assert shown.x_range is plots["waveform"].x_range
    assert plots["spectrum difference"].x_range is plots["spectrum"].x_range
    assert "dB" in plots["spectrum difference"].figure.yaxis[0].axis_label
    view._bar.on["align"]("")
    assert view.offset == pytest.approx(comparing.suggest_offset(filled, rows[0], rows[2]).offset_s)
    assert "correlate" in toasts[-1].text
    view._bar.on["offset"]("soon")
    assert "not a number of seconds" in toasts[-1].text
    view._bar.on["offset"]("99")
    assert "does not overlap" in words(view.pictures.waveform)
    assert "difference" not in [one.figure.name for one in view.pictures.waveform.content if hasattr(one, "figure")]


def test_a_band_beyond_a_signal_is_told_on_its_card_and_the_rest_lives_on(
    filled: Context, rows: list[SignalRow]
) -> None:
    view = page(filled, rows)
    view._bar.on["band"]("hand")
    view._bar.on["band-high"]("9000")
    assert "Not shown" in words(view.pictures.envelope)
    assert "half the rate" in words(view.pictures.envelope)
    # the one of 48 kHz has such a band
    assert len(view.pictures.plots["envelope"].series) == 1


def test_the_window_over_the_record_is_part_of_the_address(filled: Context, rows: list[SignalRow]) -> None:
    view = page(filled, rows)
    view.pictures.plots["waveform"].x_range.update(start=0.25, end=0.75)
    assert parse_qs(view.address())["window"] == ["[0.25,0.75]"]
    again = CompareView(filled, {name: values[0] for name, values in parse_qs(view.address()).items()})
    axis = again.pictures.plots["waveform"].x_range
    assert (axis.start, axis.end) == (0.25, 0.75)


def test_a_reference_is_declared_and_the_signal_stands_beside_it(filled_copy: Context, toasts: list[Toast]) -> None:
    rows = [row for row in collections.choose(filled_copy, RIG, ["*:DE"]) if row.fault == "inner_race"]
    if referencing.find(filled_copy, RIG):
        referencing.withdraw(filled_copy, RIG)
    view = page(filled_copy, rows[:1], view="healthy")
    assert "No healthy reference yet" in words(view.healthy.spectrum)
    view.healthy.form.on["reference"]("fault:nobody")
    view.healthy.form.on["declare"]("")
    assert "finds no signal" in view.healthy.form.html
    view.healthy.form.on["reference"]("fault:healthy")
    view.healthy.form.on["declare"]("")
    assert referencing.get(filled_copy, RIG).query == "fault:healthy"
    assert "Declared" in toasts[-1].text
    found = view.healthy.found["envelope"]
    assert found.words in words(view.healthy.envelope)
    assert "rpm" in words(view.healthy.envelope)
    assert "Kurtosis" in words(view.healthy.features)
    view._bar.on["against"]("class")
    assert view.healthy.found["spectrum"].against == "class inner race"
    view._bar.on["against"]("reference")
    view.healthy.form.on["withdraw"]("")
    assert referencing.find(filled_copy, RIG) is None
    assert "No healthy reference yet" in words(view.healthy.spectrum)


def test_the_explorer_sends_what_it_shows(filled: Context) -> None:
    explorer = ExplorerView(filled, {"dataset": RIG, "query": "fault:inner", "sort": "rms"})
    explorer._head.on["compare"]("")
    sent = parse_qs(urlsplit(explorer.goto.opened).query)
    shown = CompareView(filled, {name: values[0] for name, values in sent.items()})
    assert {row.fault for row in shown.rows} == {"inner_race"}
    levels = [row.rms for row in shown.rows]
    assert levels == sorted(levels, reverse=True)
    assert f"Compare all {len(shown.rows)} found" in explorer._head.html
    # what is marked has a link of its own, and does not change what the other one is about
    explorer.bulk.show([shown.rows[2].signal_id])
    explorer.compare()
    assert parse_qs(urlsplit(explorer.goto.opened).query)["ids"] == [",".join(row.signal_id for row in shown.rows)]
    assert "Compare 1 marked" in explorer.bulk.view.html
    marked = explorer.bulk.view.html.split('href="/compare?')[1].split('"')[0].replace("&amp;", "&")
    assert parse_qs(marked)["ids"] == [shown.rows[2].signal_id]
