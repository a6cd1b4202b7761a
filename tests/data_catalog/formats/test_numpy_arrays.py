"""NPY and NPZ, honest and hostile."""

import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from data_catalog.formats import Limits, inspect, open_channel


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    array=hnp.arrays(
        st.sampled_from(["<f8", ">f4", "<i2", "u1"]),
        st.one_of(st.tuples(st.integers(64, 300)), st.tuples(st.integers(64, 300), st.integers(2, 5))),
        elements=st.integers(0, 100),
    ),
    fortran=st.booleans(),
)
def test_every_sample_of_any_array_comes_back(tmp_path: Path, array: np.ndarray, fortran: bool) -> None:
    path = tmp_path / "a.npy"
    np.save(path, np.asfortranarray(array) if fortran else array)
    channels = inspect(path).channels
    columns = [array] if array.ndim == 1 else list(array.T)
    assert len(channels) == len(columns)
    for channel, column in zip(channels, columns, strict=True):
        with open_channel(channel.locator) as source:
            read = np.concatenate(list(source.blocks(50)))
        assert read.dtype.isnative
        np.testing.assert_array_equal(read, column)


def test_fields_of_a_structured_array_are_channels(tmp_path: Path) -> None:
    array = np.zeros(100, dtype=[("x", "f4"), ("y", "f8")])
    array["y"] = np.arange(100)
    np.save(tmp_path / "a.npy", array)
    channels = inspect(tmp_path / "a.npy").channels
    assert [one.name for one in channels] == ["x", "y"]
    assert channels[1].stats.max == 99.0


def test_a_pickle_in_disguise_is_refused_and_never_run(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return (Path.touch, (tmp_path / "executed",))

    np.save(tmp_path / "a.npy", np.array([Trap()] * 100, dtype=object), allow_pickle=True)
    np.savez(tmp_path / "b.npz", x=np.array([Trap()] * 100, dtype=object))
    (tmp_path / "c.npy").write_bytes(pickle.dumps(Trap()))
    problems = {Path(one.path).name: one for one in inspect(tmp_path).problems}
    assert "pickled Python objects" in problems["a.npy"].message
    assert "allow_pickle=False" in problems["a.npy"].hint
    assert "pickled Python objects" in problems["b.npz"].message
    assert "of no kind that can be read" in problems["c.npy"].message
    assert not (tmp_path / "executed").exists()


def test_a_truncated_array_says_how_much_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    np.save(path, np.arange(1000.0))
    path.write_bytes(path.read_bytes()[:1000])
    assert "promises 8000 bytes of samples, the file has 872" in inspect(path).problems[0].message
    path.write_bytes(path.read_bytes()[:40])
    assert "damaged header" in inspect(path).problems[0].message


@pytest.mark.parametrize("junk", [b"\0" * 118, b"(" * 118, b"{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}"])
def test_a_header_of_junk_is_a_problem(tmp_path: Path, junk: bytes) -> None:
    (tmp_path / "a.npy").write_bytes(b"\x93NUMPY\x01\x00v\x00" + junk.ljust(117) + b"\n" + bytes(800))
    inspection = inspect(tmp_path / "a.npy")
    assert inspection.channels == ()
    assert "a.npy" in inspection.problems[0].message


@pytest.mark.parametrize("array", [np.zeros(0), np.zeros(100, dtype=complex), np.zeros((70, 70, 70))])
def test_arrays_that_are_no_samples_are_problems(tmp_path: Path, array: np.ndarray) -> None:
    np.save(tmp_path / "a.npy", array)
    inspection = inspect(tmp_path / "a.npy")
    assert inspection.channels == ()
    assert inspection.problems[0].message


def test_npz_members_are_channels_and_its_scalars_metadata(tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(size=200)
    np.savez_compressed(tmp_path / "a.npz", de=x, fe=-x, fs=12000, rpm=1750.0)
    de, fe = inspect(tmp_path / "a.npz").channels
    assert (de.name, de.rate_hz, de.rate_source, de.speed_rpm) == ("de", 12000.0, "file (fs)", 1750.0)
    with open_channel(fe.locator) as source:
        np.testing.assert_array_equal(source.read(0, 200), -x)


def test_an_npz_beyond_the_memory_limit_is_refused_by_its_header(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "a.npz", x=np.zeros(1_000_000))
    inspection = inspect(tmp_path / "a.npz", limits=Limits(max_array_bytes=100_000))
    assert "larger than may be held in memory" in inspection.problems[0].message
