"""The panels of the Signal page: added, taken away, arranged, set; what they show, and what they cannot."""

import csv
import io
import json
import re
from html import unescape
from urllib.parse import parse_qsl

import numpy as np
import pytest
from bokeh.events import Tap

from data_catalog.signals import SignalQuery, SignalRow
from pfd_panel.components.plots import LinePlot
from pfd_panel.pages.signal import SignalView
from pfd_panel.pages.signal.panels import FIRST, TITLES
from pfd_panel.services import analysing, collections, viewing
from pfd_panel.services.context import Context
from pipelines.analyses import ANALYSES, Image
from tests.pfd_panel.conftest import RIG


@pytest.fixture
def row(filled: Context) -> SignalRow:
    query = SignalQuery(dataset_id=collections.get(filled, RIG).id, text="105_0 DE")
    return viewing.page(filled, query).rows[0]


@pytest.fixture
def view(filled: Context, row: SignalRow) -> SignalView:
    return SignalView(filled, {"dataset": RIG, "id": row.signal_id})


def add(view: SignalView, name: str) -> None:
    view._bar.on["panel-add"](name)


def press(view: SignalView, name: str, send: str, value: str = "") -> None:
    view.arranged.slot(name).on[send](value)


def shown(view: SignalView) -> list[str]:
    return [str(panel) for panel in view.arranged.shown]


def words(view: SignalView, name: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", unescape(view.arranged.slot(name).html)).split())


def test_every_panel_is_added_shows_its_analysis_and_gives_its_data(
    filled: Context, view: SignalView, row: SignalRow
) -> None:
    added = [name for name in ANALYSES if name not in (*FIRST, "orbit")]
    for name in added:
        add(view, name)
        found = analysing.analyse(filled, row, name)
        assert found.method in words(view, name)
        for one in found.totals[:2]:
            assert one.name in words(view, name)
        slot = view.arranged.slot(name)
        assert slot.content
        assert slot.view in [one for part in view.arranged.view for one in (part, *getattr(part, "objects", []))]
        content = view.arranged.cards[name].csv().content
        assert isinstance(content, bytes)
        lines = list(csv.reader(io.StringIO(content.decode())))
        assert lines[0][0] == str(found.picture.x)
        assert len(lines) > 10
        assert f'value="{name}"' not in view._bar.html
    assert shown(view) == [*FIRST, *added]


def test_the_waveform_is_filtered_as_it_is_set(filled: Context, view: SignalView, row: SignalRow) -> None:
    add(view, "filtered")
    press(view, "filtered", "set-band", "2000-4500")
    press(view, "filtered", "set-envelope", "yes")
    plot = view.arranged.slot("filtered").content[0]
    assert isinstance(plot, LinePlot)
    assert plot.figure.yaxis[0].axis_label == "Acceleration (g)"
    found = analysing.analyse(filled, row, "filtered", {"band": (2000, 4500), "envelope": "yes"}).picture
    filtered, envelope = (one.values for one in found.curves)  # type: ignore[union-attr]
    rate, upto = int(row.rate_hz), plot.feeder.covered[1]
    assert np.max(plot.detail.data["y"]) == pytest.approx(filtered[: int(upto * rate)].max(), rel=1e-3)
    ((_, above),) = plot._others
    assert np.max(above.data["y"]) == pytest.approx(envelope[: int(upto * rate)].max(), rel=1e-3)
    press(view, "filtered", "set-integrate", "velocity")
    assert view.arranged.slot("filtered").content[0].figure.yaxis[0].axis_label == "Velocity (mm/s)"
    assert "high-pass 10 Hz" in words(view, "filtered")


def test_the_spectrum_is_scaled_and_windowed_as_it_is_set(view: SignalView, row: SignalRow) -> None:
    label = lambda: view.arranged.slot("spectrum").content[0].figure.yaxis[0].axis_label  # noqa: E731
    assert label() == "Amplitude (mg rms)"
    press(view, "spectrum", "settings")
    assert {"Scale", "Window", "Segment", "Overlap", "Average"} <= set(words(view, "spectrum").split())
    press(view, "spectrum", "set-scale", "psd")
    assert label() == "Density (g²/Hz)"
    press(view, "spectrum", "set-decibels", "yes")
    assert label() == "Level (dB re 1 g²/Hz)"
    press(view, "spectrum", "set-window", "flat top")
    press(view, "spectrum", "set-segment", "4096")
    assert "Flat top 4096" in words(view, "spectrum")
    press(view, "spectrum", "set-segment", "")
    assert "Flat top 8192" in words(view, "spectrum")
    assert view.settings == {"spectrum": {"scale": "psd", "decibels": "yes", "window": "flat top"}}


def test_panels_are_moved_widened_and_taken_away_and_the_address_brings_them_back(
    filled: Context, view: SignalView
) -> None:
    add(view, "cepstrum")
    press(view, "cepstrum", "panel-earlier")
    press(view, "cepstrum", "panel-width")
    press(view, "envelope", "panel-later")
    press(view, "spectrum", "panel-close")
    press(view, "cepstrum", "set-kind", "power")
    assert shown(view) == ["waveform", "envelope", "cepstrum:full", "spectrogram"]
    again = SignalView(filled, dict(parse_qsl(view.address())))
    assert shown(again) == shown(view)
    assert again.settings == {"cepstrum": {"kind": "power"}}
    assert "power cepstrum" in words(again, "cepstrum")


def test_the_first_cannot_move_up_and_the_last_one_stays(view: SignalView) -> None:
    press(view, "waveform", "panel-earlier")
    assert shown(view) == list(FIRST)
    for name in FIRST:
        press(view, name, "panel-close")
    assert shown(view) == ["spectrogram"]
    assert "disabled" in view.arranged.slot("spectrogram").html


def test_an_address_with_nonsense_shows_what_can_be_shown(filled: Context, row: SignalRow) -> None:
    settings = {"cepstrum": {"kind": "power", "colour": "red"}, "magic": {}, "spectrum": 3}
    told = {
        "panels": json.dumps(["cepstrum", "magic", "cepstrum:full", "waveform:huge"]),
        "settings": json.dumps(settings),
    }
    view = SignalView(filled, {"dataset": RIG, "id": row.signal_id, **told})
    assert shown(view) == ["cepstrum"]
    assert view.arranged.settings == {"cepstrum": {"kind": "power"}}
    assert "power cepstrum" in words(view, "cepstrum")


def test_a_click_on_the_kurtogram_gives_its_band_to_the_envelope_spectrum(view: SignalView) -> None:
    add(view, "kurtogram")
    figure = view.arranged.slot("kurtogram").content[0].object
    assert figure.yaxis[0].major_label_overrides[0] == "1"
    figure._trigger_event(Tap(figure, x=2500.0, y=3.0))
    found = view.arranged.cards["kurtogram"].found
    assert found is not None
    expected = found.result.cell(2500.0, 3).band_hz  # type: ignore[attr-defined]
    assert tuple(view.band) == expected
    assert view.pictures.shown_band == pytest.approx(expected, abs=5)
    assert "by hand" in words(view, "envelope")


def test_a_band_drawn_on_the_spectrum_is_demodulated(view: SignalView) -> None:
    assert "from the band cursor" not in view._bar.html
    view.bars.put("spectrum", "band", [2600.0, 1900.0])
    assert "from the band cursor" in view._bar.html
    view._bar.on["band"]("cursor")
    assert view.band == [1900.0, 2600.0]
    assert view.pictures.shown_band == pytest.approx((1900, 2600), abs=5)
    view.bars.put("spectrum", "single", [100.0])
    assert "from the band cursor" not in view._bar.html


def test_a_click_on_the_spectrogram_picks_the_ridge_and_all_orders_follow(view: SignalView, row: SignalRow) -> None:
    add(view, "order_spectrum")
    add(view, "synchronous_average")
    press(view, "order_spectrum", "set-speed_from", "ridge")
    for name in ("order_spectrum", "synchronous_average"):
        assert "no point of a ridge is given" in words(view, name)
        assert "Click the ridge in the spectrogram" in words(view, name)
    press(view, "spectrogram", "set-window_samples", "2048")
    card = view.arranged.cards["spectrogram"]
    assert card.found is not None
    assert isinstance(card.found.picture, Image)
    image = card.found.picture
    loud = image.values.mean(axis=1)
    khz = float(image.y_at[np.argmax(loud)])
    figure = view.arranged.slot("spectrogram").content[0].object
    figure._trigger_event(Tap(figure, x=float(image.x_at[len(image.x_at) // 2]), y=khz))
    assert float(view.settings["shared"]["ridge_hz"]) == pytest.approx(1000 * khz, rel=1e-3)
    for name in ("order_spectrum", "synchronous_average"):
        assert "no point of a ridge" not in words(view, name)


def test_the_cell_to_copy_has_the_panels_that_are_shown_as_they_are_set(view: SignalView) -> None:
    code = lambda: unescape(view._bar.html)  # noqa: E731
    assert "bench.spectrum(row)" in code()
    assert "bench.analyse" not in code()
    add(view, "kurtogram")
    press(view, "spectrum", "set-window", "flat top")
    press(view, "envelope", "panel-close")
    assert "kurtogram = bench.analyse(row, 'kurtogram')" in code()
    assert "spectrum_found = bench.analyse(row, 'spectrum', window='flat top')" in code()
    assert "bench.envelope" not in code()


def test_what_cannot_be_set_is_told_beside_the_field_and_the_page_lives_on(view: SignalView) -> None:
    press(view, "spectrum", "set-segment", "many")
    html = view.arranged.slot("spectrum").html
    assert "Segment: &#39;many&#39; is no whole number. Write it as 12." in html
    assert 'class="bad"' in html
    assert view.arranged.slot("spectrogram").content
    press(view, "spectrum", "set-segment", "1024")
    assert "Hann 1024" in words(view, "spectrum")
    assert "bad" not in view.arranged.slot("spectrum").html
    press(view, "spectrogram", "set-start_s", "99")
    assert "no stretch" in words(view, "spectrogram")


def test_an_orbit_offers_the_channels_of_the_recording(filled: Context, view: SignalView, row: SignalRow) -> None:
    add(view, "orbit")
    assert "no channel is chosen" in words(view, "orbit")
    others = analysing.channels(filled, row)
    assert others
    assert all(f'value="{name}"' in view.arranged.slot("orbit").html for name in others)
    press(view, "orbit", "set-other", others[0])
    assert "precession" in words(view, "orbit")


def test_without_a_speed_orders_say_so(filled_copy: Context, row: SignalRow) -> None:
    collections.correct(filled_copy, RIG, [row.signal_id], {"speed_rpm": None})
    view = SignalView(filled_copy, {"dataset": RIG, "id": row.signal_id, "panels": '["waveform","order_map"]'})
    assert "no speed is stored for this signal" in words(view, "order_map")
    assert view.arranged.slot("waveform").content


def test_the_axis_unit_holds_for_every_spectrum(view: SignalView) -> None:
    view._bar.on["axis"]("cpm")
    figure = view.arranged.slot("spectrum").content[0].figure
    assert figure.xaxis[0].axis_label == "Frequency (CPM)"
    assert figure.x_range.bounds[1] == pytest.approx(60 * 6000)


def test_panels_follow_to_the_next_signal(view: SignalView) -> None:
    add(view, "histogram")
    before = words(view, "histogram")
    view.step(1)
    assert words(view, "histogram") != before
    assert "Gaussian" not in before
    assert shown(view)[-1] == "histogram"


def test_every_panel_can_stand_alone(view: SignalView) -> None:
    for name in TITLES:
        assert view.part(name) is view.arranged.slot(name).view
        assert words(view, name).startswith(TITLES[name])


# ---- markers and evidence --------------------------------------------------------------------------------------------


def glyphs(view: SignalView, name: str, kind: str) -> list[dict[str, object]]:
    """Data of the renderers of one kind of glyph in the plot of a panel."""
    figure = view.arranged.slot(name).content[0].figure
    return [dict(one.data_source.data) for one in figure.renderers if type(one.glyph).__name__ == kind]


def test_the_envelope_shows_what_the_diagnosis_counted(view: SignalView) -> None:
    found = view.judgement.found
    assert found is not None
    evidence = next(one for one in found.evidence if one.fault == found.fault)
    counted = sorted(one.found_hz for one in evidence.harmonics if one.counted)
    assert counted
    places = view.pictures._counted.data
    assert sorted(places["x"]) == pytest.approx(counted, abs=1.5)
    spectrum, power = view.pictures._envelope  # type: ignore[misc]
    for x, y in zip(places["x"], places["y"], strict=True):
        assert y == pytest.approx(float(power[round(x / spectrum.resolution_hz)]))
    view._bar.on["mark"]("counted", False)
    assert view.pictures._counted.data["x"] == []


def test_sidebands_slip_and_mains_are_marked_where_they_belong(view: SignalView, row: SignalRow) -> None:
    shaft = row.speed_rpm / 60  # type: ignore[operator]
    assert len(glyphs(view, "envelope", "VStrip")) == 0
    for name in ("sidebands", "slip", "sub", "mains50"):
        view._bar.on["mark"](name, True)
    lines = {round(float(x), 3) for one in glyphs(view, "envelope", "VSpan") for x in one["x"]}  # type: ignore[attr-defined]
    bpfi = next(one.frequency_hz for one in viewing.markers(row) if one.name == "BPFI")
    assert {round(bpfi + side * shaft, 3) for side in (-2, -1, 1, 2)} <= lines
    assert {50.0, 100.0} <= lines
    strips = [
        (low, high)
        for one in glyphs(view, "envelope", "VStrip")
        for low, high in zip(one["x0"], one["x1"], strict=True)  # type: ignore[call-overload]
    ]
    assert any(low == pytest.approx(0.98 * bpfi) and high == pytest.approx(1.02 * bpfi) for low, high in strips)
    (band,) = glyphs(view, "spectrum", "VStrip")
    assert (band["x0"][0], band["x1"][0]) == pytest.approx((0.4 * shaft, 0.5 * shaft))  # type: ignore[index]
    view._bar.on["axis"]("orders")
    (band,) = glyphs(view, "spectrum", "VStrip")
    assert (band["x0"][0], band["x1"][0]) == pytest.approx((0.4, 0.5))  # type: ignore[index]
    view._bar.on["mark"]("BPFI", False)
    lines = {round(float(x), 3) for one in glyphs(view, "envelope", "VSpan") for x in one["x"]}  # type: ignore[attr-defined]
    assert round(bpfi / shaft + 1, 3) not in lines


# ---- the stretch in view ---------------------------------------------------------------------------------------------


def test_what_is_done_with_a_stretch_is_of_what_is_in_view(view: SignalView, row: SignalRow) -> None:
    card = view.stretching
    seen = card.shown()
    assert seen is not None
    assert (seen.row, seen.start_s, seen.stop_s) == (row, 0.0, 1.0)
    view.bars.put("waveform", "band", [0.7, 0.3])
    view.bars.put("envelope", "harmonic", [162.0])
    view.band = [2000.0, 4000.0]
    press(view, "spectrum", "panel-close")
    seen = card.shown()
    assert seen is not None
    assert (seen.start_s, seen.stop_s, seen.band) == (0.3, 0.7, (2000.0, 4000.0))
    assert list(seen.plots) == ["waveform", "envelope", "spectrogram"]
    assert [(one.plot, one.at, one.until) for one in seen.marks] == [
        ("waveform", 0.3, 0.7),
        *(("envelope", k * 162.0, None) for k in range(1, 6)),
    ]
    made = {}
    for tool in ("export", "sound", "region"):
        card._head.on["stretch-tool"](tool)
        made[tool] = card.view[0][1]
        assert made[tool] is card._tools[tool].view
    made["region"].on["region-features"]("")
    assert "RMS" in made["region"].html
    made["export"].on["export-kind"]("csv")
    made["export"].on["export"]("")
    assert "Not made" not in made["export"].html
    view.step(1)
    assert card._tools["region"].view is not made["region"]
