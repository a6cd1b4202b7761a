"""Reports from the shell."""

from pathlib import Path

import pytest

from data_catalog import Catalog
from tests.pfd_panel.cli.conftest import write_recording
from tests.pfd_panel.shell import pfd, spoken
from tests.pipelines.reports.reading import pdf_text


@pytest.fixture(scope="module")
def home(desk: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with a model that guesses: its recordings are noise."""
    folder = tmp_path_factory.mktemp("reported")
    for seed in range(6):
        write_recording(folder / ("a" if seed % 2 else "b") / f"run{seed}.mat", seed, fs=12_000.0)
    labels = ("--label", "a/*:fault=inner_race", "--label", "b/*:fault=healthy")
    assert pfd(desk.home, "import", folder, "--dataset", "reported", "--yes", *labels).status == 0
    assert pfd(desk.home, "features", "reported").status == 0
    trained = pfd(desk.home, "train", "reported", "--model", "k_nearest", "--folds", "2", "--name", "guesser")
    assert trained.status == 0
    return desk.home


@pytest.mark.slow
def test_a_report_is_written_into_a_folder(home: Path, tmp_path: Path) -> None:
    told = pfd(home, "report", "guesser", "-o", tmp_path).told
    assert told["written"] == [str(tmp_path / f"report-guesser-1.{form}") for form in ("pdf", "html")]
    assert "does not show that the model does better" in pdf_text((tmp_path / "report-guesser-1.pdf").read_bytes())
    assert (tmp_path / "report-guesser-1.html").read_text().startswith("<!doctype html>")
    status, words = spoken(home, "report", "guesser:1", "--format", "html", "-o", tmp_path)
    assert (status, words.strip()) == (0, str(tmp_path / "report-guesser-1.html"))


def test_what_is_asked_wrongly_is_refused_in_words(desk: Catalog, tmp_path: Path) -> None:
    assert "no model is called 'nobody'" in pfd(desk.home, "report", "nobody").refusal
    assert "There are: pdf, html." in pfd(desk.home, "report", "nobody", "--format", "docx").refusal
    assert "there is no folder" in pfd(desk.home, "report", "nobody", "-o", tmp_path / "none").refusal
