import numpy as np
import pandas as pd
import pytest

from pipelines.errors import InputError, UnknownNameError
from pipelines.learn import FeatureTable
from pipelines.learn.table import as_key, as_keys, metadata, ordered

RECORDS = pd.DataFrame({"signal_id": ["a", "b"], "recording": ["r", "s"], "fault": ["x", "y"]})


def table(
    values: np.ndarray, names: tuple[str, ...] = ("rms", "kurtosis"), records: pd.DataFrame = RECORDS
) -> FeatureTable:
    return FeatureTable(values, names, np.array([0, 1]), np.zeros(2, dtype=int), records)


def test_shapes_that_disagree_are_refused_with_both_sides():
    with pytest.raises(InputError, match=r"shape \(2, 3\), expected 2 windows by 2 features"):
        table(np.zeros((2, 3)))


def test_infinite_values_are_refused_by_feature_name():
    with pytest.raises(InputError, match=r"kurtosis \(1 windows\)"):
        table(np.array([[0.0, np.inf], [0.0, 1.0]]))


def test_a_feature_name_that_occurs_twice_is_refused():
    with pytest.raises(InputError, match="rms"):
        table(np.zeros((2, 2)), ("rms", "rms"))


def test_a_missing_column_is_named():
    with pytest.raises(InputError, match="no column recording"):
        table(np.zeros((2, 2)), records=RECORDS.drop(columns="recording"))


def test_windows_of_signals_that_do_not_exist_are_refused():
    with pytest.raises(InputError, match="rows 0 to 0"):
        table(np.zeros((2, 2)), records=RECORDS.iloc[:1])


def test_an_unknown_feature_is_refused_with_the_nearest_name():
    with pytest.raises(UnknownNameError, match="did you mean 'kurtosis'"):
        table(np.zeros((2, 2))).select(["kurtois"])


def test_select_keeps_the_order_asked_for():
    chosen = table(np.array([[1.0, 2.0], [3.0, 4.0]])).select(["kurtosis", "rms"])
    assert chosen.names == ("kurtosis", "rms")
    np.testing.assert_array_equal(chosen.values, [[2.0, 1.0], [4.0, 3.0]])


def test_an_unknown_metadata_column_is_refused_with_the_nearest_name():
    with pytest.raises(InputError, match="did you mean 'fault'"):
        metadata(RECORDS, "fautl")


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT, ""])
def test_every_kind_of_missing_value_reads_not_given(missing: object):
    assert as_key(missing) == "not given"


def test_seven_is_seven_whatever_its_type():
    assert as_keys(pd.Series([7, 7.0, "7"], dtype=object)).tolist() == ["7", "7", "7"]


def test_numbers_are_ordered_as_numbers():
    assert ordered(["10", "9", "9"]) == ("9", "10")
    assert ordered(["ball", "10"]) == ("10", "ball")
