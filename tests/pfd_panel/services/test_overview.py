"""What Home says of a dataset equals what is in it."""

import pytest

from data_catalog.signals import SignalQuery
from pfd_panel.services import overview, viewing
from pfd_panel.services.collections import get, listing
from pfd_panel.services.context import Context
from tests.pfd_panel.conftest import MODEL, RIG, SIMULATED


def rows(context: Context, dataset: str):
    return viewing.page(context, SignalQuery(dataset_id=get(context, dataset).id, limit=500)).rows


def test_the_extent_counts_signals_recordings_seconds_and_rates(filled: Context) -> None:
    found, stored = overview.extent(filled, RIG), rows(filled, RIG)
    assert found.signals == len(stored) == 18
    assert found.recordings == len({row.recording for row in stored}) == 9
    assert found.seconds == pytest.approx(sum(row.length / row.rate_hz for row in stored))
    assert found.channels == ("DE", "FE")
    assert found.rates_hz == (12_000.0, 48_000.0)


def test_the_balance_counts_recordings_beside_signals_and_begins_with_healthy(filled: Context) -> None:
    found = overview.balance(filled, RIG)
    assert found[0].label == "healthy"
    assert {one.label: (one.signals, one.recordings) for one in found} == {
        "healthy": (4, 2),
        "inner_race": (6, 3),
        "ball": (4, 2),
        "outer_race": (4, 2),
    }


def test_the_best_model_comes_with_its_split_and_an_interval_around_its_score(filled: Context) -> None:
    found = overview.best(filled, SIMULATED)
    assert found is not None
    assert (found.name, found.split) == (MODEL, "recording")
    assert found.accuracy == pytest.approx(found.right / found.tested)
    assert found.low <= found.accuracy <= found.high
    assert overview.best(filled, RIG) is None


def test_points_are_the_stored_statistics_of_one_channel_with_ordinary_kurtosis(filled: Context) -> None:
    found = overview.points(filled, RIG, "FE")
    stored = {row.signal_id: row for row in rows(filled, RIG) if row.channel == "FE"}
    assert {point.signal_id for point in found.points} == set(stored)
    for point in found.points:
        assert point.rms == stored[point.signal_id].rms
        assert point.kurtosis == pytest.approx(stored[point.signal_id].kurtosis + 3)
    assert (found.total, found.channel, found.unit) == (9, "FE", "g")


def test_attention_counts_what_is_not_known(filled_copy: Context) -> None:
    before = overview.attention(filled_copy, RIG)
    from pfd_panel.services.collections import correct

    one = rows(filled_copy, RIG)[0]
    correct(filled_copy, RIG, [one.signal_id], {"speed_rpm": None, "unit": ""})
    after = overview.attention(filled_copy, RIG)
    assert after.without_speed == before.without_speed + 1
    assert after.without_unit == before.without_unit + 1
    assert after.total == before.total + 2


def test_diagnoses_are_counted_only_once_they_are_computed_and_compared_with_the_label(filled_copy: Context) -> None:
    before = overview.diagnosed(filled_copy, RIG)
    assert (before.possible, before.computed, before.missing) == (18, 0, 18)
    seen: list[tuple[int, int]] = []
    assert overview.diagnose_missing(filled_copy, RIG, most=4, progress=lambda *at: seen.append(at)) == 4
    after = overview.diagnosed(filled_copy, RIG)
    assert (after.computed, after.missing) == (4, 14)
    assert after.agree + after.disagree + after.abstained == 4
    assert seen[-1] == (4, 4)


def test_one_dataset_is_described_as_in_the_list(filled: Context) -> None:
    described = listing(filled)
    assert len(described) > 1
    assert [get(filled, one.name) for one in described] == described
    assert [get(filled, one.id) for one in described] == described
