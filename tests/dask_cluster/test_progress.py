"""Rate, remaining time and the throttle, on a clock of our own."""

import pytest

from dask_cluster.progress import Rate, Throttle


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_steady_job_is_predicted_exactly() -> None:
    clock = Clock()
    rate = Rate(clock)
    for second in range(10):
        clock.now = float(second)
        rate.add(5.0 * second)
    assert rate.per_second() == pytest.approx(5.0)
    assert rate.remaining_s(100.0) == pytest.approx((100 - 45) / 5)


def test_one_stall_moves_the_rate_little() -> None:
    clock = Clock()
    rate = Rate(clock)
    for second in range(30):
        clock.now = second + (6.0 if second >= 20 else 0.0)
        rate.add(4.0 * second)
    overall = 4.0 * 29 / 35
    assert rate.per_second() > overall * 1.05
    assert rate.per_second() == pytest.approx(4.0, rel=0.15)


def test_nothing_is_claimed_before_there_is_progress() -> None:
    clock = Clock()
    rate = Rate(clock)
    assert rate.remaining_s(10.0) is None
    for second in range(5):
        clock.now = float(second)
        rate.add(0.0)
    assert rate.per_second() is None


def test_a_lasting_change_of_pace_is_followed() -> None:
    clock = Clock()
    rate = Rate(clock)
    done = 0.0
    for second in range(200):
        clock.now = float(second)
        done += 10.0 if second < 60 else 1.0
        rate.add(done)
    assert rate.per_second() == pytest.approx(1.0, rel=0.1)


def test_the_throttle_lets_two_a_second_through() -> None:
    clock = Clock()
    throttle = Throttle(0.5, clock)
    passed = 0
    for tick in range(1000):
        clock.now = tick / 100
        passed += throttle.ready()
    assert passed == 20
