import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dask_cluster.logs import TextLines
from tests.pfd_panel.shell import ROOT

_SPEAK = """
import logging, sys
from dask_cluster.logs import job_id, log_to_output, request_id
log_to_output()
log = logging.getLogger("pump")
request_id.set("r1")
job_id.set("j1")
log.info("it runs at %d rpm", 1797, extra={"told": {"rpm": 1797}})
request_id.set("")
job_id.set("")
try:
    1 / 0
except ZeroDivisionError:
    log.exception("it stopped")
log.debug("not said")
for number in range(int(sys.argv[1])):
    log.info("line %06d %s", number, "x" * 60)
"""


def spoken(folder: Path, lines: int = 0, **environment: str) -> Path:
    """The log of a process that says a few things and then so many lines."""
    path = folder / "pump.log"
    with path.open("ab") as stream:
        subprocess.run(
            [sys.executable, "-c", _SPEAK, str(lines)],
            stdout=stream,
            env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
            check=True,
        )
    return path


def test_a_line_says_what_it_was_written_for(tmp_path: Path) -> None:
    lines = spoken(tmp_path).read_text().splitlines()
    assert lines[0].endswith(" INFO pump: it runs at 1797 rpm [request=r1 job=j1]")
    assert lines[1].endswith(" ERROR pump: it stopped")
    assert lines[-1] == "ZeroDivisionError: division by zero"
    assert "not said" not in "".join(lines)


def test_programs_get_one_object_a_line(tmp_path: Path) -> None:
    first, second = map(json.loads, spoken(tmp_path, PFD_LOG_FORMAT="json").read_text().splitlines())
    assert (first["level"], first["logger"], first["message"]) == ("INFO", "pump", "it runs at 1797 rpm")
    assert (first["request"], first["job"], first["rpm"]) == ("r1", "j1", 1797)
    assert first["time"].endswith("+00:00")
    assert "ZeroDivisionError" in second["traceback"]
    assert "request" not in second


def test_the_level_is_as_set(tmp_path: Path) -> None:
    assert "it runs" not in spoken(tmp_path, PFD_LOG_LEVEL="ERROR").read_text()


def test_a_log_is_rotated_and_old_ones_are_dropped(tmp_path: Path) -> None:
    path = spoken(tmp_path, 2_000, PFD_LOG_BYTES="20000", PFD_LOG_FILES="3")
    files = sorted(one.name for one in tmp_path.iterdir())
    assert files == ["pump.log", "pump.log.1", "pump.log.2", "pump.log.3"]
    assert all(one.stat().st_size < 50_000 for one in tmp_path.iterdir())
    newest = path.read_text() + (tmp_path / "pump.log.1").read_text()
    assert "line 001999" in newest
    whole = "".join((tmp_path / name).read_text() for name in reversed(files))
    numbers = [int(line.split("line ")[1][:6]) for line in whole.splitlines() if "line " in line]
    assert numbers == list(range(numbers[0], 2_000)), "no line is lost at a rotation"


@pytest.mark.parametrize(("name", "value"), [("PFD_LOG_FORMAT", "xml"), ("PFD_LOG_LEVEL", "LOUD")])
def test_a_setting_that_does_not_fit_ends_the_process(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        spoken(tmp_path, **{name: value})


def test_what_somebody_asked_for_cannot_look_like_a_line_of_ours() -> None:
    said = "GET /%s 404"
    asked = "x\n2026-01-01 00:00:00,000 INFO pfd_panel: ada logged in\r\x1b[2J\u2028\x85\tend ü"
    record = logging.LogRecord("pfd_panel.access", logging.INFO, "", 0, said, (asked,), None)
    line = TextLines().format(record)
    assert len(line.splitlines()) == 1
    assert r"GET /x\n2026-01-01" in line
    assert line.endswith("\\r\\x1b[2J\\u2028\\x85\tend ü 404")
