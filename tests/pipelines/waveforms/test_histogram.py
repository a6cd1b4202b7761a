import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import InputError
from pipelines.waveforms import histogram


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 1000), st.sampled_from([None, 2, 37, 500]), st.floats(0.001, 1000))
def test_moments_are_scipys_and_the_density_integrates_to_one(seed, bins, scale):
    x = scale * np.random.default_rng(seed).gamma(2, size=3000)
    found = histogram(x, bins=bins)
    assert found.mean == pytest.approx(x.mean())
    assert found.standard_deviation == pytest.approx(x.std())
    assert found.skewness == pytest.approx(scipy.stats.skew(x))
    assert found.kurtosis == pytest.approx(scipy.stats.kurtosis(x))
    assert found.crest_factor == pytest.approx(x.max() / np.sqrt(np.mean(x**2)))
    assert found.counts.sum() == x.size
    assert found.density @ np.diff(found.edges) == pytest.approx(1)
    assert bins is None or found.counts.size == bins


def test_gaussian_noise_lies_on_its_gaussian():
    found = histogram(np.random.default_rng(1).standard_normal(200_000), bins=60)
    assert np.abs(found.density - found.gaussian()).max() < 0.01
    assert found.gaussian().max() == pytest.approx(0.4, abs=0.01)


def test_a_constant_has_no_shape_and_bad_input_is_refused():
    constant = histogram(np.full(100, 0.1))
    assert np.isnan(constant.kurtosis)
    assert constant.counts.sum() == 100
    with pytest.raises(InputError, match="1 bins"):
        histogram(np.arange(100.0), bins=1)
    with pytest.raises(InputError, match="not finite"):
        histogram(np.r_[np.arange(100.0), np.inf])
