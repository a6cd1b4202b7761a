"""Log lines of both formats are read with their level, their moment, and the traceback that belongs to them."""

import json
import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pfd_panel.errors import NotAllowedError, RequestError
from pfd_panel.monitoring import logs
from pfd_panel.services import health
from pfd_panel.services.context import Context, User

TEXT = """\
2026-11-21 10:00:00,120 INFO pfd_panel.server.app ready in 1.2 s
2026-11-21 10:00:02,500 ERROR pfd_panel.components.background: background work failed
Traceback (most recent call last):
  File "x.py", line 1
ValueError: no
"""


def test_what_logging_writes_is_read_back(tmp_path: Path) -> None:
    file = tmp_path / "web.log"
    handler = logging.FileHandler(file)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    record = logging.LogRecord("pfd_panel.x", logging.WARNING, "x.py", 1, "slow: %d ms", (70,), None)
    handler.emit(record)
    handler.close()
    (line,) = logs.newest(tmp_path)
    assert (line.level, line.source, line.logger, line.text) == ("warning", "web", "pfd_panel.x", "slow: 70 ms")
    assert abs(line.at.timestamp() - record.created) < 0.01


def test_a_traceback_belongs_to_its_entry() -> None:
    first, second = logs.parse(TEXT.splitlines(), "web")
    assert first.text == "ready in 1.2 s"
    assert (second.level, second.logger) == ("error", "pfd_panel.components.background")
    assert second.text.endswith("ValueError: no")


def test_json_lines_are_read_under_the_usual_names() -> None:
    entry = {
        "timestamp": "2026-11-21T10:00:00.5Z",
        "level": "WARNING",
        "logger": "guard",
        "message": "no",
        "request": 1,
    }
    (line,) = logs.parse([json.dumps(entry)], "web")
    assert line == logs.LogLine(datetime(2026, 11, 21, 10, 0, 0, 500_000, UTC), "warning", "web", "guard", "no")


def test_levels_words_and_files_are_chosen_and_ordered_by_time(tmp_path: Path) -> None:
    (tmp_path / "web.log").write_text(TEXT)
    (tmp_path / "coordinator.log").write_text("2026-11-21 10:00:01,000 WARNING dask_cluster.term: late\n")
    assert [line.source for line in logs.newest(tmp_path)] == ["web", "coordinator", "web"]
    assert [line.level for line in logs.newest(tmp_path, least="warning")] == ["warning", "error"]
    assert [line.logger for line in logs.newest(tmp_path, words="LATE")] == ["dask_cluster.term"]
    assert [line.level for line in logs.newest(tmp_path, limit=1)] == ["error"]


def test_only_the_end_of_a_large_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "READ_BYTES", 300)
    lines = [f"2026-11-21 10:00:00,{n:03d} INFO x number {n}" for n in range(500)]
    (tmp_path / "web.log").write_text("\n".join(lines) + "\n")
    found = logs.newest(tmp_path)
    assert 3 < len(found) < 10
    assert found[-1].text == "number 499"


def test_the_log_is_for_administrators(bare: Context) -> None:
    (bare.catalog.home / "logs" / "web.log").write_text(TEXT)
    assert len(health.log_lines(bare, least="error")) == 1
    with pytest.raises(RequestError, match="no level"):
        health.log_lines(bare, least="loud")
    for role in ("viewer", "operator"):
        with pytest.raises(NotAllowedError):
            health.log_lines(bare.acting_as(User("eve", role)))
