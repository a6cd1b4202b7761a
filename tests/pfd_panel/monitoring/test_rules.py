"""When a rule speaks: after its duration, once, not again within five minutes, and when it is over."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pfd_panel.monitoring.rules import QUIET, Limit, Standing, advance

START = datetime(2026, 11, 21, tzinfo=UTC)
CPU = Limit(90.0, duration=timedelta(seconds=60))
AT_ONCE = Limit(10.0)


def follow(limit: Limit, values: list[tuple[float, float | None]]) -> list[tuple[float, str]]:
    """What is told, and when, in seconds, for looks at (seconds, value)."""
    stood: Standing | None = None
    said = []
    for seconds, value in values:
        stood, told = advance(limit, stood, value, START + timedelta(seconds=seconds))
        if told:
            said.append((seconds, told))
    return said


def steady(value: float, start: int, stop: int) -> list[tuple[float, float | None]]:
    return [(float(at), value) for at in range(start, stop, 5)]


def test_a_rule_without_duration_speaks_at_once_and_only_once() -> None:
    assert follow(AT_ONCE, steady(11.0, 0, 600)) == [(0.0, "fired")]


def test_the_threshold_itself_is_not_crossed() -> None:
    assert follow(AT_ONCE, steady(10.0, 0, 100)) == []
    assert follow(Limit(1.0, above=False), steady(1.0, 0, 100)) == []
    assert follow(Limit(1.0, above=False), steady(0.0, 0, 100)) == [(0.0, "fired")]


def test_a_rule_waits_for_its_duration() -> None:
    assert follow(CPU, steady(95.0, 0, 60)) == []
    assert follow(CPU, steady(95.0, 0, 65)) == [(60.0, "fired")]


def test_a_short_peak_says_nothing_and_waiting_begins_anew() -> None:
    assert follow(CPU, [*steady(95.0, 0, 55), (55.0, 20.0), *steady(95.0, 60, 120)]) == []


def test_a_recovery_is_told_after_a_firing_that_was() -> None:
    assert follow(CPU, [*steady(95.0, 0, 100), (100.0, 30.0)]) == [(60.0, "fired"), (100.0, "recovered")]


def test_firing_again_within_five_minutes_is_not_told_nor_is_its_recovery() -> None:
    flapping = [(0.0, 11.0), (5.0, 1.0), (10.0, 11.0), (15.0, 1.0), (20.0, 11.0), (25.0, 1.0)]
    assert follow(AT_ONCE, flapping) == [(0.0, "fired"), (5.0, "recovered")]


def test_what_still_fires_after_the_quiet_time_is_told_then() -> None:
    looks = [(0.0, 11.0), (5.0, 1.0), *steady(11.0, 10, 400)]
    assert follow(AT_ONCE, looks) == [(0.0, "fired"), (5.0, "recovered"), (300.0, "fired")]


def test_what_nobody_looked_at_does_not_count_as_duration() -> None:
    assert follow(CPU, [(0.0, 95.0), (600.0, 95.0)]) == []
    assert follow(CPU, [(0.0, 95.0), (600.0, 95.0), (655.0, 95.0), (660.0, 95.0)]) == [(660.0, "fired")]


def test_an_unknown_value_ends_waiting_and_leaves_a_firing_rule_alone() -> None:
    assert follow(CPU, [*steady(95.0, 0, 60), (60.0, None), *steady(95.0, 65, 120)]) == []
    assert follow(AT_ONCE, [(0.0, 11.0), (5.0, None), (10.0, 11.0), (15.0, 1.0)]) == [
        (0.0, "fired"),
        (15.0, "recovered"),
    ]


@given(st.lists(st.tuples(st.floats(1, 200), st.sampled_from([1.0, 11.0, None])), max_size=60))
def test_firings_lie_five_minutes_apart_and_alternate_with_recoveries(steps: list[tuple[float, Any]]) -> None:
    at, looks = 0.0, []
    for pause, value in steps:
        at += pause
        looks.append((at, value))
    said = follow(AT_ONCE, looks)
    assert [told for _, told in said] == ["fired", "recovered"] * (len(said) // 2) + ["fired"] * (len(said) % 2)
    fired = [at for at, told in said if told == "fired"]
    assert all(later - earlier >= QUIET.total_seconds() - 1e-3 for earlier, later in pairwise(fired))
