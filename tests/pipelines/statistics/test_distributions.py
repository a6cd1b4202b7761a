import numpy as np
import pytest
from scipy.stats import ecdf, gaussian_kde

from pipelines.errors import InputError
from pipelines.statistics import density, histogram_edges, shares, steps


@pytest.fixture
def values() -> np.ndarray:
    rng = np.random.default_rng(3)
    return np.concatenate([rng.normal(2.0, 0.3, 400), rng.exponential(1.5, 200), [np.nan, np.inf]])


def test_a_density_is_that_of_scipy(values: np.ndarray) -> None:
    found = density(values)
    reference = gaussian_kde(values[np.isfinite(values)])
    assert found.bandwidth == pytest.approx(float(np.sqrt(reference.covariance[0, 0])), rel=1e-12)
    np.testing.assert_allclose(found.y, reference(found.x), atol=2e-4 * float(found.y.max()))
    assert np.trapezoid(found.y, found.x) == pytest.approx(1.0, abs=5e-3)


def test_a_density_needs_values_that_differ() -> None:
    for given in ([], [1.0], [0.1, 0.1, 0.1], [np.nan, 2.0]):
        with pytest.raises(InputError, match="two values that differ"):
            density(given)


def test_an_ecdf_is_that_of_scipy(values: np.ndarray) -> None:
    reference = ecdf(values[np.isfinite(values)]).cdf
    whole, few = steps(values, points=10_000), steps(values, points=50)
    np.testing.assert_array_equal(whole.x, reference.quantiles)
    np.testing.assert_allclose(whole.y, reference.probabilities, rtol=1e-12)
    assert 40 <= few.x.size <= 50
    np.testing.assert_allclose(few.y, reference.evaluate(few.x), rtol=1e-12)
    assert (few.x[0], few.x[-1], few.y[-1]) == (reference.quantiles[0], reference.quantiles[-1], 1.0)


def test_bins_are_common_to_groups_and_shares_add_up(values: np.ndarray) -> None:
    edges = histogram_edges([values, [10.0]])
    assert (edges[0], edges[-1]) == (np.nanmin(values[np.isfinite(values)]), 10.0)
    everything = np.append(values[np.isfinite(values)], 10.0)
    ours, theirs = edges[1] - edges[0], np.diff(np.histogram_bin_edges(everything, "fd"))[0]
    assert ours == pytest.approx(theirs, rel=0.03)
    mine = shares(values, edges)
    assert mine.sum() == pytest.approx(1.0)
    np.testing.assert_allclose(mine * 600, np.histogram(everything[:-1], edges)[0], atol=1e-9)
    assert shares([10.0], edges)[-1] == 1.0


def test_values_that_are_all_the_same_have_bins() -> None:
    edges = histogram_edges([[2.0, 2.0]])
    assert edges[0] < 2.0 < edges[-1]
    assert shares([2.0, 2.0], edges).max() == 1.0
    with pytest.raises(InputError, match="no finite value"):
        histogram_edges([[np.nan]])
