"""The healthy reference and the classes on the Signal page, and where the page opens when a link tells of a place."""

import json
import re
from html import unescape
from io import BytesIO
from urllib.parse import parse_qsl

import numpy as np
import pytest
from pandas import read_csv

from data_catalog.signals import SignalQuery, SignalRow
from pfd_panel.components.plots import LinePlot
from pfd_panel.components.plots.healthy import UsualBand
from pfd_panel.pages.annotations.words import address
from pfd_panel.pages.signal import SignalView
from pfd_panel.pages.signal.scroll import ScrollHere
from pfd_panel.services import annotating, collections, deviating, referencing, viewing
from pfd_panel.services.context import Context
from tests.pfd_panel.conftest import RIG


@pytest.fixture
def row(filled: Context) -> SignalRow:
    query = SignalQuery(dataset_id=collections.get(filled, RIG).id, where={"fault": ["inner_race"]})
    return viewing.page(filled, query).rows[0]


def page(context: Context, row: SignalRow, **more: str) -> SignalView:
    return SignalView(context, {"dataset": RIG, "id": row.signal_id, **more})


def choose(view: SignalView, panel: str, value: str) -> None:
    view.arranged.slot(panel).on["set-against"](value)


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", unescape(html)).split())


def band_of(view: SignalView, panel: str) -> UsualBand:
    usual = view.pictures.usual if panel == "envelope" else view.arranged.cards["spectrum"].usual  # type: ignore[attr-defined]
    assert usual.drawn is not None
    return usual.drawn


def test_nothing_is_read_before_it_is_asked_for_and_none_declared_is_said_beside_the_control(
    filled: Context, row: SignalRow
) -> None:
    view = page(filled, row)
    assert view.pictures.usual.words.html == ""
    for panel in ("spectrum", "envelope"):
        view.arranged.slot(panel).on["settings"]("")
        assert "the healthy reference" in view.arranged.slot(panel).html
        choose(view, panel, "reference")
        told = view.arranged.slot(panel).html
        assert 'role="alert"' in told
        assert "reference" in plain(told.split('role="alert"')[1])
        assert "/compare?" in told
        choose(view, panel, "")
        assert 'role="alert"' not in view.arranged.slot(panel).html
    assert view.settings == {}


def test_the_reference_is_drawn_with_what_stands_above_it(filled_copy: Context, row: SignalRow) -> None:
    referencing.declare(filled_copy, RIG, query="fault:healthy")
    view = page(filled_copy, row)
    choose(view, "envelope", "reference")
    found = deviating.reference_of(filled_copy, row, "envelope", band=view.pictures.shown_band)
    assert found is not None
    band = band_of(view, "envelope")
    assert type(view.pictures.envelope.content[0].figure.y_scale).__name__ == "LogScale"
    np.testing.assert_allclose(band.band.data["median"], np.maximum(found.median, 1e-4), rtol=1e-6)
    assert band.band.data["x"][2] == pytest.approx(2 * found.resolution_hz)
    assert sorted(band.above.data["x"]) == pytest.approx(sorted(one.frequency_hz for one in found.stands_out), abs=0.01)
    told = plain(view.pictures.usual.words.html)
    for one in found.stands_out:
        assert f"+{one.over_db:.1f} dB" in told
    assert "BPFI" in told
    assert "the healthy reference" in told
    # the address brings it back, in another unit too
    again = SignalView(filled_copy, dict(parse_qsl(view.address())) | {"axis": "cpm"})
    assert again.settings == {"envelope": {"against": "reference"}}
    assert band_of(again, "envelope").band.data["x"][2] == pytest.approx(120 * found.resolution_hz)


def test_the_files_and_the_cell_of_a_notebook_have_what_is_drawn(filled_copy: Context, row: SignalRow) -> None:
    referencing.declare(filled_copy, RIG, query="fault:healthy")
    view = page(filled_copy, row)
    for panel, produce in (("envelope", view.pictures.envelope_csv), ("spectrum", view.arranged.cards["spectrum"].csv)):
        before = read_csv(BytesIO(produce().content))
        choose(view, panel, "reference")
        after = read_csv(BytesIO(produce().content))
        band = band_of(view, panel).band.data
        added = after[[name for name in after if name not in before]].dropna()
        assert list(added) == [
            f"the healthy reference: {name}"
            for name in ("frequency (Hz)", "this signal at these frequencies", "5 %", "median", "95 %")
        ]
        np.testing.assert_allclose(added.iloc[:, 0], band["x"], rtol=1e-6)
        np.testing.assert_allclose(added.iloc[:, 4], band["high"], rtol=1e-6)
        assert len(after.dropna(subset=list(before))) == len(before)
    assert view.arranged.compared() == {"envelope": "reference", "spectrum": "reference"}
    code = unescape(view._bar.html)
    assert "bench.deviation(row, 'envelope', 'reference', band=envelope.band_hz)" in code
    assert "bench.deviation(row, 'spectrum', 'reference')" in code


def test_a_class_is_drawn_in_the_scale_of_the_spectrum(filled: Context, row: SignalRow) -> None:
    view = page(filled, row)
    choose(view, "spectrum", "class:healthy")
    found = deviating.deviation(filled, row, "spectrum", "class", fault="healthy")
    band = band_of(view, "spectrum")
    plot = view.arranged.slot("spectrum").content[0]
    assert isinstance(plot, LinePlot)
    assert plot.figure.yaxis[0].axis_label == "Amplitude (mg rms)"
    np.testing.assert_allclose(band.band.data["high"], 1000 * found.high, rtol=1e-5)
    assert "class healthy" in plain(view.arranged.cards["spectrum"].usual.words.html)  # type: ignore[attr-defined]
    on = view.arranged.slot("spectrum").on
    on["set-scale"]("psd")
    density = np.square(found.high.astype(float)) / (1.5 * found.resolution_hz)
    np.testing.assert_allclose(band_of(view, "spectrum").band.data["high"], density, rtol=1e-5)
    on["set-decibels"]("yes")
    np.testing.assert_allclose(band_of(view, "spectrum").band.data["high"][5:], 10 * np.log10(density[5:]), rtol=1e-4)
    on["set-scale"]("peak")
    level = 20 * np.log10(np.sqrt(2) * found.high.astype(float))
    np.testing.assert_allclose(band_of(view, "spectrum").band.data["high"][5:], level[5:], rtol=1e-4)
    assert "spectrum" not in view.arranged.as_told()[1] or "against" not in view.arranged.as_told()[1]["spectrum"]
    on["set-against"]("")
    assert view.settings == {"spectrum": {"scale": "peak", "decibels": "yes"}}
    assert view.arranged.cards["spectrum"].usual.drawn is None  # type: ignore[attr-defined]


def test_the_next_signal_has_a_band_of_its_own(filled: Context, row: SignalRow) -> None:
    view = page(filled, row)
    choose(view, "envelope", "class:healthy")
    before = np.array(band_of(view, "envelope").band.data["own"])
    view.step(1)
    after = np.array(band_of(view, "envelope").band.data["own"])
    assert before.shape != after.shape or not np.allclose(before, after, equal_nan=True)


def test_the_link_of_an_annotation_opens_where_it_was_written(filled_copy: Context, row: SignalRow) -> None:
    late = annotating.add(filled_copy, RIG, row.signal_id, label="late", start_s=1.6, stop_s=1.7)
    early = annotating.add(filled_copy, RIG, row.signal_id, label="early", start_s=0.3)

    def opened(one: object) -> tuple[SignalView, float, float]:
        told = dict(parse_qsl(address(one).split("?")[1]))  # type: ignore[arg-type]
        view = SignalView(filled_copy, told)
        assert view.pictures.plot is not None
        shown = view.pictures.plot.figure.x_range
        return view, shown.start, shown.end

    view, start, stop = opened(late)
    assert start < 1.6 < 1.7 < stop
    assert stop - start <= 0.5
    # and its samples are there, as fine as they are
    assert view.pictures.plot is not None
    assert view.pictures.plot.feeder.covered[0] <= start < stop <= view.pictures.plot.feeder.covered[1]
    assert "opens at the cursor" in plain(view.pictures.waveform.html)
    assert opened(early)[1:] == (0.0, 1.0)
    view.step(1)
    assert (view.pictures.plot.figure.x_range.start, view.pictures.plot.figure.x_range.end) == (0.0, 1.0)
    assert "opens on the first 1.0 s" in plain(view.pictures.waveform.html)


def test_a_figure_has_every_panel_as_it_is_set_and_zoomed_with_each_line_of_a_cursor(
    filled: Context, row: SignalRow
) -> None:
    told = {"envelope": {"kind": "harmonic", "at": [160.0], "count": 3}, "waveform": {"kind": "band", "at": [0.2, 0.4]}}
    view = page(filled, row, cursors=json.dumps(told))
    view._bar.on["panel-add"]("cepstrum")
    view.arranged.slot("cepstrum").on["set-kind"]("power")
    view.arranged.slot("spectrogram").on["set-palette"]("inferno")
    spectrum = view.arranged.slot("spectrum").content[0]
    spectrum.figure.x_range.update(start=1000.0, end=2500.0)
    shown = view.stretching.shown()
    assert shown is not None
    assert shown.plots == ["waveform", "envelope", "spectrum", "spectrogram", "cepstrum"]
    assert (shown.settings, shown.palette) == ({"cepstrum": {"kind": "power"}}, "inferno")
    assert shown.limits["spectrum"] == (1000.0, 2500.0)
    view.axis = "cpm"
    view.arranged.slot("spectrum").content[0].figure.x_range.update(start=6000.0, end=12_000.0)
    later = view.stretching.shown()
    assert later is not None
    assert later.limits["spectrum"] == pytest.approx((100.0, 200.0))
    lines = [(mark.at, mark.label) for mark in shown.marks if mark.plot == "envelope"]
    assert lines == [(160.0, "1×"), (320.0, "2×"), (480.0, "3×")]
    assert [(mark.at, mark.until) for mark in shown.marks if mark.plot == "waveform"] == [(0.2, 0.4)]


def test_a_panel_that_is_added_is_brought_into_view_once(filled: Context, row: SignalRow) -> None:
    view = page(filled, row)

    def anchors() -> list[int]:
        return [at for at, one in enumerate(view.arranged.view) if isinstance(one, ScrollHere)]

    assert anchors() == []
    view._bar.on["panel-add"]("severity")
    assert anchors() == [len(view.arranged.view) - 2]
    assert view.arranged.view[-1] is view.arranged.slot("severity").view
    view.arranged.slot("severity").on["panel-earlier"]("")
    assert anchors() == []
