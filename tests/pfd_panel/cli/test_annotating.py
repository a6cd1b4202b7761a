"""Annotations and cells from the shell."""

import csv
import json
from pathlib import Path

import pytest

from data_catalog import Catalog
from tests.pfd_panel.cli.conftest import write_recording
from tests.pfd_panel.shell import pfd, spoken


@pytest.fixture(scope="module")
def home(desk: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with one recording of two channels, 0.25 s at 12 kHz."""
    file = write_recording(tmp_path_factory.mktemp("noted") / "run.mat", 3, fs=12_000.0)
    assert pfd(desk.home, "import", file, "--dataset", "noted", "--yes").status == 0
    return desk.home


def test_one_is_written_listed_changed_deleted_and_restored(home: Path) -> None:
    made = pfd(home, "annotations", "add", "noted", "run:DE", "loud", "--label", "hit", "--start", "0.1").told
    assert (made["kind"], made["start_s"], made["label"], made["author"]) == ("point", 0.1, "hit", "local")
    other = pfd(home, "annotations", "add", "noted", "run:FE", "--label", "line", "--frequency", "162.5").told
    changed = pfd(home, "annotations", "change", made["id"], "--start", "0.1", "--stop", "0.2", "--text", "louder").told
    assert (changed["kind"], changed["stop_s"], changed["text"]) == ("span", 0.2, "louder")
    listed = pfd(home, "annotations", "list", "noted").told["annotations"]
    assert [one["id"] for one in listed] == [made["id"], other["id"]]
    found = pfd(home, "annotations", "list", "--kind", "frequency", "--author", "local", "--text", "FE").told
    assert [one["id"] for one in found["annotations"]] == [other["id"]]
    status, words = spoken(home, "annotations", "list", "noted", "--label", "hit")
    assert status == 0
    assert "louder" in words
    assert "162.5" not in words
    assert pfd(home, "annotations", "remove", made["id"]).status == 0
    assert len(pfd(home, "annotations", "list", "noted").told["annotations"]) == 1
    assert [one["id"] for one in pfd(home, "annotations", "list", "--deleted").told["annotations"]] == [made["id"]]
    assert pfd(home, "annotations", "restore", made["id"]).told == changed


def test_they_are_written_to_files(home: Path, tmp_path: Path) -> None:
    made = pfd(home, "annotations", "add", "noted", "run:DE", "@formula", "--label", "file", "--start", "0.05").told
    asked = ("--label", "file")
    assert pfd(home, "annotations", "export", tmp_path / "a.json", "noted", *asked).status == 0
    (told,) = json.loads((tmp_path / "a.json").read_text())["annotations"]
    assert told == {name: made[name] for name in told}
    pfd(home, "annotations", "export", tmp_path / "a.csv", *asked)
    head, line = csv.reader((tmp_path / "a.csv").open())
    assert dict(zip(head, line, strict=True))["text"] == "'@formula"
    assert ".csv or .json" in pfd(home, "annotations", "export", tmp_path / "a.pdf").refusal


def test_what_does_not_fit_is_refused_in_words(home: Path) -> None:
    for asked, words in (
        (("add", "noted", "run", "x", "--start", "0"), "fits 2 signals"),
        (("add", "noted", "run:DE", "x"), "points at one thing"),
        (("add", "noted", "run:DE", "--start", "0"), "says nothing"),
        (("add", "noted", "run:DE", "x", "--start", "0.3"), "outside of the signal"),
        (("list", "--kind", "area"), "no kind 'area'"),
        (("remove", "nothing"), "no annotation has the id"),
    ):
        assert words in pfd(home, "annotations", *asked).refusal


def test_a_signal_is_shown_in_words_or_as_a_cell(home: Path) -> None:
    assert pfd(home, "signals", "show", "noted", "run:DE").told["rate_hz"] == 12_000.0
    code = pfd(home, "signals", "show", "noted", "run:DE", "--as-python", "--view", "spectrum", "--axis", "cpm").told[
        "code"
    ]
    assert f"Workbench({str(home)!r})" in code
    assert "bench.spectrum(row)" in code
    assert "bench.waveform" not in code
    assert "Frequency (CPM)" in code
    status, words = spoken(
        home, "signals", "show", "noted", "run:DE", "--as-python", "--view", "envelope", "--band", "2000", "4000"
    )
    assert status == 0
    assert "bench.envelope(row, band=(2000.0, 4000.0))" in words
    assert (
        "half the sampling rate"
        in pfd(home, "signals", "show", "noted", "run:DE", "--as-python", "--band", "2000", "9000").refusal
    )
    assert "fits 2 signals" in pfd(home, "signals", "show", "noted", "run").refusal
