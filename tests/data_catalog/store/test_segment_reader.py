"""Overviews equal what brute force finds in the samples."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_catalog.errors import CatalogError
from data_catalog.store import RowInput, SignalStore
from data_catalog.store.segment_reader import Overview, SegmentReader

LENGTH = 50_000


def samples(dtype: str) -> np.ndarray:
    rng = np.random.default_rng(3)
    values = rng.integers(-30000, 30000, LENGTH) if dtype == "i2" else rng.standard_normal(LENGTH)
    values = values.astype(dtype)
    if dtype == "f4":
        values[1000:1700] = np.nan
        values[30_000] = np.inf
    return values


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], SegmentReader]:
    store = SignalStore(tmp_path_factory.mktemp("store"))
    found = {}
    for dtype in ("i2", "f4"):
        found["short", dtype] = store.open(
            store.write_short([RowInput("other", samples(dtype)[:77]), RowInput("DE", samples(dtype))]).id
        )
        found["long", dtype] = store.open(store.write_long([samples(dtype)], LENGTH, channel="DE").id)
    return found


def expected(values: np.ndarray, found: Overview, start: int, stop: int) -> tuple[list[Any], list[Any]]:
    low, high = [], []
    for bucket in range(found.low.size):
        begin = max(start, found.x0 + bucket * found.step)
        part = values[begin : min(stop, found.x0 + (bucket + 1) * found.step)]
        part = part[np.isfinite(part)]
        low.append(part.min() if part.size else np.nan)
        high.append(part.max() if part.size else np.nan)
    return low, high


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(["short", "long"]),
    dtype=st.sampled_from(["i2", "f4"]),
    ends=st.tuples(st.integers(0, LENGTH), st.integers(0, LENGTH)),
    buckets=st.integers(1, 900),
)
def test_every_bound_of_an_overview_is_exact(
    readers: dict[tuple[str, str], SegmentReader], kind: str, dtype: str, ends: tuple[int, int], buckets: int
) -> None:
    start, stop = sorted(ends)
    found = readers[kind, dtype].overview(1 if kind == "short" else 0, start, stop, buckets)
    assert found.low.size == found.high.size <= buckets
    assert found.x0 <= start
    assert found.x0 + found.low.size * found.step >= stop
    if found.low.size:
        assert found.x0 + (found.low.size - 1) * found.step < stop
    low, high = expected(samples(dtype), found, start, stop)
    np.testing.assert_array_equal(found.low, low)
    np.testing.assert_array_equal(found.high, high)


def test_an_overview_uses_the_buckets_it_was_given(readers: dict[tuple[str, str], SegmentReader]) -> None:
    for buckets in (10, 100, 500):
        assert buckets * 0.4 <= readers["short", "i2"].overview(1, 0, LENGTH, buckets).low.size <= buckets


def test_no_bucket_is_no_overview(readers: dict[tuple[str, str], SegmentReader]) -> None:
    with pytest.raises(CatalogError, match="at least 1 bucket"):
        readers["short", "i2"].overview(1, 0, 100, 0)


def test_a_reader_is_kept_open(tmp_path: Path) -> None:
    store = SignalStore(tmp_path)
    segment_id = store.write_short([RowInput("DE", np.arange(9))]).id
    assert store.open(segment_id) is store.open(segment_id)
