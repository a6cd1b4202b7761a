"""Parquet tables."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data_catalog.formats import inspect, open_channel

X = np.random.default_rng(5).normal(size=1000)


def test_columns_are_channels_read_across_row_groups(tmp_path: Path) -> None:
    fields = [pa.field("acc", pa.float32(), metadata={"unit": "g"}), pa.field("count", pa.int16())]
    schema = pa.schema(fields, metadata={"fs": "25600", "rpm": "1800"})
    columns = [pa.array(X.astype(np.float32)), pa.array((X * 100).astype(np.int16))]
    pq.write_table(pa.table(columns, schema=schema), tmp_path / "a.bin", row_group_size=130)
    acc, count = inspect(tmp_path / "a.bin").channels
    assert (acc.name, acc.unit, acc.rate_hz, acc.rate_source, acc.speed_rpm) == (
        "acc",
        "g",
        25600.0,
        "file (fs)",
        1800.0,
    )
    assert (count.source_dtype, count.length) == ("int16", 1000)
    with open_channel(acc.locator) as source:
        np.testing.assert_array_equal(source.read(100, 400), X.astype(np.float32)[100:400])
        np.testing.assert_array_equal(source.read(995, 2000), X.astype(np.float32)[995:])
    with open_channel(count.locator) as source:
        np.testing.assert_array_equal(np.concatenate(list(source.blocks(64))), (X * 100).astype(np.int16))


def test_a_timestamp_column_states_rate_and_start(tmp_path: Path) -> None:
    start = np.datetime64("2024-03-01T10:00:00", "us")
    stamps = start + np.arange(1000) * np.timedelta64(500, "us")
    pq.write_table(pa.table({"when": pa.array(stamps), "x": X}), tmp_path / "a.parquet")
    (channel,) = inspect(tmp_path / "a.parquet").channels
    assert channel.rate_hz == pytest.approx(2000.0)
    assert channel.started_at is not None
    assert channel.started_at.isoformat() == "2024-03-01T10:00:00+00:00"


def test_missing_values_become_nan_and_are_reported(tmp_path: Path) -> None:
    pq.write_table(pa.table({"x": pa.array([1, None] * 50, type=pa.int32())}), tmp_path / "a.parquet")
    (channel,) = inspect(tmp_path / "a.parquet").channels
    assert channel.stats.n_nan == 50
    assert "50 of 100 samples are not numbers" in channel.findings
    with open_channel(channel.locator) as source:
        assert np.isnan(source.read(1, 2)).all()


def test_a_table_of_cases_is_skipped_and_a_damaged_one_is_a_problem(tmp_path: Path) -> None:
    pq.write_table(pa.table({"name": ["a", "b"] * 50, "age": np.arange(100.0) * 2}), tmp_path / "a.parquet")
    skipped = inspect(tmp_path / "a.parquet").problems[0]
    assert skipped.skipped
    assert "table of cases" in skipped.message
    (tmp_path / "a.parquet").write_bytes((tmp_path / "a.parquet").read_bytes()[:100])
    assert "ends early or is damaged" in inspect(tmp_path / "a.parquet").problems[0].message
