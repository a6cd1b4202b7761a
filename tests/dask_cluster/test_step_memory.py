"""What steps ask for grows with what they hold."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import scipy.io
from hypothesis import given
from hypothesis import strategies as st

from dask_cluster import step_memory
from data_catalog.formats import ChannelRead, inspect

LONG = 2**22


@pytest.fixture(scope="module")
def channels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ChannelRead]:
    """One channel of a file that has to be held whole, and one of a file that is mapped."""
    folder = tmp_path_factory.mktemp("files")
    x = np.random.default_rng(0).standard_normal(1000)
    scipy.io.savemat(folder / "whole.mat", {"x": x, "fs": 1000.0})
    np.save(folder / "mapped.npy", x)
    return {one.recording: one for one in inspect(folder, rates={"*": 1000.0}).channels}


def test_short_channels_are_held_together_as_wide_as_the_longest(channels: dict[str, ChannelRead]) -> None:
    mapped = channels["mapped"]
    even = [replace(mapped, length=1_000_000)] * 4
    # doubles are kept as float32, and one channel is under way
    assert step_memory.reading(even, LONG) == 4_000_000 * (4 + step_memory.STORED_BYTES) + 8_000_000
    uneven = [*even[:3], replace(mapped, length=4_000_000)]
    assert step_memory.reading(uneven, LONG) == 7_000_000 * 4 + 16_000_000 * step_memory.STORED_BYTES + 32_000_000
    integers = [replace(one, source_dtype="int16") for one in even]
    assert step_memory.reading(integers, LONG) == 4_000_000 * (2 + step_memory.STORED_BYTES) + 2_000_000


def test_a_long_channel_costs_a_shard_unless_its_file_has_to_be_held_whole(channels: dict[str, ChannelRead]) -> None:
    whole, mapped = (replace(channels[name], length=10**9) for name in ("whole", "mapped"))
    assert step_memory.reading([mapped], LONG) < 2**30
    assert step_memory.reading([whole], LONG) - step_memory.reading([mapped], LONG) == 8 * 10**9


def test_samples_of_three_bytes_are_read_as_four(channels: dict[str, ChannelRead]) -> None:
    small, large = (replace(channels["mapped"], source_dtype=dtype) for dtype in ("int24", "int32"))
    assert step_memory.reading([small], LONG) == step_memory.reading([large], LONG)


def test_one_channel_after_the_other_costs_what_the_largest_does(channels: dict[str, ChannelRead]) -> None:
    mapped = channels["mapped"]
    large = replace(mapped, length=50_000)
    assert step_memory.describing([mapped, large, mapped]) == step_memory.describing([large])
    assert step_memory.describing([large]) == 50_000 * (8 + step_memory.FEATURE_BYTES)


@given(st.integers(10**6, 10**8), st.integers(1, 10**6), st.integers(1, 200))
def test_features_ask_for_the_longest_record_and_the_table(length: int, rows: int, columns: int) -> None:
    asked = step_memory.features([(1000, 8), (length, 1)], rows, columns)
    assert asked >= length * (step_memory.FEATURE_BYTES + 4) + rows * columns * 8
    assert step_memory.features([(1000, 8), (2 * length, 1)], rows, columns) > asked
    assert step_memory.features([(1000, 8), (length, 2)], rows, columns) - asked >= 4 * length
    assert step_memory.features([(1000, 8), (length, 1)], 2 * rows, columns) > asked


@given(st.integers(1, 10**7), st.integers(1, 200), st.integers(1, 10**5))
def test_a_training_asks_for_several_copies_of_its_matrix(rows: int, columns: int, signals: int) -> None:
    asked = step_memory.training(rows, columns, signals, 2048)
    assert asked >= 8 * rows * columns * 8
    assert step_memory.training(rows, columns, signals + 1, 2048) - asked >= 2048 * 8


def test_what_is_asked_for_is_named_as_workers_name_it(tmp_path: Path) -> None:
    assert step_memory.asked(12) == {"MEMORY": 12.0}
