"""The Signal page without a server: what it shows of real stored signals, and what each control does."""

import csv
import io

import numpy as np
import pytest

from data_catalog.signals import SignalQuery, SignalRow
from pfd_panel.pages.signal import PAGE, SIGNAL, SignalView, plots
from pfd_panel.pages.signal.words import is_journal
from pfd_panel.services import collections, diagnosing, viewing
from pfd_panel.services.context import Context
from tests.pfd_panel.conftest import JOURNAL, RIG, SIMULATED


def rows(context: Context, dataset: str, **query: object) -> list[SignalRow]:
    return viewing.page(context, SignalQuery(dataset_id=collections.get(context, dataset).id, **query)).rows  # type: ignore[arg-type]


def one(context: Context, recording: str, channel: str = "DE") -> SignalRow:
    return next(row for row in rows(context, RIG) if row.recording.endswith(recording) and row.channel == channel)


def open_on(context: Context, row: SignalRow, **query: str) -> SignalView:
    return SignalView(context, {"dataset": row.dataset, "id": row.signal_id, **query})


def table(content: object) -> list[list[str]]:
    assert isinstance(content, bytes)
    return list(csv.reader(io.StringIO(content.decode())))


def test_the_header_says_what_is_known(filled: Context) -> None:
    view = open_on(filled, one(filled, "105_0"))
    head = view._head.html
    assert "105_0" in head
    assert "Inner race · 0.007 in" in head
    assert f"{RIG} · 6205-2RS · 1,797 rpm · 0 hp · 12 kHz · 2.50 s" in head
    assert "Synthetic" not in head
    assert view.heading == "105_0 / DE"


def test_a_generated_signal_is_called_synthetic(filled: Context) -> None:
    assert "Synthetic" in open_on(filled, rows(filled, SIMULATED)[0])._head.html


def test_the_nav_entry_opens_a_signal_of_the_newest_dataset_and_the_address_reproduces_it(filled: Context) -> None:
    view = SignalView(filled, {})
    assert view.row is not None
    assert view.dataset
    again = SignalView(filled, {"dataset": view.dataset, "id": view.id})
    assert again.row == view.row
    assert (PAGE.path, SIGNAL.path, SIGNAL.section) == ("/signals", "/signal", "/signals")


def test_the_waveform_is_that_of_the_stored_samples(filled: Context) -> None:
    row = one(filled, "105_0")
    view = open_on(filled, row)
    plot = view.pictures.plot
    assert plot is not None
    samples = viewing.samples(filled, row)
    shown = plot.detail.data["y"]
    seen = samples[: int(2 * row.rate_hz)]
    assert np.max(shown) == pytest.approx(seen.max(), rel=1e-6)
    assert np.min(shown) == pytest.approx(seen.min(), rel=1e-6)
    assert plot.figure.name == "waveform"
    assert (plot.figure.x_range.start, plot.figure.x_range.end) == (0.0, 1.0)
    view.pictures.on_window("all")
    assert plot.figure.x_range.end == pytest.approx(2.5, abs=1e-3)
    view.pictures.on_window("first")
    assert plot.figure.x_range.end == 1.0


def test_next_previous_and_random_walk_through_the_dataset_in_the_same_figure(filled: Context) -> None:
    listed = [row.signal_id for row in rows(filled, RIG)]
    view = SignalView(filled, {"dataset": RIG})
    figure = view.pictures.plot.figure  # type: ignore[union-attr]
    seen = [view.id]
    while view.place is not None and view.place.next:
        view.step(1)
        seen.append(view.id)
    assert seen == listed
    assert f"{len(listed)} of {len(listed)}" in view._head.html
    view.step(1)
    assert view.id == listed[-1]
    view.step(-1)
    assert view.id == listed[-2]
    before = view.id
    view.jump()
    assert view.id != before
    assert view.pictures.plot.figure is figure  # type: ignore[union-attr]
    assert f"id={view.id}" in view.address()


def test_a_filter_keeps_previous_and_next_within_it(filled: Context) -> None:
    view = SignalView(filled, {"dataset": RIG})
    view.filter_by("outer FE")
    assert view.place is not None
    assert view.place.total == 2
    assert view.row is not None
    assert (view.row.fault, view.row.channel) == ("outer_race", "FE")
    kept = view.id
    view.filter_by("no such words")
    assert (view.id, view.text) == (kept, "outer FE")
    view._bar.on["clear-filter"]("")
    assert view.place.total == 18


def test_the_facets_of_the_explorer_are_kept(filled: Context) -> None:
    view = SignalView(filled, {"dataset": RIG, "where": '{"fault":["ball"],"channel":["DE"]}'})
    assert view.place is not None
    assert view.place.total == 2
    assert "filtered" in view._head.html


def test_the_diagnosis_names_the_fault_with_numbers_and_compares_the_label(filled: Context) -> None:
    view = open_on(filled, one(filled, "130@6_0"))
    found = view.judgement.found
    assert found is not None
    assert found.fault == "outer_race"
    html = view.judgement.diagnosis.content[1].html
    assert "Outer race defect" in html
    assert "Label agrees." in html
    assert f"{found.evidence[0].score:.1f}" in html
    for word in ("BPFO", "BPFI", "FTF", "2·BSF", "gate"):
        assert word in html


def test_a_label_that_the_physics_contradicts_is_said_to_disagree(filled_copy: Context) -> None:
    row = one(filled_copy, "130@6_0")
    collections.correct(filled_copy, RIG, [row.signal_id], {"fault": "ball"})
    view = open_on(filled_copy, one(filled_copy, "130@6_0"))
    assert "Label disagrees: it says ball." in view.judgement.diagnosis.content[1].html


def test_a_journal_bearing_is_not_diagnosed_as_one_with_rolling_elements(filled: Context) -> None:
    row = rows(filled, JOURNAL)[0]
    assert is_journal(row)
    view = open_on(filled, row)
    assert view.judgement.found is None
    assert "does not apply" in view.judgement.diagnosis.content[1].html
    assert "BPFI" not in view._bar.html


def test_without_a_bearing_the_diagnose_button_opens_the_form(filled_copy: Context) -> None:
    row = one(filled_copy, "105_0")
    collections.correct(filled_copy, RIG, [row.signal_id], {"bearing": None})
    view = open_on(filled_copy, one(filled_copy, "105_0"))
    assert "The record does not say which bearing this is." in view.judgement.diagnosis.content[1].html
    assert view.judgement.form is None
    view.diagnose()
    assert view.judgement.form is not None


def test_an_estimated_speed_is_said_so(filled_copy: Context) -> None:
    row = one(filled_copy, "105_0")
    collections.correct(filled_copy, RIG, [row.signal_id], {"speed_rpm": None})
    view = open_on(filled_copy, one(filled_copy, "105_0"))
    html = view.judgement.diagnosis.content[1].html
    assert "speed" in html.lower()
    assert "estimated" in html
    assert "speed unknown" in view._head.html


def test_a_correction_is_a_new_version_and_is_shown_at_once(filled_copy: Context) -> None:
    view = open_on(filled_copy, one(filled_copy, "105_0"))
    before = collections.get(filled_copy, RIG).version
    view.judgement.record._head.on["edit"]("")
    form = view.judgement.form
    assert form is not None
    form.view.on["field-speed_rpm"]("1,800")
    form.view.on["field-rate_hz"]("fast")
    form.save()
    assert "is not a number" in form.view.html
    assert collections.get(filled_copy, RIG).version == before
    form.view.on["field-rate_hz"]("24000")
    form.view.on["save"]("")
    assert collections.get(filled_copy, RIG).version == before + 1
    assert view.row is not None
    assert (view.row.speed_rpm, view.row.rate_hz) == (1800.0, 24_000.0)
    assert "1,800 rpm" in view._head.html
    assert "24 kHz" in view._head.html
    assert view.judgement.form is None


def test_the_form_can_be_left_without_a_change(filled_copy: Context) -> None:
    view = open_on(filled_copy, one(filled_copy, "105_0"))
    before = collections.get(filled_copy, RIG).version
    view.judgement.edit()
    form = view.judgement.form
    assert form is not None
    form.view.on["field-unit"]("m/s²")
    form.view.on["cancel"]("")
    assert view.judgement.form is None
    view.judgement.edit()
    view.judgement.form.save()  # type: ignore[union-attr]
    assert collections.get(filled_copy, RIG).version == before


def test_features_have_units_and_ranks_and_open_in_full(filled: Context) -> None:
    view = open_on(filled, one(filled, "105_0"))
    card = view.judgement.feature_card
    html = card.content[0].html
    assert html.count("<tr>") == 10
    assert '<td class="">g</td>' in html
    card.content[0].on["features-more"]("")
    assert card.content[0].html.count("<tr>") == len(view.judgement.features) + 1
    by_id = {feature.declared.id: feature for feature in view.judgement.features}
    assert by_id["rms"].value == pytest.approx(view.row.rms, rel=1e-3)  # type: ignore[union-attr]
    assert by_id["rms"].unit == "g"
    ranks = []
    for row in rows(filled, RIG):
        if row.channel == "DE":
            found = {f.declared.id: f for f in open_on(filled, row).judgement.features}["rms"]
            ranks.append((found.value, found.rank))
    assert [rank for _, rank in sorted(ranks)][-1] == 1.0
    assert sorted(rank for _, rank in ranks) == [rank for _, rank in sorted(ranks)]


def test_without_features_a_button_starts_their_job(filled_copy: Context) -> None:
    view = open_on(filled_copy, rows(filled_copy, JOURNAL)[0])
    extraction = view.judgement.extraction
    assert extraction is not None
    assert "No features yet" in extraction._head.html
    extraction._head.on["extract"]("")
    assert extraction.watch is not None
    assert "Waiting" in extraction.watch.card.__panel__().html
    assert view.judgement.features == []


def test_the_axis_unit_moves_the_lines(filled: Context) -> None:
    row = one(filled, "105_0")
    view = open_on(filled, row)
    bpfi = next(marker.frequency_hz for marker in viewing.markers(row) if marker.name == "BPFI")
    places = {}
    for unit in ("hz", "cpm", "orders"):
        view._bar.on["axis"](unit)
        axis = plots.Axis.of(view.axis, row)
        family = next(one for one in plots.marker_families(row, ("BPFI",), axis, 1e4))
        places[unit] = family.positions[0]
        label = view.arranged.slot("spectrum").content[0].figure.xaxis.axis_label
        assert axis.name in label
    assert places["hz"] == pytest.approx(bpfi)
    assert places["cpm"] == pytest.approx(60 * bpfi)
    assert places["orders"] == pytest.approx(5.415, abs=0.01)
    assert "axis=orders" in view.address()


def test_the_band_is_suggested_or_by_hand_and_an_impossible_one_is_refused_in_words(filled: Context) -> None:
    view = open_on(filled, one(filled, "105_0"))
    suggested = view.pictures.shown_band
    assert suggested is not None
    view._bar.on["band"]("hand")
    assert tuple(view.band) == pytest.approx(suggested)
    view._bar.on["band-low"]("2000")
    view._bar.on["band-high"]("4000")
    assert view.pictures.shown_band == pytest.approx((2000, 4000), abs=5)
    view._bar.on["band-high"]("90000")
    assert "Not computed" in view.pictures.envelope.html
    view._bar.on["band-low"]("low")
    assert view.band[0] == 2000
    view._bar.on["band"]("")
    assert view.pictures.shown_band == pytest.approx(suggested)


def test_markers_can_be_taken_away(filled: Context) -> None:
    view = open_on(filled, one(filled, "105_0"))
    assert "BPFO 107" in view.pictures.envelope.html
    view._bar.on["mark"]("BPFO", False)
    assert "BPFO 107" not in view.pictures.envelope.html
    view._bar.on["mark"]("BPFO", True)
    assert view.marks == list(plots.MARKS)


def test_every_plot_can_be_had_as_a_table(filled: Context) -> None:
    row = one(filled, "105_0")
    view = open_on(filled, row)
    wave = table(view.pictures.waveform_csv().content)
    assert wave[0] == ["Time (s)", "Acceleration (g)"]
    assert len(wave) == int(row.rate_hz) + 2
    assert float(wave[5][1]) == pytest.approx(float(viewing.samples(filled, row, 4, 5)[0]), rel=1e-6)
    envelope = table(view.pictures.envelope_csv().content)
    assert envelope[0][2] == "Power over floor"
    strongest = max(envelope[20:], key=lambda line: float(line[2]))
    bpfi = 5.4152 * 1797 / 60
    assert min(abs(float(strongest[0]) - k * bpfi) for k in (1, 2, 3, 4)) < 2
    assert table(view.arranged.cards["spectrum"].csv().content)[0][1] == "Amplitude (g rms)"
    assert len(table(view.arranged.cards["spectrogram"].csv().content)) > 1000
    assert table(view.judgement.diagnosis_csv().content)[1][0] == "inner_race"
    assert len(table(view.judgement.features_csv().content)) == len(view.judgement.features) + 1


def test_an_empty_catalog_leads_to_the_import(bare: Context) -> None:
    view = SignalView(bare, {})
    assert "/datasets" in view.__panel__()[1][0].object


def test_known_diagnoses_are_those_computed_before(filled_copy: Context) -> None:
    ids = [one(filled_copy, name).signal_id for name in ("105_0", "106_1")]
    collections.correct(filled_copy, RIG, ids, {"speed_rpm": 1790.0})
    first, second = one(filled_copy, "105_0"), one(filled_copy, "106_1")
    diagnosing.of_signal(filled_copy, first)
    found = diagnosing.known(filled_copy, [first, second])
    assert set(found) == {first.signal_id}
    assert found[first.signal_id] == diagnosing.of_signal(filled_copy, first)
