"""Stretches of signals and files that are only looked at, from the shell."""

from pathlib import Path

import numpy as np
import pytest
import scipy.io.wavfile

from data_catalog import Catalog
from tests.pfd_panel.cli.conftest import write_recording
from tests.pfd_panel.shell import pfd, spoken


@pytest.fixture(scope="module")
def home(desk: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with one recording of two channels, 0.25 s at 12 kHz."""
    file = write_recording(tmp_path_factory.mktemp("cut") / "run.mat", 3, fs=12_000.0)
    assert pfd(desk.home, "import", file, "--dataset", "cut", "--yes").status == 0
    return desk.home


def test_a_stretch_is_written_drawn_heard_and_measured(home: Path, tmp_path: Path) -> None:
    of = ("cut", "run:DE")
    told = pfd(home, "stretch", "export", *of, tmp_path / "a.wav", "--stop", "0.1", "--bits", "16").told
    assert "full scale is" in told["note"]
    assert scipy.io.wavfile.read(tmp_path / "a.wav")[1].size == 1200
    figure = ("stretch", "figure", *of, tmp_path / "a.svg", "--plot", "spectrum", "--limit", "spectrum:0:2000")
    assert pfd(home, *figure, "--mark", "spectrum:500:here").status == 0
    assert ">here</text>" in (tmp_path / "a.svg").read_text()
    figure = ("stretch", "figure", *of, tmp_path / "a.svg", "--plot", "cepstrum", "--set", "cepstrum.kind:power")
    assert pfd(home, *figure).status == 0
    assert "Power cepstrum" in (tmp_path / "a.svg").read_text()
    told = pfd(home, "stretch", "sound", *of, tmp_path / "s.wav", "--speed", "0.5", "--shift", "100").told
    assert told["note"] == "run / DE: 0.5 × speed, shifted by +100 Hz"
    features = pfd(home, "stretch", "features", *of, "--stop", "0.1").told["features"]
    assert {one["name"]: one["unit"] for one in features}["kurtosis"] == "–"
    assert pfd(home, "stretch", "export", *of, tmp_path / "a.npy", "--start", "9").status != 0
    status, words = spoken(home, "stretch", "figure", *of, tmp_path / "a.png", "--mark", "spectrum")
    assert (status != 0, "is no mark" in words) == (True, True)


def test_a_stretch_becomes_a_signal_and_that_is_undone(home: Path) -> None:
    made = pfd(home, "stretch", "cut", "cut", "run:DE", "--start", "0.1", "--stop", "0.2", "--name", "hit").told
    assert (made["recording"], made["length"], made["labels"]["cut_start_s"]) == ("hit", 1200, 0.1)
    told = pfd(home, "stretch", "undo", "cut", made["signal_id"]).told
    assert (told["version"], told["signal"]) == (3, made["signal_id"])
    assert len(pfd(home, "signals", "list", "cut").told["signals"]) == 2


def test_files_are_looked_at(home: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.sin(np.arange(5000.0)))
    (tmp_path / "b.wav").write_text("time,value\n1,2\n")
    told = pfd(home, "look", tmp_path / "a.npy", tmp_path / "b.wav", "--rate", "a*=12000").told
    assert [(one["recording"], one["rate_hz"]) for one in told["channels"]] == [("a", 12_000.0)]
    assert "is not what its name says" in told["problems"][0]["message"]
    status, words = spoken(home, "look", tmp_path / "a.npy")
    assert (status, "needed:" in words) == (0, True)
