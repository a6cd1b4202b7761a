"""A supervised process: back-off on a clock of our own."""

import sys
import time
from pathlib import Path

from dask_cluster.child import LONGEST_PAUSE_S, STEADY_AFTER_S, Child


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def pause_after_death(child: Child, clock: Clock) -> float:
    """Let the running process end, and return how long the child waits before it starts another."""
    while child.pid is not None:
        time.sleep(0.01)
    assert child.tend()
    died = clock.now
    while not child.tend():
        clock.now += 0.25
    return clock.now - died


def test_pauses_grow_to_a_limit_and_shrink_after_a_steady_run(tmp_path: Path) -> None:
    clock = Clock()
    child = Child("brief", [sys.executable, "-S", "-c", "pass"], {}, tmp_path, clock)
    assert child.tend()
    pauses = [pause_after_death(child, clock) for _ in range(9)]
    assert pauses[:5] == [0.5, 1.0, 2.0, 4.0, 8.0]
    assert pauses[-1] == LONGEST_PAUSE_S
    assert child.restarts == 9
    child.end(5)


def test_a_steady_run_forgives_earlier_deaths(tmp_path: Path) -> None:
    clock = Clock()
    program = "import sys, pathlib, time\nif pathlib.Path(sys.argv[1]).exists(): time.sleep(60)"
    stay = tmp_path / "stay"
    child = Child("mixed", [sys.executable, "-S", "-c", program, str(stay)], {}, tmp_path, clock)
    child.tend()
    while child.pid is not None:
        time.sleep(0.01)
    stay.touch()
    assert pause_after_death(child, clock) == 0.5
    clock.now += STEADY_AFTER_S + 1
    assert not child.tend()
    child.ask_to_end()
    assert pause_after_death(child, clock) == 0.5
    child.ask_to_end()
    child.end(5)
