"""Numbers beside the database order as numbers do."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.packed_numbers import keys_of


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_keys_order_as_the_numbers_do(first: float, second: float) -> None:
    one, other = keys_of(np.array([first, second])).tolist()
    assert (one < other, one == other) == (first < second, first == second)
    assert 0 < one < 2**64 - 1


def test_what_is_not_known_has_the_least_key_of_all() -> None:
    assert keys_of(np.array([np.nan, -np.inf, -0.0, 0.0])).tolist()[0] == 0
    assert len(set(keys_of(np.array([-0.0, 0.0])).tolist())) == 1
