"""MATLAB files up to v7.2: structs, cells, several channels, sets of variables, damage."""

from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from data_catalog.errors import FormatError
from data_catalog.formats import ChannelRead, Limits, inspect, matlab5, open_channel, open_file_channels
from data_catalog.formats.matlab5 import Matlab5Reader

RNG = np.random.default_rng(7)
SIGNAL = RNG.normal(size=500)


def only(path: Path) -> ChannelRead:
    (channel,) = inspect(path).channels
    return channel


def test_channels_and_speed_of_numbered_variables_are_named_for_people(tmp_path: Path) -> None:
    path = tmp_path / "bench.mat"
    savemat(path, {"X105_DE_time": SIGNAL[:, None], "X105_FE_time": 2 * SIGNAL[:, None], "X105RPM": 1797})
    channels = inspect(path).channels
    assert [(one.recording, one.name, one.length) for one in channels] == [("bench", "DE", 500), ("bench", "FE", 500)]
    assert {one.speed_rpm for one in channels} == {1797.0}
    assert channels[0].speed_source == "file (X105RPM)"
    with open_channel(channels[1].locator) as source:
        np.testing.assert_array_equal(source.read(0, 500), 2 * SIGNAL)


def test_a_struct_states_its_own_rate(tmp_path: Path) -> None:
    path = tmp_path / "a.mat"
    savemat(path, {"bearing": {"gs": SIGNAL, "sr": 48828, "rate": 25}, "other": {"fs": 10.0}})
    channel = only(path)
    assert channel.name == "gs"
    assert channel.rate_hz == 48828.0
    assert channel.rate_source == "file (bearing.sr)"
    assert channel.speed_rpm is None, "a bare 'rate' means nothing certain"


def test_nested_structs_and_cells_are_reached(tmp_path: Path) -> None:
    cells = np.empty(2, dtype=object)
    cells[0], cells[1] = SIGNAL, 3 * SIGNAL
    path = tmp_path / "a.mat"
    savemat(path, {"test": {"inner": {"runs": cells}, "fs": 2000.0}})
    channels = inspect(path).channels
    assert [one.member for one in channels] == ["test.inner.runs{1}", "test.inner.runs{2}"]
    assert {one.rate_hz for one in channels} == {2000.0}
    assert channels[1].stats.rms == pytest.approx(3 * channels[0].stats.rms)


def test_a_struct_array_is_one_recording_per_element(tmp_path: Path) -> None:
    runs = np.array([(SIGNAL, 100.0), (2 * SIGNAL, 200.0)], dtype=[("x", object), ("fs", object)])
    path = tmp_path / "a.mat"
    savemat(path, {"run": runs})
    channels = inspect(path).channels
    assert [(one.recording, one.name, one.rate_hz) for one in channels] == [
        ("a#run(1)", "x", 100.0),
        ("a#run(2)", "x", 200.0),
    ]


@pytest.mark.parametrize("orientation", ["columns", "rows"])
def test_the_short_axis_of_a_matrix_counts_channels(tmp_path: Path, orientation: str) -> None:
    matrix = RNG.normal(size=(300, 3))
    path = tmp_path / "a.mat"
    savemat(path, {"vib": matrix if orientation == "columns" else matrix.T})
    channels = inspect(path).channels
    assert [one.name for one in channels] == ["vib[1]", "vib[2]", "vib[3]"]
    with open_channel(channels[2].locator) as source:
        np.testing.assert_array_equal(np.concatenate(list(source.blocks(77))), matrix[:, 2])


def test_a_wide_matrix_is_one_recording_per_row(tmp_path: Path) -> None:
    path = tmp_path / "a.mat"
    savemat(path, {"vib": RNG.normal(size=(70, 400))})
    channels = inspect(path).channels
    assert len(channels) == 70
    assert channels[69].recording == "a#70"
    assert channels[0].length == 400


def test_a_file_named_for_another_number_is_taken_and_the_person_told(tmp_path: Path) -> None:
    path = tmp_path / "174_0.mat"
    savemat(path, {"X173_DE_time": SIGNAL, "X173RPM": 1796})
    channel = only(path)
    assert channel.findings == ("the variables are named X173 but the file is 174",)
    assert channel.speed_rpm == 1796.0


def test_of_several_sets_the_one_the_file_is_named_for_is_taken(tmp_path: Path) -> None:
    variables = {"X098_DE_time": SIGNAL, "X099_DE_time": 2 * SIGNAL, "X098RPM": 1772, "X099RPM": 1750}
    named, unnamed = tmp_path / "99_Normal_2.mat", tmp_path / "copy.mat"
    for path in (named, unnamed):
        savemat(path, variables)
    channel = only(named)
    assert channel.member == "X099_DE_time"
    assert channel.speed_rpm == 1750.0
    assert "X098" in channel.findings[0]
    both = inspect(unnamed).channels
    assert [(one.recording, one.name, one.speed_rpm) for one in both] == [
        ("copy#X098", "DE", 1772.0),
        ("copy#X099", "DE", 1750.0),
    ]
    assert "2 sets" in both[0].findings[0]


def test_contradicting_rates_are_not_chosen_between(tmp_path: Path) -> None:
    path = tmp_path / "a.mat"
    savemat(path, {"x": SIGNAL, "fs": 100.0, "sr": 200.0})
    channel = only(path)
    assert channel.rate_hz is None
    assert "contradicts itself" in channel.findings[0]


def test_integers_keep_their_type(tmp_path: Path) -> None:
    path = tmp_path / "a.mat"
    savemat(path, {"x": np.arange(100, dtype=np.int16)})
    channel = only(path)
    assert channel.source_dtype == "int16"
    with open_channel(channel.locator) as source:
        assert source.read(5, 7).dtype == np.int16


def test_three_channels_of_one_file_share_one_parse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.mat"
    savemat(path, {"a": SIGNAL, "b": SIGNAL, "c": SIGNAL})
    locators = [one.locator for one in inspect(path).channels]
    opened: list[Path] = []
    original = Matlab5Reader.open

    def counted(self: Matlab5Reader, path: Path, limits: Limits, called: str) -> object:
        opened.append(path)
        return original(self, path, limits, called)

    monkeypatch.setattr(Matlab5Reader, "open", counted)
    sources = open_file_channels(locators)
    assert [source.length for source in sources] == [500, 500, 500]
    for source in sources:
        source.close()
    assert opened == [path]


@pytest.mark.parametrize("compressed", [True, False])
def test_inspecting_headers_loads_no_samples_and_finds_what_loading_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compressed: bool
) -> None:
    path = tmp_path / "a.mat"
    variables = {
        "slow": SIGNAL[:, None],
        "counts": np.arange(100, dtype=np.int16),
        "pair": RNG.normal(size=(300, 2)).astype(np.float32),
        "fs": 2000.0,
        "RPM": np.uint16(1797),
        "z": SIGNAL + 1j,
    }
    savemat(path, variables, do_compression=compressed)
    loaded: list[list[str] | None] = []
    original = matlab5._load

    def counted(path: Path, called: str, names: list[str] | None) -> object:
        loaded.append(names)
        return original(path, called, names)

    monkeypatch.setattr(matlab5, "_load", counted)
    found = inspect(path, statistics=False).channels
    assert loaded == [["z"]], "only what its header does not describe is loaded"
    assert [(one.name, one.length, one.source_dtype) for one in found] == [
        ("slow", 500, "float64"),
        ("counts", 100, "int16"),
        ("pair[1]", 300, "float32"),
        ("pair[2]", 300, "float32"),
    ]
    assert {(one.rate_hz, one.speed_rpm) for one in found} == {(2000.0, 1797.0)}
    with open_channel(found[3].locator) as source:
        np.testing.assert_array_equal(source.read(0, 300), variables["pair"][:, 1])


def test_damage_behind_the_header_is_told_when_the_samples_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.mat"
    savemat(path, {"x": RNG.normal(size=5000), "fs": 100.0}, do_compression=True)
    content = bytearray(path.read_bytes())
    content[20_000:20_064] = bytes(64)
    path.write_bytes(content)
    (channel,) = inspect(path, statistics=False).channels
    with pytest.raises(FormatError, match="damaged"):
        open_channel(channel.locator)


@pytest.mark.parametrize("kept", [100, 140, 200, 3000])
def test_a_truncated_file_is_a_problem_and_not_a_crash(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "a.mat"
    savemat(path, {"x": SIGNAL}, do_compression=True)
    path.write_bytes(path.read_bytes()[:kept])
    inspection = inspect(path)
    assert inspection.channels == ()
    assert "ends early or is damaged" in inspection.problems[0].message
    assert inspection.problems[0].hint


def test_a_file_that_unpacks_beyond_the_limit_is_refused_before_it_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "bomb.mat"
    savemat(path, {"x": np.zeros(2_000_000)}, do_compression=True)
    assert path.stat().st_size < 100_000
    inspection = inspect(path, limits=Limits(max_array_bytes=1_000_000))
    assert "unpacks to" in inspection.problems[0].message


def test_a_file_with_only_scalars_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.mat"
    savemat(path, {"fs": 100.0, "name": "pump"})
    assert "no numeric array of at least 64 samples" in inspect(path).problems[0].message


def test_a_file_changed_after_inspection_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.mat"
    savemat(path, {"x": SIGNAL})
    locator = only(path).locator
    savemat(path, {"x": SIGNAL[:400]})
    with pytest.raises(FormatError, match="changed since it was inspected"):
        open_channel(locator)
    path.unlink()
    with pytest.raises(FormatError, match="not there any more"):
        open_channel(locator)
