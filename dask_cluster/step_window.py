"""Which steps of a plan run, wait to be committed, or are done: the bookkeeping of one job, without Dask or SQL."""

from collections import deque
from collections.abc import Set
from typing import Any

from dask_cluster.jobs.kind import Plan, Step

LOOKAHEAD = 64


class StepWindow:
    """Hands out steps in plan order and gives their results back in plan order.

    A step may overtake the oldest uncommitted one by at most `LOOKAHEAD` places, which bounds what a crash can lose and
    how many results wait in memory.
    """

    def __init__(self, plan: Plan, committed: Set[str]) -> None:
        open_steps = [step for step in plan.steps if step.key not in committed]
        self._uncommitted = deque(open_steps)
        self._waiting = deque(open_steps)
        self._in_flight: dict[str, Step] = {}
        self._finished: dict[str, dict[str, Any]] = {}
        self._partial: dict[str, float] = {}
        self._limit = LOOKAHEAD if plan.parallel else 1
        self.total_units = plan.units
        self.committed_units = plan.units - sum(step.units for step in open_steps)

    @property
    def done(self) -> bool:
        """Whether every step is committed."""
        return not self._uncommitted

    @property
    def in_flight(self) -> int:
        """How many steps are on workers."""
        return len(self._in_flight)

    @property
    def done_units(self) -> float:
        """Units committed, finished and reported by the steps that run."""
        finished = sum(step.units for step in self._uncommitted if step.key in self._finished)
        return self.committed_units + finished + sum(self._partial.values())

    def take(self) -> Step | None:
        """Return the next step to run, or None when there is none now."""
        if not self._waiting or len(self._in_flight) + len(self._finished) >= self._limit:
            return None
        step = self._waiting.popleft()
        self._in_flight[step.key] = step
        return step

    def put_back(self, key: str) -> None:
        """The step's worker or scheduler is gone: it will be taken again, before the others."""
        self._waiting.appendleft(self._in_flight.pop(key))
        self._partial.pop(key, None)

    def report(self, key: str, units_done: float) -> None:
        """A running step says how far it is."""
        if key in self._in_flight:
            self._partial[key] = min(units_done, float(self._in_flight[key].units))

    def finish(self, key: str, result: dict[str, Any]) -> None:
        """The step's result has arrived."""
        del self._in_flight[key]
        self._partial.pop(key, None)
        self._finished[key] = result

    def ready(self) -> list[tuple[Step, dict[str, Any]]]:
        """Steps that can be committed now: the finished ones that no unfinished step precedes."""
        run = []
        for step in self._uncommitted:
            if step.key not in self._finished:
                break
            run.append((step, self._finished[step.key]))
        return run

    def commit(self, key: str) -> None:
        """The oldest uncommitted step, `key`, is now durable."""
        step = self._uncommitted.popleft()
        assert step.key == key, f"steps commit in plan order: {step.key} before {key}"
        del self._finished[key]
        self.committed_units += step.units
