"""Who waits at a terminal sees how far a job is; a pipe gets no bar."""

import io
import sys
from pathlib import Path

import pytest

from data_catalog.schema import Job
from pfd_panel.cli.app import Globals
from pfd_panel.cli.progress import bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def job(state: str, done: float, eta_s: float | None = None) -> Job:
    return Job(id="a", title="Import rig", unit="channel", state=state, done_units=done, total_units=8, eta_s=eta_s)


def test_the_bar_tells_title_count_and_time_left_and_is_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    update = bar()
    update(job("running", 2, 12.4))
    update(job("running", 5, 3.0))
    update(job("done", 8))
    drawn = screen.getvalue()
    assert "Import rig" in drawn
    assert "8/8" in drawn
    assert drawn.rstrip().endswith("\x1b[2K")


def test_the_words_beside_the_bar_change_with_the_job(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    update = bar()
    update(job("running", 5, 3.0))
    update(job("failed", 5, 3.0))
    assert "about 3 s left" in screen.getvalue()
    assert "5/8" in screen.getvalue()


@pytest.mark.parametrize("at_terminal", [True, False])
def test_only_a_terminal_gets_a_bar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_terminal: bool) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal() if at_terminal else io.StringIO())
    with Globals(tmp_path / "home").workbench(progress=True) as bench:
        assert (bench.on_progress is not None) == at_terminal
    with Globals(tmp_path / "home").workbench() as bench:
        assert bench.on_progress is None
