"""What a step sees on a worker, without Dask."""

import time
from pathlib import Path

import pytest

from dask_cluster.jobs import Cancelled, Interrupted, Paused, WorkerContext, worker


@pytest.mark.parametrize(("request_", "expected"), [("cancel", Cancelled), ("pause", Paused)])
def test_check_asks_seldom_and_raises_what_was_asked(tmp_path: Path, request_: str, expected: type) -> None:
    asked = []
    context = WorkerContext(tmp_path, ask=lambda: asked.append(1) or (request_ if len(asked) > 2 else None))
    started = time.monotonic()
    calls = 0

    def work() -> None:
        nonlocal calls
        while True:
            context.check()
            calls += 1

    with pytest.raises(expected):
        work()
    assert len(asked) == 3
    assert calls > 1000
    assert 3 * worker.CHECK_INTERVAL_S <= time.monotonic() - started < 10 * worker.CHECK_INTERVAL_S


def test_an_interruption_passes_through_a_broad_except() -> None:
    assert not issubclass(Interrupted, Exception)


def test_progress_is_throttled_and_the_log_is_not(tmp_path: Path) -> None:
    events: list[dict] = []
    context = WorkerContext(tmp_path, "job", "step", emit=events.append)
    for index in range(1000):
        context.progress(index)
    assert len([event for event in events if "units_done" in event]) == 1
    context.log("info", "a")
    context.log("info", "b")
    assert [event["text"] for event in events[1:]] == ["a", "b"]
    assert {(event["job"], event["step"]) for event in events} == {("job", "step")}


def test_the_store_of_a_worker_is_that_of_the_data_directory(tmp_path: Path) -> None:
    assert WorkerContext(tmp_path).store.root == tmp_path / "store"
