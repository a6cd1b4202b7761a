from dataclasses import replace

import numpy as np
import pytest

from pipelines.learn import FeatureTable, SplitConfig, make_split
from pipelines.learn.duplicates import exact_duplicates, near_duplicates, sides, waveform_duplicates

LABELS = ["a", "b"] * 10


def split_of(table: FeatureTable, folds: int | None = 4):
    return make_split(table.records, "fault", SplitConfig(folds=folds))


def opposite_pair(table: FeatureTable, folds: int | None = 4) -> tuple[int, int]:
    """Rows of two signals that the split puts on opposite sides."""
    side = sides(split_of(table, folds))
    return 0, int(np.flatnonzero(side != side[0])[0])


def same_side_pair(table: FeatureTable) -> tuple[int, int]:
    side = sides(split_of(table))
    return 0, int(np.flatnonzero(side == side[0])[1])


@pytest.mark.parametrize("folds", [4, None])
def test_identical_samples_on_both_sides_are_found_and_on_one_side_are_not(make_table, folds: int | None):
    table = make_table(LABELS)
    a, b = opposite_pair(table, folds)
    table.records.loc[b, "signal_id"] = table.records.loc[a, "signal_id"]
    found = exact_duplicates(table.records, split_of(table, folds))
    assert [(pair.tested_row, pair.trained_row) for pair in found] == [(a, b)]


def test_a_clean_table_has_no_duplicates(make_table):
    table = make_table(LABELS, features=10)
    split = split_of(table)
    assert exact_duplicates(table.records, split) == ()
    assert near_duplicates(table, split) == ()


def test_a_copy_with_rounding_noise_is_found_in_feature_space(make_table):
    table = make_table(LABELS, features=10)
    a, b = opposite_pair(table)
    noise = 1 + 1e-6 * np.random.default_rng(0).normal(size=table.values[table.record == a].shape)
    table.values[table.record == b] = table.values[table.record == a] * noise
    assert [{pair.tested_row, pair.trained_row} for pair in near_duplicates(table, split_of(table))] == [{a, b}]


def test_a_copy_on_the_same_side_is_no_leak(make_table):
    table = make_table(LABELS, features=10)
    a, b = same_side_pair(table)
    table.values[table.record == b] = table.values[table.record == a]
    assert near_duplicates(table, split_of(table)) == ()


def test_many_signals_in_few_features_are_not_called_duplicates(make_table):
    table = make_table(["a", "b"] * 300, features=3, windows=1, separation=0.0)
    assert near_duplicates(table, split_of(table)) == ()


def test_a_scaled_and_inverted_waveform_is_found_by_its_fingerprint(make_table):
    table = make_table(LABELS)
    fingerprint = np.random.default_rng(0).normal(size=(len(LABELS), 64))
    a, b = opposite_pair(table)
    assert waveform_duplicates(table.records, fingerprint, split_of(table)) == ()
    fingerprint[b] = -3.0 * fingerprint[a] + 5.0
    found = waveform_duplicates(table.records, fingerprint, split_of(table))
    assert [(pair.tested_row, pair.trained_row) for pair in found] == [(a, b)]


def test_a_silent_fingerprint_matches_nothing(make_table):
    table = replace(make_table(LABELS), fingerprint=np.zeros((len(LABELS), 8)))
    assert table.fingerprint is not None
    assert waveform_duplicates(table.records, table.fingerprint, split_of(table)) == ()
