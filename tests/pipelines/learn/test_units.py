import numpy as np
import pandas as pd

from pipelines.learn.units import class_counts, deal_into_folds, draw_test_units, join_signals


def test_signals_are_joined_through_any_shared_value():
    records = pd.DataFrame({"recording": ["a", "b", "c", "d"], "bearing": [1, 1, 2, 3], "asset": ["x", "y", "y", "z"]})
    assert join_signals(records, ["recording"]).tolist() == [0, 1, 2, 3]
    assert join_signals(records, ["recording", "bearing"]).tolist() == [0, 0, 1, 2]
    assert join_signals(records, ["recording", "bearing", "asset"]).tolist() == [0, 0, 0, 1]


def test_classes_are_counted_by_recordings_not_signals():
    counts = class_counts(np.array([0, 0, 0, 1]), np.array([0, 0, 1, 2]), np.array([0, 0, 1, 1]))
    assert counts.tolist() == [[1, 1], [0, 1]]


def test_a_class_is_dealt_over_as_many_folds_as_it_can():
    counts = np.array([[1, 0]] * 3 + [[0, 1]] * 7)
    fold_of = deal_into_folds(counts, 5, True, np.random.default_rng(0))
    assert len(set(fold_of[:3])) == 3
    assert np.bincount(fold_of).tolist() == [2, 2, 2, 2, 2]


def test_a_test_side_never_takes_all_of_a_class():
    for seed in range(20):
        tested = draw_test_units(np.array([[1, 0], [1, 0], [0, 5], [0, 1]]), 0.9, True, np.random.default_rng(seed))
        assert 0 < tested[:2].sum() < 2
        assert 0 < tested[2:].sum() < 2
