"""The shared catalog holds what the pages' tests rely on."""

from data_catalog.signals import SignalQuery
from pfd_panel.services import collections, extracting, training, viewing
from pfd_panel.services.context import Context
from tests.pfd_panel.conftest import JOURNAL, MODEL, RIG, SIMULATED


def test_three_datasets_features_and_a_model_are_there(filled: Context) -> None:
    found = {entry.name: entry for entry in collections.listing(filled)}
    assert set(found) == {RIG, SIMULATED, JOURNAL}
    assert [extracting.coverage(filled, name).present for name in (RIG, SIMULATED, JOURNAL)] == [18, 30, 0]
    assert [model.name for model in training.page(filled)[0]] == [MODEL]


def test_the_rig_is_labelled_as_its_preset_declares(filled: Context) -> None:
    rows = viewing.page(filled, SignalQuery(dataset_id=collections.get(filled, RIG).id)).rows
    faults = {row.fault for row in rows}
    assert faults == {"healthy", "inner_race", "outer_race", "ball"}
    assert {row.rate_hz for row in rows} == {12_000.0, 48_000.0}
    assert {row.bearing for row in rows} == {"6205-2RS", "6203-2RS"}


def test_a_copy_can_be_changed_without_touching_the_shared_one(filled: Context, filled_copy: Context) -> None:
    collections.delete(filled_copy, JOURNAL)
    assert len(collections.listing(filled_copy)) == 2
    assert len(collections.listing(filled)) == 3
