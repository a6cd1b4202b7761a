"""One supervisor a data directory, and the second hears who the first is."""

import os
from pathlib import Path

import pytest

from dask_cluster.errors import SupervisorRunningError
from dask_cluster.home_lock import HomeLock, read_lock


def test_the_second_is_told_who_holds_it_and_where(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with HomeLock(folder, "http://127.0.0.1:5006"):
        with (
            pytest.raises(SupervisorRunningError, match=rf"pid {os.getpid()}, since 20.*{tmp_path}") as caught,
            HomeLock(folder),
        ):
            pytest.fail("two hold it")
        assert "http://127.0.0.1:5006" in caught.value.hint
        assert "--home" in caught.value.hint
        assert read_lock(folder)["pid"] == os.getpid()
    assert read_lock(folder) == {}
    with HomeLock(folder):
        assert read_lock(folder)["address"] == ""


def test_a_file_left_by_a_killed_supervisor_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "supervisor.lock").write_text('{"pid": 1, "since": "2020-01-01", "address": ""}')
    with HomeLock(tmp_path) as lock:
        lock.note(children={"web": 7})
        assert read_lock(tmp_path)["children"] == {"web": 7}
        assert read_lock(tmp_path)["pid"] == os.getpid()
