import numpy as np
import pytest

from pipelines.errors import InputError
from pipelines.learn import ExperimentResult, FeatureTable, SplitConfig, TrainConfig, run_experiment


@pytest.fixture(scope="module")
def trained(make_table) -> tuple[FeatureTable, ExperimentResult]:
    table = make_table(["a", "b", "c"] * 5, separation=4.0)
    return table, run_experiment(table, TrainConfig(params={"n_estimators": 30}, split=SplitConfig(folds=3)))


def test_new_recordings_of_the_same_kind_are_named_right(trained, make_table):
    _, result = trained
    fresh = make_table(["a", "b", "c"] * 3, separation=4.0, seed=99)
    found = result.model.predict(fresh.values, fresh.names, fresh.record)
    assert list(found.label) == ["a", "b", "c"] * 3
    assert found.abstain.mean() < 0.4
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1.0)
    np.testing.assert_allclose(found.confidence, found.probabilities.max(axis=1))
    assert found.windows.tolist() == [6] * 9


def test_features_are_matched_by_name_not_by_place(trained):
    table, result = trained
    straight = result.model.predict(table.values, table.names, table.record)
    turned = result.model.predict(
        np.column_stack([table.values[:, ::-1], np.ones(len(table.record))]),
        [*table.names[::-1], "extra"],
        table.record,
    )
    np.testing.assert_array_equal(straight.probabilities, turned.probabilities)


def test_a_missing_feature_is_refused_by_name(trained):
    table, result = trained
    with pytest.raises(InputError, match="feature_5"):
        result.model.predict(table.values[:, :5], table.names[:5], table.record)


def test_wrong_shapes_infinite_values_and_nothing_at_all_are_refused(trained):
    table, result = trained
    with pytest.raises(InputError, match="with 6 names"):
        result.model.predict(table.values[:, :5], table.names, table.record)
    with pytest.raises(InputError, match="record indices of shape"):
        result.model.predict(table.values, table.names, table.record[:-1])
    with pytest.raises(InputError, match="no window"):
        result.model.predict(table.values[:0], table.names, table.record[:0])
    with pytest.raises(InputError, match="feature_2"):
        result.model.predict(np.where(np.arange(6) == 2, np.inf, table.values), table.names, table.record)


def test_what_is_unlike_the_training_data_is_not_diagnosed(trained):
    table, result = trained
    found = result.model.predict(table.values * 30.0, table.names, table.record)
    assert found.abstain.all()
    assert all("unlike the training data" in reason for reason in found.reason)


def test_the_training_recordings_themselves_are_familiar(trained):
    table, result = trained
    assert not result.model.predict(table.values, table.names, table.record).abstain.any()


def test_a_recording_made_of_gaps_is_not_diagnosed(trained):
    table, result = trained
    values = table.values.copy()
    values[table.record == 0] = np.nan
    values[np.ix_(table.record == 1, np.arange(6) > 0)] = np.nan
    found = result.model.predict(values, table.names, table.record)
    assert found.label[0] == ""
    assert np.isnan(found.probabilities[0]).all()
    assert "no window" in found.reason[0]
    assert "83% of the features" in found.reason[1]
    assert found.abstain[:3].tolist() == [True, True, False]


def test_record_numbers_need_not_be_dense(trained):
    table, result = trained
    found = result.model.predict(table.values[:12], table.names, np.repeat([70, 3], 6))
    assert found.record.tolist() == [3, 70]
    assert found.label == ("b", "a")
