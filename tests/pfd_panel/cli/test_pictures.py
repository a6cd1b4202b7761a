"""Projections and overlays from the shell."""

from pathlib import Path

import pytest

from data_catalog import Catalog
from tests.pfd_panel.cli.conftest import write_recording
from tests.pfd_panel.shell import pfd, spoken


@pytest.fixture(scope="module")
def home(desk: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with three recordings of two channels and their features."""
    folder = tmp_path_factory.mktemp("pictured")
    for seed in range(3):
        write_recording(folder / f"run{seed}.mat", seed, fs=12_000.0)
    assert pfd(desk.home, "import", folder, "--dataset", "pictured", "--yes").status == 0
    assert pfd(desk.home, "features", "pictured").status == 0
    return desk.home


def test_features_are_projected(home: Path) -> None:
    told = pfd(home, "project", "pictured").told
    assert [one["channel"] for one in told["points"]].count("DE") == 3
    assert told["config"] == {"method": "pca", "scaling": "log"}
    assert 0 < told["trustworthiness"] <= 1
    refused = pfd(home, "project", "pictured", "--method", "umap", "--neighbours", "9")
    assert "9 neighbours are too many for 6 signals / Choose at most 5." in refused.refusal
    status, words = spoken(home, "project", "pictured", "--query", "channel:DE")
    assert status == 0
    assert "3 signals" in words


def test_signals_are_laid_over_each_other(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "all.png"
    told = pfd(home, "overlay", "pictured", "--what", "spectrum", "--to", "3000", "--png", file).told
    assert [one["signals"] for one in told["classes"]] == [6]
    assert max(told["places"]) < 3000
    assert set(told["classes"][0]["quantiles"]) == {"q10", "q25", "q50", "q75", "q90"}
    assert file.read_bytes()[:4] == b"\x89PNG"
    status, words = spoken(home, "overlay", "pictured", "--what", "envelope", "--band", "2000", "4000")
    assert status == 0
    assert "squared envelope of 2000 to 4000 Hz" in words
