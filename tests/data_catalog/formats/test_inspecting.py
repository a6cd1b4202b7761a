"""Inspection as a whole: presets, corrections, needs, problems, JSON."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from data_catalog.errors import FormatError
from data_catalog.formats import ChannelFiles, Inspection, inspect, list_presets, list_readers, open_channel
from data_catalog.formats.reader import REGISTRY

X = np.random.default_rng(9).normal(size=500)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the well-known rig's layout with other samples."""
    for place, number, load in (("12k_x/IR/007", 105, 0), ("Normal", 97, 0), ("48k_x/IR/014", 174, 0)):
        folder = tmp_path / "rig" / place
        folder.mkdir(parents=True)
        stated = {"X174RPM": 1796.0} if number == 174 else {}
        name = f"{number}_Normal_{load}.mat" if place == "Normal" else f"{number}_{load}.mat"
        savemat(folder / name, {f"X{number:03}_DE_time": X * number, f"X{number:03}_FE_time": X, **stated})
    return tmp_path / "rig"


def test_without_a_preset_rates_are_asked_for_and_the_preset_is_offered(tree: Path) -> None:
    inspection = inspect(tree)
    assert inspection.presets_offered == ("cwru",)
    assert inspection.preset is None
    assert {one.rate_hz for one in inspection.channels} == {None}
    assert len(inspection.needs) == len(inspection.channels) == 6
    assert "confirm the preset cwru" in inspection.needs[0].message


def test_a_confirmed_preset_states_rates_units_and_speeds(tree: Path) -> None:
    inspection = inspect(tree, preset="CWRU", labels_from_path=True)
    found = {(one.recording, one.name): one for one in inspection.channels}
    normal = found["Normal/97_Normal_0", "DE"]
    assert (normal.rate_hz, normal.rate_source, normal.unit) == (48000.0, "preset CWRU", "g")
    assert normal.labels == {"fault": "healthy", "load": 0.0, "bearing": "6205-2RS"}
    assert (normal.speed_rpm, normal.speed_source) == (1797.0, "nominal at load 0 hp (preset CWRU)")
    assert "1797 rpm is the nominal speed" in normal.findings[0]
    assert found["12k_x/IR/007/105_0", "FE"].rate_hz == 12000.0
    assert found["48k_x/IR/014/174_0", "DE"].rate_hz == 48000.0
    assert found["48k_x/IR/014/174_0", "DE"].speed_source == "file (X174RPM)"
    assert inspection.needs == ()


def test_a_renamed_copy_is_the_same_after_confirmation(tree: Path, tmp_path: Path) -> None:
    renamed = tmp_path / "elsewhere" / "measurement from tuesday"
    renamed.parent.mkdir()
    renamed.write_bytes((tree / "12k_x/IR/007/105_0.mat").read_bytes())
    original = inspect(tree / "12k_x/IR/007/105_0.mat", preset="cwru").channels
    copies = inspect(renamed, preset="cwru", labels_from_path=True).channels
    for copy, one in zip(copies, original, strict=True):
        assert (copy.name, copy.rate_hz, copy.rate_source, copy.unit, copy.speed_rpm, copy.labels, copy.stats) == (
            one.name,
            one.rate_hz,
            one.rate_source,
            one.unit,
            one.speed_rpm,
            one.labels,
            one.stats,
        )
    assert copies[0].labels == {"fault": "inner_race", "fault_size": 0.007, "load": 0.0, "bearing": "6205-2RS"}


def test_number_and_path_that_disagree_are_told(tmp_path: Path) -> None:
    path = tmp_path / "12k_all" / "97.mat"
    path.parent.mkdir()
    savemat(path, {"X097_DE_time": X})
    (channel,) = inspect(path, preset="cwru").channels
    assert channel.rate_hz == 48000.0
    assert any("the path says 12000 Hz" in note for note in channel.findings)


def test_what_a_person_says_wins_over_everything(tree: Path) -> None:
    inspection = inspect(
        tree,
        preset="cwru",
        rates={"*": 10.0, "Normal/*": 44100.0, "12k_x/IR/007/105_0:FE": 99.0},
        speeds={"Normal/*": 1000.0},
        units={"*:DE": "m/s2"},
    )
    found = {(one.recording, one.name): one for one in inspection.channels}
    assert (found["Normal/97_Normal_0", "DE"].rate_hz, found["Normal/97_Normal_0", "DE"].rate_source) == (
        44100.0,
        "you",
    )
    assert found["12k_x/IR/007/105_0", "FE"].rate_hz == 99.0
    assert found["12k_x/IR/007/105_0", "DE"].rate_hz == 10.0
    assert found["Normal/97_Normal_0", "FE"].speed_source == "you"
    assert found["Normal/97_Normal_0", "DE"].unit == "m/s2"
    assert found["Normal/97_Normal_0", "FE"].unit == "g"


@pytest.mark.parametrize("bad", [0.0, -1.0, float("nan"), float("inf")])
def test_impossible_corrections_are_refused(tree: Path, bad: float) -> None:
    with pytest.raises(FormatError, match="not a positive number"):
        inspect(tree, rates={"*": bad})


def test_a_correction_that_matches_nothing_is_a_misspelling(tree: Path) -> None:
    with pytest.raises(FormatError, match="matches no recording") as raised:
        inspect(tree, rates={"Norml/*": 48000.0})
    assert "12k_x/IR/007/105_0" in raised.value.hint


def test_an_unknown_preset_suggests_the_nearest(tree: Path) -> None:
    with pytest.raises(FormatError, match="no import preset 'cwrru'") as raised:
        inspect(tree, preset="cwrru")
    assert "'cwru'" in raised.value.hint


def test_one_bad_file_does_not_stop_the_others(tree: Path) -> None:
    (tree / "empty.mat").touch()
    (tree / "cut.mat").write_bytes((tree / "Normal/97_Normal_0.mat").read_bytes()[:300])
    (tree / "noise.bin").write_bytes(np.random.default_rng(0).bytes(5000))
    (tree / "link.mat").symlink_to("/etc/passwd")
    inspection = inspect(tree)
    assert len(inspection.channels) == 6
    said = {Path(one.path).name: one.message for one in inspection.problems}
    assert "is empty (0 bytes)" in said["empty.mat"]
    assert "ends early" in said["cut.mat"]
    assert "of no kind" in said["noise.bin"]
    assert "link out of the folder" in said["link.mat"]
    assert all(one.hint for one in inspection.problems)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_a_problem(tree: Path) -> None:
    (tree / "Normal/97_Normal_0.mat").chmod(0)
    assert "cannot be read" in inspect(tree).problems[0].message


def test_a_name_that_is_no_text_is_a_problem(tree: Path) -> None:
    odd = os.fsdecode(b"tag_\xfc")
    (tree / "Normal/97_Normal_0.mat").rename(tree / f"{odd}.mat")
    inspection = inspect(tree)
    assert len(inspection.channels) == 4
    assert "not valid UTF-8" in inspection.problems[0].message
    assert "rename" in inspection.problems[0].hint
    json.dumps(inspection.to_dict(), ensure_ascii=False).encode()
    with pytest.raises(FormatError, match="not valid UTF-8"):
        inspect(tree / f"{odd}.mat")


def test_missing_and_empty_places_are_errors(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no file or folder"):
        inspect(tmp_path / "nowhere")
    (tmp_path / "void").mkdir()
    with pytest.raises(FormatError, match="holds no files"):
        inspect(tmp_path / "void")


def test_an_inspection_survives_json(tree: Path) -> None:
    inspection = inspect(tree, preset="cwru", labels_from_path=True)
    assert Inspection.from_dict(json.loads(json.dumps(inspection.to_dict()))) == inspection


def test_a_run_to_failure_is_one_asset_with_an_order(tmp_path: Path) -> None:
    for n in range(4):
        np.save(tmp_path / f"acc_{n + 1:05}.npy", X * (n + 1))
    channels = inspect(tmp_path).channels
    assert [one.order for one in channels] == [1, 2, 3, 4]
    assert {one.labels["asset"] for one in channels} == {tmp_path.name}


def test_files_of_one_stem_are_told_apart_and_rates_may_differ(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=X, fs=100.0)
    savemat(tmp_path / "a.mat", {"x": X, "fs": 200.0})
    assert [(one.recording, one.rate_hz) for one in inspect(tmp_path).channels] == [("a.mat", 200.0), ("a.npz", 100.0)]


def test_the_reader_is_chosen_by_content_whatever_the_suffix(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", X)
    (tmp_path / "a.npy").rename(tmp_path / "lies.csv")
    savemat(tmp_path / "b.mat", {"x": X})
    (tmp_path / "b.mat").rename(tmp_path / "also.wav")
    assert [one.locator["reader"] for one in inspect(tmp_path).channels] == ["matlab5", "npy"]


def test_progress_counts_every_file(tree: Path) -> None:
    seen: list[tuple[int, int]] = []
    inspect(tree, progress=lambda done, known: seen.append((done, known)))
    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_inspection_changes_nothing(tree: Path) -> None:
    def state() -> dict[str, tuple[int, int]]:
        return {str(path): (path.stat().st_mtime_ns, path.stat().st_size) for path in tree.rglob("*")}

    before = state()
    inspect(tree, preset="cwru")
    assert state() == before


def test_channel_files_keep_one_file_open_and_close_it(tree: Path) -> None:
    channels = inspect(tree).channels
    with ChannelFiles() as files:
        for channel in channels:
            assert files.open(channel.locator).length == 500
            assert len(files._open) == 1
    assert not files._open


def test_a_locator_of_an_unknown_reader_is_refused(tree: Path) -> None:
    locator = {**inspect(tree).channels[0].locator, "reader": "telepathy"}
    with pytest.raises(FormatError, match="no reader is named 'telepathy'"):
        open_channel(locator)


def test_readers_and_presets_are_declared_once() -> None:
    names = [reader.name for reader in list_readers()]
    assert names[-1] == "delimited", "any text may be a table, so it is asked last"
    assert {"matlab5", "matlab73", "hdf5", "npy", "npz", "parquet", "wav"} < set(names)
    with pytest.raises(ValueError, match="registered already"):
        REGISTRY.register(list_readers()[0])
    assert {preset.name for preset in list_presets()} == {"cwru", "femto", "ims", "mfpt", "skab"}
    assert all(preset.cite for preset in list_presets())
