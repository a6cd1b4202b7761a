from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import InputError
from pipelines.filters import band_pass, detrend
from pipelines.waveforms import between_gaps, finite_stretches

RATE = 1000.0


@given(st.lists(st.booleans(), max_size=60))
def test_stretches_are_exactly_the_finite_samples(finite):
    x = np.where(finite, 1.0, np.nan)
    stretches = finite_stretches(x)
    covered = np.zeros(len(finite), dtype=bool)
    for start, stop in stretches:
        covered[start:stop] = True
        assert stop > start
    assert covered.tolist() == finite
    assert all(first[1] < second[0] for first, second in pairwise(stretches))


def test_each_stretch_is_filtered_on_its_own_and_gaps_stay_gaps():
    t = np.arange(6000) / RATE
    x = (np.sin(2 * np.pi * 100 * t) + np.sin(2 * np.pi * 5 * t)).astype(np.float32)
    x[2000:2500] = np.nan
    x[5900] = np.nan
    found = between_gaps(x, lambda part: band_pass(part, RATE, (50, 200)))
    assert found.stretches == ((0, 2000), (2500, 5900))
    assert found.left_out == 99
    assert found.values.dtype == np.float32
    assert np.isnan(found.values[2000:2500]).all()
    assert np.isnan(found.values[5900:]).all()
    for start, stop in ((200, 1800), (2700, 5700)):
        assert np.abs(found.values[start:stop] - np.sin(2 * np.pi * 100 * t[start:stop])).max() < 0.02
    assert "2 stretches between gaps" in found.method


def test_a_recording_of_gaps_is_refused_and_one_without_is_the_filter_itself():
    x = np.arange(600.0)
    np.testing.assert_array_equal(between_gaps(x, lambda part: detrend(part, RATE)).values, detrend(x, RATE).values)
    x[::100] = np.nan
    with pytest.raises(InputError, match="no stretch of 256 samples"):
        between_gaps(x, lambda part: detrend(part, RATE))
    with pytest.raises(InputError, match="one channel"):
        finite_stretches(np.zeros((2, 5)))
