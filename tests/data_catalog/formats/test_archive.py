"""Zips: what is inside is read, what is hostile is refused before a byte is written."""

import stat
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from data_catalog.formats import Limits, inspect, open_channel
from data_catalog.formats.archive import unpacked_member

X = np.random.default_rng(4).normal(size=400)


@pytest.fixture
def measured(tmp_path: Path) -> Path:
    source = tmp_path / "src"
    source.mkdir()
    savemat(source / "one.mat", {"x": X, "fs": 1000.0})
    np.save(source / "two.npy", 2 * X)
    (source / "note.txt").write_text("nothing here")
    path = tmp_path / "bench.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(source / "one.mat", "IR/007/105_0.mat")
        archive.write(source / "two.npy", "Normal/two.npy")
        archive.write(source / "note.txt", "note.txt")
        archive.writestr("__MACOSX/._one.mat", b"junk")
    return path


def test_members_are_read_as_if_they_lay_in_a_folder(measured: Path) -> None:
    inspection = inspect(measured, labels_from_path=True)
    one, two = inspection.channels
    assert (one.recording, one.rate_hz, one.labels["fault"]) == ("IR/007/105_0", 1000.0, "inner_race")
    assert (two.recording, two.labels["fault"]) == ("Normal/two", "healthy")
    assert one.member == "IR/007/105_0.mat:x"
    with open_channel(two.locator) as source:
        np.testing.assert_array_equal(source.read(0, 400), 2 * X)
    assert [problem.member for problem in inspection.problems] == ["note.txt"]


def test_a_zip_inside_a_folder_keeps_its_name(measured: Path) -> None:
    np.save(measured.parent / "src" / "more.npy", X)
    recordings = {one.recording for one in inspect(measured.parent).channels}
    assert {"bench/IR/007/105_0", "bench/Normal/two", "src/more"} <= recordings


@pytest.mark.parametrize(
    "name", ["../escape.npy", "/etc/escape.npy", "a/../../escape.npy", "C:/escape.npy", "..\\escape.npy"]
)
def test_paths_that_leave_the_archive_are_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "inner" / "bad.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), b"x" * 100)
    inspection = inspect(path)
    assert inspection.channels == ()
    assert "leaves the archive" in inspection.problems[0].message
    assert "nothing was unpacked" in inspection.problems[0].message
    assert list(tmp_path.rglob("escape*")) == []


def test_links_are_refused(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("link.npy")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    assert "symbolic link" in inspect(tmp_path / "bad.zip").problems[0].message


def test_decompression_bombs_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bad.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.bin", b"\0" * 20_000_000)
    assert "times its size" in inspect(tmp_path / "bad.zip").problems[0].message


def test_the_total_size_is_limited(measured: Path) -> None:
    problem = inspect(measured, limits=Limits(max_archive_bytes=1000)).problems[0]
    assert "unpacks to more than" in problem.message


def test_a_lying_size_does_not_get_past_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "lie.zip"
    payload = bytes(np.random.default_rng(0).integers(0, 256, 5000, dtype=np.uint8))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.bin", payload)
    raw = path.read_bytes().replace(struct.pack("<I", 5000), struct.pack("<I", 100))
    path.write_bytes(raw)
    inspection = inspect(path)
    assert inspection.channels == ()
    assert "damaged" in inspection.problems[0].message


def test_damaged_and_empty_archives_are_problems(tmp_path: Path, measured: Path) -> None:
    cut = tmp_path / "cut.zip"
    cut.write_bytes(measured.read_bytes()[:200])
    assert "ends early or is damaged" in inspect(cut).problems[0].message
    with zipfile.ZipFile(tmp_path / "none.zip", "w"):
        pass
    assert "without any files" in inspect(tmp_path / "none.zip").problems[0].message


def test_a_zip_inside_a_zip_is_not_opened(tmp_path: Path, measured: Path) -> None:
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as archive:
        archive.write(measured, "inner.zip")
    inspection = inspect(tmp_path / "outer.zip")
    assert inspection.channels == ()
    assert inspection.problems[0].member == "inner.zip"


def test_unpacked_members_disappear_afterwards(measured: Path) -> None:
    with unpacked_member(measured, "Normal/two.npy", Limits()) as path:
        assert path.is_file()
    assert not path.parent.exists()
