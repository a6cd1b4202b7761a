"""Damaged bytes of every kind end in a problem in words, never in a crash or in unbounded memory."""

import logging
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.io import savemat, wavfile

from data_catalog.errors import FormatError
from data_catalog.formats import Limits, inspect, open_channel

X = np.random.default_rng(0).normal(size=300)


def _hdf5(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file.create_dataset("x", data=X, chunks=(100,), compression="gzip").attrs["fs"] = 10.0


def _zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/x.csv", "\n".join(f"{x:.4f}" for x in X))


WRITERS: dict[str, Callable[[Path], None]] = {
    "csv": lambda path: np.savetxt(path, np.column_stack([X, X]), delimiter=";", header="a;b"),
    "hdf5": _hdf5,
    "matlab": lambda path: savemat(path, {"s": {"x": X, "fs": 10.0}}),
    "npy": lambda path: np.save(path.with_suffix(".npy"), X),
    "npz": lambda path: np.savez_compressed(path.with_suffix(".npz"), x=X),
    "packed matlab": lambda path: savemat(path, {"x": X, "fs": 10.0}, do_compression=True),
    "parquet": lambda path: pq.write_table(pa.table({"x": X}), path),
    "wav": lambda path: wavfile.write(path, 100, X),
    "zip": _zip,
}


@pytest.fixture(scope="module", params=WRITERS)
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("whole")
    WRITERS[request.param](folder / "a")
    (path,) = folder.iterdir()
    assert inspect(path).channels, "the undamaged file is readable"
    return path.read_bytes()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_flipped_and_cut_bytes_never_crash_an_inspection(whole: bytes, tmp_path: Path, data: st.DataObject) -> None:
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(0, 8))):
        damaged[data.draw(st.integers(0, min(len(whole), 2000) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "damaged"
    path.write_bytes(bytes(damaged[: data.draw(st.integers(0, len(whole)))]))
    logging.disable(logging.CRITICAL)
    try:
        inspection = inspect(path)
    finally:
        logging.disable(logging.NOTSET)
    assert inspection.channels or inspection.problems
    assert all(problem.message and problem.hint for problem in inspection.problems)
    for channel in inspection.channels:
        try:
            with open_channel(channel.locator) as source:
                assert sum(block.size for block in source.blocks(64)) == channel.length
        except FormatError:
            continue


def _large_npy(path: Path) -> None:
    np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(20_000_000,))[::1000] = 1.0


def _large_hdf5(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file.create_dataset("x", shape=(20_000_000,), dtype="f4", chunks=(2**16,), compression="gzip", fillvalue=1.0)


def _large_table(path: Path) -> None:
    with path.open("w") as file:
        file.writelines(["0.25;-0.5\n"] * 1_500_000)


@pytest.mark.parametrize(("writer", "mib"), [(_large_npy, 16), (_large_hdf5, 16), (_large_table, 80)])
def test_files_larger_than_the_memory_allowed_are_streamed(
    tmp_path: Path, writer: Callable[[Path], None], mib: int
) -> None:
    writer(tmp_path / "large")
    limits = Limits(memory_bytes=2**20)
    tracemalloc.start()
    channel = inspect(tmp_path / "large", limits=limits).channels[0]
    with open_channel(channel.locator, limits=limits) as source:
        assert sum(block.size for block in source.blocks(2**16)) == channel.length
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < mib * 2**20
