"""What every storage of rate limits promises; subclasses give a `storage` fixture."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from limits import RateLimitItemPerSecond
from limits.storage import Storage
from limits.strategies import SlidingWindowCounterRateLimiter

from tests.pfd_panel.limits.clock import Clock

ITEM = RateLimitItemPerSecond(10, 60)


class StorageContract:
    """Subclasses give a `storage` fixture."""

    def test_as_many_as_allowed_pass_and_no_more(self, storage: Storage, clock: Clock) -> None:
        counter = SlidingWindowCounterRateLimiter(storage)
        assert [counter.hit(ITEM, "a") for _ in range(12)] == [True] * 10 + [False] * 2

    def test_what_is_refused_is_not_counted(self, storage: Storage, clock: Clock) -> None:
        counter = SlidingWindowCounterRateLimiter(storage)
        for _ in range(100):
            counter.hit(ITEM, "a")
        clock.forward(120)
        assert counter.hit(ITEM, "a")

    def test_each_key_is_counted_by_itself(self, storage: Storage, clock: Clock) -> None:
        counter = SlidingWindowCounterRateLimiter(storage)
        assert all(counter.hit(ITEM, "a") for _ in range(10))
        assert counter.hit(ITEM, "b")

    def test_the_window_slides_and_does_not_begin_anew_at_the_full_minute(self, storage: Storage, clock: Clock) -> None:
        counter = SlidingWindowCounterRateLimiter(storage)
        clock.now = 60_000_055.0  # near the end of a window
        assert all(counter.hit(ITEM, "a") for _ in range(10))
        clock.forward(60 - 60_000_055.0 % 60 + 1)
        still = [counter.hit(ITEM, "a") for _ in range(3)]
        assert still == [True, False, False], "one second into the next window nearly everything still counts"
        clock.forward(30)
        assert [counter.hit(ITEM, "a") for _ in range(6)].count(True) == 5, "half of it has slid out"

    def test_a_large_cost_is_taken_whole_or_not_at_all(self, storage: Storage, clock: Clock) -> None:
        counter = SlidingWindowCounterRateLimiter(storage)
        assert counter.hit(ITEM, "a", cost=8)
        assert not counter.hit(ITEM, "a", cost=3)
        assert counter.hit(ITEM, "a", cost=2)
        assert not counter.hit(ITEM, "b", cost=11)

    def test_the_time_until_the_next_is_told(self, storage: Storage, clock: Clock) -> None:
        counter = SlidingWindowCounterRateLimiter(storage)
        for _ in range(10):
            counter.hit(ITEM, "a")
        stats = counter.get_window_stats(ITEM, "a")
        assert stats.remaining == 0
        assert 0 < stats.reset_time - clock.now <= 60

    def test_counters_are_cleared_and_reset(self, storage: Storage, clock: Clock) -> None:
        assert storage.incr("x", 60) == 1
        assert storage.incr("x", 60, 4) == 5
        assert storage.get("x") == 5
        assert storage.get_expiry("x") == pytest.approx(clock.now + 60)
        storage.clear("x")
        assert storage.get("x") == 0
        storage.incr("y", 60)
        storage.reset()
        assert storage.get("y") == 0
        assert storage.check()


class SharedStorageContract(StorageContract):
    """Of a storage that several threads and processes ask at once."""

    def test_threads_together_get_exactly_what_is_allowed(self, storage: Storage, clock: Clock) -> None:
        counter = SlidingWindowCounterRateLimiter(storage)
        together = threading.Barrier(8)

        def burst(_: int) -> int:
            together.wait()
            return sum(counter.hit(ITEM, "a") for _ in range(5))

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(burst, range(8))) == 10
