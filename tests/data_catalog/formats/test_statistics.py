"""Statistics in one pass equal those of the whole array."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kurtosis

from data_catalog.formats.sources import ArraySource
from data_catalog.formats.statistics import BUCKETS, RunningMoments, describe


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), cuts=st.lists(st.integers(1, 2999), max_size=5), offset=st.floats(-1e3, 1e3))
def test_moments_do_not_depend_on_how_the_samples_are_cut(seed: int, cuts: list[int], offset: float) -> None:
    x = np.random.default_rng(seed).gamma(2.0, size=3000) + offset
    moments = RunningMoments()
    for block in np.split(x, sorted(set(cuts))):
        moments.add(block)
    assert moments.mean == pytest.approx(x.mean(), rel=1e-9, abs=1e-9)
    assert moments.m2 / moments.n == pytest.approx(x.var(), rel=1e-7)
    assert moments.n * moments.m4 / moments.m2**2 - 3 == pytest.approx(kurtosis(x), rel=1e-5, abs=1e-6)


def test_a_long_channel_is_described_as_numpy_would() -> None:
    x = np.random.default_rng(1).normal(3.0, 2.0, 700_001)
    stats, preview = describe(ArraySource(x))
    assert stats.n == x.size
    assert stats.n_nan == 0
    assert stats.rms == pytest.approx(np.sqrt(np.mean(x**2)))
    assert stats.peak == np.abs(x).max()
    assert (stats.min, stats.max) == (x.min(), x.max())
    assert stats.kurtosis == pytest.approx(kurtosis(x), abs=1e-9)
    assert len(preview.low) == len(preview.high) == BUCKETS
    edges = np.linspace(0, x.size, BUCKETS + 1).astype(int)
    for n in (0, 57, BUCKETS - 1):
        assert preview.low[n] == pytest.approx(x[edges[n] : edges[n + 1]].min(), abs=1e-4)
        assert preview.high[n] == pytest.approx(x[edges[n] : edges[n + 1]].max(), abs=1e-4)


def test_nan_and_infinity_are_counted_and_left_out() -> None:
    x = np.arange(100.0)
    x[[3, 50]] = np.nan
    x[98:] = np.inf, -np.inf
    stats, _ = describe(ArraySource(x))
    assert stats.n_nan == 4
    assert stats.max == 97.0
    assert stats.mean == pytest.approx(x[np.isfinite(x)].mean())


def test_a_channel_without_any_number_has_no_statistics() -> None:
    stats, preview = describe(ArraySource(np.full(100, np.nan)))
    assert stats.n_nan == stats.n == 100
    assert stats.mean is None
    assert set(preview.low) == {None}


def test_clipping_is_seen_in_a_cut_sine_and_not_in_a_whole_one() -> None:
    t = np.arange(600_000) / 20_480
    sine = np.sin(2 * np.pi * 61.7 * t)
    whole, _ = describe(ArraySource(sine))
    cut, _ = describe(ArraySource(np.clip(sine, -0.8, 0.8)))
    assert whole.clipped_fraction == 0.0
    assert cut.clipped_fraction == pytest.approx(2 * np.arccos(0.8) / np.pi, rel=0.02)


def test_a_constant_channel_is_not_called_clipped() -> None:
    stats, _ = describe(ArraySource(np.full(1000, 5, dtype=np.int16)))
    assert stats.clipped_fraction == 0.0
    assert stats.kurtosis is None
    assert stats.rms == 5.0
