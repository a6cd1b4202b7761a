"""HDF5 of any layout and MATLAB v7.3."""

from pathlib import Path

import h5py
import numpy as np
import pytest

from data_catalog.formats import inspect, open_channel

RNG = np.random.default_rng(3)
SIGNAL = RNG.normal(size=1000)


def test_datasets_are_channels_and_attributes_are_metadata(tmp_path: Path) -> None:
    path = tmp_path / "rig.dat"
    with h5py.File(path, "w") as file:
        file.attrs["fs"] = 100.0
        file.attrs["rpm"] = 1500
        one = file.create_dataset("run/vibration", data=SIGNAL.astype(np.float32), chunks=(100,), compression="gzip")
        one.attrs["unit"] = "m/s2"
        two = file.create_dataset("run/current", data=SIGNAL)
        two.attrs["sampling_rate"] = 5000
    current, vibration = inspect(path).channels
    assert (vibration.name, vibration.rate_hz, vibration.unit) == ("vibration", 100.0, "m/s2")
    assert vibration.rate_source == "file (attribute fs)"
    assert (current.rate_hz, current.rate_source) == (5000.0, "file (run/current attribute sampling_rate)")
    assert current.speed_rpm == 1500.0
    with open_channel(vibration.locator) as source:
        assert source.dtype == np.float32
        np.testing.assert_array_equal(source.read(990, 2000), SIGNAL.astype(np.float32)[990:])


def test_a_sibling_group_may_state_the_rate(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file["meta/fs"] = 250.0
        file["data/x"] = SIGNAL
    assert inspect(path).channels[0].rate_hz == 250.0


def test_columns_of_a_matrix_are_read_in_blocks(tmp_path: Path) -> None:
    matrix = RNG.normal(size=(1000, 4)).astype(">f4")
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file["m"] = matrix
    channels = inspect(path).channels
    assert len(channels) == 4
    with open_channel(channels[3].locator) as source:
        assert source.dtype.isnative
        np.testing.assert_array_equal(np.concatenate(list(source.blocks(64))), matrix[:, 3])


def matlab73(path: Path) -> Path:
    """A v7.3 file as MATLAB writes it: a 512-byte text block, transposed arrays, structs as groups, cells as refs."""
    with h5py.File(path, "w", userblock_size=512) as file:
        for name, scale in (("a", 1.0), ("b", 2.0)):
            file[f"#refs#/{name}"] = scale * SIGNAL[None, :]
        cells = file.create_dataset("runs", (1, 2), dtype=h5py.ref_dtype)
        cells[0, 0], cells[0, 1] = file["#refs#/a"].ref, file["#refs#/b"].ref
        cells.attrs["MATLAB_class"] = np.bytes_("cell")
        file["bearing/gs"] = SIGNAL[None, :]
        file["bearing/sr"] = [[48828.0]]
        text = file.create_dataset("bearing/unit", data=np.array([[ord("g")]], dtype=np.uint16))
        text.attrs["MATLAB_class"] = np.bytes_("char")
    head = b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(124) + b"\x00\x02IM"
    with path.open("r+b") as file:
        file.write(head)
    return path


def test_matlab_73_structs_cells_and_text_are_read(tmp_path: Path) -> None:
    inspection = inspect(matlab73(tmp_path / "new.mat"))
    found = {one.member: one for one in inspection.channels}
    assert set(found) == {"bearing/gs", "runs{1}", "runs{2}"}
    assert found["bearing/gs"].rate_hz == 48828.0
    assert found["bearing/gs"].unit == "g"
    assert found["bearing/gs"].locator["reader"] == "matlab73"
    with open_channel(found["runs{2}"].locator) as source:
        np.testing.assert_array_equal(source.read(0, 1000), 2 * SIGNAL)


def test_links_into_other_files_are_not_followed(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file["x"] = SIGNAL
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["own"] = SIGNAL
        file["stolen"] = h5py.ExternalLink("secret.h5", "/x")
        file["soft"] = h5py.SoftLink("/own")
    assert [one.member for one in inspect(tmp_path / "a.h5").channels] == ["own"]
    with h5py.File(tmp_path / "b.h5", "w") as file:
        layout = h5py.VirtualLayout((1000,), "f8")
        layout[:] = h5py.VirtualSource(str(tmp_path / "secret.h5"), "x", (1000,))
        file.create_virtual_dataset("v", layout)
    assert "in another file" in inspect(tmp_path / "b.h5").problems[0].message


def test_a_group_that_contains_itself_ends(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["x"] = SIGNAL
        group = file.create_group("g")
        group["again"] = group
    assert len(inspect(tmp_path / "a.h5").channels) == 1


@pytest.mark.parametrize("kept", [600, 3000])
def test_a_truncated_file_is_a_problem(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file["x"] = SIGNAL
    path.write_bytes(path.read_bytes()[:kept])
    assert "ends early or is damaged" in inspect(path).problems[0].message
