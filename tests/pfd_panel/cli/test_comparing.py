"""Signals compared from the shell."""

from pathlib import Path

import pytest

from data_catalog import Catalog
from tests.pfd_panel.cli.conftest import write_recording
from tests.pfd_panel.shell import pfd, spoken


@pytest.fixture(scope="module")
def home(desk: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with three recordings of two channels, 0.25 s at 12 kHz."""
    folder = tmp_path_factory.mktemp("compared")
    for number in range(3):
        write_recording(folder / f"run{number}.mat", number, fs=12_000.0)
    assert pfd(desk.home, "import", folder, "--dataset", "compared", "--yes").status == 0
    return desk.home


def test_channels_spectra_and_differences_are_told(home: Path) -> None:
    seen = pfd(home, "compare", "channels", "compared", "run*:DE", "--stop", "0.1", "--buckets", "50").told["channels"]
    assert [len(one["low"]) for one in seen] == [50] * 3
    spectra = pfd(home, "compare", "spectra", "compared", "run*:DE").told
    assert len(spectra["lines"]) == 3
    assert spectra["resolution_hz"] == pytest.approx(4.0)
    found = pfd(home, "compare", "difference", "compared", "run0:DE", "run1:DE", "--offset", "0.01").told
    assert found["offset_s"] == 0.01
    assert len(found["values"]) == 3000 - 120
    status, words = spoken(home, "compare", "difference", "compared", "run0:DE", "run1:DE", "--plot", "spectrum")
    assert status == 0
    assert "second over first, dB" in " ".join(words.split())
    assert "correlation" in pfd(home, "compare", "offset", "compared", "run0:DE", "run1:DE").told
    assert "fits 6 signals" in pfd(home, "compare", "offset", "compared", "run*", "run1:DE").refusal


def test_a_reference_is_declared_compared_with_and_withdrawn(home: Path) -> None:
    assert "no healthy reference" in pfd(home, "references", "show", "compared").refusal
    made = pfd(home, "references", "declare", "compared", "run0:DE", "run1:DE", "--note", "new").told
    assert (made["signals"], made["note"]) == (2, "new")
    told = pfd(home, "compare", "healthy", "compared", "run2:DE", "--plot", "spectrum").told
    assert told["recordings"] == 2
    assert len(told["values"]) == len(told["over_db"])
    status, words = spoken(home, "compare", "healthy", "compared", "run2:DE", "--plot", "spectrum")
    assert status == 0
    assert "pieces of 2 recordings" in " ".join(words.split())
    assert pfd(home, "references", "withdraw", "compared").status == 0
    assert "one of the two" in pfd(home, "references", "declare", "compared").refusal
