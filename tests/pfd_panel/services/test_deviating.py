"""One signal against what is healthy: declared, told, and what stands out is where physics says."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from data_catalog import Catalog, audit, datasets, privacy, references, retention, signals
from data_catalog.errors import CatalogError, NotFoundError
from data_catalog.query_text import QueryError
from data_catalog.signals import MemberDraft, SignalQuery, SignalRow
from data_catalog.store import RowInput
from pfd_panel.errors import RequestError
from pfd_panel.services import collections, deviating, feature_deviating, referencing, viewing
from pfd_panel.services.context import Context, User
from pipelines.bearings import lookup
from pipelines.errors import NotEnoughDataError
from tests.pfd_panel.conftest import JOURNAL, vibration

RATE, BAND = 12_000.0, (2000.0, 4000.0)
# fault, rpm, load, channel, asset
RECORDINGS = (
    *((None, rpm, load, "DE", "pump 1") for rpm, load in ((1797, 0), (1797, 0), (1750, 2), (1750, 2))),
    (None, 1797, 0, "FE", "pump 1"),
    (None, 1797, 0, "DE", "pump 2"),
    ("bpfo", 1790, 0, "DE", "pump 1"),
    ("bpfi", 1745, 2, "DE", "pump 1"),
    ("bpfo", 1750, 2, "AX", "pump 9"),
    (None, 1797, 0, "DE", "pump 1"),
)


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    home: Path = tmp_path_factory.mktemp("plant") / "home"
    with Catalog.open(home) as catalog:
        stored = [
            RowInput(channel, vibration(fault, rpm, RATE, 8.0, seed).astype(np.float32))
            for seed, (fault, rpm, _, channel, _) in enumerate(RECORDINGS)
        ]
        segment = catalog.store.write_short(stored)
        names = {None: "healthy", "bpfo": "outer_race", "bpfi": "inner_race"}
        drafts = [
            MemberDraft(
                recording=f"run{number}", channel=channel, rate_hz=RATE, rate_source="file", unit="g", stored=one,
                fault=names[fault], speed_rpm=float(rpm), load=float(load), asset=asset, bearing="6205-2RS",
            )
            for number, (one, (fault, rpm, load, channel, asset)) in enumerate(
                zip(segment.stored, RECORDINGS, strict=True)
            )
        ]  # fmt: skip
        with catalog.write() as session:
            dataset_id = datasets.create(session, "plant", owner="local").id
            signals.add_segments(session, dataset_id, [segment], drafts, owner="local", job_id=None, reason="")
            signals.seal_version(session, dataset_id, owner="local", reason="", job_id=None)
        context = Context(catalog)
        referencing.declare(context, "plant", query="fault:healthy", note="after the overhaul")
        yield context


def row_of(context: Context, number: int) -> SignalRow:
    query = SignalQuery(dataset_id=collections.get(context, "plant").id)
    return next(row for row in viewing.page(context, query).rows if row.recording == f"run{number}")


def test_peers_are_of_the_same_channel_and_machine_at_the_nearest_condition(plant: Context) -> None:
    found = deviating.peers(plant, row_of(plant, 6))
    assert {one.recording for one in found.rows} == {"run0", "run1", "run9"}
    assert found.condition == "1797 rpm, 0.4 % faster; load 0, the same"
    assert found.notes == []
    assert {one.recording for one in deviating.peers(plant, row_of(plant, 7)).rows} == {"run2", "run3"}
    stranger = deviating.peers(plant, row_of(plant, 8))
    assert [note.split(" (")[0] for note in stranger.notes] == [
        "no recording of the same channel",
        "no recording of the same asset",
    ]
    assert {one.recording for one in deviating.peers(plant, row_of(plant, 0)).rows} == {"run1", "run9"}


@pytest.mark.parametrize(("number", "name"), [(6, "BPFO"), (7, "BPFI")])
def test_a_defect_stands_out_at_its_frequency(plant: Context, number: int, name: str) -> None:
    row = row_of(plant, number)
    found = deviating.deviation(plant, row, "envelope", band=BAND)
    order = getattr(lookup("6205-2RS").orders(), name.lower())
    assert found.stands_out[0].frequency_hz == pytest.approx(order * row.speed_rpm / 60, rel=0.03)
    assert found.stands_out[0].name == f"1× {name}"
    assert found.stands_out[0].over_db > 6
    assert f"1× {name}" in found.words
    assert "dB over the 95 % line" in found.words
    line = round(found.stands_out[0].frequency_hz / found.resolution_hz)
    assert found.over_db[line] == pytest.approx(found.stands_out[0].over_db)
    assert found.pieces >= deviating.WANTED_PIECES
    assert "same order" in " ".join(found.notes)
    spectrum = deviating.deviation(plant, row, "spectrum")
    assert any(one.low_hz < 3000 < one.high_hz for one in spectrum.stands_out)


def test_what_is_healthy_stands_out_nowhere(plant: Context) -> None:
    for plot in ("spectrum", "envelope"):
        found = deviating.deviation(plant, row_of(plant, 1), plot, band=BAND if plot == "envelope" else None)
        assert found.stands_out == []
        assert found.words.startswith("Nothing stands out")
        assert np.mean(found.over_db == 0) > 0.7


def test_a_class_is_compared_with_as_well(plant: Context) -> None:
    found = deviating.deviation(plant, row_of(plant, 6), "envelope", "class", fault="healthy", band=BAND)
    assert found.against == "class healthy"
    assert found.stands_out[0].name == "1× BPFO"
    same = deviating.deviation(plant, row_of(plant, 6), "envelope", "class", band=BAND)
    assert same.against == "class outer race"
    assert same.recordings == 1


def test_lines_for_the_signal_page_are_in_its_units(plant: Context) -> None:
    row = row_of(plant, 6)
    spectrum = deviating.reference_of(plant, row, "spectrum")
    page = viewing.spectrum(plant, row)
    assert spectrum is not None
    assert spectrum.unit == "g rms"
    # noise reads higher where lines lie farther apart
    wider = np.sqrt(spectrum.resolution_hz / page.resolution_hz)
    assert np.median(spectrum.values) == pytest.approx(wider * np.median(page.amplitude), rel=0.1)
    envelope = deviating.reference_of(plant, row, "envelope", band=BAND)
    assert envelope is not None
    assert np.median(envelope.values) == pytest.approx(1, rel=0.3)
    line = round(row.speed_rpm / 60 * lookup("6205-2RS").orders().bpfo / envelope.resolution_hz)
    assert envelope.values[line - 1 : line + 2].max() > 3 * envelope.high[line - 1 : line + 2].max()


def test_features_off_their_usual_range_come_first(plant: Context) -> None:
    found = feature_deviating.features(plant, row_of(plant, 6))
    assert {one.name for one in found} >= {"rms", "peak", "kurtosis", "crest_factor"}
    assert [abs(one.off) for one in found] == sorted((abs(one.off) for one in found), reverse=True)
    level = next(one for one in found if one.name == "rms")
    assert level.value > 2 * level.high > 0
    assert level.off == pytest.approx((level.value - level.high) / max(level.high - level.low, 0.01 * level.median))
    assert level.unit == "g"


def test_a_reference_is_declared_told_replaced_and_withdrawn(filled_copy: Context) -> None:
    operator = filled_copy.acting_as(User("ada", "operator"))
    with pytest.raises(NotFoundError, match="no healthy reference"):
        referencing.get(operator, JOURNAL)
    rows = collections.choose(operator, JOURNAL, ["*"])
    made = referencing.declare(operator, JOURNAL, signal_ids=[rows[0].signal_id, rows[0].signal_id], note=" why ")
    assert (made.signal_ids, made.query, made.note, made.signals) == ([rows[0].signal_id], "", "why", 1)
    again = referencing.declare(operator, JOURNAL, query="fault:healthy or fault:imbalance")
    assert (again.signal_ids, again.signals, again.declared_by) == ([], 2, "ada")
    assert referencing.get(operator, JOURNAL) == again
    row = rows[0]
    for asked, words in (
        ({}, "one of the two"),
        ({"signal_ids": [row.signal_id], "query": "fault:healthy"}, "one of the two"),
        ({"query": "fault:nothing_like_it"}, "finds no signal"),
        ({"signal_ids": ["gone"]}, "no signal 'gone'"),
    ):
        with pytest.raises((CatalogError, RequestError), match=words):
            referencing.declare(operator, JOURNAL, **asked)
    with pytest.raises(QueryError):
        referencing.declare(operator, JOURNAL, query="fault:(")
    referencing.withdraw(operator, JOURNAL)
    assert referencing.find(operator, JOURNAL) is None
    with filled_copy.catalog.read() as session:
        told = [one.action for one in audit.page(session, subject_kind="reference", subject_id=again.dataset_id)[0]]
    assert told == ["withdraw", "declare", "declare"]
    assert deviating.reference_of(filled_copy, row, "spectrum") is None
    with pytest.raises(NotEnoughDataError, match="no other recording"):
        deviating.peers(filled_copy, row, "class")


def test_it_is_as_private_as_its_dataset_and_goes_with_it(filled_copy: Context) -> None:
    dataset_id = collections.get(filled_copy, JOURNAL).id
    referencing.declare(filled_copy, JOURNAL, query="fault:healthy")
    collections.share(filled_copy, JOURNAL, "private")
    with filled_copy.catalog.read() as session:
        privacy.limit_to(session, "eve")
        assert references.find(session, dataset_id) is None
    collections.delete(filled_copy, JOURNAL)
    with filled_copy.catalog.write() as session:
        retention.purge(session, owner="local", older_than=timedelta(0))
        assert references.find(session, dataset_id) is None
