"""The bookkeeping of steps: whatever order they finish in, they commit in plan order, each once."""

import random as random_module

from hypothesis import given
from hypothesis import strategies as st

from dask_cluster.jobs import Plan, Step
from dask_cluster.step_window import LOOKAHEAD, StepWindow


def plan_of(count: int, *, parallel: bool = True) -> Plan:
    return Plan([Step(f"s{index:03d}", {}, units=index + 1) for index in range(count)], parallel)


@given(st.integers(1, 90), st.booleans(), st.integers(0, 2**32), st.sets(st.integers(0, 89)))
def test_every_step_commits_once_and_in_plan_order_whatever_happens(count, parallel, seed, committed) -> None:
    random = random_module.Random(seed)
    plan = plan_of(count, parallel=parallel)
    before = {f"s{index:03d}" for index in committed if index < count}
    window = StepWindow(plan, before)
    in_flight: list[str] = []
    order: list[str] = []
    while not window.done:
        while len(in_flight) < random.randint(1, 8) and (step := window.take()) is not None:
            in_flight.append(step.key)
        assert window.in_flight == len(in_flight)
        assert parallel or len(in_flight) <= 1
        if in_flight:
            key = in_flight.pop(random.randrange(len(in_flight)))
            if random.random() < 0.2:
                window.put_back(key)
            else:
                window.finish(key, {"of": key})
        for step, result in window.ready():
            assert result == {"of": step.key}
            window.commit(step.key)
            order.append(step.key)
    assert order == [step.key for step in plan.steps if step.key not in before]
    assert window.done_units == window.committed_units == plan.units


def test_no_step_runs_further_ahead_than_the_window_allows() -> None:
    window = StepWindow(plan_of(200), set())
    taken = [window.take() for _ in range(200)]
    assert sum(step is not None for step in taken) == LOOKAHEAD
    for step in taken[1:LOOKAHEAD]:
        window.finish(step.key, {})
    assert window.ready() == []
    assert window.take() is None
    window.finish("s000", {})
    assert len(window.ready()) == LOOKAHEAD


def test_units_count_what_is_committed_finished_and_reported() -> None:
    window = StepWindow(plan_of(4), {"s000"})  # units 1, 2, 3, 4
    assert window.done_units == 1
    for _ in range(3):
        window.take()
    window.finish("s002", {})
    window.report("s001", 1.5)
    window.report("s003", 99.0)
    window.report("s002", 99.0)
    assert window.done_units == 1 + 3 + 1.5 + 4
    window.put_back("s003")
    assert window.done_units == 1 + 3 + 1.5
