"""Numbers beside the database order as numbers do."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.id_places import IdPlaces
from data_catalog.packed_numbers import keys_of


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_keys_order_as_the_numbers_do(first: float, second: float) -> None:
    one, other = keys_of(np.array([first, second])).tolist()
    assert (one < other, one == other) == (first < second, first == second)
    assert 0 < one < 2**64 - 1


def test_what_is_not_known_has_the_least_key_of_all() -> None:
    assert keys_of(np.array([np.nan, -np.inf, -0.0, 0.0])).tolist()[0] == 0
    assert len(set(keys_of(np.array([-0.0, 0.0])).tolist())) == 1


@given(st.lists(st.integers(0, 60), unique=True), st.lists(st.integers(-5, 70)), st.sampled_from([1, 1000]))
def test_places_are_those_of_the_list_however_far_apart_its_ids_lie(
    ids: list[int], wanted: list[int], spread: int
) -> None:
    known = sorted(spread * one for one in ids)
    found = IdPlaces(np.array(known, np.int64)).of(np.array([spread * one for one in wanted], np.int64))
    assert found.tolist() == [known.index(spread * one) if spread * one in known else -1 for one in wanted]
